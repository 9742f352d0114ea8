"""Scenarios: who flies when, what is asked for, and what simulators are told."""
