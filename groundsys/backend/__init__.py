"""Yamcs: configured, started and stopped, or joined; and the only room that speaks to it."""

from groundsys.backend.configuration import write_standing_configuration
from groundsys.backend.connection import Connection, Credentials, LinkPorts
from groundsys.backend.server import YamcsServer, connect
from groundsys.backend.yamcs import Yamcs

__all__ = [
    "Connection",
    "Credentials",
    "LinkPorts",
    "Yamcs",
    "YamcsServer",
    "connect",
    "write_standing_configuration",
]
