"""Craft that enter air, land, or go down to a small body."""
