"""An orbital transfer vehicle: what it is told, carries, and lets go."""
