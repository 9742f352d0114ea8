"""Faults that the desks' people wish to strike while a scenario flies: brought to the simulators.

The desks know nobody who simulates; they tell everybody what is wished.  Whoever keeps the mission
clock tells the simulators, and the desks what was injected and when it begins.  The run's folder
keeps the list, beside what was injected at the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.bus.exchange import Exchange
from groundsys.mission.faults.fault_catalogue import not_before
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.values.messages import Message


class Injector:
    """Injects each wish once; `at_start` are the faults that the flight has begun with."""

    def __init__(
        self,
        exchange: Exchange,
        scenario: Scenario,
        run: RunDirectory,
        at_start: Sequence[Mapping[str, Any]],
    ) -> None:
        self._exchange = exchange
        self._scenario = scenario
        self._run = run
        self._injected: list[dict[str, Any]] = [{"wish": 0, "fault": dict(one)} for one in at_start]
        if self._injected:
            self.tell()

    @property
    def under_way(self) -> tuple[Mapping[str, Any], ...]:
        """Those injected since the start, each with who did it (`injected_by`)."""
        return tuple(one["fault"] for one in self._injected if one["wish"])

    def follow(self, wishes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Inject what has not been; a time that is past by now becomes the next step's."""
        known = {one["wish"] for one in self._injected}
        new: list[Mapping[str, Any]] = []
        for wish in wishes:
            if wish["injected"] or wish["wish"] in known:
                continue
            earliest = self._exchange.now.plus_seconds(self._scenario.quantum_s)
            begin_s = earliest.seconds_since(self._scenario.span.start)
            fault = {**not_before(wish["fault"], begin_s), "injected_by": wish["by"]}
            self._injected.append({"wish": wish["wish"], "fault": fault})
            new.append(fault)
            for target in ("space", *self._scenario.spacecraft):
                self._say(target, "inject", {"fault": fault})
        if new:
            self._run.keep_injected([one["fault"] for one in self._injected])
            self.tell()
        return new

    def tell(self) -> None:
        """Tell the desks everything that was injected."""
        self._say("desks", "injected", {"faults": self._injected})

    def _say(self, target: str, kind: str, body: Mapping[str, Any]) -> None:
        self._exchange.say(Message("exchange", target, kind, self._exchange.now, body))
