"""The simulators' own record of each craft of a run, read once the simulators have closed it.

One JSON map a line, in `truth/<craft>.jsonl`; see `sims.craft.computer.truth`.  Nothing of it is
known to the ground before the end.  What happened between craft and antennas: `space_truth`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
    payload: str
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
class TrueReading:
    """What a craft's clock truly showed at `time`."""

    time: Instant
    sclk_ns: int


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
class TrueDeparture:
    """How a craft left its launcher: its attitudes in order, and its battery from then on."""

    separated: bool = False
    attitude: tuple[tuple[str, Instant], ...] = ()
    least_battery_percent: float = 100.0
    battery_threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class TrueTone:
    """The tone that a craft's beacon sends from `time` on, if any, and which was called for."""

    time: Instant
    tone: str | None
    meant: str


@dataclass(frozen=True, slots=True)
class TrueDescent:
    """One descent to a small body: how it ended and when, and when it was to touch the ground."""

    number: int
    outcome: str
    reason: str
    turned_at_m: float
    at: Instant
    planned: Instant
    #: when it was to be at the height below which it needs a go
    go_below: Instant
    miss_m: float
    contact_m_s: float


@dataclass(frozen=True, slots=True)
class TruePicture:
    """Where a craft was from a body when it took a picture of it, along ICRF axes."""

    from_body_km: tuple[float, ...]
    from_body_km_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TrueFlyby:
    """A body seen from near by: by when a picture was taken of it."""

    pictures: Mapping[Instant, TruePicture]
    closest: Instant


@dataclass(frozen=True, slots=True)
class CraftTruth:
    packets: tuple[TruePacket, ...]
    files: tuple[TrueFile, ...]
    frames_sent: int
    executed: tuple[TrueCommand, ...] = ()
    #: of a capsule that came down in the flight
    entry: TrueEntryRecord | None = None
    #: of a drone: whether each place that it landed on was safe
    landings: tuple[bool, ...] = ()
    #: of a craft that began on its launcher
    departure: TrueDeparture | None = None
    readings: tuple[TrueReading, ...] = ()
    #: that it went to, in order of time
    modes: tuple[str, ...] = ()
    #: of its beacon, in order of time
    tones: tuple[TrueTone, ...] = ()
    #: of a craft that went down to a small body, in order of time
    descents: tuple[TrueDescent, ...] = ()
    #: of a mothership: what explorers brought
    docked_g: float = 0.0


@dataclass(frozen=True, slots=True)
class CubeLinks:
    """By what a cube that was carried has truly spoken."""

    cable_frames: int
    #: when each burst with frames had left its radio
    radio_bursts: tuple[Instant, ...]


def read_releases(directory: Path, carrier: str) -> list[tuple[int, Instant]]:
    """Every cube that a mothership has truly let go: its spacecraft id, and when."""
    return [
        (line["spacecraft_id"], Instant(line["time_ns"]))
        for line in truth_lines(directory / f"{carrier}.jsonl")
        if line["record"] == "release"
    ]


def read_flyby(directory: Path, camera: str) -> TrueFlyby:
    """Where a camera truly took its pictures, and when its craft truly was nearest."""
    pictures: dict[Instant, TruePicture] = {}
    closest = None
    for line in truth_lines(directory / f"{camera}.jsonl"):
        if line["record"] == "picture":
            pictures[Instant(line["time_ns"])] = TruePicture(
                tuple(line["from_body_km"]), tuple(line["from_body_km_s"])
            )
        elif line["record"] == "closest":
            closest = Instant(line["time_ns"])
    if closest is None:
        raise EnvironmentLackError(
            f"the record of {camera} does not tell when it was nearest to a body",
            remedy="fly the scenario again",
        )
    return TrueFlyby(pictures, closest)


def read_schedule_releases(directory: Path, craft: str) -> tuple[Instant, ...]:
    """Whenever a craft's schedule released a command."""
    return tuple(
        Instant(line["time_ns"])
        for line in truth_lines(directory / f"{craft}.jsonl")
        if line["record"] == "schedule" and line["event"] == "released"
    )


def read_cube_links(directory: Path, cube: str) -> CubeLinks:
    """What a cube sent by cable, and when by radio."""
    cable = 0
    bursts = []
    for line in truth_lines(directory / f"{cube}.jsonl"):
        if line["record"] == "frames" and line["link"] == "umbilical":
            cable += line["frames"]
        elif line["record"] == "frames" and line["link"] == "proximity":
            bursts.append(Instant(line["time_ns"]))
    return CubeLinks(cable, tuple(bursts))


def read_craft_truth(directory: Path, craft: str) -> CraftTruth:
    """What a craft truly did; frames sent again over Proximity-1 count once."""
    packets: list[TruePacket] = []
    files: list[TrueFile] = []
    executed: list[TrueCommand] = []
    landings: list[bool] = []
    frames_sent = 0
    entry: TrueEntryRecord | None = None
    readings: list[TrueReading] = []
    modes: list[str] = []
    tones: list[TrueTone] = []
    departure: TrueDeparture | None = None
    descents: list[TrueDescent] = []
    docked_g = 0.0
    for line in truth_lines(directory / f"{craft}.jsonl"):
        match line["record"]:
            case "packet":
                packets.append(TruePacket(line["apid"], line["count"], line["sclk_ns"]))
            case "file":
                names = (line["name"], line["payload"])
                closed = Instant(line["closed_ns"])
                files.append(TrueFile(*names, line["size"], line["sha256"], closed))
            case "command" if line["outcome"] == "completed":
                time = Instant(line["time_ns"])
                executed.append(TrueCommand(line["name"], line["count"], time, line["source"]))
            case "landing":
                landings.append(bool(line["safe"]))
            case "frames":
                frames_sent += line["frames"]
            case "clock":
                readings.append(TrueReading(Instant(line["time_ns"]), line["sclk_ns"]))
            case "tone":
                tones.append(TrueTone(Instant(line["time_ns"]), line["tone"], line["meant"]))
            case "mode":
                modes.append(line["mode"])
            case "entry":
                events = {event: Instant(ns) for event, ns in line["events"].items()}
                entry = TrueEntryRecord(events, line["lost"], Instant(line["time_ns"]))
            case "descent":
                descents.append(_descent(line))
            case "docked":
                docked_g += line["sample_g"]
            case "separation":
                departure = TrueDeparture(separated=True)
            case "attitude" if departure is not None:
                change = (line["mode"], Instant(line["time_ns"]))
                departure = replace(departure, attitude=(*departure.attitude, change))
            case "battery" if departure is not None:
                departure = replace(
                    departure,
                    least_battery_percent=line["percent"],
                    battery_threshold=line["threshold"],
                )
    return CraftTruth(
        packets=tuple(packets),
        files=tuple(files),
        frames_sent=frames_sent,
        executed=tuple(executed),
        entry=entry,
        landings=tuple(landings),
        readings=tuple(readings),
        modes=tuple(modes),
        tones=tuple(tones),
        departure=departure,
        descents=tuple(descents),
        docked_g=docked_g,
    )


def _descent(line: Mapping[str, Any]) -> TrueDescent:
    return TrueDescent(
        number=line["flight"],
        outcome=line["outcome"],
        reason=line["reason"],
        turned_at_m=line["turned_at_m"],
        at=Instant(line["time_ns"]),
        planned=Instant(line["planned_ns"]),
        go_below=Instant(line["go_below_ns"]),
        miss_m=line["miss_m"],
        contact_m_s=line["contact_m_s"],
    )


def truth_lines(path: Path) -> Iterator[dict[str, Any]]:
    """What a simulator recorded, in order; refused if it left nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EnvironmentLackError(
            f"the simulator left no record {path}",
            remedy="see its log in the run's logs folder",
        ) from error
    for line in text.splitlines():
        yield json.loads(line)
