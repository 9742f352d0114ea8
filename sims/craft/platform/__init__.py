"""Attitude, engine, tanks, power and heat, as physical models."""
