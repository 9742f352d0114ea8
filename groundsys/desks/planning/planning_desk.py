"""The planning desk: keeps a plan that reaches far enough ahead, and mends it when it must.

Whatever it is told is written down before it acts.  Each plan that is adopted is a version in the
store, together with what it changes of the bookings; one that cannot be made changes nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.passes.relay_desk import RelayDesk
from groundsys.desks.planning.new_trajectory import keep_oem, kept_oem, take_over, take_over_body
from groundsys.desks.planning.plan_changes import (
    Comparison,
    changed_plan,
    changes_in_words,
    delayed_commands,
    describe_changes,
    obstacles_for_watchers,
    still_to_come,
    version_for_watchers,
)
from groundsys.desks.scheduler import MissionScheduler
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.passes.changes import planned_of as planned_pass
from groundsys.passes.execution import Pass
from groundsys.passes.notices import Known, check_notice, describe_notice, read_notices
from groundsys.planning import (
    Plan,
    check_plan,
    diff_plans,
    predict_homecomings,
    replan,
    rules_of,
)
from groundsys.planning.situation import Effort, Outage, PlanResult, Situation
from groundsys.relay.aboard import bits_aboard, sources_of
from groundsys.relay.changes import planned_of as planned_session
from groundsys.store import PlanVersion, StoredNotice
from groundsys.values.errors import DefinitionError, GroundsysError, PlanError
from groundsys.values.instants import Instant, Interval

#: bounded by work, so that a rehearsal plans the same each time; some seconds at most
EFFORT = Effort(work=2.0)
#: how far back a plan still shows what was flown
_SHOWN_BACK = timedelta(days=2)
#: a plan without an end is continued once so much of its reach is used up …
_CONTINUED_AT_S = 86_400.0
#: … which is looked at this often
_LOOK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of planning again: a version that is flown now, or why the old one stands."""

    adopted: bool
    version: PlanVersion
    findings: tuple[str, ...] = ()


class PlanningDesk:
    """Makes and mends the plan; pass and relay desk book it."""

    def __init__(
        self,
        room: ControlRoom,
        scheduler: MissionScheduler,
        passes: PassDesk,
        relay: RelayDesk,
        first: Callable[[], PlanResult],
        *,
        folder: Path,
        endless: bool,
    ) -> None:
        self._room = room
        self._passes = passes
        self._relay = relay
        self._folder = folder
        self._endless = endless
        self._notices = room.store.plans.notices()
        #: why the plan is to be made again, in the order of events
        self._reasons: list[str] = []
        for notice in self._notices:
            if notice.kind in ("trajectory", "ephemeris"):
                self._fly_by(notice.content, notice.told_at)
        self._version = room.store.plans.latest() or self._begin(first())
        for notice in self._notices[self._version.notices :]:
            self._reasons.append(describe_notice(notice.kind, notice.content))
        if endless:
            scheduler.every(_LOOK, room.now, self._look_ahead, name="plan ahead")

    @property
    def version(self) -> PlanVersion:
        """The plan that is flown."""
        return self._version

    @property
    def reach(self) -> Interval:
        """From now to where there is to be a plan."""
        return Interval(self._room.now, self._horizon(self._room.now))

    @property
    def told(self) -> int:
        """How many notices there have been."""
        return len(self._notices)

    @property
    def known(self) -> Known:
        """What planning respects beside the mission's files."""
        return read_notices([(one.kind, one.content) for one in self._notices])

    def adopted_oem(self, craft: str) -> str | None:
        """The message that a craft is flown by, as it came; None while it is the definitions'."""
        told = [
            one.content
            for one in self._notices
            if one.kind == "trajectory" and one.content["spacecraft"] == craft
        ]
        return kept_oem(told[-1]["path"]) if told else None

    # --- what is told --------------------------------------------------------------------------

    def read_notice(self, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """What somebody tells, completed and checked; raises `PlanError` if it makes no sense."""
        content = dict(content)
        if kind == "pass_lost":
            content |= self._slot(str(content.get("pass_id", "")))
        scenario = self._room.scenario
        check_notice(kind, content, scenario.antennas, scenario.spacecraft)
        return content

    def take_notice(self, kind: str, content: Mapping[str, Any], source: str) -> StoredNotice:
        """Keep what somebody tells; the plan is made again with the next `work`.

        Raises `PlanError` for what makes no sense, and `DefinitionError` for a trajectory that
        cannot be flown; then nothing is kept.
        """
        content = self.read_notice(kind, content)
        if kind in ("trajectory", "ephemeris"):
            self._take_trajectory(content)
        notice = self.keep_notice(kind, content, source)
        self._reasons.append(describe_notice(kind, content))
        return notice

    def keep_notice(self, kind: str, content: Mapping[str, Any], source: str) -> StoredNotice:
        """Keep what was read; the caller sees to it that the plan answers it."""
        notice = StoredNotice(self._room.now, kind, source, content)
        self._room.store.plans.add_notice(notice)
        self._notices.append(notice)
        self._room.log("", "warning", "planning", f"{source}: {describe_notice(kind, content)}")
        return notice

    def take_closed(self, one: Pass) -> None:
        """A pass is over; one that brought nothing leaves its data aboard."""
        if one.verdict == "missed":
            self._reasons.append(f"{one.id} was missed")

    def seek_without_burn(self, craft: str) -> bool:
        """An antenna does not find a craft where a burn should have led it.

        If navigation has told where the craft goes without that burn, it is sought there: the
        predicts of passes under way are told anew.  False if there is nothing to go by, or it is
        sought there already; raises as `take_notice` does if the other trajectory is of no use.
        """
        told = [
            one.content
            for one in self._notices
            if one.kind == "trajectory" and one.content["spacecraft"] == craft
        ]
        burn = told[-1].get("burn") if told else None
        other = told[-1].get("without_burn") if told else None
        if burn is None or other is None or self._room.now.tai_ns < burn["end_ns"]:
            return False
        content = {"spacecraft": craft, "oem": kept_oem(other)}
        self.take_notice("trajectory", {**content, "burn": {**burn, "given": 0.0}}, "planning")
        under_way = {
            one.antenna
            for one in self._passes.of(craft)
            if one.state in ("configuring", "searching", "locked")
        }
        self._passes.tell_again(under_way)
        return True

    def _slot(self, pass_id: str) -> dict[str, Any]:
        """Antenna and time of a booked pass that has not begun."""
        one = self._passes.get(pass_id)
        if one is None or one.state == "cancelled" or one.start <= self._room.now:
            raise PlanError(
                f"no pass '{pass_id}' is booked ahead",
                expected=", ".join(p.id for p in self._passes.all if p.start > self._room.now),
            )
        return {"antenna": one.antenna, "start_ns": one.start.tai_ns, "end_ns": one.end.tai_ns}

    def _take_trajectory(self, content: dict[str, Any]) -> None:
        """Fly by a new trajectory from now on; its text stays as a file, or leaves nothing."""
        now = self._room.now
        craft = str(content.get("body") or content["spacecraft"])
        kept = [keep_oem(content.pop("oem"), self._folder, craft, now)]
        content["path"] = str(kept[0])
        if "without_burn" in content:
            other = self._folder / "without-burn"
            kept.append(keep_oem(content["without_burn"], other, craft, now))
            content["without_burn"] = str(kept[1])
        try:
            self._fly_by(content, now)
        except GroundsysError:
            for file in kept:
                file.unlink()
            raise

    def _fly_by(self, content: Mapping[str, Any], since: Instant) -> None:
        """Take a craft's trajectory, or a body's table, from a file; raises, and changes nothing,
        if it is no good."""
        room, path = self._room, content["path"]
        reach = Interval(since, self._horizon(since))
        if "body" in content:
            room.geometry = take_over_body(room.geometry, content["body"], path, reach)
        else:
            room.geometry = take_over(room.geometry, content["spacecraft"], path, reach)

    # --- what is done --------------------------------------------------------------------------

    def work(self) -> bool:
        """Plan again if anything asks for it; whether another plan is flown now."""
        return bool(self._reasons) and self.plan_again(self.due).adopted

    @property
    def due(self) -> str:
        """Why the plan is to be made again; empty if nothing asks for it."""
        return "; ".join(self._reasons)

    def plan_again(self, reason: str) -> Outcome:
        """Make the next plan and have it flown; if none can be made, the old one stands."""
        self._reasons.clear()
        room, situation, scenario = self._room, self.situation(), self.scenario_ahead()
        started = time.monotonic()
        try:
            result = replan(room.mission, scenario, room.geometry, situation, EFFORT)
        except (PlanError, DefinitionError) as error:
            text = f"no new plan ({reason}), the old one stands: {error.message}"
            room.log("", "warning", "planning", text)
            return Outcome(False, self._version, (str(error),))
        return self.adopt(result, reason, scenario.span.end, started)

    def book(self, plan: Plan, reason: str) -> Outcome:
        """Have a plan flown that somebody else has made, if it holds."""
        room, situation, scenario = self._room, self.situation(), self.scenario_ahead()
        started = time.monotonic()
        definitions = (room.mission, scenario, room.geometry, situation)
        if findings := check_plan(plan, *definitions):
            text = f"a plan was refused ({reason}): {findings[0]}"
            room.log("", "warning", "planning", text)
            return Outcome(False, self._version, tuple(findings))
        coming = predict_homecomings(plan, *definitions)
        result = PlanResult(plan, coming, (), 0.0, 0.0, 0.0)
        return self.adopt(result, reason, scenario.span.end, started)

    def _look_ahead(self) -> None:
        """Continue the plan before its reach is used up."""
        if self._version.until < self._horizon(self._room.now).plus_seconds(-_CONTINUED_AT_S):
            self._reasons.append("time has gone on")

    def _begin(self, first: PlanResult) -> PlanVersion:
        """The first version; what a store from before has booked stays as it is."""
        if self._passes.all:
            first = PlanResult(self.booked(), (), (), 0.0, 0.0, 0.0)
        self._version = PlanVersion(
            version=0,
            made_at=self._room.now,
            reason="",
            parent=None,
            value=0.0,
            bound=0.0,
            elapsed_s=0.0,
            notices=0,
            until=self._room.now,
            plan=Plan(self._room.scenario.id, (), ()),
        )
        until = self._room.scenario.span.end
        started = time.monotonic() - first.elapsed_s
        return self.adopt(first, "first plan", until, started).version

    def compare(self, result: PlanResult, outages: Sequence[Outage]) -> Comparison:
        """What a plan would change of the bookings, and for whom; nothing is done."""
        room, before, booked = self._room, self._version, self.booked(self._room.now)
        number = before.version + 1
        passes = self._passes.changes(result.plan.passes, number, outages)
        sessions = self._relay.changes(result.plan.relay_sessions, number)
        ahead = changed_plan(booked, passes, sessions, room.now)
        promised = still_to_come(before.homecomings, room.now)
        described = describe_changes(
            *(passes, sessions, ahead),
            diff_plans(booked, ahead, promised, result.homecomings),
            delayed_commands(
                room.store.commands.all(),
                {craft.id: craft.relay or craft.id for craft in room.craft},
                *(booked, ahead, room.now),
            ),
            result.shortfalls,
        )
        return Comparison(passes, sessions, described)

    def adopt(self, result: PlanResult, reason: str, until: Instant, started: float) -> Outcome:
        """Have a plan flown that holds; `started` is when making it began, by the machine."""
        room, before = self._room, self._version
        number = before.version + 1
        with room.store.writing():
            outages = self.known.outages
            changes = self.compare(result, outages).described
            self._passes.adopt(result.plan.passes, number, outages)
            self._relay.adopt(result.plan.relay_sessions, number)
            self._version = PlanVersion(
                version=number,
                made_at=room.now,
                reason=reason,
                parent=before.version or None,
                value=result.value,
                bound=result.bound,
                elapsed_s=round(time.monotonic() - started, 3),
                notices=len(self._notices),
                until=until,
                plan=self.booked(),
                homecomings=result.homecomings,
                changes=changes,
            )
            room.store.plans.add(self._version)
            text = f"plan {number} ({reason}): {changes_in_words(changes)}"
            room.log("", "info", "planning", text)
        return Outcome(True, self._version)

    # --- what is known -------------------------------------------------------------------------

    def booked(self, after: Instant | None = None) -> Plan:
        """What is booked and ends after an instant (None: lately or later)."""
        after = after or self._room.now - _SHOWN_BACK
        return Plan(
            self._room.scenario.id,
            tuple(planned_pass(one) for one in self._passes.all if one.end > after),
            tuple(planned_session(one) for one in self._relay.all if one.end > after),
        )

    def situation(self, told: tuple[str, Mapping[str, Any]] | None = None) -> Situation:
        """All that the next plan must respect; with `told`, as if that had been told too."""
        notices = [(one.kind, one.content) for one in self._notices]
        known, booked = read_notices([*notices, told] if told else notices), self.booked()
        missed = {one.id for one in self._passes.all if one.verdict == "missed"}
        return Situation(
            now=self._room.now,
            booked=booked,
            outages=known.outages,
            weather=known.weather,
            lost=(known.lost | missed) & {one.id for one in booked.passes},
            needs=known.needs,
            stored_bits=self._stored_bits(),
        )

    def _stored_bits(self) -> Mapping[tuple[str, str], float]:
        room, home = self._room, Counter[tuple[str, str]]()
        for one in room.store.catalogue.deliveries():
            craft = room.mission.spacecraft[one.spacecraft]
            home[craft.id, craft.payload_of(one.transaction)] += one.payload_octets
        return bits_aboard(sources_of(room.mission, room.scenario, home), self._relay.all, room.now)

    def _horizon(self, now: Instant) -> Instant:
        """Up to where there is to be a plan."""
        if not self._endless:
            return self._room.scenario.span.end
        return now.plus_seconds(rules_of(self._room.scenario).planned_ahead_s)

    def scenario_ahead(self) -> Scenario:
        """The scenario as far as it is planned; one without an end goes on with the clock."""
        scenario, now = self._room.scenario, self._room.now
        if not self._endless:
            return scenario
        start = max(scenario.span.start, now - _SHOWN_BACK)
        return replace(scenario, span=Interval(start, self._horizon(now)))

    def snapshot(self) -> dict[str, Any]:
        """The plan that is flown, in figures, and what is known to be in its way."""
        return {**version_for_watchers(self._version), **obstacles_for_watchers(self.known)}
