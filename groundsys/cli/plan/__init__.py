"""`groundsys plan`: the operator's face of planning, a module a verb or two."""

from groundsys.cli.plan import booking, diff, exchange, explain, make, observing, show, sites

__all__ = ["booking", "diff", "exchange", "explain", "make", "observing", "show", "sites"]
