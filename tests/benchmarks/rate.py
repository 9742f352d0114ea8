"""How fast the mission clock runs with 1, 4, 16 and 64 cubes on the surface, and how that grows.

Two sols, each cube at a site of its own with 1 MB a sol, one relay, three antennas; definitions are
made by copying those of the surface network.  CPU time is that of all processes of the flight,
Yamcs included, and does not depend on what else the machine does, as wall time does.
"""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundsys.mission import default_mission_db
from groundsys.values.instants import SOL_S
from tests.benchmarks.flight import FlightFigures, fly

COUNTS = (1, 4, 16, 64)
SCENARIO = "many-sites"
#: cube, its payload, and whose it is; in turns
_KINDS = (
    ("cube-boreum", "boreum-weather", "polar-weather"),
    ("cube-vastitas", "vastitas-magnetometer", "aurora-lab"),
    ("cube-ascraeus", "ascraeus-seismometer", "tharsis-seismo"),
    ("cube-scout", "scout-camera", "pathfinder-works"),
)
_FIRST_ID = 601
#: Yamcs keeps an instance a craft
_HEAP_MB, _HEAP_MB_A_CRAFT = 384, 16
_GOLDEN_DEG = 137.508
_CUT_OFF = "2031-08-20T18:00:00Z"


@dataclass(frozen=True, slots=True)
class RateFigures:
    """Of one flight: simulated seconds a wall second, and CPU seconds a sol."""

    cubes: int
    verdict: str
    rate_flying: float
    wall_s: float
    cpu_s: float
    cpu_s_a_sol: float
    peak_pss: int


def measure(counts: Sequence[int] = COUNTS, seed: int = 1) -> Iterator[RateFigures]:
    """Fly each, one after the other."""
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="groundsys-rate-") as directory:
            definitions = Path(directory) / "mission_db"
            make_definitions(definitions, count)
            yield _figures(count, fly(SCENARIO, seed, "--mission-db", str(definitions)))


def exponent(few: RateFigures, many: RateFigures) -> float:
    """By which power of the number of cubes CPU time a sol grows between two flights."""
    return math.log(many.cpu_s_a_sol / few.cpu_s_a_sol) / math.log(many.cubes / few.cubes)


def _figures(count: int, flown: FlightFigures) -> RateFigures:
    return RateFigures(
        *(count, flown.verdict, flown.rate_flying, flown.wall_s, flown.cpu_s),
        cpu_s_a_sol=flown.cpu_s / (flown.simulated_s / SOL_S),
        peak_pss=flown.peak_pss,
    )


def make_definitions(folder: Path, count: int) -> None:
    """The mission with `count` cubes more, and a scenario that flies them."""
    shutil.copytree(default_mission_db(), folder)
    cubes = [_make_cube(folder, number) for number in range(count)]
    for _, _, customer in _KINDS:
        path = folder / "customers" / f"{customer}.yaml"
        mine = "".join(f", {payload}" for _, payload, owner in cubes if owner == customer)
        path.write_text(re.sub(r"(payloads: \[[^\]]*)", rf"\g<1>{mine}", path.read_text()))
    _make_scenario(folder, cubes)
    options = folder / "yamcs" / "jvm.options"
    heap = f"-Xmx{_HEAP_MB + _HEAP_MB_A_CRAFT * count}m"
    options.write_text(re.sub(r"-Xmx\d+m", heap, options.read_text()))


def _make_cube(folder: Path, number: int) -> tuple[str, str, str]:
    craft, payload, customer = _KINDS[number % len(_KINDS)]
    id, measured, scid = f"site-{number}", f"site-{number}-data", _FIRST_ID + number
    text = (folder / "spacecraft" / f"{craft}.yaml").read_text()
    site = (
        f"latitude_deg: {70.0 * math.sin(2.4 * number):.2f}\n"
        f"  longitude_deg: {(number * _GOLDEN_DEG) % 360.0:.2f}"
    )
    for old, new in (
        (rf"id: {craft}\b", f"id: {id}"),
        (r"space_system: \w+", f"space_system: SITE_{number}"),
        (r"entity_id: \d+", f"entity_id: {scid}"),
        (r"spacecraft_id: \d+", f"spacecraft_id: {scid}"),
        (rf"payload: {payload}", f"payload: {measured}"),
        (r"latitude_deg: [\d.]+\n  longitude_deg: [\d.]+", site),
        # wherever it stands, night or day
        (r"  sleep_load_w", "  radioisotope_w: 6.0\n  sleep_load_w")
        if "radioisotope_w" not in text
        else ("radioisotope_w: .*", "radioisotope_w: 6.0"),
    ):
        text, changed = re.subn(old, new, text)
        assert changed == 1, (craft, old)
    (folder / "spacecraft" / f"{id}.yaml").write_text(text)
    text = (folder / "payloads" / f"{payload}.yaml").read_text()
    for old, new in (
        (rf"id: {payload}\b", f"id: {measured}"),
        (r"\n  number: \d+", f"\n  number: {100 + number}"),
    ):
        text, changed = re.subn(old, new, text)
        assert changed == 1, (payload, old)
    text = re.sub(r"logical_source: \w+", f"logical_source: site_{number}", text)
    (folder / "payloads" / f"{measured}.yaml").write_text(text)
    return id, measured, customer


def _make_scenario(folder: Path, cubes: Sequence[tuple[str, str, str]]) -> None:
    text = (folder / "scenarios" / "surface-network-short.yaml").read_text()
    ids = [id for id, _, _ in cubes]
    customers = sorted({customer for _, _, customer in cubes})
    head, _, rest = text.partition("\ninitial:")
    truth = "truth:" + rest.partition("\ntruth:")[2].partition("\ncriteria:")[0]
    commands = [f'  - {{spacecraft: {id}, command: PING, at: "00:20"}}' for id in ("otv", *ids)]
    head = re.sub(r"id: .*", f"id: {SCENARIO}", head, count=1)
    head = re.sub(r"\nspacecraft: .*", f"\nspacecraft: [otv, {', '.join(ids)}]", head)
    head = re.sub(r"\ncustomers: .*", f"\ncustomers: [{', '.join(customers)}]", head)
    # somewhere on Mars no overflight may come for a sol: what was made before that is to be home
    head = re.sub(r"\ncut_off: .*", f"\ncut_off: {_CUT_OFF}", head)
    criteria = "criteria: {min_passes: 3, min_relay_sessions: 1, min_commands: 1}"
    parts = (head, "commands:", *commands, truth, criteria, "")
    (folder / "scenarios" / f"{SCENARIO}.yaml").write_text("\n".join(parts))
