"""The OTV's side of the link with Earth: lock on the ground's carrier, and what is sent then.

The uplink carrier says that the ground listens.  With it, packets are sent: new ones at once,
stored ones behind them.  Without it the transmitter holds its carrier and an idle frame a minute,
or as often as the platform says.
After a lost lock the rate falls back to the one that every antenna can receive, so that the next
one hears us; in safe mode to the lowest.  Frames of some seconds are made together, when those
seconds are over, so that nothing is sent that a lock lost meanwhile would have kept back.  A frame
that takes longer than that is made when its first bit leaves, and is on its way once the last has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from groundsys.ccsds.cadu import encode_cadu
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.board import Board
from sims.craft.computer.packets import Packet
from sims.craft.radio.beacon import BeaconTransmitter
from sims.craft.radio.downlink import Downlink, SentFrame
from sims.faults import one_holds

_SECOND_NS = 1_000_000_000
_BATCH_NS = 8 * _SECOND_NS
#: new packets wait this long for company before a frame is made
_GATHER_NS = 2 * _SECOND_NS
_FIRST_TIME_REPORT_NS = 10 * _SECOND_NS
#: frames that lie farther apart are heard one by one
_APART_NS = 2 * _BATCH_NS
#: of a frame that is sent from Mars now, nobody on Earth knows for as long as light takes there: at
#: least 0.37 au, 184 s (from perihelic oppositions); so long an idle frame may be put off
_UNSEEN_FROM_EARTH_NS = 180 * _SECOND_NS
#: unless `idle_frame_unlocked_s` of the platform says otherwise
_IDLE_UNLOCKED_S = 60.0
#: of a carrier whose strength nobody stated
_NOMINAL_C_N0_DBHZ = 55.0
_PLATFORM_APID = 1
#: space is told when the antenna's gain towards Earth has changed by more
_TOLD_GAIN_STEP_DB = 0.1


class Transmitter:
    """Holds lock, queues and the idle rhythm; `radiate` hands over the frames made."""

    def __init__(
        self,
        board: Board,
        downlink: Downlink,
        *,
        safe_rate_bps: float,
        clcw: Callable[[], bytes],
        gain_db: Callable[[int], float | None],
        time_report: Callable[[int], Packet],
        on_lock: Callable[[int], None],
        beacon: BeaconTransmitter | None = None,
    ) -> None:
        """`gain_db`: of the antenna in use towards Earth, over the dish's; None: nothing.

        `beacon` sends tones, in the place of idle frames, while there is no lock.
        """
        platform = board.craft.platform
        self._board = board
        self.downlink = downlink
        self._first_rate_bps = downlink.rate_bps
        self._safe_rate_bps = safe_rate_bps
        self._clcw = clcw
        self._gain_db = gain_db
        self._time_report = time_report
        self._on_lock = on_lock
        self._beacon = beacon
        self._report_period_ns = round(platform["time_report_period_s"] * 1e9)
        self._idle_period_ns = round(platform["idle_frame_period_s"] * 1e9)
        unlocked_s = platform.get("idle_frame_unlocked_s", _IDLE_UNLOCKED_S)
        self._idle_unlocked_ns = round(unlocked_s * 1e9)
        self._carriers: dict[str, float] = {}
        self._sent: list[SentFrame] = []
        self._working = False
        self._composed_until_ns = 0
        self._last_frame_ns = 0
        self._locks = 0
        self._on_air = False
        self._told_gain_db = 0.0
        self.is_on = True
        self.is_locked = False

    def start(self, now_ns: int) -> None:
        """Put the carrier on and begin the idle rhythm."""
        self.look(now_ns)
        self._keep_idle(now_ns)

    def hear_carrier(
        self, antenna: str, present: bool, c_n0_dbhz: float | None, now_ns: int
    ) -> None:
        """The carrier of one antenna appears or ends."""
        if present:
            self._carriers[antenna] = _NOMINAL_C_N0_DBHZ if c_n0_dbhz is None else c_n0_dbhz
        else:
            self._carriers.pop(antenna, None)
        self.look(now_ns)

    def switch(self, on: bool, now_ns: int) -> None:
        """Switch the transmitter."""
        self.is_on = on
        self._board.event("INFO", "TRANSMITTER_SWITCHED", float(on), now_ns)
        self.look(now_ns)

    def look(self, now_ns: int) -> None:
        """Find out anew whether Earth hears us and we hear Earth."""
        gain_db = self._gain_db(now_ns) if self.is_on else None
        on_air = gain_db is not None
        if gain_db is None:
            gain_db = self._told_gain_db
        if on_air != self._on_air or abs(gain_db - self._told_gain_db) > _TOLD_GAIN_STEP_DB:
            self._on_air, self._told_gain_db = on_air, gain_db
            name = self._board.craft.id
            body = {"on": on_air, "gain_db": gain_db}
            self._board.say(Message(name, "space", "x_carrier", Instant(now_ns), body))
        holds = not one_holds(self._board.faults.uplink_lock_lost, now_ns)
        locked = on_air and holds and bool(self._carriers)
        if locked and not self.is_locked:
            self._acquire(now_ns)
        elif self.is_locked and not locked:
            self._lose(now_ns)
        if self._beacon is not None:
            self._beacon.switch(on_air and not self.is_locked, now_ns)

    def send_new(self, packet: Packet, now_ns: int) -> None:
        """Queue a packet just made: live if the ground listens, else stored."""
        if packet.apid != _PLATFORM_APID:
            self.queue("RELAY", packet, now_ns)
        else:
            self.queue("REALTIME" if self.is_locked else "PLAYBACK", packet, now_ns)

    def send_live(self, packet: Packet, priority: int, now_ns: int) -> None:
        """Queue what an entering capsule has just sent; 1 is the highest priority."""
        self.downlink.queue_live(packet, priority, now_ns)
        self._work_soon(now_ns)

    def queue(self, channel: str, packet: Packet, now_ns: int) -> None:
        self.downlink.queue(channel, packet)
        self._work_soon(now_ns)

    def want_time_report(self, now_ns: int) -> None:
        """Send a time report as soon as the ground listens."""
        self.downlink.report_wanted = True
        self._work_soon(now_ns)

    def show_clcw(self, now_ns: int) -> None:
        """Send a frame soon, so that the ground sees what became of its command frame."""
        if self.is_locked and not self.downlink.has_work:
            self._send([self.downlink.idle_frame(now_ns, self._clcw())])

    def set_rate(self, rate_bps: float, now_ns: int) -> None:
        """Send at another rate from now on."""
        self._compose(now_ns)
        self.radiate()
        self.downlink.rate_bps = rate_bps

    def radiate(self) -> None:
        """Say the frames made since last asked, as one message unless they lie far apart."""
        if not self._sent:
            return
        sent, self._sent = self._sent, []
        begun = 0
        for at in range(1, len(sent) + 1):
            if at == len(sent) or sent[at].start_ns - sent[at - 1].start_ns > _APART_NS:
                self._say_frames(sent[begun:at])
                begun = at

    def _say_frames(self, sent: list[SentFrame]) -> None:
        end_ns = sent[-1].end_ns
        bits = self.downlink.cadu_bits
        rate_bps = bits / (sent[-1].end_ns - sent[-1].start_ns) * 1e9
        cadus = encode_cadu([item.frame for item in sent])
        body: dict[str, Any] = {
            "frames": [
                {"start_ns": item.start_ns, "bits": bits, "cadu": cadu}
                for item, cadu in zip(sent, cadus, strict=True)
            ],
            "rate_bps": round(rate_bps, 3),
        }
        name = self._board.craft.id
        self._board.say(Message(name, "space", "x_down", Instant(end_ns), body))
        self._board.truth.frames("downlink", Counter(item.channel for item in sent), end_ns)

    def telemetry(self, now_ns: int) -> dict[str, Any]:
        """Engineering values of the COMM packet that are the transmitter's."""
        return {
            "comm_uplink_lock": "LOCKED" if self.is_locked else "UNLOCKED",
            "comm_uplink_c_n0": max(self._carriers.values()) if self.is_locked else 0.0,
            "comm_transmitter": "ON" if self.is_on else "OFF",
            "comm_downlink_rate": round(self.downlink.rate_bps),
            "comm_frames_sent": self.downlink.frames_sent,
        }

    def _acquire(self, now_ns: int) -> None:
        self.is_locked = True
        self._locks += 1
        self._composed_until_ns = now_ns
        lock = self._locks
        self._board.event("INFO", "UPLINK_ACQUIRED", float(len(self._carriers)), now_ns)
        self._on_lock(now_ns)
        self._work_soon(now_ns)
        self._report_regularly(now_ns + _FIRST_TIME_REPORT_NS, lock)
        self._keep_idle(now_ns)

    def _lose(self, now_ns: int) -> None:
        self._compose(now_ns)
        self.is_locked = False
        if self._on_air:
            self._send(self.downlink.finish(now_ns, self._clcw()))
        self.radiate()
        in_safe_mode = self._board.mode == "SAFE"
        self.downlink.rate_bps = self._safe_rate_bps if in_safe_mode else self._first_rate_bps
        self._locks += 1
        self._board.event("INFO", "UPLINK_LOST", 0.0, now_ns)
        self._keep_idle(now_ns)

    def _report_regularly(self, at_ns: int, lock: int) -> None:
        def report(now_ns: int) -> None:
            if lock == self._locks and not self._board.is_quiet(now_ns):
                self.want_time_report(now_ns)
                self._report_regularly(now_ns + self._report_period_ns, lock)

        self._board.agenda.at(at_ns, report)

    def _work_soon(self, now_ns: int) -> None:
        if self.is_locked and not self._working:
            self._working = True
            self._composed_until_ns = max(self._composed_until_ns, now_ns)
            self._board.agenda.at(now_ns + _GATHER_NS, self._work)

    def _work(self, now_ns: int) -> None:
        self._compose(now_ns)
        if self.is_locked and self.downlink.has_work:
            self._board.agenda.at(self._next_work_ns(now_ns), self._work)
        else:
            self._working = False

    @property
    def _is_slow(self) -> bool:
        return self.downlink.frame_ns > _BATCH_NS

    def _next_work_ns(self, now_ns: int) -> int:
        return max(now_ns + 1, self.downlink.free_from_ns) if self._is_slow else now_ns + _BATCH_NS

    def _compose(self, now_ns: int) -> None:
        if not self.is_locked:
            return
        from_ns, self._composed_until_ns = self._composed_until_ns, now_ns
        until_ns = now_ns
        if self._is_slow:  # the one that begins now, unless one is under way
            from_ns, until_ns = now_ns, now_ns + self.downlink.frame_ns
        self._send(self.downlink.compose(from_ns, until_ns, self._clcw(), self._time_report))

    def _send(self, frames: list[SentFrame]) -> None:
        if not frames:
            return
        self._last_frame_ns = frames[-1].start_ns
        if frames[-1].end_ns <= self._board.agenda.now_ns or not self._is_slow:
            self._sent += frames
            return
        for one in frames:
            self._board.agenda.at(one.end_ns, partial(self._have_sent, one))

    def _have_sent(self, one: SentFrame, now_ns: int) -> None:
        self._sent.append(one)

    def _keep_idle(self, now_ns: int) -> None:
        """Send an idle frame whenever nothing has been sent for a period."""
        lock = self._locks
        period_ns = self._idle_period_ns if self.is_locked else self._idle_unlocked_ns
        orbit = self._board.craft.orbit
        at_mars = orbit is not None and orbit.center == "MARS"
        slack_ns = _UNSEEN_FROM_EARTH_NS if at_mars and not self.is_locked else 0

        def look(time_ns: int) -> None:
            if lock != self._locks:
                return
            by_tones = self._beacon is not None and not self.is_locked
            if self._on_air and not by_tones and time_ns - self._last_frame_ns >= period_ns:
                self._send([self.downlink.idle_frame(time_ns, self._clcw())])
            due_ns = self._last_frame_ns + period_ns
            next_ns = due_ns if due_ns > time_ns else time_ns + period_ns
            self._board.agenda.at(next_ns, look, slack_ns=slack_ns)

        self._board.agenda.at(now_ns, look)
