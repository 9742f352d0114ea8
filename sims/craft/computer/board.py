"""What every craft's computer does: clock, packets, events, modes, housekeeping, truth record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from groundsys.ccsds.cuc import split_sclk
from groundsys.ccsds.space_packets import SEQUENCE_COUNT_MODULUS
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import PacketDefinition
from groundsys.values.messages import Message
from sims.craft.computer.agenda import Agenda
from sims.craft.computer.clock import OnBoardClock
from sims.craft.computer.faults import (
    ClockReset,
    Faults,
    Loss,
    awaited_faults,
    brought_about,
    faults_of,
)
from sims.craft.computer.packets import Packet, PacketSource
from sims.craft.computer.sensors import Sensors
from sims.craft.computer.truth import TruthRecord
from sims.faults import joined

Mode = Literal["SAFE", "NOMINAL", "SLEEP"]
Severity = Literal["INFO", "LOW", "MEDIUM", "HIGH"]

_HOUSEKEEPING_SERVICE = (3, 25)
#: the truth record is flushed, and the clock's temperature looked at, each so often
_UPKEEP_PERIOD_NS = 600_000_000_000
#: the battery must be this far above its threshold before it counts as recovered, percent
RECOVERY_MARGIN = 10.0


class Board:
    """The computer of one craft; `store` takes each packet that it makes."""

    def __init__(
        self, craft: Spacecraft, scenario: Scenario, seed: int, truth_directory: Path
    ) -> None:
        self.craft = craft
        self.start_ns = scenario.span.start.tai_ns
        self._quiet_from_ns = scenario.quiet_from.tai_ns
        self.agenda = Agenda(self.start_ns)
        self.clock = OnBoardClock.of(craft, scenario, seed)
        self.truth = TruthRecord(truth_directory, craft.id)
        self.packets = PacketSource(craft, self.clock, self.truth)
        self._start = scenario.span.start
        self.faults = faults_of(craft.id, scenario.faults, self._start)
        self._awaited = awaited_faults(craft.id, scenario.faults)
        #: what else prepares for faults that an event has brought about, or somebody has injected
        self.at_new_faults: list[Callable[[Faults], None]] = [self._expect]
        self.sensors = Sensors(self.faults.stuck_sensors)
        self.store: Callable[[Packet, int], None] = lambda packet, now_ns: None
        #: who is told of every event: its severity, and when
        self.at_event: list[Callable[[Severity, int], None]] = []
        #: what else happens when the craft goes to safe mode
        self.at_safe_mode: list[Callable[[int], None]] = []
        self.mode: Mode = "NOMINAL"
        self.boots = 1
        self.reset_cause = "POWER_ON"
        self.booted_ns = self.start_ns
        self.battery_threshold = craft.platform["safe_mode_below_percent"]
        self.battery_low = False
        self.events_kept = 0
        self._packets_to_lose: Counter[Loss] = Counter()
        self._outbox: list[Message] = []
        #: how warm the computer is, °C
        self.computer_c: Callable[[int], float] | None = None
        #: what else happens when the clock is reset: right before (now), right after (now, jump)
        self.before_clock_reset: list[Callable[[int], None]] = []
        self.after_clock_reset: list[Callable[[int, int], None]] = []
        self.agenda.every(self.start_ns + _UPKEEP_PERIOD_NS, _UPKEEP_PERIOD_NS, self._keep_up)
        self._expect(self.faults)

    def is_quiet(self, now_ns: int) -> bool:
        """Whether the scenario has come to where craft speak only when spoken to."""
        return now_ns >= self._quiet_from_ns

    def emit(
        self, name: str, values: Mapping[str, Any], now_ns: int, *, destination: int = 0
    ) -> Packet:
        """Make a packet and keep it."""
        packet = self.packets.make(name, values, now_ns, destination=destination)
        if self._is_to_lose(name):
            self.truth.note("fault", fault="lose_packets", time_ns=now_ns)
        else:
            self.store(packet, now_ns)
        return packet

    def event(self, severity: Severity, event: str, value: float, now_ns: int) -> None:
        """Report an event; what is merely worth knowing is left out once it is quiet."""
        self.events_kept += 1
        for fault in self._awaited.pop(event, ()):
            self._bring_about(fault, now_ns)
        if severity != "INFO" or not self.is_quiet(now_ns):
            self.emit(f"EVENT_{severity}", {"event_id": event, "event_value": value}, now_ns)
        for tell in self.at_event:
            tell(severity, now_ns)

    def _bring_about(self, fault: Mapping[str, Any], now_ns: int) -> None:
        """An event has happened that a fault has waited for."""
        self.truth.note("awaited_fault", fault=fault["fault"], time_ns=now_ns)
        self._suffer(brought_about(fault, (now_ns - self.start_ns) / 1e9))

    def take_injected(self, fault: Mapping[str, Any], now_ns: int) -> None:
        """A fault of the fleet, injected while it flies; one of another craft changes nothing."""
        awaited = awaited_faults(self.craft.id, [fault])
        if not awaited and faults_of(self.craft.id, [fault], self._start) == Faults():
            return
        self.truth.note("injected_fault", fault=fault["fault"], time_ns=now_ns)
        for event, faults in awaited.items():
            self._awaited.setdefault(event, []).extend(faults)
        if not awaited:
            self._suffer(fault)

    def _suffer(self, fault: Mapping[str, Any]) -> None:
        """One more fault of known times, none of which is past."""
        new = faults_of(self.craft.id, [fault], self._start)
        self.faults = joined(self.faults, new)
        self.sensors.get_stuck(new.stuck_sensors)
        for prepare in self.at_new_faults:
            prepare(new)

    def _expect(self, faults: Faults) -> None:
        for reset in faults.clock_resets:
            self.agenda.at(reset.at_ns, partial(self._reset_clock, reset))
        for reset_ns in faults.reset_counts_ns:
            self.agenda.at(reset_ns, self._lose_counts)

    def time_report_values(self, first_bit_ns: int) -> dict[str, int]:
        """Fields of a time report whose frame's first bit leaves at true time `first_bit_ns`."""
        seconds, fraction = split_sclk(self.clock.reading(first_bit_ns))
        return {"time_report_sclk_s": seconds, "time_report_sclk_fraction": fraction}

    def reboot(self, cause: str, now_ns: int) -> None:
        self.boots += 1
        self.reset_cause = cause
        self.booted_ns = now_ns
        self.event("INFO", "BOOT", float(self.boots), now_ns)

    def set_mode(self, mode: Mode, now_ns: int) -> None:
        if mode == self.mode:
            return
        self.mode = mode
        self.truth.note("mode", mode=mode, time_ns=now_ns)
        if mode == "SAFE":
            for action in self.at_safe_mode:
                action(now_ns)
            self.event("MEDIUM", "SAFE_MODE_ENTERED", float(self.boots), now_ns)
        else:
            self.event("INFO", "MODE_CHANGED", 1.0 if mode == "NOMINAL" else 2.0, now_ns)

    def watch_battery(self, percent: float, now_ns: int) -> None:
        """Go to safe mode when the battery is low; only a command leads back."""
        if not self.battery_low and percent < self.battery_threshold:
            self.battery_low = True
            self.event("HIGH", "BATTERY_LOW", percent, now_ns)
            self.set_mode("SAFE", now_ns)
        elif self.battery_low and percent > self.battery_threshold + RECOVERY_MARGIN:
            self.battery_low = False
            self.event("INFO", "BATTERY_RECOVERED", percent, now_ns)

    def telemetry(self, now_ns: int) -> dict[str, Any]:
        """Engineering values of the OBC packet that every craft has."""
        return {
            "obc_mode": self.mode,
            "obc_boot_count": self.boots,
            "obc_reset_cause": self.reset_cause,
            "obc_uptime": (now_ns - self.booted_ns) // 1_000_000_000,
            "eps_battery_threshold": round(self.battery_threshold),
        }

    def next_counts(self, apid: int) -> dict[str, int]:
        """Counts of the next packets once a packet of `apid`, which tells them, is made."""
        return {
            f"recorder_next_count_apid{each}": (self.packets.next_count(each) + (each == apid))
            % SEQUENCE_COUNT_MODULUS
            for each in (1, 2, 3)
        }

    def say(self, message: Message) -> None:
        """Put a message into the answer of this advance."""
        self._outbox.append(message)

    def take_outbox(self) -> tuple[Message, ...]:
        """What has been said since last asked."""
        said = tuple(self._outbox)
        self._outbox.clear()
        return said

    def report(self, name: str, values: Mapping[str, Any], now_ns: int, destination: int) -> None:
        """Make a report on a command, for the command's source."""
        if self.faults.no_reports:
            self.truth.note("fault", fault="no_reports", time_ns=now_ns)
        else:
            self.emit(name, values, now_ns, destination=destination)

    def _is_to_lose(self, name: str) -> bool:
        lost = False
        for loss in self.faults.lose_packets:
            if loss.packet in (None, name):
                self._packets_to_lose[loss] += 1
                lost = lost or self._packets_to_lose[loss] % loss.nth == 0
        return lost

    def _lose_counts(self, now_ns: int) -> None:
        self.packets.reset_counts()
        self.truth.note("fault", fault="reset_counts", time_ns=now_ns)

    def _reset_clock(self, fault: ClockReset, now_ns: int) -> None:
        """A computer that the watchdog restarts has lost its time."""
        before_ns = self.clock.reading(now_ns)
        jump_ns = -before_ns if fault.jump_s is None else round(fault.jump_s * 1e9)
        for prepare in self.before_clock_reset:
            prepare(now_ns)
        self.clock.set(now_ns, before_ns + jump_ns)
        self.truth.note("fault", fault="clock_reset", time_ns=now_ns, jump_ns=jump_ns)
        for follow in self.after_clock_reset:
            follow(now_ns, jump_ns)
        self.reboot("WATCHDOG", now_ns)

    def _keep_up(self, now_ns: int) -> None:
        if self.computer_c is not None:
            self.clock.warm(now_ns, self.computer_c(now_ns))
        self.truth.note("clock", time_ns=now_ns, sclk_ns=self.clock.reading(now_ns))
        self.truth.flush()


class Housekeeping:
    """Makes housekeeping packets, each at its period, all of one period at one instant."""

    def __init__(self, board: Board, values: Callable[[int], Mapping[str, Any]]) -> None:
        self._board = board
        self._values = values
        #: the first definition of each name tells its period; which flies tells the time
        self.definitions: tuple[PacketDefinition, ...] = tuple(
            {
                packet.name: packet
                for _, model in reversed(board.craft.models)
                for packet in model.packets
                if (packet.service, packet.subtype) == _HOUSEKEEPING_SERVICE
            }.values()
        )
        #: 0 makes none; None leaves each packet its own period
        self.period_s: float | None = None
        self._series = 0
        self._until_ns: int | None = None

    def start(self, now_ns: int, *, until_ns: int | None = None) -> None:
        """Make all packets now and then each at its period, none after `until_ns`."""
        self._until_ns = until_ns
        self._restart(now_ns)

    def stop(self) -> None:
        self._series += 1

    def set_period(self, period_s: float, now_ns: int) -> None:
        """One period for all packets; 0 makes none."""
        self.period_s = period_s
        self._restart(now_ns)

    def make(self, names: Sequence[str], now_ns: int) -> None:
        """Make these packets at once."""
        values = self._values(now_ns)
        for definition in self._board.packets.flying(now_ns).packets:
            housekeeping = (definition.service, definition.subtype) == _HOUSEKEEPING_SERVICE
            if housekeeping and definition.name in names:
                fields = {field.name for field in definition.fields}
                known = {**values, **self._board.next_counts(definition.apid)}
                mine = {name: value for name, value in known.items() if name in fields}
                self._board.emit(definition.name, mine, now_ns)

    def structure(self, number: int) -> str | None:
        """The name of the packet with this structure number."""
        for definition in self.definitions:
            if definition.selector is not None and definition.selector[1] == number:
                return definition.name
        return None

    def _restart(self, now_ns: int) -> None:
        self._series += 1
        by_period: dict[int, list[str]] = {}
        for definition in self.definitions:
            period_s = definition.period_s if self.period_s is None else self.period_s
            if period_s > 0:
                by_period.setdefault(round(period_s * 1e9), []).append(definition.name)
        for period_ns, names in sorted(by_period.items()):
            self._put_down(now_ns, period_ns, tuple(names), self._series)

    def _put_down(self, at_ns: int, period_ns: int, names: tuple[str, ...], series: int) -> None:
        def make_and_repeat(now_ns: int) -> None:
            late = self._until_ns is not None and now_ns > self._until_ns
            if series != self._series or late or self._board.is_quiet(now_ns):
                return
            self.make(names, now_ns)
            self._put_down(now_ns + period_ns, period_ns, names, series)

        self._board.agenda.at(at_ns, make_and_repeat)
