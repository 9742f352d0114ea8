"""Who is let in, and with which token."""
