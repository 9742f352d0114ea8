"""How a capsule truly enters: the flight with errors drawn by the seed, at any instant of it.

The sizes are one-sigma values in a scenario's `truth` (`entry_…`, `second_stage_fails`); one that
is absent is zero.  The fall itself is `groundsys.entry`'s: nature is one, its errors are here.
Before its interface a capsule is placed by its velocity and the accelerations there: two minutes
before, that errs by less than 1 km.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groundsys.entry.flying import EntryErrors, fly_entry
from groundsys.entry.heating import heat_flux_w_m2, wall_temperature_k
from groundsys.entry.motion import Flights
from groundsys.entry.outcomes import LossReason, Outcomes, in_blackout, outcomes_of
from groundsys.mission.arrival.entry_model import Entry
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import DefinitionError
from sims.draws import normal, uniform

_FIRST_SECONDS = 4


def true_errors(craft_id: str, seed: int, truth: Mapping[str, float]) -> EntryErrors:
    """By how much a capsule's entry differs from what is believed: one draw a quantity."""

    def error(size: str) -> np.ndarray:
        return np.array([truth.get(size, 0.0) * normal(seed, size, craft_id)])

    wind_m_s = truth.get("entry_wind_m_s", 0.0)
    fails = uniform(seed, "second stage", craft_id) < truth.get("second_stage_fails", 0.0)
    return EntryErrors(
        time_s=error("entry_time_s"),
        speed_m_s=error("entry_speed_m_s"),
        flight_path_deg=error("entry_flight_path_deg"),
        azimuth_deg=error("entry_azimuth_deg"),
        density_scale=np.exp(error("entry_density")),
        drag_scale=np.exp(error("entry_drag")),
        wind_east_m_s=np.array([wind_m_s * normal(seed, "wind east", craft_id)]),
        wind_north_m_s=np.array([wind_m_s * normal(seed, "wind north", craft_id)]),
        second_stage_opens=np.array([not fails]),
    )


def enters_in(craft: Spacecraft, scenario: Scenario) -> bool:
    """Whether a capsule comes down in this flight; one that was to do so before has landed."""
    return craft.entry is not None and craft.entry.interface.time >= scenario.span.start


@dataclass(frozen=True, slots=True)
class Sensed:
    """What a capsule's sensors feel at one instant."""

    deceleration_m_s2: float
    nose_temperature_k: float
    speed_m_s: float
    mach: float
    second_stage_open: bool


class TrueEntry:
    """One capsule's true flight; times are true TAI nanoseconds."""

    def __init__(self, craft: Spacecraft, seed: int, truth: Mapping[str, float]) -> None:
        if craft.entry is None or craft.site is None:
            raise DefinitionError(
                f"craft {craft.id} enters nowhere",
                expected="an entry and a site",
                found=f"entry {craft.entry}, site {craft.site}",
            )
        self._entry: Entry = craft.entry
        errors = true_errors(craft.id, seed, truth)
        frequency_hz = craft.radios["uhf"].frequency_mhz * 1e6
        self._flights: Flights = fly_entry(self._entry, craft.site.altitude_m, errors)
        self.outcomes: Outcomes = outcomes_of(
            self._flights, self._entry.aeroshell, self._entry.limits, frequency_hz=frequency_hz
        )
        self._dark = in_blackout(self._flights, frequency_hz)[:, 0]
        start = self._entry.interface.time
        self.interface_ns = start.tai_ns + round(float(errors.time_s[0]) * 1e9)
        ends = (self.outcomes.events["landing"][0], self.outcomes.lost_after_s[0])
        #: when it lands, or is lost
        self.end_ns = self._when(float(np.nanmin(ends)))
        self.lost_reason: LossReason | None = self.outcomes.lost_reason[0]

    @property
    def events_ns(self) -> dict[str, int]:
        """Each event that truly happens before the capsule lands or is lost."""
        times = {name: float(times[0]) for name, times in self.outcomes.events.items()}
        known = {name: self._when(time) for name, time in times.items() if np.isfinite(time)}
        return {name: ns for name, ns in known.items() if ns <= self.end_ns}

    def sense(self, ns: int) -> Sensed:
        """What the capsule's own sensors tell."""
        seconds = self._seconds(ns)
        shell = self._entry.aeroshell
        density, airspeed = self._at("density_kg_m3", seconds), self._at("airspeed_m_s", seconds)
        flux = heat_flux_w_m2(
            *(np.array([density]), np.array([airspeed])),
            *(shell.nose_radius_m, self._flights.air.sutton_graves),
        )
        return Sensed(
            deceleration_m_s2=self._at("deceleration_m_s2", seconds),
            nose_temperature_k=float(wall_temperature_k(flux, shell.emissivity)[0]),
            speed_m_s=self._at("speed_m_s", seconds),
            mach=self._at("mach", seconds),
            second_stage_open=self._at("opened", seconds) > 0.5,
        )

    def is_dark(self, ns: int) -> bool:
        """Whether plasma stops its radio."""
        seconds, times = self._seconds(ns), self._flights.time_s
        step = int(np.searchsorted(times, seconds))
        return bool(seconds > 0.0 and self._dark[min(step, len(times) - 1)])

    def position_m(self, ns: int) -> np.ndarray:
        """Place in axes that turn with Mars, shape (3,); after landing, where it lies."""
        seconds, times = self._seconds(ns), self._flights.time_s
        place = self._flights.position_m[:, :, 0]
        if seconds < 0.0:
            fit = np.polynomial.polynomial.polyfit(
                times[:_FIRST_SECONDS], place[:_FIRST_SECONDS], 2
            )
            return np.asarray(np.polynomial.polynomial.polyval(seconds, fit))
        return np.array([np.interp(seconds, times, place[:, axis]) for axis in range(3)])

    def _at(self, name: str, seconds: float) -> float:
        history = getattr(self._flights, name)[:, 0]
        return float(np.interp(seconds, self._flights.time_s, history))

    def _seconds(self, ns: int) -> float:
        return (ns - self.interface_ns) / 1e9

    def _when(self, seconds: float) -> int:
        return self.interface_ns + round(seconds * 1e9)
