"""Versions of a plan: kept, summed up and compared."""
