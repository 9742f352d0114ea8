"""The mission as data: loaded, checked, and written as XTCE for Yamcs."""

from __future__ import annotations

from groundsys.mission.loading import check_mission, load_mission

__all__ = ["check_mission", "load_mission"]
