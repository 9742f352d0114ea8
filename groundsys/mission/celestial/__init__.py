"""Bodies: size, gravity, rotation, air, and where they are."""
