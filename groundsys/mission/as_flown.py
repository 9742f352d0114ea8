"""What a scenario says of a craft that differs from its definition: another orbit, another mass.

A definition tells how a craft flies once its mission is under way.  A scenario of another phase
states under `craft` what is different then: `orbit`, `navigation` and `guests` as a whole, numbers
of `platform` and `radios` by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

from groundsys.mission.celestial.body_model import Body
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft import check_guests, read_guests
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.link_model import Radio
from groundsys.mission.spacecraft.place_reading import read_navigation, read_orbit

_RADIO_NUMBERS = (
    "transmit_power_w", "antenna_gain_dbi", "system_noise_k", "losses_db", "required_eb_n0_db",
    "oscillator_ppm",
)  # fmt: skip


def read_as_flown(
    section: Section,
    flown: Mapping[str, Spacecraft],
    payloads: Collection[str],
    bodies: Mapping[str, Body],
) -> dict[str, Spacecraft]:
    """By craft that the section names: its definition with what differs.

    `payloads` are those of customers, of which guests may be.
    """
    changed = {}
    for name in section.names:
        note_unknown(section.findings, section.place(name), "spacecraft", name, flown)
        inner = section.section(name)
        if name in flown:
            changed[name] = _changed(inner, flown[name], payloads, bodies)
            inner.finish()
    return changed


def as_flown(mission: Mission, scenario: Scenario) -> Mission:
    """The mission with its craft as they are in this scenario."""
    return replace(mission, spacecraft={**mission.spacecraft, **scenario.craft})


def stated(craft: Spacecraft) -> dict[str, Any]:
    """What a scenario states to have the craft fly so, as plain values."""
    orbit = None if craft.orbit is None else asdict(craft.orbit)
    if orbit is not None and craft.orbit is not None:
        orbit["epoch"] = craft.orbit.epoch.utc_iso(9)
        del orbit["frame"]
    radios = {
        name: {**{key: getattr(radio, key) for key in _RADIO_NUMBERS},
               "rates_bps": list(radio.rates_bps)}
        for name, radio in craft.radios.items()
    }  # fmt: skip
    return {
        **({"orbit": orbit} if orbit is not None else {}),
        "navigation": asdict(craft.navigation),
        "platform": dict(craft.platform),
        "radios": radios,
        **({"guests": list(craft.guests)} if craft.guests else {}),
    }


def _changed(
    section: Section, craft: Spacecraft, payloads: Collection[str], bodies: Mapping[str, Body]
) -> Spacecraft:
    if "guests" in section:
        craft = replace(craft, guests=read_guests(section, payloads))
        check_guests(section, craft)
    if "orbit" in section:
        orbit = read_orbit(section.section("orbit"), bodies)
        if craft.site is not None:
            section.note("orbit", f"{craft.id} stands on {craft.site.body}", "leave it there")
        craft = replace(craft, orbit=orbit, trajectory=None)
    if "navigation" in section:
        craft = replace(craft, navigation=read_navigation(section.section("navigation")))
    platform = section.optional_section("platform")
    for name in platform.names:
        note_unknown(section.findings, platform.place(name), "number", name, craft.platform)
    numbers = {name: platform.number(name) for name in platform.names}
    radios = section.optional_section("radios")
    for name in radios.names:
        note_unknown(section.findings, radios.place(name), "radio", name, craft.radios)
    tuned = {
        name: _tuned(radios.section(name), craft.radios[name])
        for name in radios.names
        if name in craft.radios
    }
    return replace(craft, platform={**craft.platform, **numbers}, radios={**craft.radios, **tuned})


def _tuned(section: Section, radio: Radio) -> Radio:
    """The radio with another antenna or amplifier, on the same frequency."""
    numbers: dict[str, Any] = {
        name: section.number(name, minimum=None if name == "antenna_gain_dbi" else 0)
        for name in _RADIO_NUMBERS
        if name in section
    }
    rates = section.numbers("rates_bps", radio.rates_bps)
    if list(rates) != sorted(set(rates)) or any(rate <= 0 for rate in rates):
        section.note("rates_bps", "rates do not rise", "write them from slow to fast, each once")
    section.finish()
    return replace(replace(radio, **numbers), rates_bps=rates)
