"""A craft's packets and commands as XTCE 1.2 (CCSDS 660.1-G), for Yamcs and other decoders."""

from __future__ import annotations

from groundsys.mission.version import mdb_version
from groundsys.mission.xtce.document import write_xtce

__all__ = ["mdb_version", "write_xtce"]
