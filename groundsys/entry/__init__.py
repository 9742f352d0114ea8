"""Atmospheric entry: nature's side, and what the ground foretells of it.

The equations are shared with the simulators, which fly them with true values of what here is
known with a stated uncertainty; no state is shared.
"""
