"""Craft, as read from `spacecraft/`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, cast

from groundsys.mission.body_model import Body, OrbitLimits, SurfaceLimits
from groundsys.mission.entry_reading import read_entry
from groundsys.mission.findings import Findings
from groundsys.mission.identifiers import read_id
from groundsys.mission.model import (
    ClockSpecification,
    Framing,
    KeplerOrbit,
    LandingSite,
    LaterModel,
    LinkSecurity,
    LowGain,
    Navigation,
    Radio,
    SolarConjunction,
    Spacecraft,
    TrajectoryFile,
    Transponder,
)
from groundsys.mission.packet_model import SpacecraftModel
from groundsys.mission.reading import Section, read_folder
from groundsys.mission.releases import read_release
from groundsys.mission.roles import check_relaying, check_role
from groundsys.mission.versions_check import check_versions

#: Transfer frame: CCSDS 132.0-B 4.1.1 and 232.0-B 4.1.1 (header, one octet of data, CRC).
_SHORTEST_TM_FRAME = 6 + 1 + 4 + 2
_LONGEST_TM_FRAME = 2048
_SHORTEST_TC_FRAME = 5 + 1 + 2
_LONGEST_TC_FRAME = 1024

#: Yamcs keeps it in a signed number of 16 bits; CCSDS 355.0-B reserves 0.
_HIGHEST_SPI = 32_767

#: where nothing is said of a body
_ANYWHERE = OrbitLimits("", 0.0, "", math.inf)
_ANY_HEIGHT = SurfaceLimits(-math.inf, math.inf)


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
    one = Spacecraft(
        id=read_id(section),
        name=section.text("name"),
        model=models.get(model_id, SpacecraftModel(model_id, (), (), "")),
        space_system=section.text("space_system"),
        framing=_read_framing(section.section("framing")),
        entity_id=section.integer("entity_id", minimum=1, maximum=65_535),
        sclk_epoch=section.instant("sclk_epoch"),
        relay=section.text("relay") if "relay" in section else None,
        orbit=read_orbit(section.section("orbit"), bodies) if "orbit" in section else None,
        site=_read_site(section.section("site"), bodies) if "site" in section else None,
        radios=_read_radios(section),
        payload=(
            section.reference("payload", "payload", payloads) if "payload" in section else None
        ),
        platform=_read_platform(section.section("platform")),
        trajectory=(
            _read_trajectory(section.section("trajectory"), root)
            if "trajectory" in section
            else None
        ),
        navigation=read_navigation(section.optional_section("navigation")),
        conjunction=_read_conjunction(section.optional_section("conjunction")),
        security=_read_security(section.section("security")) if "security" in section else None,
        later_models=_read_later_models(section, models),
        clock=_read_clock(section.optional_section("clock")),
        transponder=_read_transponder(section.optional_section("transponder")),
        entry=read_entry(section.section("entry")) if "entry" in section else None,
        release=read_release(section.section("release")) if "release" in section else None,
        guests=read_guests(section, payloads),
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


def _read_framing(section: Section) -> Framing:
    channels = section.section("virtual_channels")
    numbers: dict[str, int] = {}
    for name in channels.names:
        number = channels.integer(name, minimum=0, maximum=7)
        if number in numbers.values():
            channels.note(name, f"virtual channel {number} stands twice", "number each once")
        numbers[name] = number
    framing = Framing(
        spacecraft_id=section.integer("spacecraft_id", minimum=1, maximum=1023),
        tm_frame_length=section.integer(
            "tm_frame_length", minimum=_SHORTEST_TM_FRAME, maximum=_LONGEST_TM_FRAME
        ),
        tc_frame_length=section.integer(
            "tc_frame_length", minimum=_SHORTEST_TC_FRAME, maximum=_LONGEST_TC_FRAME
        ),
        virtual_channels=numbers,
        tc_virtual_channel=section.integer("tc_virtual_channel", minimum=0, maximum=63),
        uplink_mode=cast(Literal["AD", "BD"], section.choice("uplink_mode", ("AD", "BD"))),
        uplink_rate_bps=section.number("uplink_rate_bps", above=0),
    )
    section.finish()
    return framing


def read_orbit(section: Section, bodies: Mapping[str, Body]) -> KeplerOrbit:
    """Elements about a body; a semi-major axis below zero is that of a hyperbola."""
    known = {id.upper(): one.orbits for id, one in bodies.items() if one.orbits is not None}
    center = _read_body(section, "center", known)
    limits = known.get(center, _ANYWHERE)
    lowest_km, highest_km = limits.lowest_km, limits.highest_km
    size = section.plain("semi_major_axis_km")
    comes_by_once = isinstance(size, int | float) and size < 0
    orbit = KeplerOrbit(
        center=center,
        epoch=section.instant("epoch"),
        semi_major_axis_km=section.number("semi_major_axis_km", maximum=highest_km)
        if comes_by_once
        else section.number("semi_major_axis_km", minimum=lowest_km, maximum=highest_km),
        eccentricity=section.number("eccentricity", above=1, maximum=limits.highest_eccentricity)
        if comes_by_once
        else section.number("eccentricity", minimum=0, maximum=0.95),
        inclination_deg=section.number("inclination_deg", minimum=0, maximum=180),
        raan_deg=section.number("raan_deg", minimum=-360, maximum=360),
        argument_of_periapsis_deg=section.number(
            "argument_of_periapsis_deg", minimum=-360, maximum=360
        ),
        mean_anomaly_deg=section.number("mean_anomaly_deg", minimum=-360_000, maximum=360_000)
        if comes_by_once
        else section.number("mean_anomaly_deg", minimum=-360, maximum=360),
        frame=limits.frame,
    )
    periapsis_km = orbit.semi_major_axis_km * (1 - orbit.eccentricity)
    told = comes_by_once or lowest_km <= orbit.semi_major_axis_km
    if told and 0 < periapsis_km < lowest_km:
        section.note("eccentricity", f"the periapsis is inside {limits.inside}", "lower it")
    section.finish()
    return orbit


def _read_trajectory(section: Section, root: Path) -> TrajectoryFile:
    kind = cast(Literal["oem", "spk"], section.choice("kind", ("oem", "spk")))
    path = section.text("path")
    target = section.integer("target") if "target" in section else None
    if path and not (root / path).is_file():
        section.note(
            "path", f"there is no file {path}", "name one that lies in the mission's folder"
        )
    if kind == "spk" and target is None:
        section.note("kind", "target is missing", "add the body's NAIF number")
    if kind == "oem" and target is not None:
        section.note("target", "an OEM needs no target", "remove it")
    section.finish()
    return TrajectoryFile(kind, path, target)


def _read_site(section: Section, bodies: Mapping[str, Body]) -> LandingSite:
    known = {id.upper(): one.surface for id, one in bodies.items() if one.surface is not None}
    body = _read_body(section, "body", known)
    limits = known.get(body, _ANY_HEIGHT)
    site = LandingSite(
        body=body,
        latitude_deg=section.number("latitude_deg", minimum=-90, maximum=90),
        longitude_deg=section.number("longitude_deg", minimum=-180, maximum=360),
        altitude_m=section.number("altitude_m", minimum=limits.lowest_m, maximum=limits.highest_m),
        elevation_mask_deg=section.number("elevation_mask_deg", 10.0, minimum=0, maximum=80),
        horizon=read_horizon(section),
    )
    section.finish()
    return site


def _read_body(section: Section, key: str, known: Collection[str]) -> str:
    """What it is about or stands on, in capitals; what is not known is a finding."""
    body = section.text(key)
    if body and body not in known:
        section.note(key, f"{key} is {body!r}", f"write one of {', '.join(known)}")
    return body


def read_horizon(section: Section) -> tuple[tuple[float, float], ...]:
    """A site's skyline: azimuth and elevation in degrees, azimuth rising from 0 to below 360."""
    horizon = section.pairs("horizon")
    azimuths = [azimuth for azimuth, _ in horizon]
    if azimuths != sorted(set(azimuths)) or any(not 0 <= one < 360 for one in azimuths):
        section.note("horizon", "azimuths do not rise from 0 to below 360", "sort them")
    if any(not -5 <= elevation < 90 for _, elevation in horizon):
        section.note("horizon", "an elevation is not between -5 and 90 degrees")
    return horizon


def read_navigation(section: Section) -> Navigation:
    """How well its path is known, one sigma."""
    navigation = Navigation(
        along_track_km=section.number("along_track_km", 0.0, minimum=0),
        along_track_growth_km_per_day=section.number(
            "along_track_growth_km_per_day", 0.0, minimum=0
        ),
        cross_track_km=section.number("cross_track_km", 0.0, minimum=0),
        radial_km=section.number("radial_km", 0.0, minimum=0),
    )
    section.finish()
    return navigation


def _read_conjunction(section: Section) -> SolarConjunction:
    usual = SolarConjunction()
    conjunction = SolarConjunction(
        degraded_below_deg=section.number(
            "degraded_below_deg", usual.degraded_below_deg, minimum=0, maximum=30
        ),
        uplink_forbidden_below_deg=section.number(
            "uplink_forbidden_below_deg", usual.uplink_forbidden_below_deg, minimum=0, maximum=30
        ),
        downlink_forbidden_below_deg=section.number(
            "downlink_forbidden_below_deg",
            usual.downlink_forbidden_below_deg,
            minimum=0,
            maximum=30,
        ),
        degraded_loss_db=section.number(
            "degraded_loss_db", usual.degraded_loss_db, minimum=0, maximum=30
        ),
    )
    section.finish()
    return conjunction


def _read_security(section: Section) -> LinkSecurity:
    numbers = section.numbers("associations")
    spis = tuple(int(one) for one in numbers)
    if spis != numbers or any(not 1 <= one <= _HIGHEST_SPI for one in spis):
        section.note(
            "associations", "an association is no security parameter index",
            f"write whole numbers from 1 to {_HIGHEST_SPI}",
        )  # fmt: skip
    if len(set(spis)) < max(2, len(spis)):
        section.note(
            "associations", "a key can be changed for another only",
            "write at least two associations, each once",
        )  # fmt: skip
    security = LinkSecurity(
        associations=spis or (1,),
        replay_window=section.integer("replay_window", 64, minimum=1, maximum=1024),
    )
    section.finish()
    return security


def _read_clock(section: Section) -> ClockSpecification:
    usual = ClockSpecification()
    clock = ClockSpecification(
        drift_ppm=section.number("drift_ppm", usual.drift_ppm, above=0, maximum=100),
        wander_ppm=section.number("wander_ppm", usual.wander_ppm, above=0, maximum=10),
    )
    section.finish()
    return clock


def _read_transponder(section: Section) -> Transponder:
    usual = Transponder()
    ratio = section.numbers("turnaround", usual.turnaround)
    if len(ratio) != 2 or any(one <= 0 or one != int(one) for one in ratio):
        section.note("turnaround", "it is no ratio of two whole numbers", "write, say, [880, 749]")
        ratio = usual.turnaround
    transponder = Transponder(
        turnaround=(int(ratio[0]), int(ratio[1])),
        delay_ns=section.number("delay_ns", usual.delay_ns, minimum=0),
    )
    section.finish()
    return transponder


def _read_radios(section: Section) -> dict[str, Radio]:
    radios = section.section("radios")
    return {name: read_radio(radios.section(name)) for name in radios.names}


def read_radio(section: Section) -> Radio:
    """One radio of a craft or of an antenna."""
    radio = Radio(
        frequency_mhz=section.number("frequency_mhz", minimum=100, maximum=60_000),
        transmit_power_w=section.number("transmit_power_w", minimum=0),
        antenna_gain_dbi=section.number("antenna_gain_dbi", minimum=-20, maximum=100),
        system_noise_k=section.number("system_noise_k", above=0),
        losses_db=section.number("losses_db", 0.0, minimum=0, maximum=40),
        required_eb_n0_db=section.number("required_eb_n0_db", 0.0, minimum=-2, maximum=20),
        rates_bps=section.numbers("rates_bps", ()),
        oscillator_ppm=section.number("oscillator_ppm", 0.0, minimum=0, maximum=100),
        low_gain=_read_low_gain(section.section("low_gain")) if "low_gain" in section else None,
        elevation_pattern=_read_elevation_pattern(section),
    )
    if any(rate <= 0 for rate in radio.rates_bps):
        section.note("rates_bps", "a rate is not above zero")
    if list(radio.rates_bps) != sorted(set(radio.rates_bps)):
        section.note("rates_bps", "rates do not rise", "write them from slow to fast, each once")
    section.finish()
    return radio


def _read_low_gain(section: Section) -> LowGain:
    low_gain = LowGain(
        gain_dbi=section.number("gain_dbi", minimum=-20, maximum=30),
        width_deg=section.number("width_deg", above=0, maximum=360),
        back_dbi=section.number("back_dbi", minimum=-60, maximum=30),
    )
    if low_gain.back_dbi > low_gain.gain_dbi:
        section.note("back_dbi", "there is more gain behind than ahead", "lower it")
    section.finish()
    return low_gain


def _read_elevation_pattern(section: Section) -> tuple[tuple[float, float], ...]:
    pattern = section.pairs("elevation_pattern")
    elevations = [elevation for elevation, _ in pattern]
    if elevations != sorted(set(elevations)) or any(not -90 <= one <= 90 for one in elevations):
        section.note(
            "elevation_pattern", "elevations do not rise between -90 and 90 degrees", "sort them"
        )
    if any(gain_db > 0.0 for _, gain_db in pattern):
        section.note(
            "elevation_pattern", "there is more gain than antenna_gain_dbi",
            "state the highest gain there, and the pattern in dB below it",
        )  # fmt: skip
    return pattern


def _read_platform(section: Section) -> dict[str, float]:
    return {name: section.number(name) for name in section.names}
