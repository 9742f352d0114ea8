"""Granting antenna time: greedy start, then neighbourhoods solved by CP-SAT until time is up."""
