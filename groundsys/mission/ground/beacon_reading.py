"""Tones, detectors and watches, as read from craft, stations and scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.ground.beacon_model import (
    MEANINGS,
    Beacon,
    BeaconTone,
    BeaconWatch,
    Meaning,
    ToneDetector,
)
from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.procedure_runs import read_at
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Interval


def read_beacon(section: Section) -> Beacon:
    """A craft's tones: one for each meaning, no two alike."""
    tones = tuple(_read_tone(one) for one in section.sections("tones"))
    for what in ("name", "offset_hz", "means"):
        found = [getattr(one, what) for one in tones]
        if len(set(found)) < len(found):
            section.note("tones", f"two tones have one {what}", "let each differ")
    if lacking := [one for one in MEANINGS if one not in {tone.means for tone in tones}]:
        section.note("tones", f"no tone says {', '.join(lacking)}", "add it")
    beacon = Beacon(tones, section.number("loss_db", minimum=0, maximum=20))
    section.finish()
    return beacon


def _read_tone(section: Section) -> BeaconTone:
    within = "pass_within_h" in section
    tone = BeaconTone(
        name=section.text("name"),
        offset_hz=section.number("offset_hz", above=0, maximum=1e6),
        means=cast(Meaning, section.choice("means", MEANINGS)),
        pass_within_s=3600.0 * section.number("pass_within_h", above=0) if within else None,
    )
    section.finish()
    return tone


def read_tone_detector(section: Section) -> ToneDetector:
    usual = ToneDetector()
    detector = ToneDetector(
        segment_s=section.number("segment_s", usual.segment_s, above=0, maximum=100),
        half_width_hz=section.number("half_width_hz", usual.half_width_hz, above=0, maximum=1000),
        false_alarm=section.number("false_alarm", usual.false_alarm, above=0, maximum=0.1),
    )
    section.finish()
    return detector


def read_beacon_watches(
    section: Section,
    span: Interval,
    spacecraft: Mapping[str, Spacecraft],
    antennas: Mapping[str, Antenna],
) -> tuple[BeaconWatch, ...]:
    """Who listens in a scenario: an antenna that can, for a craft that has tones."""
    speaking = [id for id, one in spacecraft.items() if one.beacon is not None]
    hearing = [id for id, one in antennas.items() if one.tone_detector is not None]
    found = []
    for entry in section.sections("beacon_watches", optional=True):
        answer = entry.section("answer")
        duration_s = 60.0 * answer.number("duration_min", above=0)
        watch = BeaconWatch(
            spacecraft=entry.reference("spacecraft", "spacecraft with a beacon", speaking),
            antenna=entry.reference("antenna", "antenna with a tone detector", hearing),
            first=read_at(entry, span),
            every_s=3600.0 * entry.number("every_h", above=0),
            duration_s=60.0 * entry.number("duration_min", above=0),
            answer_s=duration_s,
            answer_minimum_s=60.0 * answer.number("minimum_min", duration_s / 60.0, above=0),
            among=answer.references("among", "antenna", antennas, optional=True),
        )
        if watch.every_s <= watch.duration_s:
            entry.note("every_h", "it comes again before it is over", "listen less, or less often")
        answer.finish()
        entry.finish()
        found.append(watch)
    return tuple(found)
