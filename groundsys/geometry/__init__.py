"""Where everything is, when who sees whom, and how strong the signal is then."""

from groundsys.geometry.conjunction import Zone, conjunction_zones
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.link_rates import RateStep, rate_steps
from groundsys.geometry.overflights import RelayWindow, relay_windows
from groundsys.geometry.stations import Listeners
from groundsys.geometry.view_periods import (
    ViewPeriod,
    Visibility,
    all_view_periods,
    uplink_intervals,
    view_periods,
    visibility,
)

__all__ = [
    "SPEED_OF_LIGHT_KM_S",
    "Ephemeris",
    "Geometry",
    "Listeners",
    "RateStep",
    "RelayWindow",
    "ViewPeriod",
    "Visibility",
    "Zone",
    "all_view_periods",
    "conjunction_zones",
    "rate_steps",
    "relay_windows",
    "uplink_intervals",
    "view_periods",
    "visibility",
]
