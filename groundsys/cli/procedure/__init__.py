"""`groundsys procedure`: operator procedures written, checked and run."""

from groundsys.cli.procedure import checking, rehearsing, running

__all__ = ["checking", "rehearsing", "running"]
