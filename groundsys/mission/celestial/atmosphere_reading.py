"""A body's air, as read from the section `atmosphere` of its definition."""

from __future__ import annotations

from groundsys.mission.celestial.body_model import AtmosphereProfile, PlasmaSheath
from groundsys.mission.parsing.reading import Section


def read_atmosphere(section: Section) -> AtmosphereProfile:
    """One profile; altitudes must rise and lie where the profile does."""
    lowest_km = section.number("lowest_km", 0.0, minimum=-20, maximum=0)
    highest_km = section.number("highest_km", above=0, maximum=1000)
    temperatures = section.pairs("temperature_k")
    altitudes = [altitude for altitude, _ in temperatures]
    if not section.absent and (not temperatures or altitudes != sorted(set(altitudes))):
        section.note(
            "temperature_k", "the altitudes do not rise", "write [[km, K], …] from low to high"
        )
    if any(kelvin <= 0 for _, kelvin in temperatures):
        section.note("temperature_k", "a temperature is not above zero", "write kelvins")
    profile = AtmosphereProfile(
        lowest_km=lowest_km,
        highest_km=highest_km,
        temperature_k=tuple(temperatures) or ((0.0, 1.0),),
        pressure_pa=section.number("pressure_pa", above=0),
        gas_constant_j_kg_k=section.number("gas_constant_j_kg_k", above=0),
        ratio_of_specific_heats=section.number("ratio_of_specific_heats", above=1, maximum=2),
        gravity_m_s2=section.number("gravity_m_s2", above=0),
        gravity_radius_km=section.number("gravity_radius_km", above=0),
        sutton_graves=section.number("sutton_graves", above=0, maximum=1e-2),
        plasma=_read_plasma(section.section("plasma")) if "plasma" in section else None,
    )
    section.finish()
    return profile


def _read_plasma(section: Section) -> PlasmaSheath:
    sheath = PlasmaSheath(
        electrons_per_m3=section.number("electrons_per_m3", above=0),
        speed_m_s=section.number("speed_m_s", above=0),
    )
    section.finish()
    return sheath
