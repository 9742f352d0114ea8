"""From when on a capsule is worth calling at its site."""

from __future__ import annotations

from functools import lru_cache

from groundsys.entry.flying import fly_entry, no_errors
from groundsys.entry.outcomes import outcomes_of
from groundsys.mission.arrival.entry_model import Entry
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Instant

#: landings scatter by some 30 s a sigma; the rest is for a capsule to come to itself
_SETTLES_S = 300.0


def callable_from(craft: Spacecraft) -> Instant | None:
    """When a capsule that enters as believed has landed and settled; None for any other craft."""
    if craft.entry is None or craft.site is None:
        return None
    return _callable_from(
        craft.entry, craft.site.altitude_m, craft.radios["uhf"].frequency_mhz * 1e6
    )


@lru_cache(maxsize=64)
def _callable_from(entry: Entry, site_altitude_m: float, frequency_hz: float) -> Instant:
    flights = fly_entry(entry, site_altitude_m, no_errors())
    outcomes = outcomes_of(flights, entry.aeroshell, entry.limits, frequency_hz=frequency_hz)
    return entry.interface.time.plus_seconds(float(outcomes.events["landing"][0]) + _SETTLES_S)
