"""What a run of a procedure sees: telemetry with its age, contact, and what the ground knows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from groundsys.commanding.itinerary import NOTHING_NEW_S
from groundsys.desks.commanding.schedule_desk import ScheduleDesk
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.entry.recovery_desk import read_told
from groundsys.desks.entry.samples_desk import ledger_of
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.planning.optical_desk import told_of
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.desks.telemetry.telemetry_desk import TelemetryDesk
from groundsys.entry.sample_custody import custody_of
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.procedures.bioburden_files import read_bioburden
from groundsys.procedures.checking import all_steps
from groundsys.procedures.conditions import (
    ABORT_MARGIN,
    CLOSEST_APPROACH,
    GO_MARGIN,
    GROUND,
    GROUND_SCHEDULE,
    Sample,
    bound,
)
from groundsys.procedures.definitions import RetimeStep, conditions_of
from groundsys.procedures.planetary_protection import assess
from groundsys.procedures.run import Book, Observed, Run
from groundsys.procedures.sample_custody_files import read_returns
from groundsys.relay.sessions import RelaySession
from groundsys.scheduling import ReadBack
from groundsys.values.instants import Instant, Interval

#: by which parameter a craft on its way down tells how many seconds are left for each
LEFT = {ABORT_MARGIN: "descent_to_commit", GO_MARGIN: "descent_to_go_below"}
#: what pictures tell of a craft's orbit
OPTICAL = frozenset(
    {CLOSEST_APPROACH, f"{GROUND}closest_approach_sigma_s", f"{GROUND}place_sigma_km"}
)


class ProcedureObserver:
    """Looks at everything that a run's procedures ask about."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        clocks: ClockDesk,
        telemetry: TelemetryDesk,
        sessions: Callable[[], Sequence[RelaySession]],
        schedules: ScheduleDesk,
    ) -> None:
        self._room = room
        self._passes = passes
        self._clocks = clocks
        self._telemetry = telemetry
        self._sessions = sessions
        self._schedules = schedules

    def light_time_s(self, spacecraft: str) -> float:
        """One way, of a cube that of its relay."""
        craft = self._room.mission.spacecraft[spacecraft]
        return self._passes.light_time(craft.relay or craft.id).seconds

    def observe(self, run: Run, book: Book) -> Observed:
        """One look, at the craft and the ground, for a run that is open."""
        asked = _asked(run, book)
        since = run.stack[-1].window_from or self._room.now
        samples: dict[tuple[str, str], Sample] = {}
        for spacecraft, names in asked.items():
            craft = self._room.mission.spacecraft[spacecraft]
            for name, sample in self._samples(craft, names):
                samples[spacecraft, name] = sample
        schedules = {
            (craft, schedule_id): self._read_back(run, craft, schedule_id)
            for craft, schedule_id in _schedules_of(run, book)
        }
        for (spacecraft, schedule_id), found in schedules.items():
            sample = Sample(found.state, self._room.now, why=found.why)
            samples[spacecraft, f"{GROUND_SCHEDULE} of {schedule_id}"] = sample
        return Observed(
            samples,
            schedules=schedules,
            contacts={one: self.contacts(one, since) for one in asked},
            light_time_s={one: self.light_time_s(one) for one in asked},
        )

    def telemetry(self, craft: Spacecraft, names: Iterable[str]) -> dict[str, Sample]:
        """The latest value of each parameter that has one, with its time by the craft's clock."""
        if not (asked := sorted(names)):
            return {}
        light_time_s = self.light_time_s(craft.id)
        found = {}
        for name, reading in self._room.yamcs.parameter_values(craft, asked).items():
            at = self._telemetry.event_time(craft, reading.generation)
            found[name] = Sample(reading.value, at, light_time_s, stamp=reading.generation)
        return found

    def _read_back(self, run: Run, spacecraft: str, schedule_id: int) -> ReadBack:
        insertions = [one.command_id for one in run.loaded_into(spacecraft, schedule_id)]
        return self._schedules.read_back(
            *(self._room.mission.spacecraft[spacecraft], schedule_id, insertions),
            self.light_time_s(spacecraft),
        )

    def contacts(self, spacecraft: str, since: Instant) -> tuple[Interval, ...]:
        """When something of a craft that happens after `since` can be heard, in receive time.

        A cube is heard in its relay's passes, once it was in session with it.
        """
        craft = self._room.mission.spacecraft[spacecraft]
        passes = [one.interval for one in self._passes.of(craft.relay or craft.id)]
        if craft.relay is None:
            return tuple(passes)
        ends = [one.end for one in self._sessions() if one.spacecraft == craft.id]
        heard_from = min((end for end in ends if end > since), default=None)
        if heard_from is None:
            return ()
        return tuple(
            Interval(max(one.start, heard_from), one.end) for one in passes if one.end > heard_from
        )

    def _samples(self, craft: Spacecraft, names: set[str]) -> Iterator[tuple[str, Sample]]:
        told = (name for name in names if not name.startswith(GROUND))
        yield from self.telemetry(craft, told).items()
        now = self._room.now
        speaker = craft.relay or craft.id
        one = self._passes.current(speaker)
        locked = one is not None and one.state == "locked"
        yield f"{GROUND}lock", Sample("LOCKED" if locked else "UNLOCKED", now)
        uplink = self._passes.uplink(speaker) is not None
        yield f"{GROUND}uplink", Sample("OPEN" if uplink else "CLOSED", now)
        if one is not None and locked:
            yield f"{GROUND}antenna", Sample(one.antenna, now)
        solution = self._clocks.solution(craft.id)
        if solution is not None:
            sigma_s = solution.sigma_s(solution.sclk_ns(now))
            uncertainty = Sample(sigma_s * 1e3, solution.valid_from)
            yield f"{GROUND}clock_uncertainty_ms", uncertainty
        yield from self._of_pictures(craft, names)
        yield from self._margins(craft, names & LEFT.keys())
        if f"{GROUND}bioburden" in names:
            found = assess(craft.id, read_bioburden(self._room.mission, Findings()), now)
            value = "WITHIN_LIMITS" if found.within_limits else "NOT_SHOWN"
            why = "; ".join(found.reasons) or (
                f"{found.spores:g} spores, {found.spores_per_m2:.3g} per m², category "
                f"{found.category}"
            )
            yield f"{GROUND}bioburden", Sample(value, now, why=why)

        yield from self._of_arrival(craft, names)

    def _of_arrival(self, craft: Spacecraft, names: set[str]) -> Iterator[tuple[str, Sample]]:
        """Whether a capsule's arrival is as it may be, and who has held what is in it."""
        now, told = self._room.now, read_told(self._room.store, craft.id)
        if f"{GROUND}corridor" in names and told.versions:
            value = "OUTSIDE" if told.outside else "WITHIN_LIMITS"
            made, why = told.versions[-1].made, "; ".join(told.outside)
            yield f"{GROUND}corridor", Sample(value, made, why=why)
        if f"{GROUND}custody" in names:
            returns = read_returns(self._room.mission, Findings())
            start = self._room.scenario.span.start
            chain = ledger_of(returns, self._room.store, start, craft.id)
            found = custody_of(craft.id, returns, chain, now)
            value = "WHOLE" if found.is_whole else "BROKEN"
            yield f"{GROUND}custody", Sample(value, now, why=found.why)

    def _margins(self, craft: Spacecraft, names: set[str]) -> Iterator[tuple[str, Sample]]:
        """How long before its deadline a command would reach a craft if it left now, in seconds.

        As old as the telemetry that tells the deadline: a gate may ask for a younger one.
        """
        known = {field.name for packet in craft.model.packets for field in packet.fields}
        asked = {name: LEFT[name] for name in names if LEFT[name] in known}
        told = self.telemetry(craft, asked.values())
        now = self._room.now
        for name, parameter in asked.items():
            sample = told.get(parameter)
            if sample is None:
                continue
            if not sample.value:
                why = "nothing is to come, or it is past"
                yield name, replace(sample, value=-math.inf, why=why)
                continue
            deadline = sample.at.plus_seconds(float(sample.value))
            reached = reaches_at(
                now.plus_seconds(self.light_time_s(craft.id)),
                [one for one in self._sessions() if one.spacecraft == craft.id],
            )
            if reached is None:
                why = "no relay session is to come"
                yield name, replace(sample, value=-math.inf, why=why)
            else:
                why = f"deadline {deadline.utc_iso(0)}, there by {reached.utc_iso(0)}"
                yield name, replace(sample, value=deadline.seconds_since(reached), why=why)

    def _of_pictures(self, craft: Spacecraft, names: set[str]) -> Iterator[tuple[str, Sample]]:
        """What a craft's pictures have told of its orbit, if anything was told."""
        if not names & OPTICAL or (word := told_of(self._room, craft.id)) is None:
            return
        told_at = Instant(word["told_ns"])
        yield CLOSEST_APPROACH, Sample(Instant(word["closest_ns"]).utc_iso(0), told_at)
        yield f"{GROUND}closest_approach_sigma_s", Sample(word["closest_sigma_s"], told_at)
        yield f"{GROUND}place_sigma_km", Sample(word["place_sigma_km"], told_at)


def reaches_at(arrives: Instant, sessions: Sequence[RelaySession]) -> Instant | None:
    """When what a relay has at `arrives` is with its cube; None if no session is to come.

    At once in a session, but for its end, in which a relay hands over nothing new.
    """
    coming = [one for one in sessions if one.end.plus_seconds(-NOTHING_NEW_S) > arrives]
    first = min(coming, key=lambda one: one.start, default=None)
    return None if first is None else max(first.start.plus_seconds(HAIL_S), arrives)


def _schedules_of(run: Run, book: Book) -> set[tuple[str, int]]:
    """Craft and sub-schedules that the run has loaded, or is asked about."""
    found = {
        (one.spacecraft, one.scheduled.schedule_id)
        for one in run.commands
        if one.scheduled is not None
    }
    for frame in run.stack:
        for step in all_steps(book.procedures[frame.procedure]):
            for condition in conditions_of(step):
                if condition.sub_schedule is not None:
                    craft = book.craft(frame, condition.craft)
                    found.add((craft, int(bound(condition.sub_schedule, frame.parameters))))
    return found


def _asked(run: Run, book: Book) -> dict[str, set[str]]:
    """By craft: the parameters that the procedures under way ask about."""
    asked: dict[str, set[str]] = {}
    for frame in run.stack:
        asked.setdefault(frame.craft, set())
        for step in all_steps(book.procedures[frame.procedure]):
            if isinstance(step, RetimeStep):
                asked.setdefault(book.craft(frame, step.craft), set()).add(step.to)
            for condition in conditions_of(step):
                craft = book.craft(frame, condition.craft)
                asked.setdefault(craft, set()).add(condition.parameter)
    return asked
