"""The operators' console: what the ground segment tells, on a terminal."""
