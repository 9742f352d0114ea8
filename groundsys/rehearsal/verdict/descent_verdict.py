"""Whether descents to a small body went as the ground says, by agreement that came in time.

The ground's word is telemetry in the archive, the gates of its procedures, and the passes in which
they opened; the truth beside it is the simulators' record of each descent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.backend import Yamcs
from groundsys.commanding.ledger import Command
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.scenario.scenarios import DESCENT_CRITERIA
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.passes.execution import Pass
from groundsys.rehearsal.truth.record import CraftTruth, TrueDescent
from groundsys.rehearsal.verdict.criterion import Criterion, at_least, at_most
from groundsys.rehearsal.verdict.run_verdict import RunEvidence
from groundsys.values.instants import Instant

#: what a craft on its way down tells, all in one packet
_TOLD = ("descent_flights", "descent_outcome", "descent_reason", "descent_to_touch_down")
_CONTAINER = "sample_container"
#: a clock that has not been correlated is off by no more than this
_CLOCK_S = 600.0

#: by parameter: its values by the craft's own stamps
Histories = Mapping[str, Mapping[Instant, Any]]


@dataclass(frozen=True, slots=True)
class ToldDescent:
    """What telemetry tells of one descent: how it ended, and when it was to touch the ground."""

    outcome: str
    reason: str
    touch_down: Instant | None


@dataclass(frozen=True, slots=True)
class DescentEvidence:
    """Of one craft; descents by their number, from 1."""

    true: tuple[TrueDescent, ...]
    told: Mapping[int, ToldDescent]
    #: when it has truly taken a go
    went: tuple[Instant, ...]
    #: orders to turn back that have left the ground, and that the craft has truly followed
    orders: int
    followed: int
    #: complexes in whose passes people said go
    complexes: tuple[str, ...]
    #: what truly came aboard the mothership, and what its telemetry tells of the container
    docked_g: float
    container: str

    @property
    def touched(self) -> TrueDescent | None:
        """The last descent that truly touched the ground."""
        found = [one for one in self.true if one.outcome == "TOUCHED"]
        return found[-1] if found else None

    @property
    def go_margin_s(self) -> float:
        """By how much the go was there before the height below which it needs one."""
        touched = self.touched
        if touched is None:
            return -math.inf
        margins = [touched.go_below.seconds_since(one) for one in self.went]
        return min((one for one in margins if one >= 0.0), default=-math.inf)

    @property
    def touch_down_off_s(self) -> float:
        """From when it told that it would touch the ground to when it truly did."""
        touched = self.touched
        told = None if touched is None else self.told.get(touched.number)
        if touched is None or told is None or told.touch_down is None:
            return math.inf
        return abs(touched.at.seconds_since(told.touch_down))


def descent_histories(mission: Mission, scenario: Scenario, yamcs: Yamcs) -> dict[str, Histories]:
    """By craft that goes down, what the archive holds; none if the scenario asks nothing of it."""
    if not set(DESCENT_CRITERIA) & set(scenario.criteria):
        return {}
    first = scenario.span.start.plus_seconds(-_CLOCK_S)
    last = scenario.span.end.plus_seconds(_CLOCK_S)

    def history(craft: Spacecraft, name: str) -> dict[Instant, Any]:
        found = yamcs.parameter_history(craft, name, first, last)
        return {one.generation: one.value for one in found}

    return {
        craft.id: {
            **{name: history(craft, name) for name in _TOLD},
            _CONTAINER: history(mission.spacecraft[craft.relay], _CONTAINER),
        }
        for craft in (mission.spacecraft[id] for id in scenario.spacecraft)
        if craft.descent is not None and craft.relay is not None
    }


def descent_evidence(
    mission: Mission,
    histories: Mapping[str, Histories],
    truths: Mapping[str, CraftTruth],
    *,
    runs: Sequence[RunEvidence],
    commands: Iterable[Command],
    passes: Sequence[Pass],
) -> dict[str, DescentEvidence]:
    """By craft that goes down; `histories` are `descent_histories`."""
    sent = [one.spacecraft for one in commands if one.attempts and one.name == "BREAK_OFF"]
    found = {}
    for id, history in histories.items():
        relay = str(mission.spacecraft[id].relay)
        gates = [gate.at for run in runs if run.planned.spacecraft == id for gate in run.gates]
        container = [history[_CONTAINER][at] for at in sorted(history[_CONTAINER])]
        executed = truths[id].executed
        found[id] = DescentEvidence(
            true=truths[id].descents,
            told=told_descents(history),
            went=tuple(one.time for one in executed if one.name == "GO_BELOW"),
            orders=sent.count(id),
            followed=sum(one.name == "BREAK_OFF" for one in executed),
            complexes=tuple(sorted(complexes_at(mission, relay, gates, passes))),
            docked_g=truths[relay].docked_g,
            container=str(container[-1]) if container else "",
        )
    return found


def told_descents(histories: Histories) -> dict[int, ToldDescent]:
    """By number of the descent: what the archive's packets tell, each by its own stamp."""
    flights, outcomes, reasons, left = (histories[name] for name in _TOLD)
    found: dict[int, ToldDescent] = {}
    for at in sorted(flights):
        number = int(flights[at])
        before = found.get(number, ToldDescent("NONE", "NONE", None))
        planned = before.touch_down
        if planned is None and left.get(at):
            planned = at.plus_seconds(float(left[at]))
        outcome, reason = str(outcomes.get(at, "NONE")), str(reasons.get(at, "NONE"))
        if outcome == "NONE":
            outcome, reason = before.outcome, before.reason
        if number:
            found[number] = ToldDescent(outcome, reason, planned)
    return found


def complexes_at(
    mission: Mission, craft: str, gates: Iterable[Instant], passes: Sequence[Pass]
) -> set[str]:
    """Of the antennas in whose passes with the craft the gates opened."""
    return {
        mission.antennas[one.antenna].complex
        for gate in gates
        for one in passes
        if one.spacecraft == craft and one.interval.contains(gate)
    }


def judge_descents(
    found: Mapping[str, DescentEvidence], limits: Mapping[str, float]
) -> list[Criterion]:
    """What a scenario asks of its descents, if it asks anything."""
    return [one for craft, evidence in found.items() for one in _judge(craft, evidence, limits)]


def descents_for_report(found: Mapping[str, DescentEvidence]) -> dict[str, Any]:
    """The part `descents` of a report."""
    return {
        craft: {
            "flown": [
                {
                    "outcome": true.outcome,
                    "reason": true.reason,
                    "turned_at_m": true.turned_at_m,
                    "planned": true.planned.utc_iso(0),
                    "turned": true.at.utc_iso(0),
                    "miss_m": true.miss_m if true.outcome == "TOUCHED" else None,
                    "contact_m_s": true.contact_m_s if true.outcome == "TOUCHED" else None,
                }
                for true in one.true
            ],
            "go_margin_s": _finite(one.go_margin_s),
            "touch_down_off_s": _finite(one.touch_down_off_s),
            "orders_to_turn_back": one.orders,
            "complexes": list(one.complexes),
            "sample_g": one.docked_g,
            "container": one.container,
        }
        for craft, one in found.items()
    }


def _judge(craft: str, one: DescentEvidence, limits: Mapping[str, float]) -> list[Criterion]:
    broken_off = sum(true.outcome == "BROKEN_OFF" for true in one.true)
    touched = one.touched
    miss_m = math.inf if touched is None else touched.miss_m
    figures = (
        (at_least, "descents", "min_descents", float(len(one.true))),
        (at_least, "descents_broken_off", "min_descents_broken_off", float(broken_off)),
        (at_least, "gate_complexes", "min_gate_complexes", float(len(one.complexes))),
        (at_least, "go_margin_s", "min_go_margin_s", one.go_margin_s),
        (at_most, "touch_down_miss_m", "max_touch_down_miss_m", miss_m),
        (at_most, "touch_down_off_s", "max_touch_down_off_s", one.touch_down_off_s),
    )
    criteria = [
        judged(f"{name}[{craft}]", round(value, 2) if math.isfinite(value) else value, limits[key])
        for judged, name, key, value in figures
        if key in limits
    ]
    criteria += [_told(craft, one), _in_time(craft, one)]
    if "min_sample_g" in limits:
        criteria.append(_sample(craft, one, limits["min_sample_g"]))
    return criteria


def _told(craft: str, one: DescentEvidence) -> Criterion:
    """The ground knows of every descent how it ended, and of no other."""
    true = {each.number: (each.outcome, each.reason) for each in one.true}
    told = {number: (each.outcome, each.reason) for number, each in one.told.items()}
    return Criterion(
        f"descents_told[{craft}]",
        bool(true) and true == told,
        "; ".join(" ".join(each) for each in true.values()) or "at least one",
        "; ".join(" ".join(each) for each in told.values()) or "none",
    )


def _in_time(craft: str, one: DescentEvidence) -> Criterion:
    """No order to turn back left that could not be there while the craft still takes one."""
    return Criterion(
        f"orders_in_time[{craft}]",
        one.followed == one.orders,
        "every order to turn back that left was followed",
        f"{one.followed} of {one.orders}" if one.orders or one.followed else "no order left",
    )


def _sample(craft: str, one: DescentEvidence, least_g: float) -> Criterion:
    return Criterion(
        f"sample[{craft}]",
        one.docked_g >= least_g and one.container == "SEALED",
        f"at least {least_g:g} g aboard, and its container sealed",
        f"{one.docked_g:.2f} g; {one.container or 'nothing told'}",
    )


def _finite(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None
