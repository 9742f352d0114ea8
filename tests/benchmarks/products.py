"""How fast payload files become products: `python -m tests.benchmarks.products`.

Each kind of payload, with its own formats: one file as it is flown, and a sol in one file.  The
whole building is measured – decoded, calibrated, written, labelled, hashed, with its manifest –
first without quick-looks, as megabytes of payload data a second of one core's processor time (and
by the wall), beside the greatest rate at which they can come down; then what a quick-look adds.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.model import Mission
from groundsys.products import Provenance, build_products
from groundsys.values.clock import ClockSolution
from tests.benchmarks.stopwatch import Stopwatch, Taken, median_of
from tests.products.mission_files import CRAFT_OF, START, file_of

RATE_AIM = 50.0
QUICK_LOOK_AIM_MS = 150.0
_SOL_S = 88_775.244


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """One payload's figures; times are medians of the rounds, by one core's processor time."""

    payload: str
    formats: str
    #: so many of its files in one
    files: int
    octets: int
    building_ms: float
    wall_ms: float
    quick_look_ms: float
    #: of the downlink's greatest rate
    multiple: float

    @property
    def megabytes_per_s(self) -> float:
        return self.octets / self.building_ms / 1e3

    @property
    def reached(self) -> bool:
        """A page of a whole sol may take longer."""
        quick = self.files > 1 or self.quick_look_ms < QUICK_LOOK_AIM_MS
        return self.multiple >= RATE_AIM and quick


def measure(rounds: int = 15) -> Iterator[ProductFigures]:
    """Every kind of payload: a file as flown, then a sol of it."""
    mission = load_mission()
    for name in CRAFT_OF:
        payload = mission.payloads[name]
        yield _measure(mission, payload, 1, rounds)
        if payload.kind != "camera":
            yield _measure(mission, payload, round(_SOL_S / payload.file_interval_s), rounds)


def peak_rate_bps(mission: Mission) -> float:
    """The greatest rate at which any craft of the mission sends to Earth."""
    return max(
        rate
        for craft in mission.spacecraft.values()
        if craft.relay is None
        for radio in craft.radios.values()
        for rate in radio.rates_bps
    )


def _measure(mission: Mission, payload: Payload, files: int, rounds: int) -> ProductFigures:
    data = file_of(payload, mission.spacecraft[CRAFT_OF[payload.id]], files=files)
    level_1 = tuple(name for name in payload.formats if name != "quick-look")
    bare = _rounds(mission, replace(payload, formats=level_1), data, rounds)
    whole = _rounds(mission, payload, data, rounds)
    return ProductFigures(
        payload=payload.id,
        formats=" ".join(level_1),
        files=files,
        octets=len(data),
        building_ms=bare.processor_s * 1e3,
        wall_ms=bare.wall_s * 1e3,
        quick_look_ms=(whole.processor_s - bare.processor_s) * 1e3,
        multiple=8 * len(data) / bare.processor_s / peak_rate_bps(mission),
    )


def _rounds(mission: Mission, payload: Payload, data: bytes, rounds: int) -> Taken:
    craft = mission.spacecraft[CRAFT_OF[payload.id]]
    customer = next(one for one in mission.customers.values() if payload.id in one.payloads)
    clock = ClockSolution.nominal(craft.id, craft.sclk_epoch, uncertainty_s=0.02)
    provenance = Provenance(craft.entity_id, 1, 7, START.plus_seconds(10_000.0), "1")
    taken = []
    for _ in range(rounds + 1):
        stopwatch = Stopwatch()
        build_products(
            *(payload, customer, craft, data, f"{payload.id}-000012.dat"),
            *(clock, provenance),
            mission=mission,
        )
        taken.append(stopwatch.read())
    return median_of(taken[1:])  # the first imports


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.products",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: python -m tests.benchmarks.products --json products.json",
    )
    parser.add_argument("--rounds", type=int, default=15, help="of each (default 15)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    figures = []
    for one in measure(options.rounds):
        figures.append(one)
        print(
            f"  {one.payload:<14}{one.files:>3} × {one.octets / 1e3 / one.files:>5,.0f} kB"
            f"{one.building_ms:>8.1f} ms "
            f"({one.wall_ms:.1f} by the wall){one.megabytes_per_s:>8.1f} MB/s "
            f"{one.multiple:>8,.0f} × downlink; quick-look {one.quick_look_ms:.0f} ms; "
            f"{'reached' if one.reached else 'missed'} ({one.formats})",
            flush=True,
        )
    print(f"  aims: {RATE_AIM:.0f} × the downlink, a quick-look under {QUICK_LOOK_AIM_MS:.0f} ms")
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(one) for one in figures], indent=2) + "\n")


if __name__ == "__main__":
    main()
