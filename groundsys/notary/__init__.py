"""The notary: countersigns heads of the audit log, and keeps them where the store is not.

It needs nothing of the ground segment but its own folder and the mission clock's bus, so it may
be hosted anywhere: here in the hub's process, in flight better on another machine.
"""

from groundsys.notary.node import NAME, NotaryNode
from groundsys.notary.notary import HEADS, Notary

__all__ = ["HEADS", "NAME", "Notary", "NotaryNode"]
