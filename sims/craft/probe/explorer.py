"""An explorer that goes down to a small body: its orders, what it tells, and how it is held again.

Let go, it waits beside its mothership; a descent is flown by `sims.touch_and_go`.  What happens in
it happens at its own time, and is noticed here each minute, near the ground every ten seconds.
Space carries its radio as if it drifted away by what the springs gave: some kilometres, as far as
it truly goes.  Docking is a matter of time alone; the mothership has the sample from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from groundsys.geometry.central_bodies import bodies_of
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.time_scales import tdb_seconds
from groundsys.geometry.touch_downs import Sites
from groundsys.geometry.trajectories import orbit_trajectory
from groundsys.mission.arrival.descent_model import Descent
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.board import Severity
from sims.craft.computer.commands import CommandFailure, Effect, Execution
from sims.touch_and_go import Errors, Flight, Outcome, Reason, instants_of, sample_g

if TYPE_CHECKING:
    from sims.craft.probe.lander import Lander

_SECOND_NS = 1_000_000_000
_LOOK_NS, _NEAR_LOOK_NS, _NEAR_M = 60 * _SECOND_NS, 10 * _SECOND_NS, 100.0


class Explorer:
    """The flying part of a cube that its mothership lets go and takes back."""

    def __init__(
        self, lander: Lander, descent: Descent, orbit: KeplerOrbit, mission: Mission,
        scenario: Scenario, seed: int,
    ) -> None:  # fmt: skip
        """`orbit` is its mothership's, beside the body."""
        bodies = bodies_of(mission)
        self._lander, self._descent, self._seed = lander, descent, seed
        self._sites = Sites(bodies[descent.body])
        self._ephemeris = Ephemeris.load(bodies)
        self._path = orbit_trajectory(orbit, bodies)
        self._truth = scenario.truth
        self.flight: Flight | None = None
        self._told_turn = False
        self._docking = False
        self.flights = 0
        self.outcome: Outcome = "NONE"
        self.reason: Reason = "NONE"
        self.turned_at_m = 0.0
        self.sample_g = 0.0
        self.sampler = "READY"
        self.contact_sclk_s = 0

    @property
    def is_flying(self) -> bool:
        """Whether its thrusters and computer are at work."""
        return self.flight is not None or self._docking

    @property
    def phase(self) -> str:
        carriage = self._lander.carriage
        if carriage is not None and carriage.is_held:
            return "HELD"
        if self._docking:
            return "DOCKING"
        if self.flight is None:
            return "HOME"
        flight, now_ns = self.flight, self._lander.board.agenda.now_ns
        waits = flight.outcome == "NONE" and now_ns < flight.plan.begins.tai_ns
        return "WAITING" if waits else flight.phase

    def order(self, site_number: int, lowest_m: float, gain: Any, now_ns: int) -> None:
        """Go down at the next time at which the site lies beneath."""
        self._require_home()
        site = self._descent.site(site_number)
        if site is None:
            raise CommandFailure("NOT_FOUND")
        if 0.0 < lowest_m < self._descent.go_below_m:
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        home = self._home_m(now_ns)
        plan = self._sites.next_touch_down(self._descent, site, home, Instant(now_ns))
        self.flights += 1
        name = f"{self._lander.board.craft.id} {self.flights}"
        errors = Errors.of(self._truth, self._lander.board.faults.leak_m_s2)
        flight = Flight(
            *(self._descent, self._sites, plan, home, lowest_m, gain, errors, self._seed, name)
        )
        self.flight = flight
        self.outcome = self.reason = "NONE"
        self._told_turn = False
        self._lander.board.agenda.at(plan.begins.tai_ns, partial(self._begin, flight))

    def agree(self) -> None:
        """It may go below the height at which it would turn back."""
        flight = self.flight
        if flight is None or flight.outcome != "NONE" or flight.lowest_m:
            raise CommandFailure("WRONG_MODE")
        flight.has_go = True

    def turn_back(self, now_ns: int) -> None:
        """By order, which comes too late once it is committed."""
        flight = self.flight
        if flight is None:
            raise CommandFailure("WRONG_MODE")
        flight.advance(now_ns)
        if flight.outcome != "NONE" or flight.is_committed:
            raise CommandFailure("WRONG_MODE")
        flight.break_off("COMMANDED", now_ns)
        self._lander.board.agenda.at(now_ns, partial(self._look, flight))

    def dock(self, now_ns: int) -> None:
        """Begin to go back to where it was held."""
        self._require_home()
        self._docking = True
        after_ns = now_ns + round(self._descent.docking_s * 1e9)
        self._lander.board.agenda.at(after_ns, self._end_docking)

    def telemetry(self, now_ns: int) -> dict[str, Any]:
        """Engineering values of the packet DESCENT."""
        flight = self.flight
        left_s = dict.fromkeys(("touch_down", "go_below", "commit"), 0.0)
        if flight is not None:
            flight.advance(now_ns)
            if flight.outcome == "NONE":
                times = {"touch_down": flight.plan.at, **instants_of(flight.plan, self._descent)}
                left_s = {
                    name: max(0.0, at.seconds_since(Instant(now_ns))) for name, at in times.items()
                }
        measured = None if flight is None else flight.measured_m
        return {
            "descent_phase": self.phase,
            "descent_outcome": self.outcome if flight is None else flight.outcome,
            "descent_reason": self.reason if flight is None else flight.reason,
            "descent_flights": self.flights,
            "descent_site": 0 if flight is None else flight.plan.site.number,
            "descent_go": "ON" if flight is not None and flight.has_go else "OFF",
            "descent_height": 0.0 if flight is None else flight.believed_m,
            "descent_altimeter": -1.0 if measured is None else measured,
            "descent_deviation": 0.0 if flight is None else flight.off_m,
            "descent_turned_at": self.turned_at_m if flight is None else flight.turned_at_m,
            "descent_to_touch_down": round(left_s["touch_down"]),
            "descent_to_go_below": round(left_s["go_below"]),
            "descent_to_commit": round(left_s["commit"]),
            "descent_contact_sclk": self.contact_sclk_s,
            "descent_sampler": self.sampler,
        }

    def _require_home(self) -> None:
        if self.phase != "HOME" or self._lander.board.mode == "SAFE":
            raise CommandFailure("WRONG_MODE")

    def _home_m(self, now_ns: int) -> np.ndarray:
        """Where it waits: beside its mothership, from the body's centre along ICRF axes."""
        tdb_s = tdb_seconds(np.array([now_ns], dtype=np.int64))
        center = self._ephemeris.position_km(self._path.center, tdb_s)
        body = self._ephemeris.position_km(self._sites.body.id, tdb_s)
        return np.asarray(1000.0 * (center - body + self._path.position_km(tdb_s))[:, 0])

    def _begin(self, flight: Flight, now_ns: int) -> None:
        if flight.outcome == "NONE":
            self._lander.board.event("INFO", "DESCENT_STARTED", float(self.flights), now_ns)
            self._look(flight, now_ns)

    def _look(self, flight: Flight, now_ns: int) -> None:
        """What has happened since the last look."""
        lander = self._lander
        if self.flight is not flight:
            return
        lander.settle(now_ns)
        flight.advance(now_ns)
        if flight.outcome != "NONE" and not self._told_turn:
            self._told_turn = True
            self._tell_turn(flight, now_ns)
        if flight.phase == "HOME":
            self.outcome, self.reason = flight.outcome, flight.reason
            self.turned_at_m, self.flight = flight.turned_at_m, None
            lander.board.truth.note("home", flight=self.flights, time_ns=flight.now_ns)
            lander.board.event("INFO", "DESCENT_OVER", float(self.flights), now_ns)
            return
        near = flight.phase == "DESCENDING" and flight.believed_m < _NEAR_M
        next_ns = now_ns + (_NEAR_LOOK_NS if near else _LOOK_NS)
        lander.board.agenda.at(next_ns, partial(self._look, flight))

    def _tell_turn(self, flight: Flight, now_ns: int) -> None:
        board = self._lander.board
        if flight.outcome == "TOUCHED":
            self._sample(flight)
            board.event("INFO", "TOUCHED_DOWN", float(self.flights), now_ns)
        elif flight.outcome == "BROKEN_OFF":
            severity: Severity = "INFO" if flight.reason == "COMMANDED" else "MEDIUM"
            board.event(severity, "DESCENT_BROKEN_OFF", flight.turned_at_m, now_ns)
        board.truth.note(
            "descent", flight=self.flights, outcome=flight.outcome, reason=flight.reason,
            turned_at_m=round(flight.turned_at_m, 1), planned_ns=flight.plan.at.tai_ns,
            go_below_ns=instants_of(flight.plan, self._descent)["go_below"].tai_ns,
            miss_m=round(flight.miss_m, 2), contact_m_s=round(flight.contact_m_s, 3),
            sample_g=round(self.sample_g, 3), time_ns=flight.turned_ns,
        )  # fmt: skip

    def _sample(self, flight: Flight) -> None:
        board = self._lander.board
        fired = not board.faults.dud_projectile
        name = f"{board.craft.id} {self.flights}"
        median_g = self._truth.get("sample_median_g", 0.0)
        self.sample_g += sample_g(median_g, self._seed, name, fired=fired)
        self.sampler = "FIRED" if fired else "MISFIRED"
        self.contact_sclk_s = board.clock.reading(flight.turned_ns) // _SECOND_NS

    def _end_docking(self, now_ns: int) -> None:
        lander, board = self._lander, self._lander.board
        self._docking = False
        if board.faults.stuck_latch or lander.carriage is None:
            board.truth.note("fault", fault="stuck_latch", time_ns=now_ns)
            board.event("HIGH", "DOCKING_FAILED", float(self.flights), now_ns)
            return
        board.event("INFO", "DOCKED", float(self.flights), now_ns)
        lander.carriage.hold_again(now_ns)
        body = {
            "kind": "docked",
            "scid": board.craft.framing.spacecraft_id,
            "sample_g": self.sample_g,
        }
        relay = str(board.craft.relay)
        board.say(Message(board.craft.id, relay, "umbilical", Instant(now_ns), body))


def explorer_effects(explorer: Explorer | None) -> dict[str, Effect]:
    """Effect by command name; none of a cube that goes nowhere by itself."""
    if explorer is None:
        return {}

    def descend(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        wanted = (arguments["site_number"], float(arguments["lowest_m"]))
        gain = arguments["altimeter_gain"]
        return Execution(finish=lambda time_ns: explorer.order(*wanted, gain, time_ns))

    def go_below(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=lambda time_ns: explorer.agree())

    def break_off(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=explorer.turn_back)

    def dock(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=explorer.dock)

    return {"DESCEND": descend, "GO_BELOW": go_below, "BREAK_OFF": break_off, "DOCK": dock}


def explorer_of(lander: Lander, mission: Mission, scenario: Scenario, seed: int) -> Explorer | None:
    """The flying part of a craft whose file says how it goes down."""
    craft = lander.board.craft
    if craft.descent is None:
        return None
    orbit = mission.spacecraft[str(craft.relay)].orbit
    if orbit is None or not orbit.beside:
        raise DefinitionError(
            f"{craft.id} has no mothership beside {craft.descent.body}",
            expected="a relay that flies by elements with `beside`",
            found=f"relay {craft.relay}",
        )
    return Explorer(lander, craft.descent, orbit, mission, scenario, seed)
