"""Whether tones were heard as they were sent, and those that want a pass got one in time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.geometry import Geometry
from groundsys.mission.ground.beacon_model import Beacon
from groundsys.passes.execution import Pass
from groundsys.rehearsal.truth.record import TrueTone
from groundsys.rehearsal.verdict.criterion import Criterion, at_least, at_most
from groundsys.values.instants import Instant

CRITERIA = ("min_tones_heard", "max_tones_unheard", "max_tone_answer_h")


@dataclass(frozen=True, slots=True)
class Listening:
    """What was heard in one listening, and every tone that truly arrived (None: silence)."""

    heard: str | None
    sent: tuple[str | None, ...]

    @property
    def is_right(self) -> bool:
        return self.heard is not None and self.heard in self.sent

    @property
    def is_wrong(self) -> bool:
        """A tone was heard that was not sent."""
        return self.heard is not None and self.heard not in self.sent

    @property
    def is_unheard(self) -> bool:
        """A tone was there all the while, and none was heard."""
        return self.heard is None and None not in self.sent


@dataclass(frozen=True, slots=True)
class TonesHeard:
    """Of one craft: its listenings, and how long each call for a pass waited for one, in hours.

    A call begins on board; it is answered when a pass begins in which the craft was heard.
    """

    listenings: tuple[Listening, ...]
    answers_h: tuple[float, ...]


def asks_of_tones(limits: Mapping[str, float]) -> bool:
    return any(name in limits for name in CRITERIA)


def tones_heard(
    geometry: Geometry,
    craft: str,
    beacon: Beacon,
    reports: Sequence[Mapping[str, Any]],
    tones: Sequence[TrueTone],
    passes: Sequence[Pass],
) -> TonesHeard:
    """From what the desks were told, and what the craft truly sent, in order of time."""
    listenings = []
    for report in reports:
        edges = np.array([report["start_ns"], report["end_ns"]], dtype=np.int64)
        light_s = geometry.downlink_light_time_s(report["antenna"], craft, edges)
        start_ns, end_ns = (edges - np.rint(light_s * 1e9).astype(np.int64)).tolist()
        listenings.append(Listening(report["tone"], _sent(tones, start_ns, end_ns)))
    wants = [one.name for one in beacon.tones if one.pass_within_s is not None]
    calls = [
        after.time
        for before, after in itertools.pairwise([None, *tones])
        if after is not None
        and after.meant in wants
        and (before is None or before.meant not in wants)
    ]
    return TonesHeard(tuple(listenings), tuple(_answer_h(call, passes) for call in calls))


def _sent(tones: Sequence[TrueTone], start_ns: int, end_ns: int) -> tuple[str | None, ...]:
    """What was sent between two times, first to last."""
    before = [one.tone for one in tones if one.time.tai_ns <= start_ns][-1:] or [None]
    return (*before, *(one.tone for one in tones if start_ns < one.time.tai_ns <= end_ns))


def _answer_h(call: Instant, passes: Sequence[Pass]) -> float:
    begun = [one.start for one in passes if one.start >= call and one.verdict == "executed"]
    return (min(begun).seconds_since(call) / 3600.0) if begun else math.inf


def judge_tones(found: Mapping[str, TonesHeard], limits: Mapping[str, float]) -> list[Criterion]:
    """What a scenario asks of its beacons, if it asks anything; a wrong tone is never good."""
    criteria = []
    for craft, one in found.items():
        right = sum(each.is_right for each in one.listenings)
        wrong = sum(each.is_wrong for each in one.listenings)
        unheard = sum(each.is_unheard for each in one.listenings)
        slowest_h = max(one.answers_h, default=0.0)
        criteria += [
            at_least(f"tones_heard[{craft}]", right, limits.get("min_tones_heard", 1)),
            at_most(f"tones_wrong[{craft}]", wrong, 0),
            at_most(f"tones_unheard[{craft}]", unheard, limits.get("max_tones_unheard", 0)),
        ]
        if "max_tone_answer_h" in limits:
            criteria.append(
                Criterion(
                    f"tone_answer_h[{craft}]",
                    bool(one.answers_h) and slowest_h <= limits["max_tone_answer_h"],
                    f"a call for a pass, and at most {limits['max_tone_answer_h']:g}",
                    ", ".join(f"{each:.1f}" for each in one.answers_h) or "no call",
                )
            )
    return criteria
