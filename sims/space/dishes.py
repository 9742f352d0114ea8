"""Where each antenna's dish truly looks: it turns and follows no faster than its drives.

As in `groundsys.geometry.slewing`, from wherever it looked before.  A dish begins at the zenith,
where it is stowed, and stays where it is when its pass is over.  One without drives looks at once
where it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from groundsys.geometry.slewing import Motion, Pointing, follow, seconds_from
from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.ground.drives import Drive
from groundsys.values.predicts import unit_vectors
from sims.space.histories import Agenda

#: north, east and up (3, n) of where to look at each time
Told = Callable[[NanosecondArray], FloatArray]
#: of an antenna and a time
Act = Callable[[str, int], None]

#: a motion is worked out for so long at once
_STRETCH_S = 3_600
#: what is received changes while a dish is behind: looked at again after so long
_BEHIND_NS = 10_000_000_000
#: nearer is where it was told
_THERE_DEG = 1e-6


class Dish:
    """One dish with drives; asked about times that do not go back by more than a stretch."""

    def __init__(self, drive: Drive) -> None:
        self._drive = drive
        self._rest: Pointing = (0.0, drive.highest_elevation_deg)
        self._told: Told | None = None
        self._motion: Motion | None = None

    def turn(self, told: Told, ns: int) -> None:
        """From `ns` on it makes for what it is told, and follows that."""
        start = self.at(ns)
        self._told = told
        self._motion = follow(self._drive, start, ns, told(seconds_from(ns, _STRETCH_S)))

    def rest(self, ns: int) -> None:
        """It stays where it is."""
        self._rest = self.at(ns)
        self._told = self._motion = None

    def unstow(self, ns: int) -> None:
        """It has been driven to the zenith; what it follows, it follows from there."""
        azimuth_deg, _ = self.at(ns)
        told, self._told, self._motion = self._told, None, None
        self._rest = (azimuth_deg, self._drive.highest_elevation_deg)
        if told is not None:
            self.turn(told, ns)

    def at(self, ns: int) -> Pointing:
        motion = self._until(ns)
        return self._rest if motion is None else motion.at(ns)

    def behind_deg(self, ns: int) -> float:
        """How far from where it was told; 0 if it rests."""
        motion = self._until(ns)
        return 0.0 if motion is None else motion.behind_at(ns)

    def next_change_ns(self, ns: int, within_deg: float) -> int | None:
        """When it comes within so much of what it was told, or leaves it, after `ns`.

        Or a time before which it does not; None while it rests.
        """
        motion = self._until(ns)
        if motion is None:
            return None
        return next((one for one in motion.changes_ns(within_deg) if one > ns), motion.end_ns)

    def _until(self, ns: int) -> Motion | None:
        """The stretch of its motion that holds after `ns`."""
        while self._told is not None and self._motion is not None and self._motion.end_ns <= ns:
            begin = self._motion.end_ns
            directions = self._told(seconds_from(begin, _STRETCH_S))
            self._motion = follow(self._drive, self._motion.at(begin), begin, directions)
        return self._motion


class Dishes:
    """The dishes of all antennas that have drives.

    `at_change` is told when one has come to where it was told to look, when it falls behind that,
    and again and again while it is behind.
    """

    def __init__(self, antennas: Iterable[Antenna], agenda: Agenda) -> None:
        self._dishes = {one.id: Dish(one.drive) for one in antennas if one.drive is not None}
        self._agenda = agenda
        self.at_change: list[Act] = []
        #: how often each was told something: what was waited for before counts no more
        self._orders = dict.fromkeys(self._dishes, 0)
        #: how near to what it was told each is there, and whether it is
        self._within_deg = dict.fromkeys(self._dishes, 0.0)
        self._there = dict.fromkeys(self._dishes, True)

    def turn(self, antenna_id: str, told: Told, within_deg: float, ns: int) -> None:
        """An antenna's dish makes for what it is told; it is there within so much of it."""
        if (dish := self._dishes.get(antenna_id)) is not None:
            self._within_deg[antenna_id] = within_deg
            dish.turn(told, ns)
            self._begin(antenna_id, ns)

    def rest(self, antenna_id: str, ns: int) -> None:
        """Its pass is over: the dish stays where it is."""
        if (dish := self._dishes.get(antenna_id)) is not None:
            dish.rest(ns)
            self._begin(antenna_id, ns)

    def unstow(self, antenna_id: str, ns: int) -> None:
        """A storm is over, through which the dish has looked at the zenith."""
        if (dish := self._dishes.get(antenna_id)) is not None:
            dish.unstow(ns)
            self._begin(antenna_id, ns)

    def behind(self, antenna_id: str, ns: int) -> FloatArray | None:
        """Where an antenna looks (3,) that is not where it was told; None if it is there."""
        dish = self._dishes.get(antenna_id)
        if dish is None or dish.behind_deg(ns) <= _THERE_DEG:
            return None
        azimuth_deg, elevation_deg = dish.at(ns)
        return unit_vectors(np.array([azimuth_deg]), np.array([elevation_deg]))[:, 0]

    def _begin(self, antenna_id: str, ns: int) -> None:
        self._orders[antenna_id] += 1
        self._there[antenna_id] = self._is_there(antenna_id, ns)
        self._await_change(antenna_id, ns)

    def _is_there(self, antenna_id: str, ns: int) -> bool:
        return self._dishes[antenna_id].behind_deg(ns) <= self._within_deg[antenna_id]

    def _await_change(self, antenna_id: str, ns: int) -> None:
        at_ns = self._dishes[antenna_id].next_change_ns(ns, self._within_deg[antenna_id])
        if at_ns is None:
            return
        if not self._there[antenna_id]:
            at_ns = min(at_ns, ns + _BEHIND_NS)
        self._agenda.at(at_ns, partial(self._look, antenna_id, self._orders[antenna_id]))

    def _look(self, antenna_id: str, order: int, ns: int) -> None:
        if order != self._orders[antenna_id]:
            return
        was_there = self._there[antenna_id]
        there = self._there[antenna_id] = self._is_there(antenna_id, ns)
        self._await_change(antenna_id, ns)
        if not (there and was_there):
            for act in self.at_change:
                act(antenna_id, ns)
