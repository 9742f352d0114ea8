"""Craft that leave their launchers: what the store and the simulators tell of it, and the verdict.

Which antenna has to be the first is nobody's word: it is that whose view of the craft begins first
after its separation, by the mission's own definitions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.sight import RECEIVING
from groundsys.geometry.windows import find_windows
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.passes.execution import Pass
from groundsys.rehearsal.truth.record import TrueDeparture
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True, slots=True)
class DepartureEvidence:
    """One craft from its separation on; None: it never happened."""

    separation: Instant
    #: the antenna that sees it first, and when it begins to
    first_view: tuple[str, Instant] | None
    #: the antenna that was in lock first, and when it was
    acquired: tuple[str, Instant] | None
    truth: TrueDeparture


def departure_evidence(
    mission: Mission,
    scenario: Scenario,
    passes: Sequence[Pass],
    truths: Mapping[str, TrueDeparture | None],
) -> dict[str, DepartureEvidence]:
    """By craft that leaves its launcher in the scenario."""
    found = {}
    for one in scenario.separations:
        truth = truths[one.spacecraft] or TrueDeparture()
        locks = [
            (each.first_lock, each.antenna)
            for each in passes
            if each.spacecraft == one.spacecraft and each.first_lock is not None
        ]
        when, antenna = min(locks, default=(None, ""))
        found[one.spacecraft] = DepartureEvidence(
            separation=one.at,
            first_view=_first_view(mission, scenario, one.spacecraft, one.at),
            acquired=None if when is None else (antenna, when),
            truth=truth,
        )
    return found


def judge_departures(
    departures: Mapping[str, DepartureEvidence], limits: Mapping[str, float]
) -> list[Criterion]:
    """Four criteria a craft; the scenario's limits say how soon is soon enough."""
    return [
        criterion
        for craft, one in departures.items()
        for criterion in (
            _acquired(craft, one, limits.get("max_first_acquisition_s", 1_800.0)),
            _by_the_right_antenna(craft, one),
            _to_the_sun(craft, one, limits.get("max_sun_pointing_s", 3_600.0)),
            _battery(craft, one),
        )
    ]


def departures_for_report(departures: Mapping[str, DepartureEvidence]) -> dict[str, Any]:
    """Every departure as JSON-ready values."""
    return {
        craft: {
            "separation": one.separation.utc_iso(0),
            "first_view": None if one.first_view is None else _told(*one.first_view),
            "acquired": None if one.acquired is None else _told(*one.acquired),
            "attitude": [
                {"mode": mode, "since": since.utc_iso(0)} for mode, since in one.truth.attitude
            ],
            "least_battery_percent": round(one.truth.least_battery_percent, 1),
        }
        for craft, one in departures.items()
    }


def _first_view(
    mission: Mission, scenario: Scenario, craft: str, separation: Instant
) -> tuple[str, Instant] | None:
    span = Interval(separation, scenario.span.end)
    views = find_windows(Geometry(mission), scenario.antennas, craft, span, RECEIVING)
    firsts = [(int(np.min(one.start_ns)), id) for id, one in views.items() if one.start_ns.size]
    if not firsts:
        return None
    ns, antenna = min(firsts)
    return antenna, Instant(ns)


def _told(antenna: str, at: Instant) -> dict[str, str]:
    return {"antenna": antenna, "at": at.utc_iso(0)}


def _acquired(craft: str, one: DepartureEvidence, limit_s: float) -> Criterion:
    after_s = None if one.acquired is None else one.acquired[1].seconds_since(one.separation)
    return Criterion(
        f"first_acquisition[{craft}]",
        after_s is not None and after_s <= limit_s,
        f"within {limit_s:g} s of separation",
        "never" if after_s is None else f"{after_s:.0f} s",
    )


def _by_the_right_antenna(craft: str, one: DepartureEvidence) -> Criterion:
    first = "none sees it" if one.first_view is None else one.first_view[0]
    found = "none" if one.acquired is None else one.acquired[0]
    return Criterion(f"first_antenna[{craft}]", found == first, first, found)


def _to_the_sun(craft: str, one: DepartureEvidence, limit_s: float) -> Criterion:
    """By the craft's own record: once, and not how long it stays so."""
    since = next((at for mode, at in one.truth.attitude if mode == "SUN_POINTING"), None)
    after_s = None if since is None else since.seconds_since(one.separation)
    return Criterion(
        f"sun_pointed[{craft}]",
        after_s is not None and after_s <= limit_s,
        f"within {limit_s:g} s of separation",
        "never" if after_s is None else f"{after_s:.0f} s",
    )


def _battery(craft: str, one: DepartureEvidence) -> Criterion:
    least, threshold = one.truth.least_battery_percent, one.truth.battery_threshold
    return Criterion(
        f"battery_above_threshold[{craft}]",
        one.truth.separated and least >= threshold,
        f"at least {threshold:g} % at any time",
        f"{least:.1f} %" if one.truth.separated else "never separated",
    )
