"""Antennas' passes and relay sessions as they are executed, and tones between them."""
