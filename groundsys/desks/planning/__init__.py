"""The plan that is flown, what changes it, and the orbits by which it is made."""
