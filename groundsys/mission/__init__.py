"""The mission as data: loaded, checked, and written as XTCE for Yamcs.

`groundsys.mission.xtce.write_xtce` writes a craft's packets and commands for Yamcs.
"""

from __future__ import annotations

from groundsys.mission.folder import default_mission_db
from groundsys.mission.loading import (
    check_injected,
    check_mission,
    load_injected,
    load_mission,
    load_scenario,
)
from groundsys.mission.version import mdb_version

__all__ = [
    "check_injected",
    "check_mission",
    "default_mission_db",
    "load_injected",
    "load_mission",
    "load_scenario",
    "mdb_version",
]
