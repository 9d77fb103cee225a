"""What runs peers beside us, one command each."""
