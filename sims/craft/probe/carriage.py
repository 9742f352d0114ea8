"""How a cube is carried and let go: its cable, and what it does once that is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import Release
from sims.craft.computer.board import Board
from sims.craft.probe.carried_platform import CarriedPlatform
from sims.parting import orbit_of_body


class Carriage:
    """Whether the cube is held, and by what it speaks; its radio is silent for a while after."""

    def __init__(
        self,
        board: Board,
        release: Release,
        platform: CarriedPlatform,
        settle: Callable[[int], None],
        parted: Callable[[int], None],
    ) -> None:
        """`parted(now_ns)` is called when the cube has left, and when it is held again."""
        self._board = board
        self._release = release
        self._platform = platform
        self._settle = settle
        self._parted = parted
        self._silent_until_ns = 0

    @property
    def is_held(self) -> bool:
        return self._platform.orbit is None

    def is_mute(self, now_ns: int) -> bool:
        """Whether its radio must not be heard yet."""
        return not self.is_held and now_ns < self._silent_until_ns

    def notice(self, body: Mapping[str, Any], now_ns: int) -> None:
        """Take what comes by the cable and is no word of a session."""
        self._settle(now_ns)
        if body["kind"] == "deck":
            self._platform.deck_c = float(body["structure_c"])
            return
        self._platform.orbit = orbit_of_body(body["orbit"])
        self._silent_until_ns = now_ns + round(self._release.silent_s * 1e9)
        self._board.truth.note("parted", time_ns=now_ns)
        self._parted(now_ns)

    def hold_again(self, now_ns: int) -> None:
        """It has docked, and speaks by cable again; what was a session by radio is over."""
        self._settle(now_ns)
        self._platform.orbit = None
        self._board.truth.note("held_again", time_ns=now_ns)
        self._parted(now_ns)


def carried_platform(
    craft: Spacecraft, mission: Mission, scenario: Scenario, seed: int, start_ns: int
) -> CarriedPlatform:
    """The body of a cube that is held, or has been let go before the scenario begins."""
    held = craft.id in scenario.attached
    orbit = None if held else mission.spacecraft[str(craft.relay)].orbit
    return CarriedPlatform(craft, seed, start_ns, orbit)
