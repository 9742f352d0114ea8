"""Where everything is, when who sees whom, and how strong the signal is then."""

from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.view_periods import (
    RelayWindow,
    ViewPeriod,
    Visibility,
    all_view_periods,
    relay_windows,
    uplink_intervals,
    view_periods,
    visibility,
)

__all__ = [
    "SPEED_OF_LIGHT_KM_S",
    "Ephemeris",
    "Geometry",
    "RelayWindow",
    "ViewPeriod",
    "Visibility",
    "all_view_periods",
    "relay_windows",
    "uplink_intervals",
    "view_periods",
    "visibility",
]
