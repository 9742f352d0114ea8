"""What every craft's computer does: time, commands, packets, memory, uploads; its mishaps."""
