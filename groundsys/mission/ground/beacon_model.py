"""What a craft says by tones alone while nobody tracks it, and who listens.

Deep Space 1's messages: D. DeCoste, S. Finley, H. Hotz, G. Lanyi, A. Schlutsmeyer, R. Sherwood,
M. Sue, J. Szijjarto and E. Wyatt, *Beacon Monitor Operations Experiment*, DS1 Technology Validation
Report, JPL 2000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundsys.values.instants import Instant

#: from mild to grave: nothing to say; something to fetch when convenient; the ground must act
#: within a time; an emergency
Meaning = Literal["nominal", "interesting", "important", "urgent"]
MEANINGS: tuple[Meaning, ...] = ("nominal", "interesting", "important", "urgent")


@dataclass(frozen=True, slots=True)
class BeaconTone:
    """A pair of subcarriers at ± `offset_hz` from the carrier, and what it says."""

    name: str
    offset_hz: float
    means: Meaning
    #: it wants a pass to begin so long after it was heard; None: it can wait
    pass_within_s: float | None = None


@dataclass(frozen=True, slots=True)
class Beacon:
    """The tones of a craft, one for each meaning.

    `loss_db`: what the pair of subcarriers has less than the whole signal; a sine of phase index m
    leaves 2 J₁²(m) of it.
    """

    tones: tuple[BeaconTone, ...]
    loss_db: float

    def meaning(self, means: Meaning) -> BeaconTone:
        """The tone that says so."""
        return next(one for one in self.tones if one.means == means)

    def named(self, name: str) -> BeaconTone:
        return next(one for one in self.tones if one.name == name)


@dataclass(frozen=True, slots=True)
class ToneDetector:
    """How an antenna listens for tones: see `groundsys.geometry.tone_detection`."""

    #: of one Fourier transform
    segment_s: float = 1.0
    #: the carrier may be so far from where it is foreseen
    half_width_hz: float = 50.0
    #: chance that noise alone is taken for a tone, in one listening
    false_alarm: float = 1e-4


@dataclass(frozen=True, slots=True)
class BeaconWatch:
    """An antenna listens for a craft's tone, once in each `every_s`, for `duration_s`.

    A tone that wants a pass gets one of `answer_s`, or at least `answer_minimum_s`, by one of the
    antennas `among`.
    """

    spacecraft: str
    antenna: str
    first: Instant
    every_s: float
    duration_s: float
    answer_s: float
    answer_minimum_s: float
    among: tuple[str, ...]
