"""Transmitters, links between craft, relaying, and tones."""
