"""Yamcs as the desks and the hub see it: the one class that stands for `groundsys.ports`' gateway.

UTC ends here and errors become ours; each subject has a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from groundsys.backend import commanding, cop1, links, monitoring, packets, time_correlation
from groundsys.backend.connection import Credentials, LinkPorts
from groundsys.backend.session import Session
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.ports import Cop1State
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant
from groundsys.values.records import (
    AlarmRecord,
    ArchivedPacket,
    CommandRecord,
    EventRecord,
    IssuedCommand,
    LinkCounts,
    ParameterReading,
    ParameterSample,
)


class Yamcs:
    """A session with a running server; for one thread.  Every call may raise `BackendError`.

    `instances` are those whose time is ours to set: one a craft.
    """

    def __init__(
        self, url: str, credentials: Credentials | None, instances: Sequence[str] = ()
    ) -> None:
        self._session = Session(url, credentials)
        self._instances = tuple(instances)

    # --- time ------------------------------------------------------------------------------

    def set_time(self, now: Instant, rate: float, only: Spacecraft | None = None) -> None:
        """Set mission time in every instance, or in one craft's `only`.

        Between calls it runs `rate` times wall time.
        """
        for instance in self._instances if only is None else (only.id,):
            links.set_time(self._session, instance, now, rate)

    def mission_time(self, spacecraft: Spacecraft) -> Instant:
        return links.mission_time(self._session, spacecraft.id)

    def set_time_correlation(self, spacecraft: Spacecraft, solution: ClockSolution) -> None:
        """Show these coefficients where Yamcs tells the craft's clock; no packet is dated by it."""
        time_correlation.set_time_correlation(self._session, spacecraft, solution)

    def wait_until_running(
        self, instances: Sequence[str], timeout_s: float, still_alive: Callable[[], None]
    ) -> None:
        """Wait until the instances run and their links work."""
        links.wait_until_running(self._session, instances, timeout_s, still_alive)

    # --- commands --------------------------------------------------------------------------

    def issue_command(
        self, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any], *, bypass: bool
    ) -> IssuedCommand:
        """Issue one command (BD if `bypass`, else AD); `CommandRefusedError` if Yamcs refuses."""
        return commanding.issue_command(self._session, spacecraft, name, arguments, bypass=bypass)

    def prepare_command(
        self, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any]
    ) -> bytes:
        return commanding.prepare_command(self._session, spacecraft, name, arguments)

    def command_records(self, spacecraft: Spacecraft, since: Instant) -> Sequence[CommandRecord]:
        """Every command issued at or after `since`, in order of issue, as it stands now."""
        return commanding.command_records(self._session, spacecraft, since)

    def number_frames_from(self, spacecraft: Spacecraft, number: int) -> None:
        """Have the next protected frame to a craft bear this number, under each association."""
        links.number_frames_from(self._session, spacecraft, number)

    def use_association(self, spacecraft: Spacecraft, association: int) -> None:
        """Protect the craft's command frames by another security association from now on."""
        links.use_association(self._session, spacecraft, association)

    # --- packets and links -----------------------------------------------------------------

    def record_receptions(self, spacecraft: Spacecraft, statements: Sequence[str]) -> None:
        """Have Yamcs number the packets in the order of their coming."""
        packets.record_receptions(self._session, spacecraft, statements)

    def packets_since(
        self,
        spacecraft: Spacecraft,
        cursor: str,
        names: Sequence[str] | None = None,
        *,
        with_binary: bool = True,
    ) -> tuple[Sequence[ArchivedPacket], str]:
        """Packets archived after `cursor` ("" is the beginning), and the next call's cursor."""
        return packets.packets_since(
            self._session, spacecraft, cursor, names, with_binary=with_binary
        )

    def packets_between(
        self, spacecraft: Spacecraft, start: Instant, end: Instant
    ) -> Sequence[ArchivedPacket]:
        """Packets whose own stamps lie at or after `start` and before `end`, in their order."""
        return packets.packets_between(self._session, spacecraft, start, end)

    def count_packets(self, spacecraft: Spacecraft) -> int:
        """Packets in the craft's archive (idle packets not counted)."""
        return packets.count_packets(self._session, spacecraft)

    def link_counts(self, spacecraft: Spacecraft) -> LinkCounts:
        return links.link_counts(self._session, spacecraft)

    def tm_frames_in(self, spacecraft: Spacecraft) -> int:
        """Frames taken to their end since Yamcs started; the quick half of `link_counts`."""
        return links.tm_frames_in(self._session, spacecraft)

    def link_ports(self, spacecraft: Spacecraft) -> LinkPorts:
        """Where the craft's frame links listen and send to."""
        return links.link_ports(self._session, spacecraft)

    # --- parameters, alarms, events --------------------------------------------------------

    def parameter_values(
        self, spacecraft: Spacecraft, names: Sequence[str]
    ) -> Mapping[str, ParameterReading]:
        """The latest engineering value of each named parameter that has one."""
        return monitoring.parameter_values(self._session, spacecraft, names)

    def parameter_history(
        self, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant
    ) -> Sequence[ParameterReading]:
        """Every archived value for generation times from `start` up to `stop`, late ones too."""
        return monitoring.parameter_history(self._session, spacecraft, name, start, stop)

    def parameter_samples(
        self, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant, count: int
    ) -> Sequence[ParameterSample]:
        """The same of a number, as at most `count` spans of stamps with least and greatest."""
        return monitoring.parameter_samples(self._session, spacecraft, name, start, stop, count)

    def alarms(self, spacecraft: Spacecraft) -> Sequence[AlarmRecord]:
        """Alarms active now (acknowledged or not)."""
        return monitoring.alarms(self._session, spacecraft)

    def acknowledge_alarm(
        self, spacecraft: Spacecraft, alarm_id: str, *, operator: str, comment: str
    ) -> None:
        monitoring.acknowledge_alarm(
            self._session, spacecraft, alarm_id, operator=operator, comment=comment
        )

    def events(self, spacecraft: Spacecraft, since: Instant) -> Sequence[EventRecord]:
        """Events stamped at or after `since`, oldest first."""
        return monitoring.events(self._session, spacecraft, since)

    # --- COP-1 -----------------------------------------------------------------------------

    def initialise_cop1(self, spacecraft: Spacecraft, *, unlock: bool = False) -> None:
        """Start AD service from the craft's next report, or with an Unlock command."""
        cop1.initialise_cop1(self._session, spacecraft, unlock=unlock)

    def set_cop1_timer(self, spacecraft: Spacecraft, t1_s: float, limit: int) -> None:
        """Set FOP-1's T1 (wall seconds) and its transmission limit."""
        cop1.set_cop1_timer(self._session, spacecraft, t1_s, limit)

    def cop1_status(self, spacecraft: Spacecraft) -> Cop1State:
        return cop1.cop1_status(self._session, spacecraft)

    def terminate_cop1(self, spacecraft: Spacecraft) -> None:
        cop1.terminate_cop1(self._session, spacecraft)

    def close(self) -> None:
        self._session.close()
