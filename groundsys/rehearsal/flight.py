"""One flight: Yamcs, craft, space, antennas, hub, desks and portal, under one mission clock.

`Flight` starts everything or nothing, advances the clock, and stops everything in order,
whatever happens in between.  `rehearse_scenario` flies a scenario to its end and judges it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from groundsys.backend import YamcsServer
from groundsys.bus.curve import read_client_keys
from groundsys.bus.exchange import Exchange
from groundsys.bus.live import Requester, Subscriber
from groundsys.bus.network import NetworkCarrier
from groundsys.bus.token_file import TokenFile
from groundsys.desks.token_files import owner_name
from groundsys.mission import default_mission_db, load_scenario
from groundsys.mission.keys import read_keys
from groundsys.mission.model import Mission, Scenario
from groundsys.portal.tls import TlsFiles, check_tls
from groundsys.procedures.library import PROCEDURES_VARIABLE
from groundsys.rehearsal.evidence import deliver_to_customers, gather_evidence
from groundsys.rehearsal.killing import Killer, Strike, strikes_of
from groundsys.rehearsal.operators import Operators, log_in_all
from groundsys.rehearsal.processes import ProcessGroup, ProcessSpecification
from groundsys.rehearsal.progress import ProgressDisplay
from groundsys.rehearsal.revival import Revival
from groundsys.rehearsal.run_directory import DEFAULT_DATA_DIRECTORY, RunDirectory, point_current_at
from groundsys.rehearsal.traffic import draw_traffic
from groundsys.rehearsal.verdict import Evidence, Strikes, judge, report
from groundsys.store import Store
from groundsys.values.errors import BackendError, DefinitionError, GroundsysError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message

PARTICIPANTS_TIMEOUT_S = 90.0
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
class FlightOptions:
    """What a user may choose about a flight."""

    scenario: str
    seed: int = 1
    rate: float | None = None
    run_path: Path | None = None
    data_directory: Path = DEFAULT_DATA_DIRECTORY
    mission_db: Path | None = None
    yamcs_url: str | None = None
    #: start anew what is killed, instead of ending the run
    revive: bool = False
    #: folder of the space links' keys, when Yamcs is not ours
    keys: Path | None = None
    #: where console, command line and portal reach it; off loopback with CURVE and TLS alone
    host: str = "127.0.0.1"
    portal_port: int = 0
    certificate: Path | None = None
    certificate_key: Path | None = None
    #: folder of procedures, if not the one beside the mission's definitions
    procedures: Path | None = None
    #: a plan to begin with (JSON), instead of one that the desks make
    first_plan: Path | None = None
    portal: bool = True

    @property
    def tls(self) -> tuple[Path, Path] | None:
        """The portal's certificate and key."""
        if self.certificate is None or self.certificate_key is None:
            return None
        return self.certificate.resolve(), self.certificate_key.resolve()


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
    started: float = field(default_factory=time.monotonic)

    def check_alive(self) -> None:
        """Raise if any process of the flight has ended that cannot be started anew."""
        if self.revival is not None:
            self.revival.serve_again()  # the mission clock looks for the others
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
    def operators(self) -> Iterator[Operators]:
        """Whoever asks the desks for what the scenario's traffic draws."""
        traffic = self.scenario.traffic
        wishes = draw_traffic(traffic, self.mission, self.options.seed) if traffic else ()
        endpoint = str(self.run.endpoints("desks")["requests"])
        keys = read_client_keys(self.run.keys, endpoint)
        owner = TokenFile(self.run.people / owner_name(), kept_by_others=True)
        with contextlib.closing(Requester(endpoint, owner, keys)) as requester:
            tokens = log_in_all(requester, traffic.people if traffic else ())

            def ask(verb: str, *, operator: str = "", **arguments: Any) -> dict[str, Any]:
                who = {"token": tokens[operator]} if operator else {}
                return requester.ask(verb, timeout_s=ANSWER_TIMEOUT_S, **who, **arguments)

            yield Operators(wishes, ask)

    def killer(self, strikes: tuple[Strike, ...]) -> Killer:
        """Whoever is to kill processes of this flight."""

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
        revived = sorted(self.carrier.take_revived())
        if revived:
            for target in sorted(self.carrier.names):
                if target not in self.scenario.spacecraft and target != "space":
                    said = {"names": revived}
                    now = self.exchange.now
                    self.exchange.say(Message("exchange", target, "revived", now, said))

    def _show(self, display: ProgressDisplay) -> None:
        for topic, snapshot in self.events.events(0.0):
            display.take(topic, snapshot)
        display.clock(self.exchange.now)


def mission_and_scenario(options: FlightOptions) -> tuple[Mission, Scenario]:
    """Load the definitions; `DefinitionError` names what is wrong or which scenarios there are."""
    return load_scenario(options.scenario, options.mission_db)


def check_reach(options: FlightOptions) -> None:
    """Raise `EnvironmentLackError` before anything starts if the portal would speak in clear."""
    check_tls(options.host, TlsFiles(*options.tls) if options.tls is not None else None)


def check_rehearsing(options: FlightOptions, scenario: Scenario, *, endless: bool) -> None:
    """Raise `DefinitionError` if a scenario that rehearses a procedure is flown as anything else.

    Its desks start that procedure without a rehearsal, so it is flown on simulators and a Yamcs of
    its own, and ends.
    """
    if scenario.rehearses and (endless or options.yamcs_url is not None):
        raise DefinitionError(
            f"scenario '{scenario.id}' is there to rehearse {scenario.rehearses}",
            expected="`groundsys procedure rehearse`, on a Yamcs of its own",
            remedy="name another scenario",
        )


@contextlib.contextmanager
def flight(
    options: FlightOptions, display: ProgressDisplay, *, endless: bool = False
) -> Iterator[Flight]:
    """Start all, yield the running flight, and stop all in order, also after an error."""
    check_reach(options)
    mission, scenario = mission_and_scenario(options)
    check_rehearsing(options, scenario, endless=endless)
    run = RunDirectory(options.run_path or fresh_run_path(options))
    with contextlib.ExitStack() as stack:
        yamcs = stack.enter_context(_yamcs(options, run, mission, scenario, display))
        carrier = NetworkCarrier()
        run.write_facts(_facts(options, run, scenario, yamcs, carrier, endless=endless))
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
        carrier.watch(still_alive, revival)
        told = str(run.endpoints("desks")["events"])
        events = Subscriber(told, keys=read_client_keys(run.keys, told))
        stack.callback(events.close)
        exchange = Exchange(
            carrier,
            start=scenario.span.start,
            quantum_s=scenario.quantum_s,
            rate_ceiling=options.rate if options.rate is not None else scenario.rate_ceiling,
        )
        yield Flight(
            *(options, mission, scenario, run, exchange, carrier, processes, yamcs, events, revival)
        )


def rehearse_scenario(options: FlightOptions, console: Console) -> dict[str, Any]:
    """Fly a scenario from its first to its last second, and return the report with the verdict."""
    _, scenario = mission_and_scenario(options)
    evidence, facts = fly(options, console, strikes_of(scenario, options.seed))
    return report(evidence, judge(evidence, scenario.criteria), facts)


def fly(
    options: FlightOptions, console: Console, strikes: tuple[Strike, ...]
) -> tuple[Evidence, dict[str, Any]]:
    """Fly a scenario to its end while processes are killed; the evidence, and facts to report."""
    mission, scenario = mission_and_scenario(options)
    options = replace(options, revive=options.revive or bool(strikes))
    started = time.monotonic()
    with ProgressDisplay(console, scenario.title, scenario.span) as display:
        with flight(options, display) as flown:
            display.phase("flying")
            with flown.killer(strikes) as killer, flown.operators() as operators:
                flown.advance(scenario.span.end, display, operators.act)
            rate = display.rate
            display.phase("customers fetch their data")
            flown.await_portal()
            deliver_to_customers(flown.run, scenario)
            wall_seconds = time.monotonic() - started
            display.phase("closing the simulators' records, gathering evidence")
            flown.carrier.close()
            flown.processes.wait(CLOSING_TIMEOUT_S, not_for=NO_PARTICIPANTS)
            evidence = gather_evidence(
                *(flown.run, mission, scenario, flown.yamcs),
                wall_seconds=wall_seconds,
                strikes=Strikes(len(strikes), len(killer.struck)),
                requests=operators.done,
            )
        facts = {
            "scenario": scenario.id,
            "seed": options.seed,
            "mission_start": scenario.span.start.utc_iso(0),
            "mission_end": scenario.span.end.utc_iso(0),
            "rate": round(rate, 1),
            "steps": flown.exchange.steps,
            "run": str(flown.run.path),
            "deliveries": str(flown.run.deliveries),
        }
    return evidence, facts


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
            read_keys(_keys(options, run), mission.spacecraft[name])
            if found := session.count_packets(mission.spacecraft[name]):
                raise BackendError(
                    f"Yamcs at {server.url} has flown before",
                    expected="empty archives: every flight's craft begin to count at zero",
                    found=f"{found} packets of {name}",
                    remedy="stop it, remove its data folder, and start it again",
                )
    run.create()
    return server


def _keys(options: FlightOptions, run: RunDirectory) -> Path:
    """The folder of the space links' keys: the run's own, or that of the Yamcs that is joined."""
    return options.keys if options.yamcs_url and options.keys else run.keys


def fresh_run_path(options: FlightOptions) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return options.data_directory / f"{options.scenario}-{stamp}-{os.getpid()}"


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
        "endless": endless,
        "pid": os.getpid(),
        "mission_db": str((options.mission_db or default_mission_db()).resolve()),
        "exchange": carrier.endpoint,
        "host": options.host,
        "portal_port": options.portal_port,
        "first_plan": None if options.first_plan is None else str(options.first_plan.resolve()),
        "tls": None if options.tls is None else [str(path) for path in options.tls],
        "yamcs": yamcs.connection(),
        "keys": str(_keys(options, run).resolve()),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


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
    """The orbiters fly in one process, the landed craft in another, space in a third."""
    landed = [name for name in scenario.spacecraft if mission.spacecraft[name].site is not None]
    orbiting = [name for name in scenario.spacecraft if name not in landed]
    hosts = list(zip(SIMULATORS, (["space"], orbiting, landed), strict=True))
    sims = [
        ProcessSpecification(
            name,
            (
                *("-m", "sims", "--nodes", ",".join(nodes), "--scenario", scenario.id),
                *("--seed", str(options.seed), "--exchange", carrier.endpoint),
                *("--truth", str(run.truth), "--mission-db", str(run.facts()["mission_db"])),
                *("--keys", str(run.facts()["keys"])),
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
