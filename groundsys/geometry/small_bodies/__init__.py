"""How small bodies move among Sun, planets and Moon, and their tables that everybody reads."""
