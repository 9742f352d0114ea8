"""What is known of each sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.products.payload_file import HEADER
from groundsys.products.provenance import Provenance
from groundsys.products.quality import (
    CLOCK_NOMINAL,
    GAP_BEFORE,
    INVALID,
    OUT_OF_RANGE,
    SATURATED,
    TIME_UNCERTAIN,
)
from groundsys.values.clock import ClockSolution
from tests.products.conftest import SCLK_EPOCH, START_SCLK_NS, Observe
from tests.products.payload_files import payload_file

_PAYLOAD = Payload(
    "any",
    "Any",
    "weather",
    (
        Field("level", "uint", 8, "m", minimum=0.0, maximum=200.0),
        Field("slope", "int", 8, "deg", polynomial=(0.0, 0.5)),
        Field("share", "float", 32),
        Field("state", "uint", 8),
    ),
    1.0,
    60.0,
    {"number": 9},
)


def _columns(**raw: list[float]) -> dict[str, np.ndarray]:
    usual = {"level": [9] * 4, "slope": [1] * 4, "share": [0.5] * 4, "state": [255] * 4}
    return {name: np.array(raw.get(name, values)) for name, values in usual.items()}


def test_nominal_samples_have_no_flag_whatever_counters_show(observe: Observe) -> None:
    assert observe(_PAYLOAD, payload_file(_PAYLOAD, _columns())).quality.tolist() == [0] * 4


def test_ends_of_a_field_are_saturated_but_an_unsigned_zero_is_a_measurement(
    observe: Observe,
) -> None:
    columns = _columns(level=[0, 255, 201, 200], slope=[-128, 127, 0, 0])
    quality = observe(_PAYLOAD, payload_file(_PAYLOAD, columns)).quality
    assert quality.tolist() == [SATURATED, SATURATED | OUT_OF_RANGE, OUT_OF_RANGE, 0]


def test_what_is_no_number_is_invalid(observe: Observe) -> None:
    columns = _columns(share=[0.0, np.nan, np.inf, 1.0])
    quality = observe(_PAYLOAD, payload_file(_PAYLOAD, columns)).quality
    assert quality.tolist() == [0, INVALID, INVALID, 0]


def test_the_first_sample_after_a_gap_is_marked(observe: Observe, provenance: Provenance) -> None:
    gap = replace(provenance, missing=((HEADER.size + 7, HEADER.size + 14),))
    observation = observe(_PAYLOAD, payload_file(_PAYLOAD, _columns()), provenance=gap)
    (series,) = observation.series
    assert series.index.tolist() == [0, 2, 3]
    assert series.quality.tolist() == [0, GAP_BEFORE, 0]


def test_a_clock_that_was_never_measured_is_told(observe: Observe, clock: ClockSolution) -> None:
    nominal = ClockSolution.nominal(clock.spacecraft, SCLK_EPOCH)
    data = payload_file(_PAYLOAD, _columns())
    quality = observe(_PAYLOAD, data, clock=nominal).quality
    assert quality.tolist() == [CLOCK_NOMINAL | TIME_UNCERTAIN] * 4  # 10 s, a sample a second


def test_uncertainty_is_the_clock_solutions_and_grows_away_from_it(
    observe: Observe, clock: ClockSolution
) -> None:
    drifting = replace(clock, rate_uncertainty=1e-5, wander=1e-6)
    observation = observe(_PAYLOAD, payload_file(_PAYLOAD, _columns()), clock=drifting)
    expected = [drifting.sigma_s(START_SCLK_NS + k * 1_000_000_000) for k in range(4)]
    np.testing.assert_allclose(observation.sigma_s, expected, rtol=1e-12)
    assert np.all(np.diff(observation.sigma_s) > 0)
