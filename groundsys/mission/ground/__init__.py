"""Antennas, beacons' listeners, customers and partners."""
