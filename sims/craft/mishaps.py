"""Faults that befall a craft at a moment: put down in its agenda, and worked on its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sims.craft.lander import Lander
    from sims.craft.orbiter import Orbiter


def expect_orbiter_faults(orbiter: Orbiter) -> None:
    """Safe mode with the panels to the Sun, a receiver out of lock, memory that fails."""
    board = orbiter.board

    def trip(now_ns: int) -> None:
        board.truth.note("fault", fault="safe_mode", time_ns=now_ns)
        orbiter.settle(now_ns)
        board.set_mode("SAFE", now_ns)
        orbiter.turn_to("SUN_POINTING", now_ns)

    for trip_ns in board.faults.safe_mode_ns:
        board.agenda.at(trip_ns, trip)
    for stretch in board.faults.uplink_lock_lost:
        for edge_ns in stretch.edges_ns:
            board.agenda.at(edge_ns, orbiter.look_again)
    for lost in board.faults.lost_memory:

        def lose_memory(now_ns: int, left_bytes: int = lost.left_bytes) -> None:
            board.truth.note("fault", fault="recorder_full", time_ns=now_ns)
            orbiter.recorder.shrink(left_bytes)

        board.agenda.at(lost.at_ns, lose_memory)


def expect_lander_faults(lander: Lander) -> None:
    """Safe mode, in which a cube sends no file."""
    board = lander.board

    def trip(now_ns: int) -> None:
        board.truth.note("fault", fault="safe_mode", time_ns=now_ns)
        lander.settle(now_ns)
        board.set_mode("SAFE", now_ns)

    for trip_ns in board.faults.safe_mode_ns:
        board.agenda.at(trip_ns, trip)
