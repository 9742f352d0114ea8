"""What the ground segment has told so far: a fold over its live events, and nothing else.

A `Picture` holds the latest snapshot of every topic as plain maps; `advance_picture` takes in
one live event, `picture_from_status` the answer to a `status` request.  The views read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groundsys.telemetry.live_values import craft_of
from groundsys.values.instants import Instant

Snapshot = Mapping[str, Any]

#: events older than the newest this many are let go
EVENTS_KEPT = 500

#: topics that every console is told; the event of each is a whole snapshot
SNAPSHOT_TOPICS = (
    *("clock", "fleet", "passes", "alarms", "commands", "procedures", "plan", "deliveries"),
)

#: of a craft that is followed, so many of a number's last values are kept
RECENT_KEPT = 32

#: the topic of log lines, which are kept and not replaced
EVENTS = "events"


@dataclass(frozen=True, slots=True)
class CraftTelemetry:
    """A craft's parameters as last told: `LiveValue`s as they come over the wire, by name.

    `recent` has a number's last values with their event times (TAI ns), oldest first.
    """

    values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    recent: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """The latest snapshot by topic, empty where nothing came; `events` from oldest to newest.

    `asker` is who the desks take this console's operator for: `name`, `role` and `may`, the
    actions that this role may ask for.
    """

    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    events: tuple[Snapshot, ...] = ()
    asker: Snapshot = field(default_factory=dict)
    #: by craft that is or was followed
    telemetry: Mapping[str, CraftTelemetry] = field(default_factory=dict)

    @property
    def may(self) -> frozenset[str]:
        return frozenset(self.asker.get("may", ()))

    @property
    def clock(self) -> Snapshot:
        return self.snapshots.get("clock", {})

    @property
    def fleet(self) -> Snapshot:
        return self.snapshots.get("fleet", {})

    @property
    def passes(self) -> Snapshot:
        return self.snapshots.get("passes", {})

    @property
    def alarms(self) -> Snapshot:
        return self.snapshots.get("alarms", {})

    @property
    def commands(self) -> Snapshot:
        return self.snapshots.get("commands", {})

    @property
    def procedures(self) -> Snapshot:
        return self.snapshots.get("procedures", {})

    @property
    def plan(self) -> Snapshot:
        return self.snapshots.get("plan", {})

    @property
    def deliveries(self) -> Snapshot:
        return self.snapshots.get("deliveries", {})

    @property
    def pass_watch(self) -> Snapshot:
        """By id the passes under way, in all detail."""
        found: Snapshot = self.snapshots.get("pass_watch", {}).get("passes", {})
        return found

    @property
    def now(self) -> Instant | None:
        """The mission clock as last told, or None before the first word."""
        now_ns = self.clock.get("now_ns")
        return None if now_ns is None else Instant(now_ns)


@dataclass(frozen=True, slots=True)
class Link:
    """How well the console hears the ground segment.

    `silent_s` is whole seconds of wall time; `reason` says what, but for silence, went wrong.
    """

    state: Literal["connecting", "live", "lost"] = "connecting"
    silent_s: int = 0
    reason: str = ""

    @property
    def is_live(self) -> bool:
        return self.state == "live"


def advance_picture(picture: Picture, topic: str, event: Snapshot) -> Picture:
    """The picture after one live event: log lines are added, a snapshot replaces its like."""
    if topic == EVENTS:
        return replace(picture, events=_merged(picture.events, [event]))
    if (craft := craft_of(topic)) is not None:
        known = picture.telemetry.get(craft, CraftTelemetry())
        told = _with_values(known, event["values"])
        return replace(picture, telemetry={**picture.telemetry, craft: told})
    return replace(picture, snapshots={**picture.snapshots, topic: event})


def without_topics(picture: Picture, topics: frozenset[str]) -> Picture:
    """The picture as if nothing had been told of these topics."""
    kept = {topic: told for topic, told in picture.snapshots.items() if topic not in topics}
    return picture if len(kept) == len(picture.snapshots) else replace(picture, snapshots=kept)


def picture_from_status(
    picture: Picture, status: Snapshot, wanted: frozenset[str] = frozenset()
) -> Picture:
    """The picture after a `status` answer: its snapshots, and its events added to those known.

    `wanted` are topics that are followed beside those that every console is told.
    """
    topics = (*SNAPSHOT_TOPICS, *sorted(wanted))
    told = {topic: status[topic] for topic in topics if topic in status}
    return replace(
        picture,
        snapshots={**picture.snapshots, **told},
        events=_merged(picture.events, _event_list(status.get(EVENTS, ()))),
        asker=status.get("asker", {}),
    )


def picture_following(picture: Picture, topics: Iterable[str]) -> Picture:
    """The picture once only these topics are followed: recent values of other craft are let go."""
    followed = {craft_of(topic) for topic in topics}
    telemetry = {
        craft: known if craft in followed else replace(known, recent={})
        for craft, known in picture.telemetry.items()
    }
    return replace(picture, telemetry=telemetry)


def _with_values(known: CraftTelemetry, told: Mapping[str, Sequence[Any]]) -> CraftTelemetry:
    recent = dict(known.recent)
    for name, wire in told.items():
        value, at = wire[0], wire[1]
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        before = recent.get(name, ())
        if not before or at > before[-1][0]:
            recent[name] = (*before[1 - RECENT_KEPT :], (at, float(value)))
    return CraftTelemetry({**known.values, **told}, recent)


def _event_list(events: Snapshot | Sequence[Snapshot]) -> Sequence[Snapshot]:
    return events.get("events", ()) if isinstance(events, Mapping) else events


def _merged(known: Sequence[Snapshot], added: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    by_content = {_content(event): event for event in (*known, *added)}
    ordered = sorted(by_content.values(), key=lambda event: event["time_ns"])
    return tuple(ordered[-EVENTS_KEPT:])


def _content(event: Snapshot) -> tuple[Any, ...]:
    return event["time_ns"], event.get("spacecraft"), event.get("severity"), event.get("text")
