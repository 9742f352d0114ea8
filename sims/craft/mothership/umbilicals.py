"""A mothership's cables to the cubes that it holds: power, words, warmth, until one parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.board import Board
from sims.craft.nature.planets import Vector
from sims.parting import orbit_to_body


class Umbilicals:
    """One cable a cube; which are held is asked for each time."""

    def __init__(
        self,
        board: Board,
        cubes: Mapping[int, Spacecraft],
        attached: Callable[[], Collection[int]],
    ) -> None:
        """`cubes` by spacecraft id, as `attached()` gives them."""
        self._board = board
        self._cubes = cubes
        self._attached = attached

    @property
    def load_w(self) -> float:
        """What all cables together take."""
        return sum(cube.platform["umbilical_w"] for cube in self._held())

    def rate_bps(self, cube: str) -> float | None:
        """Of a cube's cable; None if it is not held."""
        rates = (one.platform["umbilical_bps"] for one in self._held() if one.id == cube)
        return next(rates, None)

    def say(self, cube: str, body: Mapping[str, Any], time_ns: int) -> None:
        """Send something along a cube's cable."""
        name = self._board.craft.id
        self._board.say(Message(name, cube, "umbilical", Instant(time_ns), body))

    def warm(self, structure_c: float, now_ns: int) -> None:
        """What held cubes stand on is as warm as the structure."""
        for cube in self._held():
            self.say(cube.id, {"kind": "deck", "structure_c": structure_c}, now_ns)

    def part(
        self, scid: int, velocity_m_s: Vector, share: float, orbit: KeplerOrbit, now_ns: int
    ) -> None:
        """A cube leaves: space has two craft where it had one, and its cable is gone."""
        cube = self._cubes[scid]
        parted = {"cube": cube.id, "relative_m_s": list(velocity_m_s), "share": share}
        name = self._board.craft.id
        self._board.say(Message(name, "space", "release", Instant(now_ns), parted))
        self.say(cube.id, {"kind": "separated", "orbit": orbit_to_body(orbit)}, now_ns)

    def _held(self) -> list[Spacecraft]:
        return [self._cubes[scid] for scid in sorted(self._attached())]
