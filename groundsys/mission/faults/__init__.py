"""What may go wrong: its catalogue, and how a scenario states it."""
