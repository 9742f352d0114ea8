"""The day that all walks look at: the scenario `short`, flown once, still standing."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from groundsys.backend import Yamcs
from groundsys.bus.live import Requester
from groundsys.bus.token_file import HeldToken, TokenFile
from groundsys.ccsds.space_packets import TmPacket, decode_tm_packet
from groundsys.ccsds.tm_frames import PacketExtractor, decode_tm_frame
from groundsys.commanding.ledger import Command
from groundsys.desks.people.token_files import owner_name
from groundsys.hub import JournalFrame, read_journal
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.flying.flight import Flight, flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.store import Store
from groundsys.values.instants import Instant

OPERATOR = "aiko"
PASSWORD = "a dozen of letters"
FLIGHT_DIRECTOR = "bashir"
#: the operator acts while the first pass is up and the scenario's own commands are still to come
OPERATOR_ACTS_AFTER_S = 18 * 60.0
#: a procedure starts with the first pass; by this time it must be at its gate
PROCEDURE_STARTS_AFTER_S = 17 * 60.0
PROCEDURE_AT_ITS_GATE_BY_S = 130 * 60.0
#: no craft has this battery threshold by itself
BATTERY_THRESHOLD_PERCENT = 37


@dataclass(frozen=True, slots=True)
class PacketInFrame:
    """A packet, and the frame of the hub's journal in which it ends."""

    packet: TmPacket
    octets: bytes
    frame: JournalFrame


class Listener(ProgressDisplay):
    """A watcher of the flight that forgets nothing."""

    def __init__(self) -> None:
        super().__init__(Console(file=io.StringIO()), "walks", None)
        self.heard: list[tuple[str, Mapping[str, Any]]] = []

    def take(self, topic: str, snapshot: Mapping[str, Any]) -> None:
        super().take(topic, snapshot)
        self.heard.append((topic, snapshot))


@dataclass
class FlownDay:
    """The flight at the end of its day: its clock stands, its desks answer."""

    flight: Flight
    listener: Listener
    #: asks as the operator
    requester: Requester
    yamcs: Yamcs
    #: the operator's commands by their names: their ids in the ledger
    commanded: dict[str, str] = field(default_factory=dict)
    #: the run of a procedure that the operator started, and how it stood at its gate
    procedure_run: str = ""
    at_gate: dict[str, Any] = field(default_factory=dict)

    @property
    def mission(self) -> Mission:
        return self.flight.mission

    @property
    def scenario(self) -> Scenario:
        return self.flight.scenario

    @property
    def run(self) -> RunDirectory:
        return self.flight.run

    @property
    def portal_url(self) -> str:
        return str(self.run.endpoints("portal")["url"])

    def token(self, customer: str) -> str:
        return (self.run.tokens / customer).read_text().strip()

    def command(self, spacecraft: str, name: str, **arguments: Any) -> str:
        """Ask for a command as the console does; its id in the ledger."""
        answer = self.requester.ask(
            "command_draft",
            spacecraft=spacecraft,
            command=name,
            arguments=arguments,
        )
        return str(answer["command"]["id"])

    def session_of(self, name: str, role: str) -> HeldToken:
        """A session of a person, whose account the run's owner makes if need be."""
        endpoint = str(self.run.endpoints("desks")["requests"])
        owner = TokenFile(self.run.people / owner_name(), kept_by_others=True)
        with contextlib.closing(Requester(endpoint, owner)) as desks:
            if name not in {one["name"] for one in desks.ask("user_list")["people"]}:
                desks.ask("user_add", name=name, role=role, password=PASSWORD)
        with contextlib.closing(Requester(endpoint)) as desks:
            return HeldToken(str(desks.ask("log_in", name=name, password=PASSWORD)["token"]))

    def truth(self, craft: str, record: str, **wanted: Any) -> list[dict[str, Any]]:
        """Lines of the simulator's own record that say `wanted`."""
        lines = (self.run.truth / f"{craft}.jsonl").read_text().splitlines()
        found = [json.loads(line) for line in lines]
        wanted = {"record": record, **wanted}
        return [line for line in found if wanted.items() <= line.items()]

    @cached_property
    def journal(self) -> list[JournalFrame]:
        return read_journal(self.run.hub / "frames.journal")

    def frames(self, craft: str, **wanted: Any) -> list[JournalFrame]:
        """Frames of a craft in the hub's journal, in order of their counts."""
        found = [
            frame
            for frame in self.journal
            if frame.spacecraft == craft
            and all(getattr(frame, name) == value for name, value in wanted.items())
        ]
        return sorted(found, key=lambda frame: (frame.virtual_channel, frame.count))

    def packets(self, craft: str) -> list[PacketInFrame]:
        """Every packet that the craft's frames carry, read by nobody but the CCSDS layer."""
        extractors: dict[int, PacketExtractor] = {}
        return [
            PacketInFrame(decode_tm_packet(octets), octets, frame)
            for frame in self.frames(craft)
            for octets in extractors.setdefault(frame.virtual_channel, PacketExtractor()).feed(
                decode_tm_frame(frame.data)
            )
        ]

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        with Store(self.run.store, read_only=True) as store:
            yield store

    def ledger(self, command_id: str) -> Command:
        with self.store() as store:
            return next(one for one in store.commands.all() if one.id == command_id)

    def light_time_s(self, at: Instant) -> float:
        """One way between Earth and the OTV, good to two seconds, as the plan has it."""
        with self.store() as store:
            passes = store.passes.all()
        return min(passes, key=lambda one: abs(one.start.seconds_since(at))).light_time_s


@contextlib.contextmanager
def flown_day(directory: Path) -> Iterator[FlownDay]:
    """Fly `short` with an operator at its first pass; it stands until the context ends."""
    options = FlightOptions("short", data_directory=directory, run_path=directory / "run")
    with contextlib.ExitStack() as stack:
        listener = Listener()
        flown = stack.enter_context(flight(options, listener))
        operator = HeldToken("")
        requester = Requester(str(flown.run.endpoints("desks")["requests"]), operator)
        stack.callback(requester.close)
        yamcs = stack.enter_context(contextlib.closing(flown.yamcs.connect()))
        day = FlownDay(flown, listener, requester, yamcs)
        operator.keep(day.session_of(OPERATOR, "operator").token())
        start = day.scenario.span.start
        flown.advance(start.plus_seconds(PROCEDURE_STARTS_AFTER_S), listener)
        day.procedure_run = requester.ask("procedure_start", procedure="post-launch-acquisition")[
            "run"
        ]
        flown.advance(start.plus_seconds(OPERATOR_ACTS_AFTER_S), listener)
        day.commanded = {
            "SET_BATTERY_THRESHOLD": day.command(
                "otv", "SET_BATTERY_THRESHOLD", threshold_percent=BATTERY_THRESHOLD_PERCENT
            ),
            "SAFE_MODE": day.command("otv", "SAFE_MODE"),
            "PAYLOAD_POWER": day.command("cube-polar", "PAYLOAD_POWER", payload_power="OFF"),
        }
        flown.advance(start.plus_seconds(PROCEDURE_AT_ITS_GATE_BY_S), listener)
        day.at_gate = requester.ask("procedure_show", run=day.procedure_run)
        if day.at_gate["step"] == "hand-over":
            director = day.session_of(FLIGHT_DIRECTOR, "flight_director")
            endpoint = str(day.run.endpoints("desks")["requests"])
            with contextlib.closing(Requester(endpoint, director)) as second:
                second.ask("procedure_vote", run=day.procedure_run, go=True)
        flown.advance(day.scenario.span.end, listener)
        yield day


def processes_of(run: Path) -> list[psutil.Process]:
    """Processes whose command line names the run's folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if any(str(run) in argument for argument in process.cmdline()):
                found.append(process)
    return found
