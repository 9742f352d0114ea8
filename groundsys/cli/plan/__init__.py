"""`groundsys plan`: the operator's face of planning, a module a verb."""

from groundsys.cli.plan import make, show

__all__ = ["make", "show"]
