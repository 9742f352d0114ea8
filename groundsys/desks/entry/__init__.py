"""Capsules that enter, those that are found, and the samples in them."""
