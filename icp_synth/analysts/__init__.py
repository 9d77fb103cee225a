"""Analysts read customers' words and propose candidates; nothing they say is believed before `evidence.admit`."""
