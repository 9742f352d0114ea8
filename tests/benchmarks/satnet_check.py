"""Whether a file of the SatNet benchmark keeps the rules, and what it reaches.

It reads the file and the benchmark's own data and knows nothing of groundsys.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

FIELDS = ("START_TIME", "TRACKING_ON", "TRACKING_OFF", "END_TIME")
#: seconds that decimal hours in floating point may be off
ROUNDING_S = 1e-3


@dataclass(frozen=True, slots=True)
class Reached:
    """The benchmark's measures: hours granted are T_S; `findings` are broken rules."""

    findings: tuple[str, ...]
    u_rms: float
    u_max: float
    granted_h: float
    satisfied: int


@dataclass(frozen=True, slots=True)
class _Pass:
    request: str
    resources: frozenset[str]
    start: int
    on: int
    off: int
    end: int

    def __str__(self) -> str:
        return f"{self.request} on {'_'.join(sorted(self.resources))} at {self.on}"


def examine(data: Path, key: str, out: Path) -> Reached:
    """Examine a file of rows for a week, `key` as in problems.json."""
    asked = {row["track_id"]: row for row in json.loads((data / "problems.json").read_text())[key]}
    rows = json.loads(out.read_text())
    findings = [*_malformed(rows, asked)]
    if findings:
        return Reached(tuple(findings), 1.0, 1.0, 0.0, 0)
    passes = _passes(rows)
    monday = datetime.strptime(f"{key[1:]} 1", "%V_%G %u").replace(tzinfo=UTC)
    week = int(monday.timestamp()), int((monday + timedelta(hours=180)).timestamp())
    findings += [
        *(finding for one in passes for finding in _misplaced(one, asked[one.request], week)),
        *_split_wrongly(passes, asked),
        *_antennas_twice(passes, data / "maintenance.csv"),
        *_missions_twice(passes, asked),
    ]
    return _reached(findings, passes, asked)


def _malformed(rows: Any, asked: Mapping[str, Any]) -> Iterator[str]:
    for row in rows:
        if not all(type(row.get(name)) is int for name in (*FIELDS, "SC")):
            yield f"{row}: not all of SC and the four times are integers"
        elif row.get("TRACK_ID") not in asked:
            yield f"{row}: no such request"
        elif row["SC"] != asked[row["TRACK_ID"]]["subject"]:
            yield f"{row}: the request is of another mission"


def _passes(rows: Iterable[Mapping[str, Any]]) -> list[_Pass]:
    """Rows of one request at the same times are the antennas of an array."""
    antennas = defaultdict(list)
    for row in rows:
        antennas[row["TRACK_ID"], *(row[name] for name in FIELDS)].append(row["RESOURCE"])
    return [_Pass(key[0], frozenset(names), *key[1:]) for key, names in antennas.items()]


def _misplaced(one: _Pass, asked: Mapping[str, Any], week: tuple[int, int]) -> Iterator[str]:
    if one.off <= one.on:
        yield f"{one}: ends before it starts"
    if one.on - one.start < asked["setup_time"] * 60 or (
        one.end - one.off < asked["teardown_time"] * 60
    ):
        yield f"{one}: setup or teardown is too short"
    if one.start < week[0] or one.end > week[1]:
        yield f"{one}: outside the week"
    if one.on < asked["time_window_start"] or one.off > asked["time_window_end"]:
        yield f"{one}: outside the request's window"
    views = [
        view
        for name, periods in asked["resource_vp_dict"].items()
        if frozenset(name.split("_")) == one.resources
        for view in periods
    ]
    if not any(view["TRX ON"] <= one.on and one.off <= view["TRX OFF"] for view in views):
        yield f"{one}: not inside a view period of these antennas"


def _split_wrongly(passes: list[_Pass], asked: Mapping[str, Any]) -> Iterator[str]:
    for name, seconds in _seconds(passes).items():
        most, least = asked[name]["duration"] * 3600, asked[name]["duration_min"] * 3600
        if not least - ROUNDING_S <= sum(seconds) <= most + ROUNDING_S:
            yield f"{name}: {sum(seconds)} s are not between {least:g} and {most:g}"
        if len(seconds) > 1 and asked[name]["duration"] < 8:
            yield f"{name}: split, though shorter than 8 h"
        elif len(seconds) > 1 and min(seconds) < min(4 * 3600, least) - ROUNDING_S:
            yield f"{name}: a part is too short"


def _antennas_twice(passes: list[_Pass], maintenance: Path) -> Iterator[str]:
    uses = defaultdict(list)
    for one in passes:
        for antenna in one.resources:
            uses[antenna].append((one.start, one.end, str(one)))
    with maintenance.open(newline="") as file:
        for row in csv.DictReader(file):
            start, end = float(row["starttime"]), float(row["endtime"])
            for on, off, name in uses[row["antenna"]]:
                if start < off and on < end:
                    yield f"{name}: {row['antenna']} is in maintenance"
    for antenna, of_it in uses.items():
        yield from _one_after_the_other(antenna, of_it)


def _missions_twice(passes: list[_Pass], asked: Mapping[str, Any]) -> Iterator[str]:
    tracking = defaultdict(list)
    for one in passes:
        tracking[asked[one.request]["subject"]].append((one.on, one.off, str(one)))
    for mission, of_it in tracking.items():
        yield from _one_after_the_other(f"mission {mission}", of_it)


def _one_after_the_other(whose: str, uses: list[tuple[int, int, str]]) -> Iterator[str]:
    for (_, end, first), (start, _, second) in pairwise(sorted(uses)):
        if start < end:
            yield f"{whose}: {first} and {second} overlap"


def _seconds(passes: Iterable[_Pass]) -> Mapping[str, list[int]]:
    seconds = defaultdict(list)
    for one in passes:
        seconds[one.request].append(one.off - one.on)
    return seconds


def _reached(findings: list[str], passes: list[_Pass], asked: Mapping[str, Any]) -> Reached:
    granted: dict[Any, float] = defaultdict(float)
    requested: dict[Any, float] = defaultdict(float)
    seconds = _seconds(passes)
    satisfied = 0
    for name, row in asked.items():
        requested[row["subject"]] += row["duration"] * 3600
        total = sum(seconds.get(name, []))
        if total >= row["duration_min"] * 3600 - ROUNDING_S and total > 0:
            satisfied += 1
            granted[row["subject"]] += total
    unserved = [1 - granted[mission] / requested[mission] for mission in requested]
    return Reached(
        tuple(findings),
        math.sqrt(sum(one * one for one in unserved) / len(unserved)),
        max(unserved),
        sum(granted.values()) / 3600,
        satisfied,
    )
