"""A week of the SatNet benchmark: read as a tracking problem, written as its rows."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from groundsys.planning.tracks import Opportunity, Span, Track, TrackingProblem, TrackRequest

WEEK_S = 180 * 3600
SPLIT_FROM_S = 8 * 3600
SPLIT_MINIMUM_S = 4 * 3600


class WeekError(Exception):
    """The week cannot be read; the message says why in a line."""


@dataclass(frozen=True, slots=True)
class SatnetWeek:
    """A week as asked: `epoch_s` is its Monday 00:00 UTC, seconds since 1970."""

    key: str
    epoch_s: int
    problem: TrackingProblem


def read_week(folder: Path, name: str) -> SatnetWeek:
    """Read a week, `W10` or `W10_2018`, from problems.json and maintenance.csv."""
    weeks = _weeks(folder / "problems.json")
    key = _key(weeks, name)
    try:
        number, year = (int(part) for part in key.removeprefix("W").split("_"))
        epoch_s = int(datetime.fromisocalendar(year, number, 1).replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise WeekError(f"week {key!r} is not of the form W10_2018: {error}") from error
    rows = weeks[key]
    if not isinstance(rows, list) or not rows:
        raise WeekError(f"week {key} has no list of requests")
    requests = tuple(_request(row, place, epoch_s) for place, row in enumerate(rows))
    if len({request.id for request in requests}) < len(requests):
        raise WeekError(f"week {key}: a track_id occurs twice")
    closed = _closed(folder / "maintenance.csv", epoch_s)
    antennas = {one for request in requests for o in request.opportunities for one in o.antennas}
    beyond = (Span(-WEEK_S, 0), Span(WEEK_S, 2 * WEEK_S))
    return SatnetWeek(
        key,
        epoch_s,
        TrackingProblem(
            requests, {one: (*beyond, *closed.get(one, ())) for one in sorted(antennas)}
        ),
    )


def rows_of(week: SatnetWeek, tracks: Sequence[Track]) -> list[dict[str, Any]]:
    """The benchmark's rows, one an antenna, in order of time."""
    mission_of = {request.id: request.mission for request in week.problem.requests}
    rows = [
        {
            "RESOURCE": antenna,
            "SC": int(mission_of[track.request]),
            "START_TIME": week.epoch_s + track.occupied.start,
            "TRACKING_ON": week.epoch_s + track.tracking.start,
            "TRACKING_OFF": week.epoch_s + track.tracking.end,
            "END_TIME": week.epoch_s + track.occupied.end,
            "TRACK_ID": track.request,
        }
        for track in tracks
        for antenna in track.antennas
    ]
    return sorted(rows, key=lambda row: (row["START_TIME"], row["RESOURCE"]))


def _weeks(path: Path) -> Mapping[str, Any]:
    try:
        weeks = json.loads(path.read_text())
    except OSError as error:
        raise WeekError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise WeekError(f"{path} is not JSON: {error}") from error
    if not isinstance(weeks, dict):
        raise WeekError(f"{path} is not an object of weeks")
    return weeks


def _key(weeks: Mapping[str, Any], name: str) -> str:
    found = [key for key in weeks if key == name or key.split("_")[0] == name]
    if len(found) != 1:
        known = ", ".join(sorted(weeks))
        raise WeekError(
            f"week {name!r} is {'twice' if found else 'not'} in the data; it has {known}"
        )
    return found[0]


def _request(row: Any, place: int, epoch_s: int) -> TrackRequest:
    name = f"request {place}"
    try:
        name = f"request {row['track_id']!r}"
        duration_s = _seconds(row["duration"], math.floor)
        minimum_s = _seconds(row["duration_min"], math.ceil)
        if not 0 < minimum_s <= duration_s:
            raise WeekError(f"{name}: duration_min is not between 0 and duration")
        return TrackRequest(
            id=str(row["track_id"]),
            mission=str(int(row["subject"])),
            duration_s=duration_s,
            minimum_s=minimum_s,
            split_minimum_s=min(SPLIT_MINIMUM_S, minimum_s) if duration_s >= SPLIT_FROM_S else None,
            setup_s=_minutes(row["setup_time"], name),
            teardown_s=_minutes(row["teardown_time"], name),
            opportunities=tuple(_opportunities(row, epoch_s)),
        )
    except KeyError as error:
        raise WeekError(f"{name} lacks {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise WeekError(f"{name} is not of the benchmark's form: {error}") from error


def _opportunities(row: Mapping[str, Any], epoch_s: int) -> list[Opportunity]:
    first = max(int(row["time_window_start"]) - epoch_s, 0)
    last = min(int(row["time_window_end"]) - epoch_s, WEEK_S)
    found = []
    for resource, periods in row["resource_vp_dict"].items():
        for period in periods:
            start = max(first, math.ceil(period["TRX ON"]) - epoch_s)
            end = min(last, math.floor(period["TRX OFF"]) - epoch_s)
            if start < end:
                found.append(Opportunity(tuple(resource.split("_")), Span(start, end)))
    return found


def _seconds(hours: float, whole: Any) -> int:
    """Whole seconds of decimal hours; what floating point added is no second."""
    return int(whole(round(hours * 3600, 6)))


def _minutes(minutes: float, name: str) -> int:
    seconds = math.ceil(round(minutes * 60, 6))
    if seconds < 0:
        raise WeekError(f"{name}: setup or teardown is negative")
    return seconds


def _closed(path: Path, epoch_s: int) -> dict[str, tuple[Span, ...]]:
    """Maintenance that touches the week, by antenna, whatever week its row is filed under."""
    closed: dict[str, set[Span]] = {}
    try:
        with path.open(newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                try:
                    start = math.floor(float(row["starttime"])) - epoch_s
                    end = math.ceil(float(row["endtime"])) - epoch_s
                    antenna = row["antenna"]
                except (KeyError, TypeError, ValueError) as error:
                    raise WeekError(f"{path} line {line} is not maintenance: {error}") from error
                if start < WEEK_S and end > 0 and start < end:
                    closed.setdefault(antenna, set()).add(Span(start, end))
    except OSError as error:
        raise WeekError(f"{path} cannot be read: {error.strerror}") from error
    return {antenna: tuple(sorted(spans)) for antenna, spans in closed.items()}
