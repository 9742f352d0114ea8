"""The simulators' own record of a run, read once the simulators have closed it.

One JSON map a line, in `truth/<craft>.jsonl` and `truth/space.jsonl`; see `sims.craft.truth` and
`sims.space`.  Nothing of it is known to the ground before the end.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundsys.ccsds.requests import GROUND_SOURCE
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class TruePacket:
    """A packet that a craft made; `sclk_ns` is the time in its secondary header."""

    apid: int
    sequence_count: int
    sclk_ns: int


@dataclass(frozen=True, slots=True)
class TrueFile:
    """A payload file as it was closed on board."""

    name: str
    size: int
    sha256: str
    closed: Instant


@dataclass(frozen=True, slots=True)
class TrueCommand:
    """A command that a craft executed, by its packet's sequence count.

    `source` numbers it: the ground, or what was loaded into the craft's schedule.
    """

    name: str
    sequence_count: int
    time: Instant
    source: int = GROUND_SOURCE


@dataclass(frozen=True, slots=True)
class TrueEntryRecord:
    """How a capsule truly came down: its events, and why it was lost if it was."""

    events: Mapping[str, Instant]
    lost: str | None
    ended: Instant

    @property
    def lost_in_plasma(self) -> bool:
        """Whether it ended where nothing could be heard of it."""
        begin, end = (self.events.get(f"blackout_{edge}") for edge in ("begin", "end"))
        in_it = begin is not None and begin <= self.ended and (end is None or self.ended <= end)
        return self.lost is not None and in_it


@dataclass(frozen=True, slots=True)
class TruePush:
    """What a craft's engine truly gave it at once, along ICRF axes, and its orbit from then on."""

    spacecraft: str
    at: Instant
    delta_v_m_s: tuple[float, ...]
    semi_major_axis_km: float
    eccentricity: float
    #: no antenna could see it: Mars was in the way
    hidden: bool


@dataclass(frozen=True, slots=True)
class CraftTruth:
    packets: tuple[TruePacket, ...]
    files: tuple[TrueFile, ...]
    frames_sent: int
    executed: tuple[TrueCommand, ...] = ()
    #: of a capsule that came down in the flight
    entry: TrueEntryRecord | None = None


def read_craft_truth(directory: Path, craft: str) -> CraftTruth:
    """What a craft truly did; frames sent again over Proximity-1 count once."""
    packets: list[TruePacket] = []
    files: list[TrueFile] = []
    executed: list[TrueCommand] = []
    frames_sent = 0
    entry: TrueEntryRecord | None = None
    for line in _lines(directory / f"{craft}.jsonl"):
        match line["record"]:
            case "packet":
                packets.append(TruePacket(line["apid"], line["count"], line["sclk_ns"]))
            case "file":
                closed = Instant(line["closed_ns"])
                files.append(TrueFile(line["name"], line["size"], line["sha256"], closed))
            case "command" if line["outcome"] == "completed":
                time = Instant(line["time_ns"])
                executed.append(TrueCommand(line["name"], line["count"], time, line["source"]))
            case "frames":
                frames_sent += line["frames"]
            case "entry":
                events = {event: Instant(ns) for event, ns in line["events"].items()}
                entry = TrueEntryRecord(events, line["lost"], Instant(line["time_ns"]))
    return CraftTruth(tuple(packets), tuple(files), frames_sent, tuple(executed), entry)


def read_let_through(directory: Path) -> dict[str, list[TruePacket]]:
    """By capsule: packets that it sent live and that truly arrived at its relay."""
    arrived: dict[str, list[TruePacket]] = {}
    for line in _lines(directory / "space.jsonl"):
        if line["record"] == "proximity" and "live" in line and not line["lost"]:
            arrived.setdefault(line["source"], []).append(TruePacket(*line["live"]))
    return arrived


def read_pushes(directory: Path) -> list[TruePush]:
    """Every push of every craft, in the order in which they were told."""
    return [
        TruePush(
            line["spacecraft"],
            Instant(line["at_ns"]),
            tuple(line["delta_v_m_s"]),
            line["semi_major_axis_km"],
            line["eccentricity"],
            line["hidden"],
        )
        for line in _lines(directory / "space.jsonl")
        if line["record"] == "impulse"
    ]


def read_frames_lost(directory: Path) -> Counter[str]:
    """Frames that each craft truly sent to somebody who listened, and that never arrived."""
    lost: Counter[str] = Counter()
    for line in _lines(directory / "space.jsonl"):
        if line["record"] == "totals":
            for craft, counts in line["spacecraft"].items():
                lost[craft] += counts.get("lost", 0)
            for path, counts in line["proximity"].items():
                source = path.partition("/")[0]
                if source not in line["spacecraft"]:  # what a relay sends there are commands
                    lost[source] += counts.get("lost", 0)
    return lost


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EnvironmentLackError(
            f"the simulator left no record {path}",
            remedy="see its log in the run's logs folder",
        ) from error
    for line in text.splitlines():
        yield json.loads(line)
