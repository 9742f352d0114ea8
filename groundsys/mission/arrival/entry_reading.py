"""A capsule's entry, as read from the section `entry` of its craft."""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.mission.arrival.entry_model import (
    Aeroshell,
    Entry,
    EntryDispersions,
    EntryLimits,
    EntryState,
)
from groundsys.mission.celestial.body_model import Body
from groundsys.mission.parsing.reading import Section


def read_entry(section: Section, body: str, bodies: Mapping[str, Body]) -> Entry:
    """Interface, aeroshell, limits, and how well all of it is known; `body` is that of its site."""
    if body in bodies and bodies[body].atmosphere is None:
        section.note("interface", f"nothing is said of the air of {body}", "state it in its file")
    entry = Entry(
        interface=_read_interface(section.section("interface")),
        aeroshell=read_aeroshell(section.section("aeroshell")),
        limits=read_limits(section.section("limits")),
        dispersions=read_dispersions(section.optional_section("dispersions")),
        body=body,
    )
    section.finish()
    return entry


def _read_interface(section: Section) -> EntryState:
    state = EntryState(
        time=section.instant("time"),
        altitude_km=section.number("altitude_km", 125.0, minimum=100, maximum=125),
        latitude_deg=section.number("latitude_deg", minimum=-90, maximum=90),
        longitude_deg=section.number("longitude_deg", minimum=-180, maximum=360),
        speed_m_s=section.number("speed_m_s", minimum=2000, maximum=9000),
        flight_path_deg=section.number("flight_path_deg", minimum=-90, maximum=-1),
        azimuth_deg=section.number("azimuth_deg", minimum=0, maximum=360),
    )
    section.finish()
    return state


def read_aeroshell(section: Section) -> Aeroshell:
    drag = section.pairs("drag_coefficients")
    machs = [mach for mach, _ in drag]
    if not drag or machs != sorted(set(machs)):
        section.note(
            "drag_coefficients",
            "the Mach numbers do not rise",
            "write [[Mach, C_D], …] from slow to fast",
        )
    if any(coefficient <= 0 for _, coefficient in drag):
        section.note("drag_coefficients", "a drag coefficient is not above zero")
    shell = Aeroshell(
        mass_kg=section.number("mass_kg", above=0),
        diameter_m=section.number("diameter_m", above=0),
        nose_radius_m=section.number("nose_radius_m", above=0),
        emissivity=section.number("emissivity", above=0, maximum=1),
        mach=tuple(machs) or (0.0,),
        drag_coefficients=tuple(coefficient for _, coefficient in drag) or (1.0,),
        second_diameter_m=section.number("second_diameter_m", above=0),
        second_drag_coefficient=section.number("second_drag_coefficient", above=0),
        opens_below_mach=section.number("opens_below_mach", above=0),
        opening_s=section.number("opening_s", above=0),
    )
    section.finish()
    return shell


def read_limits(section: Section) -> EntryLimits:
    limits = EntryLimits(
        heat_flux_w_m2=section.number("heat_flux_w_m2", above=0),
        deceleration_m_s2=section.number("deceleration_m_s2", above=0),
        impact_m_s=section.number("impact_m_s", above=0),
    )
    section.finish()
    return limits


def read_dispersions(section: Section) -> EntryDispersions:
    dispersions = EntryDispersions(
        time_s=section.number("time_s", 0.0, minimum=0),
        speed_m_s=section.number("speed_m_s", 0.0, minimum=0),
        flight_path_deg=section.number("flight_path_deg", 0.0, minimum=0),
        azimuth_deg=section.number("azimuth_deg", 0.0, minimum=0),
        density=section.number("density", 0.0, minimum=0),
        drag=section.number("drag", 0.0, minimum=0),
        wind_m_s=section.number("wind_m_s", 0.0, minimum=0),
        second_stage_fails=section.number("second_stage_fails", 0.0, minimum=0, maximum=1),
    )
    section.finish()
    return dispersions
