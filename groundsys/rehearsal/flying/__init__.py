"""A flight: its processes, its people, what strikes it, and how far it has come."""
