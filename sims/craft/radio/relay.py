"""The OTV's relay radio: a table of sessions, and each cube's link held through them.

A session: hail every few seconds until the cube's wake-up receiver answers; then take the cube's
frames, answer each burst with an acknowledgement, and send what waits for the cube; at the end
say so, and let the cube sleep.  Sessions follow each other; one that is due while another lasts
waits for it.  Nothing new is sent to a cube in the last minute, so that its reports get out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import FrameError
from sims.craft.computer.agenda import Agenda
from sims.craft.radio.proximity import (
    Outgoing,
    Port,
    ProximityFrame,
    SequenceReceiver,
    SequenceSender,
    decode_proximity_frame,
    encode_proximity_frame,
)

TABLE_SIZE = 64
_HAIL_PERIOD_NS = 5_000_000_000
_TICK_NS = 1_000_000_000
_HOPS_AND_BACK = 4
#: nothing new is forwarded this long before a session's end
_FORWARD_UNTIL_NS = 60_000_000_000

State = Literal["IDLE", "HAILING", "ACTIVE"]


@dataclass(frozen=True, slots=True)
class Session:
    """A relay session as the ground put it into the table, in true TAI."""

    number: int
    cube: str
    spacecraft_id: int
    start_ns: int
    end_ns: int


@dataclass(slots=True)
class CubeLink:
    """Both directions of the link with one cube, kept from session to session."""

    spacecraft_id: int
    forward: SequenceSender
    receiver: SequenceReceiver = field(default_factory=SequenceReceiver)


@dataclass(frozen=True, slots=True)
class Received:
    """A frame that a cube sent: its content, and when its first bit arrived (true TAI)."""

    frame: ProximityFrame
    first_bit_ns: int


class RelayStation:
    """Holds sessions; says through callbacks what it sends and what it got."""

    def __init__(
        self,
        cubes: Mapping[int, str],
        agenda: Agenda,
        *,
        rate_bps: Callable[[str], float],
        answer_time_ns: int,
        say: Callable[[str, Mapping[str, Any], int], None],
        take_frame: Callable[[Received, int], None],
        tell: Callable[[str, Session, int], None],
        may_begin: Callable[[], bool],
    ) -> None:
        """`rate_bps(cube)` is how fast the link with a cube is now."""
        self._cubes = cubes
        self._agenda = agenda
        self._rate_bps = rate_bps
        self._say = say
        self._take_frame = take_frame
        self._tell = tell
        self._may_begin = may_begin
        self.links = {
            cube: CubeLink(spacecraft_id, SequenceSender(answer_time_ns=answer_time_ns))
            for spacecraft_id, cube in cubes.items()
        }
        self.table: list[Session] = []
        self.session: Session | None = None
        self.state: State = "IDLE"
        self._numbers = 0
        self._sending = False
        self.sessions_done = 0
        self.sessions_failed = 0
        self.frames_received = 0
        self.frames_refused = 0
        self.frames_sent = 0

    def cube_of(self, spacecraft_id: int) -> str | None:
        """The cube with this SCID, if we relay for one."""
        return self._cubes.get(spacecraft_id)

    def add_session(self, spacecraft_id: int, start_ns: int, end_ns: int) -> None:
        """Put a session into the table; it begins at its start, or at once if that is past."""
        self._numbers += 1
        cube = self._cubes[spacecraft_id]
        self.table.append(Session(self._numbers, cube, spacecraft_id, start_ns, end_ns))
        self.table.sort(key=lambda session: session.start_ns)
        self._agenda.at(start_ns, self._begin_due)

    def move_sessions(self, by_ns: int) -> None:
        """The clock by which the table was loaded has jumped: all come so much later."""
        self.table = [
            replace(one, start_ns=one.start_ns + by_ns, end_ns=one.end_ns + by_ns)
            for one in self.table
        ]
        for one in self.table:
            self._agenda.at(one.start_ns, self._begin_due)

    def clear(self) -> None:
        """Empty the table; a session under way goes on to its end."""
        self.table.clear()

    def forward(self, spacecraft_id: int, port: Port, data: bytes) -> None:
        """Queue `data` for a cube's next (or present) session."""
        cube = self._cubes[spacecraft_id]
        self.links[cube].forward.offer(Outgoing(port, data))
        self._send_soon(cube)

    def break_off(self, spacecraft_id: int, now_ns: int) -> None:
        """The link with a cube is no more as it was: a session with it ends at once."""
        if self.session is not None and self.session.spacecraft_id == spacecraft_id:
            self._end(self.session, now_ns)

    @property
    def forwards_waiting(self) -> int:
        return sum(link.forward.waiting for link in self.links.values())

    def telemetry(self) -> dict[str, Any]:
        return {
            "relay_state": self.state,
            "relay_session_spacecraft_id": self.session.spacecraft_id if self.session else 0,
            "relay_sessions_planned": len(self.table),
            "relay_sessions_done": self.sessions_done,
            "relay_sessions_failed": self.sessions_failed,
            "relay_frames_received": self.frames_received,
            "relay_frames_refused": self.frames_refused,
            "relay_forward_queue": self.forwards_waiting,
        }

    def receive(self, body: Mapping[str, Any], arrived_ns: int, now_ns: int) -> None:
        """Take what a cube's radio said (message kind `prox`); what is of another session, not.

        Its last bit arrived at `arrived_ns`, which may lie a step of the mission clock back.
        """
        session = self.session
        if session is None or session.number != body["session"]:
            return
        cube = session.cube
        if self.state == "HAILING":
            self.state = "ACTIVE"
            self._tell("heard", session, now_ns)
            self._send_soon(cube)
        if body["kind"] == "ack":
            self.links[cube].forward.acknowledge(
                body["next_expected"], repeat=bool(body.get("repeat", False)), now_ns=now_ns
            )
        elif body["kind"] == "frames":
            self._take_burst(cube, body["frames"], arrived_ns, now_ns)

    def _begin_due(self, now_ns: int) -> None:
        if self.session is not None:
            return
        self.table = [session for session in self.table if session.end_ns > now_ns]
        if not self._may_begin() or not self.table or self.table[0].start_ns > now_ns:
            return
        session = self.table.pop(0)
        self.session, self.state = session, "HAILING"
        self.links[session.cube].forward.restart()
        self._sending = False
        self._agenda.at(session.end_ns, lambda time_ns: self._end(session, time_ns))
        self._tell("started", session, now_ns)
        self._hail(session, now_ns)

    def _hail(self, session: Session, now_ns: int) -> None:
        if self.session is not session or self.state != "HAILING":
            return
        remaining_s = (session.end_ns - now_ns) / 1e9
        self._say(session.cube, self._body("hail", session, remaining_s=remaining_s), now_ns)
        self._agenda.at(now_ns + _HAIL_PERIOD_NS, lambda time_ns: self._hail(session, time_ns))

    def _end(self, session: Session, now_ns: int) -> None:
        if self.session is not session:
            return
        if self.state == "ACTIVE":
            self.sessions_done += 1
            self._tell("ended", session, now_ns)
        else:
            self.sessions_failed += 1
            self._tell("unanswered", session, now_ns)
        self._say(session.cube, self._body("end", session), now_ns)
        self.session, self.state = None, "IDLE"
        self._begin_due(now_ns)

    def _take_burst(
        self, cube: str, frames: Sequence[Mapping[str, Any]], arrived_ns: int, now_ns: int
    ) -> None:
        link = self.links[cube]
        for item in frames:
            try:
                frame = decode_proximity_frame(item["data"])
            except FrameError:
                self.frames_refused += 1
                continue
            if link.receiver.accept(frame.number):
                self.frames_received += 1
                first_bit_ns = arrived_ns - item["before_end_ns"]
                self._take_frame(Received(frame, first_bit_ns), now_ns)
            else:
                self.frames_refused += 1
        if self.session is not None:
            self._say(cube, self._body("ack", self.session, repeat=link.receiver.repeat), now_ns)

    def _send_soon(self, cube: str) -> None:
        session = self.session
        if (
            session is not None
            and session.cube == cube
            and self.state == "ACTIVE"
            and not self._sending
        ):
            self._sending = True
            self._agenda.at(
                self._agenda.now_ns, lambda time_ns: self._send_forwards(session, time_ns)
            )

    def _send_forwards(self, session: Session, now_ns: int) -> None:
        """Send what the cube has not acknowledged, once a second, until nothing waits."""
        if self.session is not session:
            return
        link = self.links[session.cube]
        if not link.forward.waiting or now_ns > session.end_ns - _FORWARD_UNTIL_NS:
            self._sending = False
            return
        frames, end_ns = burst(
            link.forward,
            link.spacecraft_id,
            now_ns,
            now_ns + _TICK_NS,
            self._rate_bps(session.cube),
        )
        if frames:
            self.frames_sent += len(frames)
            body = self._body("frames", session)
            self._say(session.cube, {**body, "frames": frames}, end_ns)
        self._agenda.at(now_ns + _TICK_NS, lambda time_ns: self._send_forwards(session, time_ns))

    def _body(self, kind: str, session: Session, **more: Any) -> dict[str, Any]:
        return {
            "to": session.cube,
            "kind": kind,
            "frames": [],
            "next_expected": self.links[session.cube].receiver.next_expected,
            "rate_bps": self._rate_bps(session.cube),
            "session": session.number,
            **more,
        }


def answer_time_ns(scenario: Scenario) -> int:
    """How long an answer may take: a word and its answer pass through four quanta, and a burst."""
    return round((_HOPS_AND_BACK * scenario.quantum_s + 2.0) * 1e9)


def burst(
    sender: SequenceSender,
    spacecraft_id: int,
    from_ns: int,
    until_ns: int,
    rate_bps: float,
    *,
    refill: Callable[[], bool] = lambda: False,
    sent: Callable[[Port, bytes, bool], None] = lambda port, data, repeated: None,
) -> tuple[list[dict[str, Any]], int]:
    """The frames that leave between two instants, and when the last one's last bit does.

    Each is a map with `number`, `data` and `before_end_ns`, from its first bit to the burst's
    end.  `refill` may offer the sender more when it has run dry, and says whether it did;
    `sent` hears of every frame.
    """
    started: list[tuple[int, int, bytes]] = []
    start_ns = from_ns
    while start_ns < until_ns:
        content = sender.peek(from_ns)
        if content is None:
            if not refill():
                break
            continue
        transmission = sender.send_next(from_ns)
        if transmission is None:
            break
        data = content.data if content.renew is None else content.renew(start_ns)
        sent(content.port, data, transmission.repeated)
        octets = encode_proximity_frame(
            ProximityFrame(spacecraft_id, content.port, transmission.number, data)
        )
        started.append((start_ns, transmission.number, octets))
        start_ns += round(8 * len(octets) / rate_bps * 1e9)
    frames = [
        {"number": number, "data": octets, "before_end_ns": start_ns - begun_ns}
        for begun_ns, number, octets in started
    ]
    return frames, start_ns
