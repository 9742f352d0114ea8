"""What truly became of all that was sent, and of the orbits, as the space between recorded it.

One JSON map a line, in `truth/space.jsonl`; see `sims.space`.  What each craft did: `record`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from groundsys.rehearsal.truth.record import TruePacket, truth_lines
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class NearSunRecord:
    """A transmission to a craft, or frames of it that an antenna was pointed for."""

    spacecraft: str
    kind: Literal["uplink", "downlink"]
    sun_earth_probe_deg: float
    frames: int
    #: lost, or arrived with wrong bits
    disturbed: int


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
class TrueLoss:
    """Frames of one burst that reached pointed antennas and came to none of them."""

    #: when the last of them left the craft
    sent: Instant
    frames: int


@dataclass(frozen=True, slots=True)
class TrueArrivalRecord:
    """How a capsule truly came down from its approach; angle inertial, place geodetic."""

    interface: Instant
    flight_path_deg: float
    parachute: Instant | None
    landing: Instant
    latitude_deg: float
    longitude_deg: float
    lost: str | None

    def for_report(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "interface": self.interface.utc_iso(1),
            "flight_path_deg": round(self.flight_path_deg, 4),
            "parachute": None if self.parachute is None else self.parachute.utc_iso(1),
            "landing": self.landing.utc_iso(1),
            "latitude_deg": round(self.latitude_deg, 4),
            "longitude_deg": round(self.longitude_deg, 4),
            "lost": self.lost,
        }


@dataclass(frozen=True, slots=True)
class SpaceTruth:
    """What truly became of what was sent, and of the craft's orbits."""

    #: by craft: frames that it sent to somebody who listened, and that never arrived
    frames_lost: Mapping[str, int]
    #: by capsule: packets that it sent live and that arrived at its relay
    let_through: Mapping[str, Sequence[TruePacket]]
    #: of every craft, in the order in which they were told
    pushes: tuple[TruePush, ...]
    #: by craft: each transmission to it, and all its frames that reached a pointed antenna
    near_sun: Mapping[str, Sequence[NearSunRecord]]
    #: by craft that speaks to Earth: bursts of which something was lost
    losses: Mapping[str, Sequence[TrueLoss]]
    #: by capsule that was let go on an approach, and that came down
    arrivals: Mapping[str, TrueArrivalRecord] = field(default_factory=dict)


def read_space_truth(directory: Path) -> SpaceTruth:
    """What the space between craft and antennas records."""
    lost: Counter[str] = Counter()
    let_through: defaultdict[str, list[TruePacket]] = defaultdict(list)
    near_sun: defaultdict[str, list[NearSunRecord]] = defaultdict(list)
    losses: defaultdict[str, list[TrueLoss]] = defaultdict(list)
    pushes = []
    arrivals = {}
    for line in truth_lines(directory / "space.jsonl"):
        match line["record"]:
            case "proximity" if "live" in line and not line["lost"]:
                let_through[line["source"]].append(TruePacket(*line["live"]))
            case "uplink" | "downlink":
                near_sun[line["spacecraft"]].append(_near_sun(line))
            case "lost":
                loss = TrueLoss(Instant(line["sent_ns"]), line["frames"])
                losses[line["spacecraft"]].append(loss)
            case "impulse":
                pushes.append(_push(line))
            case "arrival" if "landing_ns" in line:
                arrivals[line["spacecraft"]] = _arrival(line)
            case "totals":
                lost += _frames_lost(line)
    return SpaceTruth(
        lost, dict(let_through), tuple(pushes), dict(near_sun), dict(losses), arrivals
    )


def _arrival(line: Mapping[str, Any]) -> TrueArrivalRecord:
    opened = line["parachute_ns"]
    return TrueArrivalRecord(
        interface=Instant(line["interface_ns"]),
        flight_path_deg=line["flight_path_deg"],
        parachute=None if opened is None else Instant(opened),
        landing=Instant(line["landing_ns"]),
        latitude_deg=line["latitude_deg"],
        longitude_deg=line["longitude_deg"],
        lost=line["lost"],
    )


def _near_sun(line: Mapping[str, Any]) -> NearSunRecord:
    return NearSunRecord(
        line["spacecraft"],
        line["record"],
        line["sun_earth_probe_deg"],
        line.get("frames", 1),
        int(line["lost"]) + line.get("corrupted", 0),
    )


def _push(line: Mapping[str, Any]) -> TruePush:
    return TruePush(
        line["spacecraft"],
        Instant(line["at_ns"]),
        tuple(line["delta_v_m_s"]),
        line["semi_major_axis_km"],
        line["eccentricity"],
        line["hidden"],
    )


def _frames_lost(totals: Mapping[str, Any]) -> Counter[str]:
    lost = Counter({craft: one.get("lost", 0) for craft, one in totals["spacecraft"].items()})
    for path, counts in totals["proximity"].items():
        source = path.partition("/")[0]
        if source not in totals["spacecraft"]:  # what a relay sends there are commands
            lost[source] += counts.get("lost", 0)
    return lost
