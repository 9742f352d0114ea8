"""One flight: Yamcs, craft, space, antennas, hub, desks and portal, under one mission clock.

`Flight` starts everything or nothing, advances the clock, and stops everything in order,
whatever happens in between.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from groundsys.backend import YamcsServer
from groundsys.bus.curve import read_client_keys
from groundsys.bus.exchange import Exchange
from groundsys.bus.live import Requester, Subscriber
from groundsys.bus.network import NetworkCarrier
from groundsys.bus.token_file import TokenFile
from groundsys.desks.people.token_files import owner_name
from groundsys.mission import default_mission_db
from groundsys.mission.faults.fault_catalogue import fault_text
from groundsys.mission.loading import injected_into
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import ProcedureRun, Scenario
from groundsys.mission.spacecraft.keys import read_keys
from groundsys.procedures.library import PROCEDURES_VARIABLE
from groundsys.rehearsal.checking.runs_check import people_of
from groundsys.rehearsal.flying.attendance import Attendance
from groundsys.rehearsal.flying.deciders import Deciders
from groundsys.rehearsal.flying.injecting import Injector
from groundsys.rehearsal.flying.killing import Killer, Strike
from groundsys.rehearsal.flying.operators import Ask, Operators, log_in_all
from groundsys.rehearsal.flying.processes import ProcessGroup, ProcessSpecification
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.flying.revival import Revival
from groundsys.rehearsal.flying.runners import Runners
from groundsys.rehearsal.flying.traffic import draw_traffic
from groundsys.rehearsal.options import (
    FlightOptions,
    check_reach,
    check_rehearsing,
    fresh_run_path,
    keys_folder,
    mission_and_scenario,
)
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import Store
from groundsys.values.errors import BackendError, GroundsysError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message

#: one that has ended is noticed at once; a busy machine may let the desks plan for minutes
PARTICIPANTS_TIMEOUT_S = 300.0
CLOSING_TIMEOUT_S = 30.0
#: whoever takes no part in the clock is looked for this often (wall seconds)
LOOK_S = 1.0
#: an operator who has no answer by then looks again (wall seconds)
ANSWER_TIMEOUT_S = 5.0
#: processes that fly the truth
SIMULATORS = ("space", "orbiters", "landers")
#: processes that the mission clock does not tell to close
NO_PARTICIPANTS = ("portal",)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who asks something of a flight's desks."""

    operators: Operators
    runners: Runners
    deciders: Deciders

    def act(self, now: Instant) -> None:
        """Between two steps of the mission clock."""
        self.operators.act(now)
        self.runners.act(now)
        self.deciders.act(now)


@dataclass(slots=True)
class Flight:
    """A ground segment and its simulated world, running."""

    options: FlightOptions
    mission: Mission
    scenario: Scenario
    run: RunDirectory
    exchange: Exchange
    carrier: NetworkCarrier
    processes: ProcessGroup
    yamcs: YamcsServer
    events: Subscriber
    revival: Revival | None
    injector: Injector
    started: float = field(default_factory=time.monotonic)

    def check_alive(self) -> None:
        """Raise if any process of the flight has ended that cannot be started anew."""
        if self.revival is not None:
            self.revival.serve_again()  # the mission clock looks for the others
            if self.exchange.stands and self.processes.ended():
                self.exchange.take_one_step()  # and so it does while it stands
            return
        self.yamcs.check_alive()
        self.processes.check_alive()

    def advance(
        self,
        end: Instant,
        display: ProgressDisplay,
        between: Callable[[Instant], None] | None = None,
    ) -> None:
        """Let mission time pass until `end`; raise as soon as a process has ended.

        `between` is called between two steps, while no time passes.
        """
        looked = time.monotonic()
        while self.exchange.advance_once(end):
            self._tell_of_revived()
            if between is not None:
                between(self.exchange.now)
            self._show(display)
            if time.monotonic() - looked > LOOK_S:
                self.check_alive()
                looked = time.monotonic()
        self._show(display)

    def await_portal(self) -> None:
        """Wait until the portal answers: the last strike may have been at it."""
        url = urlsplit(str(self.run.endpoints("portal")["url"]))
        deadline = time.monotonic() + PARTICIPANTS_TIMEOUT_S
        while time.monotonic() < deadline:
            self.check_alive()
            with contextlib.suppress(OSError):
                socket.create_connection((url.hostname or "", url.port or 0), LOOK_S).close()
                return
            time.sleep(0.05)  # between two looks at the condition above

    @contextlib.contextmanager
    def people(self, rehearse: Callable[[ProcedureRun, Ask], None]) -> Iterator[People]:
        """Whoever asks the desks for what the scenario's traffic draws, and runs its procedures.

        `rehearse` flies a procedure on simulators of its own, for whoever is about to start it.
        """
        scenario, traffic = self.scenario, self.scenario.traffic
        wishes = draw_traffic(traffic, self.mission, self.options.seed) if traffic else ()
        endpoint = str(self.run.endpoints("desks")["requests"])
        keys = read_client_keys(self.run.keys, endpoint)
        owner = TokenFile(self.run.people / owner_name(), kept_by_others=True)
        with contextlib.closing(Requester(endpoint, owner, keys)) as requester:
            asking = (*(traffic.people if traffic else ()), *scenario.deciding)
            operators = dict.fromkeys(asking, ("operator", ""))
            everybody = {**operators, **people_of(self.mission, scenario.procedures)}
            attendance = Attendance.of(scenario.faults)
            everybody |= {by: everybody[one] for one, by in attendance.stand_ins.items()}
            tokens = log_in_all(requester, everybody)

            def ask(verb: str, *, operator: str = "", **arguments: Any) -> dict[str, Any]:
                who = {"token": tokens[operator]} if operator else {}
                return requester.ask(verb, timeout_s=ANSWER_TIMEOUT_S, **who, **arguments)

            wished = [
                one
                if attendance.is_there(one.approver)
                else replace(one, fate="unapproved", approver="")
                for one in wishes
                if attendance.is_there(one.operator)
            ]
            runs = scenario.procedures
            runners = Runners(runs, ask, lambda planned: rehearse(planned, ask), attendance)
            deciders = Deciders(scenario.solutions, ask, attendance)
            yield People(Operators(wished, ask), runners, deciders)

    def killer(self, strikes: tuple[Strike, ...]) -> Killer:
        """Whoever is to strike processes of this flight."""

        def process_ids() -> dict[str, int]:
            own = self.yamcs.pid
            return {**self.processes.process_ids, **({"yamcs": own} if own else {})}

        def at_work(store: Store) -> str | None:
            passes = store.passes.all()
            found = [one.antenna for one in passes if one.uplink]
            found += [one.antenna for one in passes if one.state == "locked"]
            return found[0] if found else None

        return Killer(strikes, process_ids, at_work, lambda: Store(self.run.store, read_only=True))

    def _tell_of_revived(self) -> None:
        """Whoever died has forgotten what the others told it and kept in no store."""
        full = self.carrier.take_had_no_room()
        revived = sorted(self.carrier.take_revived() | full)
        if revived:
            for target in sorted(self.carrier.names):
                if target not in self.scenario.spacecraft and target != "space":
                    said = {
                        "names": revived,
                        "had_no_room": sorted(full),
                        "yamcs_restarts": self.revival.revived["yamcs"] if self.revival else 0,
                    }
                    now = self.exchange.now
                    self.exchange.say(Message("exchange", target, "revived", now, said))
            self.injector.tell()

    def _follow(self, wish: Mapping[str, Any]) -> None:
        """Let the clock go as the desks' people want it."""
        if wish["rate_ceiling"] != self.exchange.rate_ceiling:
            self.exchange.set_rate_ceiling(wish["rate_ceiling"])
        if wish["paused"]:
            self.exchange.stop()
        else:
            self.exchange.go_on()

    def _show(self, display: ProgressDisplay) -> None:
        for topic, snapshot in self.events.events(0.0):
            display.take(topic, snapshot)
            if topic == "clock":
                self._follow(snapshot)
            elif topic == "faults":
                for fault in self.injector.follow(snapshot["faults"]):
                    display.inject(fault_text(fault))
        display.clock(self.exchange.now)


@contextlib.contextmanager
def flight(
    options: FlightOptions, display: ProgressDisplay, *, endless: bool = False
) -> Iterator[Flight]:
    """Start all, yield the running flight, and stop all in order, also after an error."""
    check_reach(options)
    mission, scenario = mission_and_scenario(options)
    check_rehearsing(options, scenario, endless=endless)
    options = replace(options, injected=injected_into(scenario))
    run = RunDirectory(options.run_path or fresh_run_path(options))
    with contextlib.ExitStack() as stack:
        yamcs = stack.enter_context(_yamcs(options, run, mission, scenario, display))
        carrier = NetworkCarrier()
        run.write_facts(_facts(options, run, scenario, yamcs, carrier, endless=endless))
        if options.injected:
            run.keep_injected(options.injected)
        point_current_at(run, options.data_directory)
        procedures = options.procedures
        environment = {PROCEDURES_VARIABLE: str(procedures.resolve())} if procedures else None
        processes = stack.enter_context(ProcessGroup(run.logs, environment))
        portal = " and portal" if options.portal else ""
        display.phase(f"starting craft, space, antennas, hub, desks{portal}")
        specifications = _specifications(options, run, mission, scenario, carrier, endless=endless)
        processes.start(specifications)
        stack.callback(processes.wait, CLOSING_TIMEOUT_S, not_for=NO_PARTICIPANTS)
        stack.callback(carrier.close)

        def still_alive() -> None:  # without Yamcs others fail too: it is asked first
            yamcs.check_alive()
            processes.check_alive()

        carrier.gather(
            _participants(scenario), timeout_s=PARTICIPANTS_TIMEOUT_S, still_alive=still_alive
        )
        revival = None
        if options.revive and options.yamcs_url is None:
            of_the_ground = [one for one in specifications if one.name not in SIMULATORS]
            revival = Revival(processes, of_the_ground, yamcs, mission)
        carrier.watch(still_alive, revival, display.without_room)
        told = str(run.endpoints("desks")["events"])
        events = Subscriber(told, keys=read_client_keys(run.keys, told))
        stack.callback(events.close)
        exchange = Exchange(
            carrier,
            start=scenario.span.start,
            quantum_s=scenario.quantum_s,
            rate_ceiling=_rate_ceiling(options, scenario),
        )
        yield Flight(
            *(options, mission, scenario, run, exchange, carrier, processes, yamcs, events),
            *(revival, Injector(exchange, scenario, run, options.injected)),
        )


def _yamcs(
    options: FlightOptions,
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    display: ProgressDisplay,
) -> YamcsServer:
    """A server of our own, or the one that the user named; then the run's folder stands as well."""
    if options.yamcs_url is None:
        run.create()
        display.phase("starting Yamcs")
        try:
            return YamcsServer.start(run.path, mission, scenario)
        except GroundsysError:
            run.remove_if_unused()
            raise
    display.phase("joining Yamcs")
    server = YamcsServer.join(options.yamcs_url, mission, scenario)
    with contextlib.closing(server.connect()) as session:
        for name in scenario.spacecraft:
            read_keys(keys_folder(options, run), mission.spacecraft[name])
            if found := session.count_packets(mission.spacecraft[name]):
                raise BackendError(
                    f"Yamcs at {server.url} has flown before",
                    expected="empty archives: every flight's craft begin to count at zero",
                    found=f"{found} packets of {name}",
                    remedy="stop it, remove its data folder, and start it again",
                )
    run.create()
    return server


def _facts(
    options: FlightOptions,
    run: RunDirectory,
    scenario: Scenario,
    yamcs: YamcsServer,
    carrier: NetworkCarrier,
    *,
    endless: bool,
) -> dict[str, Any]:
    return {
        "scenario": scenario.id,
        "seed": options.seed,
        "rate_ceiling": _rate_ceiling(options, scenario),
        "endless": endless,
        "pid": os.getpid(),
        "mission_db": str((options.mission_db or default_mission_db()).resolve()),
        "exchange": carrier.endpoint,
        "host": options.host,
        "portal_port": options.portal_port,
        "objects": options.objects,
        "first_plan": None if options.first_plan is None else str(options.first_plan.resolve()),
        "handed_over": None if options.handed_over is None else str(options.handed_over.resolve()),
        "tls": None if options.tls is None else [str(path) for path in options.tls],
        "yamcs": yamcs.connection(),
        "keys": str(keys_folder(options, run).resolve()),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _rate_ceiling(options: FlightOptions, scenario: Scenario) -> float | None:
    return options.rate if options.rate is not None else scenario.rate_ceiling


def _participants(scenario: Scenario) -> list[str]:
    return [
        "space",
        "hub",
        "notary",
        "desks",
        *scenario.spacecraft,
        *(f"antenna:{antenna}" for antenna in scenario.antennas),
    ]


def _specifications(
    options: FlightOptions,
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    carrier: NetworkCarrier,
    *,
    endless: bool,
) -> list[ProcessSpecification]:
    """The orbiters fly in one process, the cubes in another, space in a third."""
    cubes = [name for name in scenario.spacecraft if mission.spacecraft[name].is_cube]
    orbiting = [name for name in scenario.spacecraft if name not in cubes]
    hosts = list(zip(SIMULATORS, (["space"], orbiting, cubes), strict=True))
    sims = [
        ProcessSpecification(
            name,
            (
                *("-m", "sims", "--nodes", ",".join(nodes), "--scenario", scenario.id),
                *("--seed", str(options.seed), "--exchange", carrier.endpoint),
                *("--truth", str(run.truth), "--mission-db", str(run.facts()["mission_db"])),
                *("--keys", str(run.facts()["keys"])),
                *(("--faults", str(run.injected)) if options.injected else ()),
                *(("--endless",) if endless else ()),
            ),
        )
        for name, nodes in hosts
        if nodes
    ]
    node = ("-m", "groundsys", "node")
    where = ("--run", str(run.path))
    services = ("hub", "desks", *(("portal",) if options.portal else ()))
    return [
        *sims,
        *(
            ProcessSpecification(f"antenna-{antenna}", (*node, "antenna", "--id", antenna, *where))
            for antenna in scenario.antennas
        ),
        *(ProcessSpecification(kind, (*node, kind, *where)) for kind in services),
    ]
