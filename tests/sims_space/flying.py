"""Feeding space what craft and antennas say, and collecting what it hands over."""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.geometry import Geometry, view_periods
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.space import Space
from tests.geometry.missions import DAY, MISSION, SCENARIO

SECOND_NS = 1_000_000_000
RATE_BPS = 64_000.0
CADU = bytes(range(256)) * 4 + bytes(255)
CADU_NS = round(8 * len(CADU) / RATE_BPS * 1e9)
ANTENNA = "usuda-64"
VIEW = max(
    view_periods(Geometry(MISSION), ANTENNA, "otv", DAY), key=lambda period: period.receive.seconds
)
#: an hour into the longest view period, as receive time
MIDDLE = VIEW.receive.start.plus_seconds(3600.0)


def scenario(truth: dict[str, float] | None = None, **changes: Any) -> Scenario:
    return replace(SCENARIO, truth=truth or {}, **changes)


def space(
    folder: Path, truth: dict[str, float] | None = None, *, seed: int = 1, **changes: Any
) -> Space:
    return Space(MISSION, scenario(truth, **changes), seed, folder)


def from_antenna(kind: str, at: Instant, **body: Any) -> Message:
    return Message(f"antenna:{ANTENNA}", "space", kind, at, body)


def from_craft(kind: str, at: Instant, craft: str = "otv", **body: Any) -> Message:
    return Message(craft, "space", kind, at, body)


def frames(at: Instant, count: int = 1) -> Message:
    """A burst of `count` frames, the first of which starts `at`."""
    starts = [at.tai_ns + number * CADU_NS for number in range(count)]
    return from_craft(
        "x_down",
        Instant(starts[-1] + CADU_NS),
        frames=[{"start_ns": ns, "bits": 8 * len(CADU), "cadu": CADU} for ns in starts],
        rate_bps=RATE_BPS,
    )


def fly(node: Space, messages: Iterable[Message], until: Instant) -> list[Message]:
    """What space says to `messages`, in steps of whole seconds up to `until`; then closes it."""
    order = itertools.count()
    waiting = [(message.time.tai_ns, next(order), message) for message in messages]
    heapq.heapify(waiting)
    said: list[Message] = []
    wake_ns: int | None = None
    while True:
        candidates = [ns for ns in (waiting[0][0] if waiting else None, wake_ns) if ns is not None]
        now_ns = -(-min(candidates, default=until.tai_ns + 1) // SECOND_NS) * SECOND_NS
        if now_ns > until.tai_ns:
            node.close()
            return said
        inbox = []
        while waiting and waiting[0][0] <= now_ns:
            inbox.append(heapq.heappop(waiting)[2])
        step = node.advance(Instant(now_ns), inbox)
        said.extend(step.outbox)
        wake_ns = None if step.wake_at is None else step.wake_at.tai_ns


def record_of(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "space.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
