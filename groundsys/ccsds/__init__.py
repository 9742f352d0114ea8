"""Octets ↔ values of the space link, without input or output: frames, packets, codes, files."""
