"""Faults that befall a craft at a moment: put down in its agenda, and worked on its parts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sims.craft.computer.faults import Faults

if TYPE_CHECKING:
    from sims.craft.mothership.orbiter import Orbiter
    from sims.craft.probe.lander import Lander


def expect_orbiter_faults(orbiter: Orbiter) -> None:
    """Safe mode with the panels to the Sun, a receiver out of lock, memory that fails."""
    board = orbiter.board

    def trip(now_ns: int) -> None:
        board.truth.note("fault", fault="safe_mode", time_ns=now_ns)
        orbiter.settle(now_ns)
        board.set_mode("SAFE", now_ns)
        orbiter.turn_to("SUN_POINTING", now_ns)

    def lose_memory(left_bytes: int, now_ns: int) -> None:
        board.truth.note("fault", fault="recorder_full", time_ns=now_ns)
        orbiter.recorder.shrink(left_bytes)

    def expect(faults: Faults) -> None:
        for trip_ns in faults.safe_mode_ns:
            board.agenda.at(trip_ns, trip)
        for stretch in faults.uplink_lock_lost:
            for edge_ns in stretch.edges_ns:
                board.agenda.at(edge_ns, orbiter.look_again)
        for lost in faults.lost_memory:
            board.agenda.at(lost.at_ns, partial(lose_memory, lost.left_bytes))

    expect(board.faults)
    board.at_new_faults.append(expect)


def expect_lander_faults(lander: Lander) -> None:
    """Safe mode, in which a cube sends no file."""
    board = lander.board

    def trip(now_ns: int) -> None:
        board.truth.note("fault", fault="safe_mode", time_ns=now_ns)
        lander.settle(now_ns)
        board.set_mode("SAFE", now_ns)

    def expect(faults: Faults) -> None:
        for trip_ns in faults.safe_mode_ns:
            board.agenda.at(trip_ns, trip)

    expect(board.faults)
    board.at_new_faults.append(expect)
