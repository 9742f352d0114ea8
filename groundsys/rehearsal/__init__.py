"""Scenarios flown on simulators, one or one after another, and judged by what they leave."""
