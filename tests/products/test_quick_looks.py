"""Quick-looks: one page a file, reproducible, with what must be seen on it."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Payload
from groundsys.products.formats import WRITERS
from groundsys.products.made import Made
from groundsys.products.payload_file import HEADER
from groundsys.products.provenance import Provenance
from groundsys.products.quick_look_page import GAP_COLOUR
from groundsys.products.quick_look_series import spectrogram_db
from groundsys.values.instants import Instant
from tests.products.conftest import SCLK_EPOCH, Observe
from tests.products.mission_files import CRAFT_OF, file_of
from tests.products.payload_files import payload_file, weather_columns

_MISSION = load_mission()
_SATURATED, _NOMINAL = (0xC6, 0x28, 0x28), (0x4C, 0x95, 0x6C)


def _page(made: Made) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(made.octets)).convert("RGB"))


def _count(page: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((page == np.array(colour, np.uint8)).all(axis=2).sum())


@pytest.mark.parametrize("name", sorted(CRAFT_OF))
def test_a_page_is_the_same_bytes_whichever_thread_draws_it(name: str, observe: Observe) -> None:
    payload, craft = _MISSION.payloads[name], _MISSION.spacecraft[CRAFT_OF[name]]
    observation = observe(payload, file_of(payload, craft), spacecraft=craft)
    draw = WRITERS[payload.kind]["quick-look"]
    (made,) = draw(observation)
    assert made.name.endswith(".ql.png")
    assert made.level == "QL"
    with ThreadPoolExecutor(1) as other:
        (again,) = other.submit(draw, observation).result()
    assert again.octets == made.octets


def test_gaps_and_saturated_samples_are_seen(
    observe: Observe, weather: Payload, provenance: Provenance
) -> None:
    columns = weather_columns(720)
    columns["air_temperature"] = np.clip(columns["air_temperature"], -30000, 30000)
    columns["pressure"] = np.clip(columns["pressure"], 0, (1 << 24) - 2)
    draw = WRITERS["weather"]["quick-look"]
    page = _page(draw(observe(weather, payload_file(weather, columns)))[0])
    grey = tuple(int(GAP_COLOUR[at : at + 2], 16) for at in (1, 3, 5))
    assert _count(page, _NOMINAL) > 5_000
    assert _count(page, _SATURATED) == 0
    assert _count(page, grey) < 200  # of letters' edges
    columns["air_temperature"][500] = (1 << 15) - 1  # one sample of 720 must not be lost
    gap = replace(provenance, missing=((HEADER.size + 11 * 100, HEADER.size + 11 * 200),))
    data = payload_file(weather, columns)
    page = _page(draw(observe(weather, data, provenance=gap))[0])
    assert _count(page, _SATURATED) > 20
    assert _count(page, grey) > 1_000


def test_a_file_over_midnight_has_a_page_a_day(observe: Observe, weather: Payload) -> None:
    before = Instant.from_utc_iso("2031-08-20T23:30:00Z")
    start = before.tai_ns - SCLK_EPOCH.tai_ns
    over = observe(weather, payload_file(weather, weather_columns(720), start_sclk_ns=start))
    pages = WRITERS["weather"]["quick-look"](over)
    assert len({made.name for made in pages}) == 2


def test_a_spectrogram_has_the_power_of_what_it_shows() -> None:
    rate_hz, amplitude = 10.0, 3e-7
    seconds = np.arange(18_000) / rate_hz
    tone = amplitude * np.sin(2 * np.pi * 1.25 * seconds)
    decibels = spectrogram_db(tone, rate_hz)
    frequencies = np.linspace(0, rate_hz / 2, len(decibels))
    assert frequencies[decibels.mean(axis=1).argmax()] == 1.25
    power = (10 ** (decibels / 10)).sum(axis=0) * (frequencies[1] - frequencies[0])
    np.testing.assert_allclose(power, amplitude**2 / 2, rtol=0.01)  # Parseval
