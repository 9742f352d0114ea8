"""A craft on its launcher and after it: what wakes it, its antenna, what the record tells of it.

Until its separation it lives from its battery and transmits nothing; its computer runs, and keeps
what it measures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundsys.mission.scenario.scenario_model import Scenario
from sims.craft.platform.sun_acquisition import Build, SunAcquisition
from sims.faults import one_holds

if TYPE_CHECKING:
    from sims.craft.mothership.orbiter import Orbiter

_SECOND_NS = 1_000_000_000
#: how often the antenna's direction is looked at: while the craft tumbles, turns, and stands
_TUMBLING_NS, _LOW_GAIN_NS, _STEADY_NS = 10 * _SECOND_NS, 60 * _SECOND_NS, 600 * _SECOND_NS


class Departure:
    """Of one craft; times are true TAI nanoseconds."""

    def __init__(self, orbiter: Orbiter, separation_ns: int) -> None:
        self._orbiter = orbiter
        self._told_mode = ""
        self._least_percent = 100.0
        orbiter.transmitter.is_on = False
        orbiter.board.agenda.at(separation_ns, self._separate)

    def _separate(self, now_ns: int) -> None:
        orbiter = self._orbiter
        orbiter.settle(now_ns)
        orbiter.board.truth.note("separation", time_ns=now_ns)
        orbiter.board.event("INFO", "SEPARATED", 0.0, now_ns)
        orbiter.antennas.uses_low_gain = True
        orbiter.transmitter.switch(True, now_ns)
        self._follow(now_ns)

    def _follow(self, now_ns: int) -> None:
        orbiter = self._orbiter
        orbiter.look_again(now_ns)
        self._tell_mode(now_ns)
        self._watch_battery(now_ns)
        if orbiter.platform.attitude.is_acquiring:
            period_ns = _TUMBLING_NS
        else:
            period_ns = _LOW_GAIN_NS if orbiter.antennas.uses_low_gain else _STEADY_NS
        orbiter.board.agenda.at(now_ns + period_ns, self._follow)

    def _tell_mode(self, now_ns: int) -> None:
        board, mode = self._orbiter.board, self._orbiter.platform.attitude.mode
        if mode == self._told_mode:
            return
        board.truth.note("attitude", mode=mode, time_ns=now_ns)
        if mode == "SUN_ACQUISITION":
            board.event("INFO", "RATES_DAMPED", 0.0, now_ns)
        elif mode == "SUN_POINTING" and self._told_mode == "SUN_ACQUISITION":
            board.event("INFO", "SUN_ACQUIRED", 0.0, now_ns)
        self._told_mode = mode

    def _watch_battery(self, now_ns: int) -> None:
        percent = self._orbiter.battery_percent
        if percent > self._least_percent - 0.2:
            return
        self._least_percent = percent
        board = self._orbiter.board
        threshold = board.battery_threshold
        board.truth.note("battery", percent=percent, threshold=threshold, time_ns=now_ns)


def departure_of(orbiter: Orbiter, scenario: Scenario, seed: int) -> Departure | None:
    """The departure of a craft that is still on its launcher when the scenario begins."""
    board, platform = orbiter.board, orbiter.platform
    name = board.craft.id
    at = next((one.at for one in scenario.separations if one.spacecraft == name), None)
    if at is None:
        return None
    platform.attitude.begin_on_launcher(
        SunAcquisition(
            Build.of(board.craft.platform),
            name,
            seed,
            at.tai_ns,
            scenario.truth.get("tip_off_deg_s", 0.0),
            fails=lambda ns: one_holds(board.faults.tumbling, ns),
            draw_propellant=platform.tank.draw,
        )
    )
    return Departure(orbiter, at.tai_ns)
