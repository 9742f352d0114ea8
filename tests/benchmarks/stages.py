"""What single stages cost: coding of frames, and steps of the mission clock over ZeroMQ."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundsys.bus.exchange import Exchange
from groundsys.bus.network import NetworkCarrier
from groundsys.ccsds.cadu import CADU_LENGTH, decode_cadu, encode_cadu
from groundsys.ccsds.reed_solomon import FRAME_LENGTH
from groundsys.rehearsal.flying.processes import ProcessGroup, ProcessSpecification
from tests.benchmarks.metronome import START

_BATCH = 64
_GATHER_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class CodingFigures:
    """Frames a second of one core; `decode_harmed` has eight wrong symbols in every frame."""

    encode_per_s: float
    decode_clean_per_s: float
    decode_one_symbol_per_s: float
    decode_harmed_per_s: float


@dataclass(frozen=True, slots=True)
class ClockFigures:
    """Steps a second in which every host is called and says something to its neighbour."""

    hosts: int
    steps: int
    steps_per_s: float


def measure_coding(at_least_s: float = 1.0) -> CodingFigures:
    """Encode and decode batches of random frames for `at_least_s` each."""
    draws = random.Random(2031)
    frames = [draws.randbytes(FRAME_LENGTH) for _ in range(_BATCH)]
    cadus = encode_cadu(frames)
    one_symbol = [_harmed(cadu, 1, draws) for cadu in cadus]
    eight_symbols = [_harmed(cadu, 8, draws) for cadu in cadus]
    return CodingFigures(
        encode_per_s=_per_second(lambda: encode_cadu(frames), at_least_s),
        decode_clean_per_s=_per_second(lambda: decode_cadu(cadus), at_least_s),
        decode_one_symbol_per_s=_per_second(lambda: decode_cadu(one_symbol), at_least_s),
        decode_harmed_per_s=_per_second(lambda: decode_cadu(eight_symbols), at_least_s),
    )


def measure_clock(hosts: int = 10, steps: int = 2000) -> ClockFigures:
    """Let `hosts` processes keep step with one exchange."""
    names = [f"metronome-{number}" for number in range(hosts)]
    carrier = NetworkCarrier()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="groundsys-bench-") as directory,
            ProcessGroup(Path(directory)) as processes,
        ):
            processes.start([_host(name, names, carrier.endpoint) for name in names])
            carrier.gather(names, timeout_s=_GATHER_TIMEOUT_S, still_alive=processes.check_alive)
            carrier.watch(processes.check_alive)
            exchange = Exchange(carrier, start=START)
            started = time.perf_counter()
            exchange.run_until(START.plus_seconds(steps))
            elapsed = time.perf_counter() - started
            carrier.close()
            processes.wait(10.0)
    finally:
        carrier.close()
    return ClockFigures(hosts, exchange.steps, exchange.steps / elapsed)


def _host(name: str, names: Sequence[str], endpoint: str) -> ProcessSpecification:
    neighbour = names[(names.index(name) + 1) % len(names)]
    arguments = ("-m", "tests.benchmarks.metronome", name, neighbour, endpoint)
    return ProcessSpecification(name, arguments)


def _harmed(cadu: bytes, symbols: int, draws: random.Random) -> bytes:
    octets = bytearray(cadu)
    for place in draws.sample(range(4, CADU_LENGTH), symbols):
        octets[place] ^= draws.randrange(1, 256)
    return bytes(octets)


def _per_second(work: Callable[[], object], at_least_s: float) -> float:
    work()  # tables are made at first use
    started = time.perf_counter()
    batches = 0
    while (elapsed := time.perf_counter() - started) < at_least_s:
        work()
        batches += 1
    return batches * _BATCH / elapsed
