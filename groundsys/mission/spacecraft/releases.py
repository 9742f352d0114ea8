"""Cubes that their relay carries: how one leaves, and when a scenario foresees that.

A craft's file says how it leaves (`release`), as long as it is a matter of springs; a scenario says
which cubes are still held (`attached`) and when each is foreseen to go (`releases`).  One that has
gone before the scenario's start is already on its way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import Release
from groundsys.values.instants import Instant, Interval


def read_release(section: Section) -> Release:
    """The section `release` of a craft."""
    direction = section.numbers("direction")
    size = math.hypot(*direction)
    if len(direction) != 3 or size == 0.0:
        if direction:
            section.note("direction", "direction is no vector", "write radial, along and across")
        direction, size = (0.0, 1.0, 0.0), 1.0
    radial, along, across = (part / size for part in direction)
    release = Release(
        speed_m_s=section.number("speed_m_s", above=0, maximum=5),
        direction=(radial, along, across),
        silent_s=section.number("silent_s", 0.0, minimum=0, maximum=86_400),
    )
    section.finish()
    return release


def read_attached(section: Section, flown: Mapping[str, Spacecraft]) -> tuple[str, ...]:
    """Cubes that are still on their mothership when the scenario begins."""
    cubes = [id for id, craft in flown.items() if craft.relay is not None]
    attached = section.references(
        "attached", "relayed spacecraft of the scenario", cubes, optional=True
    )
    for id in attached:
        if id in flown and flown[id].release is None:
            section.note(
                "attached", f"{id} is held by nothing", "give it a release, or leave it out"
            )
    return attached


def read_releases(
    section: Section, span: Interval, flown: Mapping[str, Spacecraft], attached: tuple[str, ...]
) -> dict[str, Spacecraft]:
    """By cube: its definition with the time at which the ground foresees its release."""
    moments = section.optional_section("releases")
    cubes = {id: craft for id, craft in flown.items() if craft.release is not None}
    found = {}
    for id in moments.names:
        note_unknown(section.findings, moments.place(id), "cube with a release", id, cubes)
        at = moments.instant(id)
        if id not in cubes:
            continue
        problem = _misplaced(at, span, held=id in attached)
        if problem:
            moments.note(id, f"{id} {problem}", "move it, or correct attached")
        release = cubes[id].release
        assert release is not None
        found[id] = replace(cubes[id], release=replace(release, at=at))
    for id in cubes:
        if id not in attached and id not in found:
            section.note(
                "spacecraft", f"{id} is nowhere: neither attached nor released",
                "add it to attached, or to releases with a time before the start",
            )  # fmt: skip
    return found


def _misplaced(at: Instant, span: Interval, *, held: bool) -> str:
    if not at.tai_ns or not span.seconds:  # told already
        return ""
    if held and not span.start < at <= span.end:
        return "is attached, and its release is outside the scenario"
    if not held and at > span.start:
        return "is released in the scenario, and not attached before"
    return ""
