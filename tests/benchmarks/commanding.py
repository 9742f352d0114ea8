"""What the whole path of a command costs beside a bare call of yamcs-client.

By turns, on one Yamcs, one PING goes the whole path and one is issued with yamcs-client alone, both
in AD frames.  The whole path: an operator's request over the bus, the token read, role and ranges
checked, the packet prepared by Yamcs, the way foreseen, everything that happens entered in store
and audit log, the intention put on the disk, Yamcs' clock set, the command handed to Yamcs and its
packet read back.  Desks, store, audit log and FOP-1 are the real ones.  A craft reduced to its
octets acknowledges every frame and reports every command complete; that, and all reading, happens
between the turns.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import zmq
from yamcs.client import Credentials, YamcsClient

from groundsys.authority import Role
from groundsys.backend import Yamcs, YamcsServer
from groundsys.bus.binding import connect
from groundsys.bus.hosting import answer_request
from groundsys.bus.live import Publisher, bind_requests
from groundsys.bus.wire import pack, unpack
from groundsys.ccsds.farm import FarmState, advance_farm, report
from groundsys.ccsds.requests import RequestId, request_id
from groundsys.desks import Desks
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.objects import FolderObjectStore, Keyring, SealedObjectStore
from groundsys.passes.execution import Pass
from groundsys.planning import make_plan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.store import Store
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from tests.desks.people import token_of
from tests.yamcs.craft import Craft, wait_for

OTV = "otv"
HARMLESS = "PING"
_WARM_UP = 5
#: so many commands wait for their reports at once; the desks let at most 80 wait
_REPORTED_TOGETHER = 20
#: the desks read the archive at most so often
_READING_S = 125.0
_REPORTS = ("ACCEPTANCE_SUCCESS", "START_SUCCESS", "COMPLETION_SUCCESS")


@dataclass(frozen=True, slots=True)
class Spread:
    """Of all turns, in ms."""

    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class CommandingFigures:
    """`whole` is `request` (asked for, checked, prepared, logged) and `handing` (to Yamcs).

    `overhead_ms` is the median of the whole path less that of the bare call; `of_pairs` spreads
    the difference of each turn's two.  `completed`: commands that the ledger knows to be executed.
    """

    commands: int
    whole: Spread
    request: Spread
    handing: Spread
    bare: Spread
    overhead_ms: float
    of_pairs: Spread
    completed: int


def measure(mission: Mission, scenario: Scenario, commands: int) -> CommandingFigures:
    """Start a server and desks of its own, let `commands` go either way by turns, and stop both."""
    with (
        tempfile.TemporaryDirectory(prefix="groundsys-bench-") as directory,
        YamcsServer.start(Path(directory), mission, scenario) as server,
        _control_room(mission, scenario, server, Path(directory)) as room,
        contextlib.closing(_BareClient(server)) as bare,
    ):
        request_s, handing_s, bare_s = [], [], []
        for number in range(-_WARM_UP, commands):
            desks_first = number % 2 == 0
            before = 0.0 if desks_first else bare.command()
            asked, handed = room.command()
            alone = bare.command() if desks_first else before
            room.acknowledge(2)
            if number >= 0:
                request_s.append(asked)
                handing_s.append(handed)
                bare_s.append(alone)
        room.read_reports()
        whole_s = [sum(one) for one in zip(request_s, handing_s, strict=True)]
        return CommandingFigures(
            commands=commands,
            whole=_spread(whole_s),
            request=_spread(request_s),
            handing=_spread(handing_s),
            bare=_spread(bare_s),
            overhead_ms=(statistics.median(whole_s) - statistics.median(bare_s)) * 1e3,
            of_pairs=_spread([a - b for a, b in zip(whole_s, bare_s, strict=True)]),
            completed=room.completed - _WARM_UP,
        )


class _BareClient:
    """yamcs-client as its own examples use it."""

    def __init__(self, server: YamcsServer) -> None:
        assert server.credentials is not None
        account = Credentials(server.credentials.user, server.credentials.password)
        self._client = YamcsClient(server.url, credentials=account, keep_alive=False)
        self._processor = self._client.get_processor(OTV, "realtime")

    def command(self) -> float:
        """Issue one; how long it took (s)."""
        started = perf_counter()
        self._processor.issue_command(f"/OTV/{HARMLESS}")
        return perf_counter() - started

    def close(self) -> None:
        self._client.close()


class _ControlRoom:
    """Desks in the middle of a pass with AD service, an operator, and a craft that does as told."""

    def __init__(
        self, desks: Desks, yamcs: Yamcs, craft: Craft, ask: Callable[[], dict[str, Any]]
    ) -> None:
        self._desks = desks
        self._yamcs = yamcs
        self._craft = craft
        self._ask = ask
        self._farm = FarmState(virtual_channel=craft.spacecraft.framing.tc_virtual_channel)
        self._unreported: list[RequestId] = []
        self._heard = 0
        self._open_service()

    @property
    def completed(self) -> int:
        done = [one for one in self._desks.ledger.of("operator") if one.state == "completed"]
        return len(done)

    def command(self) -> tuple[float, float]:
        """One command the whole path; how long the request and the handing to Yamcs took (s)."""
        started = perf_counter()
        command_id = self._ask()["command"]["id"]
        asked = perf_counter()
        self._advance(1.0, self._status())
        ended = perf_counter()
        command = self._desks.ledger.get(command_id)
        if command is None or command.state != "issued" or command.attempts[-1].bypass:
            raise SystemExit(f"it has not left in an AD frame: {command}")
        return asked - started, ended - asked

    def acknowledge(self, frames: int) -> None:
        """Let the craft take the frames that have left; its reports follow in bunches."""
        for _ in range(frames):
            self._farm, accepted = advance_farm(self._farm, frame := self._craft.receive())
            if not accepted:
                raise SystemExit(f"FARM-1 refuses frame {frame.sequence_number}")
            self._unreported.append(request_id(frame.data))
        self._craft.report(self._yamcs, report(self._farm))
        if len(self._unreported) >= 2 * _REPORTED_TOGETHER:
            self.read_reports()

    def read_reports(self) -> None:
        """The craft reports every command that it has taken, and the desks read it."""
        packets = [
            self._craft.packet(
                *(name, self._now),
                destination=one.source,
                request_apid=one.apid,
                request_sequence_count=one.sequence_count,
            )
            for one in self._unreported
            for name in _REPORTS
        ]
        self._unreported.clear()
        self._craft.send_and_wait(self._yamcs, self._craft.frames("REALTIME", packets))
        self._advance(_READING_S, self._received())

    def _open_service(self) -> None:
        self._advance(1.0, self._status())
        self._advance(1.0, self._received())
        self._craft.report(self._yamcs, report(self._farm))
        wait_for(lambda: self._yamcs.cop1_status(self._craft.spacecraft) == "active")
        self._advance(_READING_S, self._received())
        while self._craft.has_received():  # what the desks want by themselves
            self.acknowledge(1)

    @property
    def _now(self) -> Instant:
        return self._desks.room.now

    @property
    def _pass(self) -> Pass:
        one = self._desks.passes.current(OTV)
        assert one is not None, "the pass is over"
        return one

    def _advance(self, seconds: float, message: Message) -> None:
        self._desks.advance(self._now.plus_seconds(seconds), [message])

    def _status(self) -> Message:
        """An antenna's word that it is in lock: the desks look round at once."""
        one = self._pass
        status = {
            "antenna": one.antenna,
            "pass_id": one.id,
            "state": "locked",
            "spacecraft": OTV,
            "c_n0_dbhz": 55.0,
            "uplink": True,
            "frames_good": self._heard,
            "frames_corrected": 0,
            "symbols_corrected": 0,
            "frames_bad": 0,
            "time_ns": self._now.tai_ns,
        }
        return Message(f"antenna:{one.antenna}", "desks", "antenna_status", self._now, status)

    def _received(self) -> Message:
        """The hub's word that Yamcs has taken frames."""
        self._heard += 1
        channel = {
            "spacecraft": OTV,
            "virtual_channel": self._craft.spacecraft.framing.virtual_channels["REALTIME"],
            "antenna": self._pass.antenna,
            "first_count": 0,
            "last_count": 0,
            "frames": 1,
            "missing": 0,
            "corrected": 0,
            "first_ert_ns": self._now.tai_ns,
            "last_ert_ns": self._now.tai_ns,
        }
        heard = {"channels": [channel], "archived": True}
        return Message("hub", "desks", "received", self._now, heard)


@contextlib.contextmanager
def _control_room(
    mission: Mission, scenario: Scenario, server: YamcsServer, directory: Path
) -> Iterator[_ControlRoom]:
    scenario = replace(scenario, commands=())
    geometry = Geometry(mission)
    planned = make_plan(
        mission, scenario, geometry, Situation(now=scenario.span.start), Effort(work=0.5)
    )
    with contextlib.ExitStack() as stack:
        yamcs = stack.enter_context(contextlib.closing(server.connect()))
        craft = Craft(mission.spacecraft[OTV], server.links[OTV], directory / "keys")
        desks = Desks(
            mission,
            scenario,
            geometry,
            lambda: planned,
            stack.enter_context(Store(directory / "store.sqlite")),
            yamcs,
            stack.enter_context(contextlib.closing(Publisher())),
            SealedObjectStore(
                FolderObjectStore(directory / "objects"), Keyring(directory / "keys")
            ),
            workshop=directory / "workshop",
            start=_in_a_long_uplink(planned),
        )
        stack.enter_context(contextlib.closing(craft.open()))
        socket, endpoint = bind_requests()
        stack.callback(socket.close)
        operator: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        stack.callback(operator.close)
        connect(operator, endpoint, None)
        request = {
            "verb": "command_draft",
            "token": token_of(desks, Role.OPERATOR),
            "spacecraft": OTV,
            "command": HARMLESS,
            "why": "benchmark",
        }

        def ask() -> dict[str, Any]:
            """As `Requester` does, but in the desks' own thread."""
            operator.send(pack(request))
            answer_request(socket, desks.handle)
            answer: dict[str, Any] = unpack(operator.recv())
            if not answer["ok"]:
                raise SystemExit(answer["error"])
            return answer

        yield _ControlRoom(desks, yamcs, craft, ask)


def _in_a_long_uplink(planned: PlanResult) -> Instant:
    """Five minutes into the longest uplink of the plan."""
    longest = max(
        planned.plan.passes, key=lambda one: one.uplink_until.seconds_since(one.uplink_from)
    )
    return longest.uplink_from.plus_seconds(300.0)


def _spread(seconds: list[float]) -> Spread:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return Spread(statistics.median(ordered) * 1e3, p95 * 1e3)
