"""The samples desk: the ledger of returned samples, and what telemetry shows of them.

The ledger of a flight is what the flights before have handed over (or what the definitions assume
of them), and the records of this one: those that this desk makes once people have run the procedure
that `returns.yaml` names, each event once, and those of the recovery desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.entry.recovery_desk import keep_told, read_told
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.entry.sample_custody import (
    Recording,
    SampleReturn,
    Transfer,
    known_before,
    transfer_of_fact,
    transfer_to_fact,
)
from groundsys.entry.sample_evidence import Told, look
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.procedures.run import Run
from groundsys.procedures.sample_custody_files import read_returns
from groundsys.store import Store
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant

_SOURCE = "samples"
#: what the flight before has handed over, by capsule
_BEFORE = "samples of the flight before"
#: no clock that has not been reset is farther off than this
_CLOCK_S = 600.0


class SamplesDesk:
    """Makes records of samples by what their craft tell."""

    def __init__(
        self,
        room: ControlRoom,
        runs: Callable[[], Sequence[Run]],
        event_time: Callable[[Spacecraft, Instant], Instant],
        alarms: AlarmDesk,
    ) -> None:
        self._room, self._runs, self._event_time, self._alarms = room, runs, event_time, alarms
        flown = {one.id for one in room.craft}
        self._returns = read_returns(room.mission, Findings())
        self._rules = [
            (filed, rule)
            for filed in self._returns.values()
            for rule in filed.recorded
            if rule.spacecraft in flown
        ]
        #: runs after which telemetry has been looked at, and for which event
        self._looked: set[tuple[str, str]] = set()

    def work(self) -> None:
        """Look at telemetry after each run that may have made something of the samples so."""
        for filed, rule in self._rules:
            for run in self._runs():
                done = (run.procedure, run.outcome) == (rule.procedure, "completed")
                if done and self._is_of(run, rule) and (run.id, rule.event) not in self._looked:
                    self._look(filed, rule, run)

    def _is_of(self, run: Run, rule: Recording) -> bool:
        """Whether it was run for the craft whose telemetry counts, or beside it: over its relay."""
        craft = [self._room.mission.spacecraft[one] for one in (run.spacecraft, rule.spacecraft)]
        ids = {one.id for one in craft}
        return len(ids) == 1 or any(one.relay in ids for one in craft)

    def _look(self, filed: SampleReturn, rule: Recording, run: Run) -> None:
        room, capsule = self._room, filed.spacecraft
        known = ledger_of(self._returns, room.store, room.scenario.span.start, capsule)
        if any(one.event == rule.event for one in known):
            self._looked.add((run.id, rule.event))
            return
        craft, end = room.mission.spacecraft[rule.spacecraft], run.ended_at or room.now
        try:
            readings = {one.parameter: self._read(craft, one.parameter, end) for one in rule.shows}
        except BackendError:
            return  # the next look comes when the archive answers
        self._looked.add((run.id, rule.event))
        found = look(rule, readings, run.id)
        if found.transfer is None:
            text = f"{run.id} has completed, but the samples are not {rule.event}: {found.why}"
            about = f"samples:{capsule}:{rule.event}:{run.id}"
            self._alarms.tell(about, craft.id, _SOURCE, "critical", text)
            return
        told = read_told(room.store, capsule)
        told = replace(told, transfers=(*told.transfers, found.transfer))
        keep_told(room, capsule, told)
        text = f"samples of {capsule} {rule.event}: {found.transfer.evidence}"
        room.log(craft.id, "info", _SOURCE, text)

    def _read(self, craft: Spacecraft, parameter: str, end: Instant) -> list[Told]:
        """What the craft has made of it until then: a look after a start finds the same."""
        start = self._room.scenario.span.start
        found = self._room.yamcs.parameter_history(
            craft, parameter, start.plus_seconds(-_CLOCK_S), end.plus_seconds(_CLOCK_S)
        )
        told = [Told(one.value, self._event_time(craft, one.generation)) for one in found]
        return [one for one in told if one.at <= end]


def take_over(store: Store, handed: Mapping[str, Any]) -> None:
    """Begin a flight with the records that the one before has handed over."""
    store.facts.put(_BEFORE, dict(handed))


def handed_on(mission: Mission, store: Store, start: Instant) -> dict[str, Any]:
    """The ledgers as the next flight takes them over: JSON-ready."""
    returns = read_returns(mission, Findings())
    return {
        id: [transfer_to_fact(one) for one in ledger_of(returns, store, start, id)]
        for id in returns
    }


def ledger_of(
    returns: Mapping[str, SampleReturn], store: Store, start: Instant, capsule: str
) -> tuple[Transfer, ...]:
    """Every record of a capsule's samples, in a flight that began at `start`."""
    filed = returns.get(capsule)
    flown = read_told(store, capsule).transfers
    if filed is None:
        return flown
    handed = store.facts.get(_BEFORE)
    before = None if handed is None else [transfer_of_fact(one) for one in handed.get(capsule, ())]
    return (*known_before(filed, before, start), *flown)
