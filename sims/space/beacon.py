"""Tones on their way: what a detector's Fourier transforms hold at the end of a listening.

Energies of cells are drawn as their sums are distributed (`groundsys.geometry.tone_detection`),
rather than made from samples: a test makes samples and finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from groundsys.geometry.tone_detection import (
    COMPONENTS,
    cells_of,
    noncentrality,
    segments_in,
)
from sims.draws import generator, uniform
from sims.space.air import Air
from sims.space.histories import History

#: a tone that changes while somebody listens is heard by so many parts
_PARTS = 8


class BeaconTones:
    """What every craft with a beacon sends, and what antennas hear of it."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._tones: dict[str, History[str | None]] = {
            id: History(None)
            for id in air.speakers
            if air.mission.spacecraft[id].beacon is not None
        }

    def send(self, craft_id: str, tone: str | None, ns: int) -> None:
        """A craft's tone changes (message kind `x_tone`)."""
        self._tones[craft_id].set(ns, tone)

    def listen(self, antenna_id: str, body: Mapping[str, Any]) -> None:
        """An antenna begins to listen (message kind `listen`)."""
        self._air.agenda.at(body["end_ns"], lambda ns: self._tell(antenna_id, body, ns))

    def _tell(self, antenna_id: str, body: Mapping[str, Any], ns: int) -> None:
        air, craft_id, start_ns = self._air, body["spacecraft"], int(body["start_ns"])
        beacon = air.mission.spacecraft[craft_id].beacon
        detector = air.mission.antennas[antenna_id].tone_detector
        assert beacon is not None
        assert detector is not None
        segments, cells = segments_in(detector, (ns - start_ns) / 1e9), cells_of(detector)
        draws = generator(air.seed, "beacon", antenna_id, craft_id, start_ns)
        # where the carrier is, in cells from the first: within the middle half of what is searched
        place = (cells - 1) * (0.25 + 0.5 * uniform(air.seed, "carrier", craft_id, start_ns))
        expected = {tone.name: np.zeros(cells) for tone in beacon.tones}
        heard: dict[str | None, int] = {}
        for part in range(_PARTS):
            at_ns = start_ns + (2 * part + 1) * (ns - start_ns) // (2 * _PARTS)
            tone, strength = self._arriving(antenna_id, craft_id, at_ns)
            heard[tone] = heard.get(tone, 0) + 1
            if tone is not None:
                offs = np.arange(cells) - place
                expected[tone] += [
                    noncentrality(detector, segments, strength - beacon.loss_db, off) / _PARTS
                    for off in offs.tolist()
                ]
        freedom = COMPONENTS * segments
        energies = {
            name: draws.noncentral_chisquare(freedom, expected[name]).tolist()
            for name in sorted(expected)
        }
        air.record.note(
            "listening", spacecraft=craft_id, antenna=antenna_id, start_ns=start_ns, end_ns=ns,
            tones=sorted(tone for tone in heard if tone is not None), silent=heard.get(None, 0),
        )  # fmt: skip
        if air.faults.mistakes_tones(antenna_id, ns):
            following = [*sorted(energies)[1:], *sorted(energies)[:1]]
            energies = dict(zip(following, energies.values(), strict=True))
        told = {"spacecraft": craft_id, "start_ns": start_ns, "segments": segments}
        air.say(f"antenna:{antenna_id}", "x_tones", ns, {**told, "energies": energies})

    def _arriving(self, antenna_id: str, craft_id: str, ns: int) -> tuple[str | None, float]:
        """Which tone arrives, and C/N0 of the whole signal in dBHz."""
        air = self._air
        path = air.path(antenna_id, craft_id)
        left_ns = path.emission_ns(ns)
        tone = self._tones[craft_id].at(left_ns) if air.carriers[craft_id].at(left_ns) else None
        there = air.pointing[antenna_id].at(ns) == craft_id and air.hears(antenna_id, ns)
        if tone is None or not there or not path.downlink_view.at(ns):
            return None, 0.0
        air.look_along_beam(antenna_id, craft_id, ns)
        return tone, air.downlink_c_n0_dbhz(antenna_id, craft_id, ns - left_ns, ns)
