"""What the simulators have recorded, read after the end."""
