"""`groundsys procedure`: operator procedures written, checked and run."""

from groundsys.cli.procedure import checking, running

__all__ = ["checking", "running"]
