"""Alarms, the audit log, the ground's own health, and the picture that consoles show."""
