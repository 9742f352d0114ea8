"""What the ground segment has told so far: a fold over its live events, and nothing else.

A `Picture` holds the latest snapshot of every topic as plain maps; `advance_picture` takes in
one live event, `picture_from_status` the answer to a `status` request.  The views read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groundsys.values.instants import Instant

Snapshot = Mapping[str, Any]

#: events older than the newest this many are let go
EVENTS_KEPT = 500

#: topics that every console is told; the event of each is a whole snapshot
SNAPSHOT_TOPICS = (
    *("clock", "fleet", "passes", "alarms", "commands", "procedures", "plan", "deliveries"),
)

#: the topic of log lines, which are kept and not replaced
EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Picture:
    """The latest snapshot by topic, empty where nothing came; `events` from oldest to newest.

    `asker` is who the desks take this console's operator for: `name`, `role` and `may`, the
    actions that this role may ask for.
    """

    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    events: tuple[Snapshot, ...] = ()
    asker: Snapshot = field(default_factory=dict)

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
    return Picture(
        snapshots={**picture.snapshots, **told},
        events=_merged(picture.events, _event_list(status.get(EVENTS, ()))),
        asker=status.get("asker", {}),
    )


def _event_list(events: Snapshot | Sequence[Snapshot]) -> Sequence[Snapshot]:
    return events.get("events", ()) if isinstance(events, Mapping) else events


def _merged(known: Sequence[Snapshot], added: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    by_content = {_content(event): event for event in (*known, *added)}
    ordered = sorted(by_content.values(), key=lambda event: event["time_ns"])
    return tuple(ordered[-EVENTS_KEPT:])


def _content(event: Snapshot) -> tuple[Any, ...]:
    return event["time_ns"], event.get("spacecraft"), event.get("severity"), event.get("text")
