"""Writes figures into pages of docs/, between marks: no number there is typed."""
