"""`groundsys plan`: the operator's face of planning, a module a verb."""

from groundsys.cli.plan import explain, make, show

__all__ = ["explain", "make", "show"]
