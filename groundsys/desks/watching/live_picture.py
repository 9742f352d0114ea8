"""What watchers are told, and how often: a picture of everything, published as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from groundsys.ports import Publisher
from groundsys.store import StoredEvent

#: at most so many publications of a topic a wall second
_PER_SECOND = 5.0

#: followed by whoever keeps the clock, who must miss nothing
_ALWAYS = ("clock", "faults")

Snapshot = Callable[[], Mapping[str, Any]]


class LivePicture:
    """Publishes each topic's snapshot when it has changed; clock and injected faults always."""

    def __init__(self, publisher: Publisher, topics: Mapping[str, Snapshot]) -> None:
        self._publisher = publisher
        self._topics = dict(topics)
        self._published_at: dict[str, float] = {}
        self._last: dict[str, Mapping[str, Any]] = {}

    def publish(self, *, force: bool = False) -> None:
        """Publish what is due."""
        wall = time.monotonic()
        for topic, snapshot in self._topics.items():
            due = wall - self._published_at.get(topic, float("-inf")) >= 1.0 / _PER_SECOND
            if not (due or force):
                continue
            content = snapshot()
            self._published_at[topic] = wall
            if content != self._last.get(topic) or topic in _ALWAYS or force:
                self._last[topic] = content
                self._publisher.publish(topic, content)

    def publish_events(self, events: list[StoredEvent]) -> None:
        """Publish log lines, each once."""
        for event in events:
            self._publisher.publish("events", event_for_watchers(event))

    def everything(self) -> dict[str, Any]:
        """All snapshots as they are now."""
        return {topic: dict(snapshot()) for topic, snapshot in self._topics.items()}


def event_for_watchers(event: StoredEvent) -> dict[str, Any]:
    """A log line as watchers see it."""
    return {
        "time_ns": event.time.tai_ns,
        "spacecraft": event.spacecraft,
        "severity": event.severity,
        "source": event.source,
        "text": event.text,
    }
