"""Training of the small models that are shipped, from data written or generated in this project."""
