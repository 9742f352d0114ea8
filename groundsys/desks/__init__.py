"""The control room: one desk a subject, thin, combined in the node `desks`."""

from groundsys.desks.desks import Desks

__all__ = ["Desks"]
