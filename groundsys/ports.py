"""What the desks need from outside, as Protocols: they know these shapes and nothing behind them.

Behind stand `groundsys.backend` (Yamcs), `groundsys.objects` (product bytes), `groundsys.bus`
(live events) and, in tests, small fakes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Literal, Protocol

from groundsys.mission.spacecraft.craft_model import Spacecraft
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

#: FOP-1's own words: "active" takes AD frames; every other state refuses them
#: `full`: active, and as many frames wait for the craft's report as may
Cop1State = Literal["active", "full", "initialising", "initial", "suspended", "bypass"]


class YamcsGateway(Protocol):
    """Yamcs as the desks see it; every call may raise `BackendError`.

    Calls are made from one thread, at moments fixed in mission time.
    """

    def set_time(self, now: Instant, rate: float, only: Spacecraft | None = None) -> None:
        """Set mission time in every instance, or in one craft's `only`.

        Between calls it runs `rate` times wall time.
        """
        ...

    def issue_command(
        self, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any], *, bypass: bool
    ) -> IssuedCommand:
        """Issue one command (BD if `bypass`, else AD); `CommandRefusedError` if Yamcs refuses."""
        ...

    def prepare_command(
        self, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any]
    ) -> bytes:
        """The packet that the mission database makes of a command, which is not issued.

        Its sequence count means nothing; `CommandRefusedError` if the database refuses it.
        """
        ...

    def command_records(self, spacecraft: Spacecraft, since: Instant) -> Sequence[CommandRecord]:
        """Every command issued at or after `since`, in order of issue, as it stands now."""
        ...

    def packets_since(
        self,
        spacecraft: Spacecraft,
        cursor: str,
        names: Sequence[str] | None = None,
        *,
        with_binary: bool = True,
    ) -> tuple[Sequence[ArchivedPacket], str]:
        """Packets archived after `cursor` ("" is the beginning), and the cursor for the next call.

        Every archived packet is returned by at least one call of a chain of cursors; one may be
        returned twice.
        """
        ...

    def packets_between(
        self, spacecraft: Spacecraft, start: Instant, end: Instant
    ) -> Sequence[ArchivedPacket]:
        """Every packet whose own stamp lies at or after `start` and before `end`, with octets."""
        ...

    def count_packets(self, spacecraft: Spacecraft) -> int:
        """Packets in the craft's archive (idle packets not counted)."""
        ...

    def parameter_values(
        self, spacecraft: Spacecraft, names: Sequence[str]
    ) -> Mapping[str, ParameterReading]:
        """The latest engineering value of each named parameter that has one."""
        ...

    def parameter_history(
        self, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant
    ) -> Sequence[ParameterReading]:
        """Every archived value stamped at or after `start` and before `stop`, oldest first."""
        ...

    def parameter_samples(
        self, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant, count: int
    ) -> Sequence[ParameterSample]:
        """The same of a number, as at most `count` spans of stamps with least and greatest."""
        ...

    def link_counts(self, spacecraft: Spacecraft) -> LinkCounts: ...

    def alarms(self, spacecraft: Spacecraft) -> Sequence[AlarmRecord]:
        """Alarms active now (acknowledged or not)."""
        ...

    def acknowledge_alarm(
        self, spacecraft: Spacecraft, alarm_id: str, *, operator: str, comment: str
    ) -> None: ...

    def events(self, spacecraft: Spacecraft, since: Instant) -> Sequence[EventRecord]:
        """Events stamped at or after `since`, oldest first."""
        ...

    def use_association(self, spacecraft: Spacecraft, association: int) -> None:
        """Protect the craft's command frames by another security association from now on."""
        ...

    def set_time_correlation(self, spacecraft: Spacecraft, solution: ClockSolution) -> None:
        """Show these coefficients where Yamcs tells the craft's clock; no packet is dated by it."""
        ...

    def initialise_cop1(self, spacecraft: Spacecraft, *, unlock: bool = False) -> None:
        """Start AD service anew: V(S) from the craft's next report, or after an Unlock command."""
        ...

    def set_cop1_timer(self, spacecraft: Spacecraft, t1_s: float, limit: int) -> None:
        """Set FOP-1's T1 (wall seconds) and its transmission limit."""
        ...

    def cop1_status(self, spacecraft: Spacecraft) -> Cop1State: ...

    def terminate_cop1(self, spacecraft: Spacecraft) -> None: ...


class CustomerKeys(Protocol):
    """The keys that customers' data keys are wrapped with."""

    def customers(self) -> Sequence[str]:
        """All who ever had a key."""
        ...

    def is_destroyed(self, customer: str) -> bool: ...

    def destroy(self, customer: str) -> None:
        """Make unreadable, for ever, whatever this customer's key has sealed."""
        ...


class ObjectStore(Protocol):
    """Product bytes by key; a key is written once."""

    def put(self, key: str, content: bytes) -> None:
        """Store the bytes; the same again are harmless, others are refused."""
        ...

    def open(self, key: str) -> BinaryIO | None:
        """The object's bytes, from any place on; None if there is none that can be read."""
        ...

    def data_key(self, key: str, envelope: bytes) -> bytes:
        """The key that the object is sealed with, from its envelope."""
        ...

    @property
    def keys(self) -> CustomerKeys: ...


class Publisher(Protocol):
    """Live events out."""

    def publish(self, topic: str, event: Mapping[str, Any]) -> None: ...

    def followed(self) -> frozenset[str]:
        """The prefixes of topics that somebody follows now."""
        ...

    def take_begun(self) -> frozenset[str]:
        """The prefixes that a watcher has begun to follow since this was asked last."""
        ...
