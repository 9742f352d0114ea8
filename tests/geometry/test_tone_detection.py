"""Tones in noise: the formula for how often they are heard, against receivers made of samples."""

import numpy as np
import pytest

from groundsys.geometry.tone_detection import (
    COMPONENTS,
    cells_of,
    detection_probability,
    hear_tone,
    segments_in,
    threshold_of,
)
from groundsys.mission.ground.beacon_model import ToneDetector

DETECTOR = ToneDetector(segment_s=1.0, half_width_hz=8.0, false_alarm=0.01)
#: subcarriers far enough apart that their cells do not meet, low enough for few samples
TONES_HZ = {"GREEN": 40.0, "YELLOW": 70.0, "ORANGE": 100.0, "RED": 130.0}
RATE_HZ = 512
SEGMENTS = 40


def energies(source: np.random.Generator, p_n0_dbhz: float | None, tone: str, off: float):
    """What Fourier transforms of a sampled signal hold: complex samples of unit noise density."""
    times = np.arange(SEGMENTS * RATE_HZ) / RATE_HZ
    noise = source.normal(size=(2, times.size)) * np.sqrt(RATE_HZ / 2.0)
    signal = noise[0] + 1j * noise[1]
    if p_n0_dbhz is not None:
        amplitude = np.sqrt(10.0 ** (p_n0_dbhz / 10.0) / 2.0)  # of each subcarrier of the pair
        for side in (1.0, -1.0):
            phase = source.uniform(0.0, 2.0 * np.pi)
            hz = side * TONES_HZ[tone] + off
            signal = signal + amplitude * np.exp(1j * (2.0 * np.pi * hz * times + phase))
    spectra = np.fft.fft(signal.reshape(SEGMENTS, RATE_HZ), axis=1)
    # noise of variance RATE_HZ a sample gives RATE_HZ² a bin; a real component has half of it
    power = (np.abs(spectra) ** 2).sum(axis=0) * 2.0 / RATE_HZ**2
    reach = cells_of(DETECTOR) // 2
    return {
        name: [
            float(power[int(hz) + cell] + power[-int(hz) + cell])
            for cell in range(-reach, reach + 1)
        ]
        for name, hz in TONES_HZ.items()
    }


@pytest.mark.parametrize(("p_n0_dbhz", "off"), [(-2.0, 0.0), (-0.5, 0.0), (0.0, 0.3), (1.5, 0.45)])
def test_tones_are_heard_as_often_as_foretold(p_n0_dbhz: float, off: float) -> None:
    source, tries = np.random.default_rng(20), 250
    found = [
        hear_tone(DETECTOR, SEGMENTS, energies(source, p_n0_dbhz, "ORANGE", off))
        for _ in range(tries)
    ]
    foretold = detection_probability(DETECTOR, SEGMENTS, 4, p_n0_dbhz, off)
    heard = sum(one.tone == "ORANGE" for one in found) / tries
    spread = max(0.01, np.sqrt(foretold * (1.0 - foretold) / tries))
    # beside the cell in the middle its neighbours help a little, once the tone lies between two
    assert -4.0 * spread < heard - foretold < 4.0 * spread + (0.25 if off else 0.0)


def test_noise_is_rarely_taken_for_a_tone() -> None:
    source, tries = np.random.default_rng(21), 400
    alarms = sum(
        hear_tone(DETECTOR, SEGMENTS, energies(source, None, "RED", 0.0)).tone is not None
        for _ in range(tries)
    )
    assert alarms <= 12  # 4 are expected at most; more than 12 have a chance of 3e-4


def test_the_strength_of_a_tone_is_told() -> None:
    source = np.random.default_rng(22)
    found = [
        hear_tone(DETECTOR, SEGMENTS, energies(source, 6.0, "RED", 0.0)).p_n0_dbhz
        for _ in range(20)
    ]
    assert np.mean([one for one in found if one is not None]) == pytest.approx(6.0, abs=0.2)


def test_ten_minutes_hear_what_no_loop_could_lock_on_to() -> None:
    usual = ToneDetector()
    segments = segments_in(usual, 600.0)
    assert segments == 600
    assert detection_probability(usual, segments, 4, -2.0) > 0.999
    assert detection_probability(usual, segments, 4, -8.0) < 0.02
    # longer listening hears less, by 1.5 dB for each doubling in the long run
    assert detection_probability(usual, 2 * segments, 4, -3.7) > detection_probability(
        usual, segments, 4, -3.0
    )
    assert threshold_of(usual, segments, 4) > COMPONENTS * segments
