"""What all desks share: the mission, the clock's reading, the store, Yamcs, and a voice."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.ports import YamcsGateway
from groundsys.store import Store, StoredEvent
from groundsys.values.instants import Instant
from groundsys.values.messages import Message

NODE_NAME = "desks"
#: the clock's rate is measured over so many wall seconds
_RATE_OVER_S = 10.0
#: nobody looks for news more often, in mission time
_SHORTEST_LOOK_S = 1.0
#: up to this rate the clock is taken for the wall's
_WALL_RATE = 1.5


class ControlRoom:
    """One room, one thread: desks act through it and keep no sockets of their own."""

    def __init__(
        self,
        mission: Mission,
        scenario: Scenario,
        geometry: Geometry,
        store: Store,
        yamcs: YamcsGateway,
    ) -> None:
        self.mission = mission
        self.scenario = scenario
        self.geometry = geometry
        #: by the definitions alone, whatever has been told since
        self.first_geometry = geometry
        self.store = store
        self.yamcs = yamcs
        self.wall_s: Callable[[], float] = time.monotonic
        self.now: Instant = scenario.span.start
        self._outbox: list[Message] = []
        self._events: list[StoredEvent] = []
        self._yamcs_time: Instant | None = None
        self._readings: deque[tuple[float, Instant]] = deque()
        #: a simulated clock that people have stopped, and how fast it may go (None: as it can)
        self.clock_stands = False
        self.rate_ceiling: float | None = None

    # --- the craft -----------------------------------------------------------------------------

    @property
    def craft(self) -> list[Spacecraft]:
        """Every craft of the scenario, in its order."""
        return [self.mission.spacecraft[name] for name in self.scenario.spacecraft]

    @property
    def speakers(self) -> list[Spacecraft]:
        """The craft that antennas speak to."""
        return [craft for craft in self.craft if craft.relay is None]

    @property
    def relayed(self) -> list[Spacecraft]:
        """The craft whose frames another one carries home."""
        return [craft for craft in self.craft if craft.relay is not None]

    @property
    def carrying(self) -> list[Spacecraft]:
        """The craft that carry customers' payloads."""
        return [craft for craft in self.craft if craft.payload is not None]

    def by_spacecraft_id(self, spacecraft_id: int) -> Spacecraft | None:
        """The craft with this SCID."""
        return next((c for c in self.craft if c.framing.spacecraft_id == spacecraft_id), None)

    def by_entity(self, entity: int) -> Spacecraft | None:
        """The craft that is this CFDP entity."""
        return next((c for c in self.craft if c.entity_id == entity), None)

    # --- the clock -----------------------------------------------------------------------------

    def let_time_pass(self, now: Instant) -> None:
        """Mission time has come to `now`; measures how fast it passes."""
        self.now = max(self.now, now)
        wall = self.wall_s()
        self._readings.append((wall, self.now))
        while wall - self._readings[0][0] > _RATE_OVER_S and len(self._readings) > 2:
            self._readings.popleft()

    @property
    def rate(self) -> float:
        """Mission seconds per wall second, lately; 1 while nothing has been measured."""
        if len(self._readings) < 2:
            return 1.0
        (first_wall, first), (last_wall, last) = self._readings[0], self._readings[-1]
        wall_s = last_wall - first_wall
        return max(1e-3, last.seconds_since(first) / wall_s) if wall_s > 0.05 else 1.0

    def between_looks(self, longest: timedelta, wall_s: float) -> timedelta:
        """How much mission time is to pass between two looks for what is new.

        By the wall it is `wall_s` where the clock keeps to a rate, the wall's own above all, so
        that nobody waits long for news.  It is never more than `longest`: a clock that may go as
        fast as it can looks at moments that no machine's speed decides.
        """
        if self.rate_ceiling is None:
            return longest
        return min(longest, timedelta(seconds=max(_SHORTEST_LOOK_S, wall_s * self.rate_ceiling)))

    def hold_clock(self, *, stands: bool) -> None:
        """People stop a simulated clock, or let it go on: Yamcs' clock stands with it."""
        self.clock_stands = stands
        self._readings.clear()
        if stands:
            self.yamcs.set_time(self.now, self._yamcs_rate)
            self._yamcs_time = self.now

    def set_yamcs_time(self, unless_within: timedelta = timedelta(0)) -> None:
        """Bring Yamcs' clock to ours, unless that was done so lately.

        When mission time passes quickly it stands between two settings, so that it never runs
        ahead of the mission clock and never has to go back.
        """
        last = self._yamcs_time
        if last is None or self.now > last + unless_within:
            self.yamcs.set_time(self.now, self._yamcs_rate)
            self._yamcs_time = self.now

    def set_yamcs_time_of(self, craft: Spacecraft) -> None:
        """Bring Yamcs' clock of one craft to ours, before it is commanded."""
        if self._yamcs_time is None or self.now > self._yamcs_time:
            self.yamcs.set_time(self.now, self._yamcs_rate, craft)

    @property
    def _yamcs_rate(self) -> float:
        return 0.0 if self.clock_stands or self.rate > _WALL_RATE else 1.0

    # --- the record ----------------------------------------------------------------------------

    def audit(
        self,
        *,
        actor: str,
        role: str,
        action: str,
        subject: str,
        reason: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write into the audit log who did what to which subject, and why.

        `action` is `<kind of subject>.<verb>`.  Inside `store.writing()` the entry stands or falls
        with the deed.
        """
        self.store.audit.append(
            self.now,
            actor=actor,
            role=role,
            action=action,
            subject=subject,
            reason=reason,
            detail=detail,
        )

    # --- the voice -----------------------------------------------------------------------------

    def say(self, target: str, kind: str, body: Mapping[str, Any]) -> None:
        """Say something to another participant of the clock."""
        self._outbox.append(Message(NODE_NAME, target, kind, self.now, body))

    def take_outbox(self) -> tuple[Message, ...]:
        said, self._outbox = tuple(self._outbox), []
        return said

    def log(self, spacecraft: str, severity: str, source: str, text: str) -> None:
        """Write a line into the operators' log; it is published with the next step."""
        self.log_event(StoredEvent(self.now, spacecraft, severity, source, text))

    def log_event(self, event: StoredEvent) -> None:
        self.store.watch.add_event(event)
        self._events.append(event)

    def take_events(self) -> list[StoredEvent]:
        """What has been logged since last asked."""
        logged, self._events = self._events, []
        return logged
