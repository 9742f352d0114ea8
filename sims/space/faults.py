"""Misbehaviour of space and antennas that a scenario may ask for (see the fault catalogue)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundsys.values.instants import Instant
from sims.faults import Stretch, faults_called


@dataclass(frozen=True, slots=True)
class Trouble:
    """For a while something is wrong with an antenna (None: every one), to one craft or to all."""

    stretch: Stretch
    antenna: str | None = None
    spacecraft: str | None = None

    def strikes(self, antenna_id: str, ns: int, craft_id: str | None = None) -> bool:
        return (
            self.stretch.holds(ns)
            and self.antenna in (None, antenna_id)
            and self.spacecraft in (None, craft_id)
        )


@dataclass(frozen=True, slots=True)
class BitErrors:
    """On a link one direction is disturbed: at least a share `rate` of bits is wrong."""

    trouble: Trouble
    direction: str
    rate: float


@dataclass(frozen=True, slots=True)
class Duplication:
    """Every `nth` frame of a link is handed over twice."""

    trouble: Trouble
    nth: int


@dataclass(frozen=True, slots=True)
class SpaceFaults:
    clean_air: bool = False
    deaf: tuple[Trouble, ...] = ()
    #: antennas that take each tone of a beacon for the next one
    mistaken_tones: tuple[Trouble, ...] = ()
    #: antennas stowed against the wind
    stowed: tuple[Trouble, ...] = ()
    bit_errors: tuple[BitErrors, ...] = ()
    duplications: tuple[Duplication, ...] = ()
    #: craft that somebody else transmits to; None: any
    hostile: frozenset[str | None] = frozenset()
    #: orbit solutions by craft (None: any) and number
    lost_solutions: frozenset[tuple[str | None, int]] = frozenset()
    #: … and by how much worse they are than stated
    wrong_solutions: Mapping[tuple[str | None, int], float] = field(default_factory=dict)
    #: capsules (None: any) whose beacon is dead, whose parachute stays shut, whose receipt is lost
    dead_beacons: frozenset[str | None] = frozenset()
    shut_parachutes: frozenset[str | None] = frozenset()
    lost_receipts: frozenset[str | None] = frozenset()

    def is_lost_solution(self, spacecraft: str, number: int) -> bool:
        return not self.lost_solutions.isdisjoint({(None, number), (spacecraft, number)})

    def solution_worse_by(self, spacecraft: str, number: int) -> float:
        """1 for a solution as good as stated."""
        worse = self.wrong_solutions
        return worse.get((spacecraft, number), worse.get((None, number), 1.0))

    def is_hostile_to(self, spacecraft: str) -> bool:
        return not self.hostile.isdisjoint({None, spacecraft})

    def is_deaf(self, antenna_id: str, ns: int) -> bool:
        return any(one.strikes(antenna_id, ns) for one in self.deaf)

    def mistakes_tones(self, antenna_id: str, ns: int) -> bool:
        return any(one.strikes(antenna_id, ns) for one in self.mistaken_tones)

    def bit_error_rate(self, direction: str, antenna_id: str, craft_id: str, ns: int) -> float:
        """The least share of wrong bits between the two, 0 if nothing disturbs them."""
        rates = (
            one.rate
            for one in self.bit_errors
            if one.direction == direction and one.trouble.strikes(antenna_id, ns, craft_id)
        )
        return max(rates, default=0.0)

    def is_doubled(self, antenna_id: str, craft_id: str, number: int, ns: int) -> bool:
        """Whether the antenna hands over the craft's frame `number` (from 0) twice."""
        return any(
            number % one.nth == 0 and one.trouble.strikes(antenna_id, ns, craft_id)
            for one in self.duplications
        )


def edges(troubles: Iterable[Trouble], antennas: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """(antenna, time) at which one of these troubles begins or ends."""
    return tuple(
        (antenna_id, edge_ns)
        for one in troubles
        for edge_ns in one.stretch.edges_ns
        for antenna_id in antennas
        if one.antenna in (None, antenna_id)
    )


def space_faults_of(entries: Sequence[Mapping[str, Any]], start: Instant) -> SpaceFaults:
    """The faults meant for space, in a scenario that begins at `start`; others are left alone."""

    def called(name: str) -> list[tuple[Mapping[str, Any], Trouble]]:
        return [
            (one, Trouble(Stretch.of(one, start), one.get("antenna"), one.get("spacecraft")))
            for one in faults_called(name, entries)
        ]

    def troubles(name: str) -> tuple[Trouble, ...]:
        return tuple(trouble for _, trouble in called(name))

    def whose(name: str) -> frozenset[str | None]:
        return frozenset(trouble.spacecraft for _, trouble in called(name))

    return SpaceFaults(
        clean_air=bool(called("clean_air")),
        deaf=troubles("deaf_antenna"),
        mistaken_tones=troubles("mistaken_tones"),
        stowed=troubles("wind_stow"),
        bit_errors=tuple(
            BitErrors(trouble, one["direction"], float(one["rate"]))
            for one, trouble in called("bit_errors")
        ),
        duplications=tuple(
            Duplication(trouble, int(one["nth"])) for one, trouble in called("duplicate_frames")
        ),
        dead_beacons=whose("dead_beacon"),
        shut_parachutes=whose("shut_parachute"),
        lost_receipts=whose("lost_receipt"),
        hostile=frozenset(trouble.spacecraft for trouble in troubles("hostile_uplink")),
        lost_solutions=frozenset(
            (trouble.spacecraft, int(one["sequence"])) for one, trouble in called("lose_solution")
        ),
        wrong_solutions={
            (trouble.spacecraft, int(one["sequence"])): float(one["sigmas"])
            for one, trouble in called("wrong_solution")
        },
    )
