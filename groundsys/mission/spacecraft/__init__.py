"""Craft: packets and commands, places, links, keys, and the software that each flies."""
