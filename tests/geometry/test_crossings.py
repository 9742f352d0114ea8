"""Crossings of functions whose crossings are known, and of what only resembles them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.geometry.crossings import Samples, brackets, roots
from groundsys.geometry.time_scales import FloatArray

PERIOD_S = 7000.0


def found(
    depth: float, phase: float, offset: float = 0.0, margin: float = 0.0
) -> tuple[bool, FloatArray]:
    """Crossings of a sinusoid that dips `depth` below zero once a period, by its likeness."""

    def wave(times: FloatArray) -> FloatArray:
        return np.asarray(1.0 - depth - np.cos(2.0 * np.pi * times / PERIOD_S + phase))

    times = np.linspace(0.0, 5.0 * PERIOD_S, 118)  # one in 300 s
    samples = Samples(times, wave(times) + offset, np.full(times.size, margin))
    positive, within = brackets(wave, samples)
    return positive, roots(lambda when, _: wave(when), within, 1e-6)


@given(
    depth=st.floats(1e-7, 1.9),
    phase=st.floats(0.5, 5.5),
    offset=st.floats(-0.02, 0.02),
)
def test_every_dip_is_found_however_shallow(depth: float, phase: float, offset: float) -> None:
    """1e-7 of the amplitude: a dip that lasts a second; the likeness may not dip at all."""
    positive, times = found(depth, phase, offset, margin=abs(offset))
    half_s = PERIOD_S / (2.0 * np.pi) * np.arccos(1.0 - depth)
    lowest_s = (np.arange(-1, 7) - phase / (2.0 * np.pi)) * PERIOD_S
    expected = np.sort(np.concatenate([lowest_s - half_s, lowest_s + half_s]))
    # within a step of either end a turning point has no neighbour: none is near, see `phase`
    expected = expected[(expected > 0.0) & (expected < 5.0 * PERIOD_S)]
    assert times.size == expected.size
    np.testing.assert_allclose(np.sort(times), expected, rtol=0.0, atol=1e-3)
    assert positive == (1.0 - depth - np.cos(phase) >= 0.0)


def test_no_dip_no_crossing() -> None:
    assert found(-1e-9, 2.0)[1].size == 0


def test_a_root_beside_a_turning_point_is_reached_from_afar() -> None:
    """A parabola's root a millimetre beside its lowest point, guessed 250 s away."""

    def parabola(times: FloatArray) -> FloatArray:
        return np.asarray((times - 50.0) ** 2 - 1e-6)

    times = np.array([50.0, 350.0, 650.0])
    _, within = brackets(parabola, Samples(times, parabola(times), np.zeros(3)))
    found = roots(lambda when, _: parabola(when), replace(within, guess_s=np.array([300.0])), 1e-6)
    assert found[0] == pytest.approx(50.001, abs=1e-4)
