"""Craft as participants of the mission clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step
from sims.craft.computer.beginning import begin_lander, begin_orbiter
from sims.craft.computer.board import Board
from sims.craft.mothership.orbiter import Orbiter
from sims.craft.probe.lander import Lander


class CraftNode:
    """One craft: what it hears, it hears at its own instant; what it says, it says at the end."""

    def __init__(
        self,
        board: Board,
        receive: Callable[[Message, int], None],
        radiate: Callable[[], None] = lambda: None,
    ) -> None:
        self._board = board
        self._receive = receive
        self._radiate = radiate

    @property
    def name(self) -> str:
        return self._board.craft.id

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        """Live up to `now`."""
        agenda = self._board.agenda
        for message in inbox:
            agenda.run_until(message.time.tai_ns)
            if message.kind == "inject":
                self._board.take_injected(message.body["fault"], agenda.now_ns)
            else:
                self._receive(message, agenda.now_ns)
        agenda.run_until(now.tai_ns)
        self._radiate()
        wake_ns = agenda.latest_ns
        return Step(self._board.take_outbox(), None if wake_ns is None else Instant(wake_ns))

    def close(self) -> None:
        self._board.truth.close()


class OrbiterNode(CraftNode):
    """The OTV."""

    def __init__(
        self,
        craft: Spacecraft,
        mission: Mission,
        scenario: Scenario,
        seed: int,
        truth_directory: Path,
        keys: Path,
    ) -> None:
        """`keys` is the folder of the links' keys."""
        self.orbiter = Orbiter(craft, mission, scenario, seed, truth_directory, keys)
        begin_orbiter(self.orbiter, scenario.initial.get(craft.id, {}))
        super().__init__(self.orbiter.board, self.orbiter.receive, self.orbiter.transmitter.radiate)


class LanderNode(CraftNode):
    """A cube."""

    def __init__(
        self,
        craft: Spacecraft,
        mission: Mission,
        scenario: Scenario,
        seed: int,
        truth_directory: Path,
        keys: Path,
    ) -> None:
        """`keys` is the folder of the links' keys."""
        self.lander = Lander(craft, mission, scenario, seed, truth_directory, keys)
        begin_lander(self.lander, scenario.initial.get(craft.id, {}))
        super().__init__(self.lander.board, self.lander.receive)
