"""Rehearsals of procedures, and what only a simulated flight obeys: clock and faults."""
