"""The OTV's release mechanism: cubes held down until springs push one away.

One cube is armed at a time; it leaves if the craft is still.  The springs give the pair a relative
velocity (`sims.parting`), of which momentum gives each its share; what becomes of both paths is
told to space, and the cube notices that its cable is gone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import Release
from groundsys.values.errors import DefinitionError
from sims.craft.computer.board import Board
from sims.craft.computer.commands import CommandFailure
from sims.craft.nature.planets import Vector


class ReleaseMechanism:
    """Which cubes are held, and which is armed; cubes go by their spacecraft ids."""

    def __init__(
        self,
        board: Board,
        places: Mapping[int, float],
        attached: frozenset[int],
        *,
        may_release: Callable[[int], bool],
        springs_m_s: Callable[[int], Vector],
        let_go: Callable[[int, Vector, float, int], None],
    ) -> None:
        """`places` are the mechanism's, in order: cube and its mass in kg.

        `springs_m_s(cube)` is the relative velocity that they truly give, along the mothership's
        radial, along-track and cross-track axes.  `let_go(cube, velocity, share, now_ns)` is
        called while it leaves, with the share of it that the mothership takes.
        """
        self._board = board
        self._places = places
        self._may_release = may_release
        self._springs_m_s = springs_m_s
        self._let_go = let_go
        self.attached = set(attached)
        self.armed: int | None = None
        self.last: int | None = None
        self.done = self.failed = 0
        board.at_safe_mode.append(lambda now_ns: self.disarm())

    def held_by(self, flags: int) -> set[int]:
        """The cubes for which telemetry's flags say that they are held."""
        return {cube for place, cube in enumerate(self._places) if flags >> place & 1}

    @property
    def attached_kg(self) -> float:
        return sum(self._places[cube] for cube in self.attached)

    def require_armable(self, cube: int) -> None:
        """`CommandFailure` if this cube may not be armed now."""
        if cube not in self.attached:
            raise CommandFailure("NOT_FOUND")
        if self._board.mode != "NOMINAL" or self.armed is not None:
            raise CommandFailure("WRONG_MODE")

    def arm(self, cube: int, now_ns: int) -> None:
        self.armed = cube
        self._board.event("INFO", "RELEASE_ARMED", float(cube), now_ns)

    def disarm(self) -> None:
        self.armed = None

    def require_releasable(self, cube: int, now_ns: int) -> None:
        """`CommandFailure` if this cube may not leave now."""
        if cube not in self.attached:
            raise CommandFailure("NOT_FOUND")
        if self.armed != cube:
            raise CommandFailure("NOT_ARMED")
        if self._board.mode != "NOMINAL":
            raise CommandFailure("WRONG_MODE")
        if not self._may_release(now_ns):
            raise CommandFailure("NOT_POINTED")

    def release(self, cube: int, both_kg: float, now_ns: int) -> None:
        """Let the springs go; `CommandFailure` if the cube is still there then."""
        self.require_releasable(cube, now_ns)
        self.armed, self.last = None, cube
        if self._board.faults.stuck_release:
            self.failed += 1
            self._board.truth.note("fault", fault="stuck_release", time_ns=now_ns)
            self._board.event("HIGH", "RELEASE_FAILED", float(cube), now_ns)
            raise CommandFailure("HARDWARE_FAULT")
        velocity, share = self._springs_m_s(cube), self._places[cube] / both_kg
        self._let_go(cube, velocity, share, now_ns)
        self.attached.discard(cube)
        self.done += 1
        if self._board.faults.spring_share != 1.0:
            self._board.truth.note("fault", fault="weak_springs", time_ns=now_ns)
        relative_m_s = math.hypot(*velocity)
        self._board.truth.note(
            "release", spacecraft_id=cube, relative_m_s=relative_m_s, time_ns=now_ns,
            recoil_m_s=relative_m_s * share,
        )  # fmt: skip
        self._board.event("INFO", "CUBE_RELEASED", float(cube), now_ns)

    def telemetry(self) -> dict[str, Any]:
        """Engineering values of the RELEASE packet; bit n of the flags is the nth place."""
        flags = sum(1 << place for place, cube in enumerate(self._places) if cube in self.attached)
        gone = self.last is not None and self.last not in self.attached
        return {
            "release_armed_spacecraft_id": self.armed or 0,
            "release_attached": flags,
            "release_attached_count": len(self.attached),
            "release_spacecraft_id": self.last or 0,
            "release_separation_switch": "SEPARATED" if gone else "MATED",
            "releases_done": self.done,
            "releases_failed": self.failed,
        }


def release_of(cube: Spacecraft) -> Release:
    """How a cube is let go; `DefinitionError` for one that nothing lets go."""
    if cube.release is None:
        raise DefinitionError(
            f"{cube.id} is held by nothing that could let it go",
            expected="a release in its file",
            remedy="leave it out of attached",
        )
    return cube.release
