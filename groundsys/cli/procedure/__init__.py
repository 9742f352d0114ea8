"""`groundsys procedure`: operator procedures written, checked and run."""

from groundsys.cli.procedure import checking

__all__ = ["checking"]
