"""Evidence on a burn that navigation had foreseen, and the verdict on it.

What truly came of it is in the simulators' record; where the craft was to come out from behind
the body that it flies about, when it was heard again, and what Doppler told of the burn, in what
the ground kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.desks.telemetry.tracking_desk import burn_fact_of
from groundsys.geometry import Geometry
from groundsys.geometry.trajectories import read_trajectory
from groundsys.geometry.view_periods import all_view_periods
from groundsys.hub.journal import JournalFrame
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import PlannedBurn, Scenario
from groundsys.mission.scenario.scenarios import BURN_CRITERIA
from groundsys.mission.spacecraft.place_model import TrajectoryFile
from groundsys.rehearsal.truth.space_truth import TruePush
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.store import Store
from groundsys.tracking import compare
from groundsys.values.instants import Instant, Interval

#: the exit is looked for so long after ignition
_EXIT_WITHIN_S = 4 * 3600.0
_JUST_BEFORE_NS = 5_000_000_000
#: by the trajectory told, a craft may go in so much too early
_GRAZING_S = 60.0


@dataclass(frozen=True, slots=True)
class HeardAgain:
    """By the trajectory told before the burn."""

    #: when the first antenna was to see the craft come out from behind the body
    foreseen: Instant
    #: the first frame after it had gone in
    heard: Instant | None
    #: root mean square of Doppler in the first pass after the exit, off that trajectory
    doppler_m_s: float | None

    @property
    def after_s(self) -> float | None:
        """From the exit foreseen to the first frame."""
        return None if self.heard is None else self.heard.seconds_since(self.foreseen)


@dataclass(frozen=True, slots=True)
class BurnEvidence:
    """One foreseen burn, and what came of it."""

    wanted_m_s: float
    #: what the engine truly gave, along the Δv wanted
    given_m_s: float
    #: the last push, with the true orbit after it; None if there was none
    orbit: TruePush | None
    #: of the Δv given: how much while the body hid the craft from every antenna
    behind_share: float
    #: what Doppler told the desks was missing
    told_missing_m_s: float | None
    again: HeardAgain | None
    #: equatorial, of the body that it flies about
    radius_km: float

    @property
    def missing_m_s(self) -> float:
        """What truly lacked."""
        return self.wanted_m_s - self.given_m_s


def burn_evidence(
    mission: Mission,
    scenario: Scenario,
    store: Store,
    pushes: Sequence[TruePush],
    journal: Iterable[JournalFrame],
) -> Mapping[str, BurnEvidence]:
    """By craft: the last burn that a solution of the scenario leads through."""
    foreseen = {one.spacecraft: one.burn for one in scenario.solutions if one.burn is not None}
    if not foreseen:
        return {}
    frames = list(journal)
    geometry = Geometry(mission)
    found = {}
    for craft, burn in foreseen.items():
        wanted = np.array(burn.delta_v_m_s)
        size_m_s = float(np.linalg.norm(wanted))
        mine = [one for one in pushes if one.spacecraft == craft]
        sizes = [float(np.linalg.norm(one.delta_v_m_s)) for one in mine]
        hidden = sum(size for size, one in zip(sizes, mine, strict=True) if one.hidden)
        word = store.facts.get(burn_fact_of(craft))
        found[craft] = BurnEvidence(
            wanted_m_s=size_m_s,
            given_m_s=sum(float(np.dot(one.delta_v_m_s, wanted)) / size_m_s for one in mine),
            orbit=mine[-1] if mine else None,
            behind_share=hidden / sum(sizes) if mine else 0.0,
            told_missing_m_s=None if word is None else float(word["missing_m_s"]),
            again=_heard_again(geometry, scenario, store, craft, burn, frames),
            radius_km=geometry.bodies[
                geometry.craft(craft).trajectory.center
            ].ellipsoid.equatorial_radius_km,
        )
    return found


def _heard_again(
    geometry: Geometry,
    scenario: Scenario,
    store: Store,
    craft: str,
    burn: PlannedBurn,
    frames: Sequence[JournalFrame],
) -> HeardAgain | None:
    """None if no trajectory through the burn was told, or nothing was to hide the craft."""
    told = [
        one.content["path"]
        for one in store.plans.notices()
        if one.kind == "trajectory"
        and one.content["spacecraft"] == craft
        and one.content.get("burn", {}).get("given") == 1.0
    ]
    if not told:
        return None
    path = read_trajectory(TrajectoryFile("oem", told[-1]), "", geometry.bodies)
    geometry = geometry.with_trajectory(craft, path)
    ignition_ns = np.array([burn.ignition.tai_ns], dtype=np.int64)
    light_s = geometry.emission_light_time_s(scenario.antennas[0], craft, ignition_ns)
    ignited = burn.ignition.plus_seconds(float(light_s[0]))
    span = Interval(ignited, ignited.plus_seconds(_EXIT_WITHIN_S))
    periods = all_view_periods(geometry, scenario.antennas, craft, span)
    exits = [
        one.receive.start
        for mine in periods.values()
        for one in mine
        if geometry.occulted(
            one.antenna, craft, np.array([one.receive.start.tai_ns - _JUST_BEFORE_NS])
        )[0]
    ]
    if not exits:
        return None
    foreseen = min(exits)
    # what did not burn is heard until it goes behind the body as well
    seen_until = [one.receive.end for mine in periods.values() for one in mine]
    went_in = max((end for end in seen_until if end < foreseen), default=ignited)
    hidden = went_in.plus_seconds(_GRAZING_S)
    heard = [Instant(one.ert_ns) for one in frames if one.spacecraft == craft]
    points = [one for one in store.tracking.of(craft) if one.received > foreseen]
    first = [one for one in points if one.pass_id == points[0].pass_id] if points else []
    residuals = [one.doppler_residual_mm_s for one in compare(geometry, first)]
    return HeardAgain(
        foreseen=Instant(foreseen.tai_ns),
        heard=min((one for one in heard if one > hidden), default=None),
        doppler_m_s=float(np.sqrt(np.mean(np.square(residuals)))) * 1e-3 if residuals else None,
    )


def judge_burns(burns: Mapping[str, BurnEvidence], limits: Mapping[str, float]) -> list[Criterion]:
    """What a scenario asks of its burns, if it asks anything."""
    criteria: list[Criterion] = []
    for craft, one in burns.items():
        if not limits.keys().isdisjoint(BURN_CRITERIA):
            criteria += _judge(craft, one, limits)
    return criteria


def _judge(craft: str, one: BurnEvidence, limits: Mapping[str, float]) -> Iterable[Criterion]:
    yield _captured(
        craft,
        one,
        limits.get("min_insertion_periapsis_km", 0.0),
        limits.get("max_insertion_periapsis_km", np.inf),
        limits.get("max_insertion_apoapsis_km", np.inf),
    )
    least = limits.get("min_burn_behind_share", 0.0)
    yield Criterion(
        f"burn_occulted[{craft}]",
        one.given_m_s > 0.0 and one.behind_share >= least,
        f"at least {least:.0%} of the Δv given where no antenna could see it",
        f"{one.behind_share:.0%} of {one.given_m_s:.1f} m/s",
    )
    again = one.again
    after_s = None if again is None else again.after_s
    if "max_heard_again_s" in limits:
        yield _most(f"heard_again[{craft}]", after_s, limits["max_heard_again_s"], "s")
    if "max_burn_doppler_m_s" in limits:
        doppler = None if again is None else again.doppler_m_s
        yield _most(f"burn_doppler[{craft}]", doppler, limits["max_burn_doppler_m_s"], "m/s")
    if "max_burn_told_error_m_s" in limits:
        told = one.told_missing_m_s
        error = None if told is None else abs(told - one.missing_m_s)
        yield _most(f"burn_told[{craft}]", error, limits["max_burn_told_error_m_s"], "m/s")


def _captured(
    craft: str, one: BurnEvidence, least: float, most: float, farthest: float
) -> Criterion:
    expected = f"periapsis from {least:g} to {most:g} km, apoapsis up to {farthest:g} km"
    if one.orbit is None:
        return Criterion(f"captured[{craft}]", False, expected, "it did not burn")
    low, high = heights_km(one.orbit, one.radius_km)
    if high is None:
        return Criterion(f"captured[{craft}]", False, expected, f"{low:.0f} km, and gone for ever")
    ok = least <= low <= most and high <= farthest
    return Criterion(f"captured[{craft}]", ok, expected, f"{low:.0f} and {high:.0f} km")


def heights_km(orbit: TruePush, radius_km: float) -> tuple[float, float | None]:
    """Of periapsis and apoapsis above the equator; a hyperbola has none of the second."""
    a, e = orbit.semi_major_axis_km, orbit.eccentricity
    low = a * (1.0 - e) - radius_km
    return low, a * (1.0 + e) - radius_km if e < 1.0 else None


def _most(name: str, found: float | None, limit: float, unit: str) -> Criterion:
    told = "nothing" if found is None else f"{found:.1f} {unit}"
    return Criterion(name, found is not None and found <= limit, f"at most {limit:g} {unit}", told)


def burns_for_report(burns: Mapping[str, BurnEvidence]) -> dict[str, Any]:
    """Each burn as JSON-ready values."""
    return {
        craft: {
            "wanted_m_s": round(one.wanted_m_s, 3),
            "given_m_s": round(one.given_m_s, 3),
            "told_missing_m_s": _rounded(one.told_missing_m_s),
            "behind_share": round(one.behind_share, 3),
            "heights_km": (
                [_rounded(height) for height in heights_km(one.orbit, one.radius_km)]
                if one.orbit
                else None
            ),
            "exit_foreseen": one.again.foreseen.utc_iso(1) if one.again else None,
            "heard_again": (one.again.heard.utc_iso(1) if one.again and one.again.heard else None),
            "doppler_m_s": _rounded(one.again.doppler_m_s if one.again else None),
        }
        for craft, one in burns.items()
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
