"""Frames a second from antenna to archive, beside what Yamcs takes from a bare sender.

Both ways bring frames of the same kind to the same server, one after the other, several times:
so whatever else the machine does meets both.  Either round counts every frame that Yamcs takes,
the relay's and those of the cube that the hub lifts out of them, and ends when Yamcs' own link
counters say that all of them are in its archive; at the end the archive's packets are counted.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from groundsys.backend import Yamcs, YamcsServer
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from tests.benchmarks.bare_sender import BareSender
from tests.benchmarks.chain import Chain, on_the_air
from tests.benchmarks.traffic import CUBE, RELAY, Traffic, TrafficMaker


@dataclass(frozen=True, slots=True)
class ArchiveFigures:
    """Frames a second, one figure a round; `ratio` is that of the medians.

    `chain_cpu_us`: what antenna and hub work on a frame that Yamcs takes, in a median round; it
    depends less on what else the machine does.
    `blast_loss` is the share of frames that a sender loses who does not look at the counter.
    """

    frames_a_round: int
    relay_frames_a_round: int
    chain_per_s: list[float]
    bare_per_s: list[float]
    chain_median: float
    bare_median: float
    ratio: float
    ratios_by_round: list[float]
    chain_cpu_us: float
    corrected_frames: int
    blast_frames: int
    blast_loss: float
    blast_per_s: float
    packets_sent: int
    packets_archived: int


def measure(mission: Mission, scenario: Scenario, relay_frames: int, rounds: int) -> ArchiveFigures:
    """Start a server of its own, alternate chain and bare sender, and stop the server."""
    with (
        tempfile.TemporaryDirectory(prefix="groundsys-bench-") as directory,
        YamcsServer.start(Path(directory), mission, scenario) as server,
        contextlib.closing(server.connect()) as yamcs,
    ):
        yamcs.set_time(scenario.span.start, 0.0)
        return _alternate(mission, scenario, server, yamcs, Path(directory), relay_frames, rounds)


def _alternate(
    mission: Mission,
    scenario: Scenario,
    server: YamcsServer,
    yamcs: Yamcs,
    directory: Path,
    relay_frames: int,
    rounds: int,
) -> ArchiveFigures:
    relay, cube = mission.spacecraft[RELAY], mission.spacecraft[CUBE]
    counts: dict[str, Callable[[], int]] = {
        RELAY: lambda: yamcs.tm_frames_in(relay),
        CUBE: lambda: yamcs.tm_frames_in(cube),
    }
    links = dict(server.links)
    maker = TrafficMaker(mission, scenario)
    made: list[Traffic] = []

    def traffic() -> Traffic:
        made.append(maker.make(relay_frames))
        return made[-1]

    chain_per_s: list[float] = []
    bare_per_s: list[float] = []
    chain_cpu_us: list[float] = []
    corrected = 0
    with contextlib.closing(BareSender(links, counts)) as sender:
        for number in range(-1, rounds):  # one round to warm up
            stretch = traffic()
            cadus = on_the_air(stretch.relay_frames, seed=number)
            before = sum(count() for count in counts.values())
            # a hub takes the links' counters for its own: one a round
            journal, keys = directory / f"hub-{number}", directory / "keys"
            with contextlib.closing(Chain(mission, scenario, yamcs, links, journal, keys)) as chain:
                started, worked = time.perf_counter(), time.process_time()
                chain.carry(cadus)
                elapsed = time.perf_counter() - started
                chain_cpu_us.append((time.process_time() - worked) / stretch.frames * 1e6)
            gained = sum(count() for count in counts.values()) - before
            if gained < stretch.frames or not chain.listener.archived:
                raise SystemExit(f"the chain brought {gained} of {stretch.frames} frames")
            corrected += chain.listener.corrected
            chain_per_s.append(stretch.frames / elapsed)

            stretch = traffic()
            started = time.perf_counter()
            sender.send({RELAY: stretch.relay_frames, CUBE: stretch.cube_frames})
            bare_per_s.append(stretch.frames / (time.perf_counter() - started))
        packets_archived = yamcs.count_packets(relay) + yamcs.count_packets(cube)
        packets_sent = sum(one.relay_packets + one.cube_packets for one in made)
        blasted = maker.make(relay_frames).relay_frames
        arrived, blast_s = sender.blast(RELAY, blasted)
    chain_per_s, bare_per_s = chain_per_s[1:], bare_per_s[1:]
    chain_median, bare_median = statistics.median(chain_per_s), statistics.median(bare_per_s)
    return ArchiveFigures(
        frames_a_round=made[0].frames,
        relay_frames_a_round=len(made[0].relay_frames),
        chain_per_s=chain_per_s,
        bare_per_s=bare_per_s,
        chain_median=chain_median,
        bare_median=bare_median,
        ratio=chain_median / bare_median,
        ratios_by_round=[a / b for a, b in zip(chain_per_s, bare_per_s, strict=True)],
        chain_cpu_us=statistics.median(chain_cpu_us[1:]),
        corrected_frames=corrected,
        blast_frames=len(blasted),
        blast_loss=1 - arrived / len(blasted),
        blast_per_s=arrived / blast_s,
        packets_sent=packets_sent,
        packets_archived=packets_archived,
    )
