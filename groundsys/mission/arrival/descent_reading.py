"""A craft's descent to a small body, as read from the section `descent` of its file."""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.mission.arrival.descent_model import (
    Descent,
    DescentLimits,
    LandingCandidate,
    SiteLimits,
)
from groundsys.mission.celestial.body_model import Body
from groundsys.mission.parsing.reading import Section
from groundsys.mission.spacecraft.craft_model import Spacecraft

_COMMANDS = ("DESCEND", "GO_BELOW", "BREAK_OFF", "DOCK")
_PACKET = "DESCENT"


def read_descent(section: Section, bodies: Mapping[str, Body]) -> Descent:
    """Speeds and heights, limits of the craft's own, and the sites that may be chosen."""
    small = [id for id, one in bodies.items() if one.body_class == "asteroid"]
    descent = Descent(
        body=section.reference("body", "asteroid", small),
        fast_m_s=section.number("fast_m_s", above=0, maximum=5),
        slow_m_s=section.number("slow_m_s", above=0, maximum=1),
        slow_below_m=section.number("slow_below_m", above=0),
        go_below_m=section.number("go_below_m", above=0),
        commit_m=section.number("commit_m", above=0),
        ascent_m_s=section.number("ascent_m_s", above=0, maximum=5),
        notice_s=section.number("notice_s", minimum=60),
        acceleration_m_s2=section.number("acceleration_m_s2", above=0),
        docking_s=section.number("docking_s", above=0),
        limits=_read_limits(section.section("limits")),
        choice=_read_choice(section.section("choice")),
        sites=tuple(_read_site(one) for one in section.sections("sites")),
    )
    if descent.slow_m_s > descent.fast_m_s:
        section.note("slow_m_s", "the last part of the way is the faster one", "lower slow_m_s")
    if not descent.commit_m < descent.go_below_m <= descent.slow_below_m:
        section.note(
            "go_below_m", "commit_m, go_below_m and slow_below_m do not rise in this order",
            "let commit_m be the least, and slow_below_m the most",
        )  # fmt: skip
    if not descent.sites:
        section.note("sites", "there is no site to go to", "add one")
    numbers = [one.number for one in descent.sites]
    if len(set(numbers)) < len(numbers):
        section.note("sites", "two sites have one number", "number each its own")
    section.finish()
    return descent


def check_descending(section: Section, craft: Spacecraft) -> None:
    """Note what a craft that goes down lacks."""
    if craft.release is None:
        section.note("descent", f"nobody lets {craft.id} go", "give it a release")
    commands = [one.name for one in craft.model.commands]
    packets = [one.name for one in craft.model.packets]
    if not commands and not packets:  # told already
        return
    missing = [f"command {one}" for one in _COMMANDS if one not in commands]
    missing += [f"packet {one}" for one in (_PACKET,) if one not in packets]
    for one in missing:
        section.note("model", f"{one} is missing", "extend a model that has it, or leave descent")


def _read_limits(section: Section) -> DescentLimits:
    limits = DescentLimits(
        corridor_m=section.number("corridor_m", above=0),
        corridor_share=section.number("corridor_share", minimum=0, maximum=1),
        altitude_m=section.number("altitude_m", above=0),
        blind_s=section.number("blind_s", above=0),
    )
    section.finish()
    return limits


def _read_choice(section: Section) -> SiteLimits:
    limits = SiteLimits(
        steepest_deg=section.number("steepest_deg", above=0, maximum=90),
        largest_boulder_m=section.number("largest_boulder_m", above=0),
        lean_deg=section.number("lean_deg", above=0, maximum=90),
        sun_deg=section.number("sun_deg", above=0, maximum=90),
        earth_deg=section.number("earth_deg", above=0, maximum=90),
    )
    section.finish()
    return limits


def _read_site(section: Section) -> LandingCandidate:
    site = LandingCandidate(
        number=section.integer("number", minimum=1, maximum=255),
        name=section.text("name"),
        latitude_deg=section.number("latitude_deg", minimum=-90, maximum=90),
        longitude_deg=section.number("longitude_deg", minimum=-180, maximum=360),
        slope_deg=section.number("slope_deg", minimum=0, maximum=90),
        boulder_m=section.number("boulder_m", minimum=0),
    )
    section.finish()
    return site
