"""`groundsys scenario`: what can be flown, what can go wrong in it, and new ones of one's own."""

from groundsys.cli.scenario import checking, copying, listing

__all__ = ["checking", "copying", "listing"]
