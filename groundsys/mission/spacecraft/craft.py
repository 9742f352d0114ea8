"""Craft, as read from `spacecraft/`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from groundsys.mission.arrival.arrival_reading import read_arrival
from groundsys.mission.arrival.descent_reading import check_descending, read_descent
from groundsys.mission.arrival.entry_reading import read_entry
from groundsys.mission.celestial.body_model import Body
from groundsys.mission.ground.beacon_reading import read_beacon
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.parsing.identifiers import read_id
from groundsys.mission.parsing.reading import Section, read_folder
from groundsys.mission.spacecraft.craft_model import ClockSpecification, LaterModel, Spacecraft
from groundsys.mission.spacecraft.link_reading import (
    read_conjunction,
    read_framing,
    read_radios,
    read_security,
    read_transponder,
)
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.mission.spacecraft.place_reading import (
    read_navigation,
    read_orbit,
    read_site,
    read_trajectory,
)
from groundsys.mission.spacecraft.releases import read_release
from groundsys.mission.spacecraft.roles import check_relaying, check_role
from groundsys.mission.spacecraft.versions_check import check_versions


def read_spacecraft(
    root: Path,
    models: Mapping[str, SpacecraftModel],
    payloads: Collection[str],
    bodies: Mapping[str, Body],
    findings: Findings,
) -> dict[str, Spacecraft]:
    """Every craft of `spacecraft/`, checked against models, payloads, bodies and one another."""
    craft: dict[str, Spacecraft] = {}
    sections: dict[str, Section] = {}
    for section in read_folder(root, "spacecraft", findings):
        one = _read_one(section, root, models, payloads, bodies)
        _check_unique(section, one, craft)
        check_role(section, one)
        craft[one.id] = one
        sections[one.id] = section
    for identity, one in craft.items():
        check_relaying(sections[identity], one, craft)
    return craft


def _read_one(
    section: Section,
    root: Path,
    models: Mapping[str, SpacecraftModel],
    payloads: Collection[str],
    bodies: Mapping[str, Body],
) -> Spacecraft:
    model_id = section.reference("model", "spacecraft model", models)
    site = read_site(section.section("site"), bodies) if "site" in section else None
    enters = site.body.lower() if site is not None else ""
    one = Spacecraft(
        id=read_id(section),
        name=section.text("name"),
        model=models.get(model_id, SpacecraftModel(model_id, (), (), "")),
        space_system=section.text("space_system"),
        framing=read_framing(section.section("framing")),
        entity_id=section.integer("entity_id", minimum=1, maximum=65_535),
        sclk_epoch=section.instant("sclk_epoch"),
        relay=section.text("relay") if "relay" in section else None,
        orbit=read_orbit(section.section("orbit"), bodies) if "orbit" in section else None,
        site=site,
        radios=read_radios(section),
        payload=(
            section.reference("payload", "payload", payloads) if "payload" in section else None
        ),
        platform=_read_platform(section.section("platform")),
        trajectory=(
            read_trajectory(section.section("trajectory"), root)
            if "trajectory" in section
            else None
        ),
        navigation=read_navigation(section.optional_section("navigation")),
        conjunction=read_conjunction(section.optional_section("conjunction")),
        security=read_security(section.section("security")) if "security" in section else None,
        later_models=_read_later_models(section, models),
        clock=_read_clock(section.optional_section("clock")),
        transponder=read_transponder(section.optional_section("transponder")),
        entry=read_entry(section.section("entry"), enters, bodies) if "entry" in section else None,
        release=read_release(section.section("release")) if "release" in section else None,
        descent=read_descent(section.section("descent"), bodies) if "descent" in section else None,
        guests=read_guests(section, payloads),
        beacon=read_beacon(section.section("beacon")) if "beacon" in section else None,
        arrival=read_arrival(section.section("arrival"), bodies) if "arrival" in section else None,
    )
    check_guests(section, one)
    check_versions(section, one)
    places = (one.orbit, one.site, one.trajectory, one.release)
    if sum(place is not None for place in places) != 1:
        section.note(
            "id",
            f"{one.id} needs an orbit, a site, a trajectory or a release, and one of them only",
        )
    for name, radio in one.radios.items():
        if radio.elevation_pattern and (name != "uhf" or one.site is None):
            section.note(
                "radios", f"the {name} antenna of {one.id} has a pattern by elevation",
                "leave it to the UHF antenna of a landed craft",
            )  # fmt: skip
    if one.descent is not None:
        check_descending(section, one)
    if one.arrival is not None and one.release is None:
        section.note("arrival", f"nothing lets {one.id} go", "state its release")
    if one.release is not None and one.relay is None:
        section.note("release", f"nobody carries {one.id}", "name its relay")
    if not one.space_system.isidentifier() or not one.space_system.isupper():
        section.note(
            "space_system", f"{one.space_system!r} is no name of a space system",
            "use capitals, digits and underscores",
        )  # fmt: skip
    section.finish()
    return one


def _read_later_models(
    section: Section, models: Mapping[str, SpacecraftModel]
) -> tuple[LaterModel, ...]:
    later = []
    for one in section.sections("later_models", optional=True):
        model_id = one.reference("model", "spacecraft model", models)
        since = one.instant("from")
        if model_id in models:
            later.append(LaterModel(since, models[model_id]))
        one.finish()
    return tuple(later)


def read_guests(section: Section, payloads: Collection[str]) -> tuple[str, ...]:
    """Payloads beside a craft's own, which log by themselves."""
    return section.references("guests", "payload", payloads) if "guests" in section else ()


def check_guests(section: Section, one: Spacecraft) -> None:
    """Note what keeps a craft from carrying guests."""
    if not one.guests:
        return
    if one.payload is None or one.payload in one.guests or one.entry is not None:
        section.note(
            "guests",
            f"{one.id} cannot carry guests",
            "they fly beside another payload, on a cube that need not enter",
        )


def _check_unique(section: Section, one: Spacecraft, others: Mapping[str, Spacecraft]) -> None:
    for other in others.values():
        if one.id == other.id:
            section.note("id", f"spacecraft {one.id!r} is defined twice", "rename one")
        if one.framing.spacecraft_id == other.framing.spacecraft_id:
            section.note(
                "framing",
                f"{one.id} and {other.id} share SCID {one.framing.spacecraft_id}",
                "give each craft its own",
            )
        if both := set(one.payloads) & set(other.payloads):
            section.note(
                "payload", f"{one.id} and {other.id} both carry {min(both)!r}",
                "define a payload for each craft",
            )  # fmt: skip
        if one.space_system == other.space_system:
            section.note(
                "space_system", f"{one.id} and {other.id} share {one.space_system!r}",
                "give each craft its own",
            )  # fmt: skip
        if one.entity_id == other.entity_id:
            section.note(
                "entity_id", f"{one.id} and {other.id} share CFDP entity {one.entity_id}",
                "give each craft its own",
            )  # fmt: skip
    if one.entity_id == 1:
        section.note("entity_id", "CFDP entity 1 is the ground", "use another")


def _read_clock(section: Section) -> ClockSpecification:
    usual = ClockSpecification()
    clock = ClockSpecification(
        drift_ppm=section.number("drift_ppm", usual.drift_ppm, above=0, maximum=100),
        wander_ppm=section.number("wander_ppm", usual.wander_ppm, above=0, maximum=10),
    )
    section.finish()
    return clock


def _read_platform(section: Section) -> dict[str, float]:
    return {name: section.number(name) for name in section.names}
