"""Where a craft is, as read from its file: orbit, path or site, and how well that is known."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, cast

from groundsys.mission.celestial.body_model import Body, OrbitLimits, SurfaceLimits
from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.spacecraft.place_model import (
    KeplerOrbit,
    LandingSite,
    Navigation,
    TrajectoryFile,
)

#: where nothing is said of a body
_ANYWHERE = OrbitLimits("", 0.0, "", math.inf)
_ANY_HEIGHT = SurfaceLimits(-math.inf, math.inf)

#: the mean anomaly of a hyperbola is no angle, and may be large
_TURNS_OF_A_HYPERBOLA = 1000


def read_orbit(section: Section, bodies: Mapping[str, Body]) -> KeplerOrbit:
    """Elements about a body; a semi-major axis below zero is that of a hyperbola."""
    known = {id.upper(): one.orbits for id, one in bodies.items() if one.orbits is not None}
    center = _read_body(section, "center", known)
    limits = known.get(center, _ANYWHERE)
    lowest_km, highest_km = limits.lowest_km, limits.highest_km
    size = section.plain("semi_major_axis_km")
    comes_by_once = isinstance(size, int | float) and size < 0
    if comes_by_once:
        size_km = section.number("semi_major_axis_km", maximum=highest_km)
        eccentricity = section.number("eccentricity", above=1, maximum=limits.highest_eccentricity)
        turns = _TURNS_OF_A_HYPERBOLA
    else:
        size_km = section.number("semi_major_axis_km", minimum=lowest_km, maximum=highest_km)
        eccentricity = section.number("eccentricity", minimum=0, maximum=0.95)
        turns = 1
    orbit = KeplerOrbit(
        center=center,
        epoch=section.instant("epoch"),
        semi_major_axis_km=size_km,
        eccentricity=eccentricity,
        inclination_deg=section.number("inclination_deg", minimum=0, maximum=180),
        raan_deg=section.number("raan_deg", minimum=-360, maximum=360),
        argument_of_periapsis_deg=section.number(
            "argument_of_periapsis_deg", minimum=-360, maximum=360
        ),
        mean_anomaly_deg=section.number(
            "mean_anomaly_deg", minimum=-360 * turns, maximum=360 * turns
        ),
        frame=limits.frame,
        beside=section.text("beside", ""),
        enters=section.truth("enters", False),
    )
    if orbit.beside:
        note_unknown(
            *(section.findings, section.place("beside"), "body", orbit.beside, bodies.keys())
        )
    periapsis_km = orbit.semi_major_axis_km * (1 - orbit.eccentricity)
    told = comes_by_once or lowest_km <= orbit.semi_major_axis_km
    if told and 0 < periapsis_km < lowest_km and not orbit.enters:
        section.note(
            "eccentricity", f"the periapsis is inside {limits.inside}",
            "lower it, or say `enters: true`",
        )  # fmt: skip
    section.finish()
    return orbit


def read_trajectory(section: Section, root: Path) -> TrajectoryFile:
    """A file of its path: OEM or SPK."""
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


def read_site(section: Section, bodies: Mapping[str, Body]) -> LandingSite:
    """Where it stands."""
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
        remedy = f"write one of {', '.join(known)}" if known else "define it in bodies/"
        section.note(key, f"{key} is {body!r}", remedy)
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
