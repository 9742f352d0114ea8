"""Orbit solutions that others determine: read, propagated where they are one state, compared."""
