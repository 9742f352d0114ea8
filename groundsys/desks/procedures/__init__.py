"""Runs of procedures: steps, gates and votes."""
