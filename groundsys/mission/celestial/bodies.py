"""Bodies of the solar system, as read from `bodies/`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal, cast, get_args

from groundsys.mission.celestial.atmosphere_reading import read_atmosphere
from groundsys.mission.celestial.body_model import (
    Body,
    BodyClass,
    BodyEphemeris,
    FigureSigmas,
    HeliocentricSolution,
    NonGravitational,
    OrbitLimits,
    PeriodicTerm,
    Rotation,
    SolarTime,
    SurfaceLimits,
    Table,
)
from groundsys.mission.celestial.body_tables import is_made_from
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.parsing.identifiers import read_id
from groundsys.mission.parsing.reading import Section, read_folder

FOLDER = "bodies"
#: the remedy of a table that is not there, or is of another solution
MAKE_IT = "make it: python -m groundsys.geometry.small_bodies"
#: without them there is no time at an antenna, and no light
_NEEDED = ("earth", "sun")
#: whom DE440 has, by NAIF's numbers
DE440_TARGETS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 199, 299, 301, 399)
_SECONDS_PER_DAY = 86_400.0
_DAYS = {"minimum": 2_287_184.5, "maximum": 2_688_976.5}  # DE440: 1550 to 2650


def read_bodies(root: Path, findings: Findings) -> dict[str, Body]:
    """Every body of `bodies/`; Earth, where antennas stand, and the Sun must be among them."""
    bodies: dict[str, Body] = {}
    numbers: dict[int, str] = {}
    section = None
    remedy = "copy those that come with groundsys (mission_db/bodies)"
    for section in read_folder(root, FOLDER, findings, remedy):
        body = _read_one(section, root)
        if body.id in bodies:
            section.note("id", f"body {body.id!r} is defined twice", "rename one")
        if body.naif_id in numbers:
            section.note(
                "naif_id", f"{body.naif_id} is the number of {numbers[body.naif_id]} as well",
                "give each body its own",
            )  # fmt: skip
        numbers[body.naif_id] = body.id
        bodies[body.id] = body
    if section is not None:
        for needed in _NEEDED:
            if needed not in bodies:
                findings.add(section.here, f"no body is called {needed}", "define it")
    return bodies


def _read_one(section: Section, root: Path) -> Body:
    identity = read_id(section)
    radii = section.numbers("radii_km")
    if len(radii) != 3 or min(radii) <= 0:
        section.note("radii_km", "radii_km are no semi-axes", "write three numbers above zero")
        radii = (1.0, 1.0, 1.0)
    gravity = section.section("gravity")
    body = Body(
        id=identity,
        name=section.text("name"),
        body_class=cast(BodyClass, section.choice("class", get_args(BodyClass))),
        naif_id=section.integer("naif_id"),
        gm_km3_s2=gravity.number("gm_km3_s2", above=0),
        j2=gravity.number("j2", 0.0, minimum=-1, maximum=1),
        gravity_radius_km=gravity.number("radius_km", max(radii), above=0),
        radii_km=(radii[0], radii[1], radii[2]),
        rotation=_read_rotation(section.section("rotation")),
        ephemeris=_read_ephemeris(section.section("ephemeris"), root),
        orbits=_read_orbits(section.section("orbits"), identity) if "orbits" in section else None,
        surface=_read_surface(section.section("surface")) if "surface" in section else None,
        atmosphere=(
            read_atmosphere(section.section("atmosphere")) if "atmosphere" in section else None
        ),
        solar_time=(
            _read_solar_time(section.section("solar_time")) if "solar_time" in section else None
        ),
        hides=cast(
            Literal["nobody", "own", "all"],
            section.choice("hides", ("nobody", "own", "all"), "own"),
        ),
        one_sigma=_read_sigmas(section.optional_section("one_sigma")),
        sources=_read_sources(section.section("sources")),
    )
    gravity.finish()
    section.finish()
    return body


def _read_sigmas(section: Section) -> FigureSigmas:
    radii = section.numbers("radii_km") if "radii_km" in section else (0.0, 0.0, 0.0)
    if len(radii) != 3 or min(radii) < 0:
        section.note("radii_km", "radii_km are no sigmas of three semi-axes", "write three numbers")
        radii = (0.0, 0.0, 0.0)
    sigmas = FigureSigmas(
        gm_km3_s2=section.number("gm_km3_s2", 0.0, minimum=0),
        j2=section.number("j2", 0.0, minimum=0),
        radii_km=(radii[0], radii[1], radii[2]),
        pole_deg=section.number("pole_deg", 0.0, minimum=0),
        rotation_deg_per_day=section.number("rotation_deg_per_day", 0.0, minimum=0),
    )
    section.finish()
    return sigmas


def _read_rotation(section: Section) -> Rotation:
    polynomials = [
        section.numbers(key)
        for key in ("pole_right_ascension_deg", "pole_declination_deg", "prime_meridian_deg")
    ]
    if not section.absent and not all(1 <= len(one) <= 3 for one in polynomials):
        section.note(
            "pole_right_ascension_deg", "a polynomial has not one to three numbers",
            "write [constant, rate]",
        )  # fmt: skip
    right_ascension, declination, meridian = (one or (0.0,) for one in polynomials)
    rotation = Rotation(
        pole_right_ascension_deg=right_ascension,
        pole_declination_deg=declination,
        prime_meridian_deg=meridian,
        right_ascension_terms=_read_terms(section, "right_ascension_terms"),
        declination_terms=_read_terms(section, "declination_terms"),
        prime_meridian_terms=_read_terms(section, "prime_meridian_terms"),
    )
    section.finish()
    return rotation


def _read_terms(section: Section, key: str) -> tuple[PeriodicTerm, ...]:
    rows = section.plain(key, [])
    terms = []
    for row in rows if isinstance(rows, list) else [None]:
        if not (
            isinstance(row, list)
            and len(row) == 3
            and all(isinstance(one, int | float) and not isinstance(one, bool) for one in row)
        ):
            section.note(
                key, f"{key} are no terms", "write [[amplitude, phase, rate per century], …]"
            )
            return ()
        terms.append((float(row[0]), float(row[1]), float(row[2])))
    return tuple(terms)


def _read_ephemeris(section: Section, root: Path) -> BodyEphemeris:
    kind = cast(Literal["de440", "oem"], section.choice("kind", ("de440", "oem")))
    if kind == "de440":
        target = section.integer("target")
        if "target" in section and target not in DE440_TARGETS:
            known = ", ".join(map(str, DE440_TARGETS))
            section.note("target", f"DE440 has no {target}", f"write one of {known}")
        ephemeris = BodyEphemeris(kind, target=target)
    else:
        ephemeris = BodyEphemeris(
            kind,
            path=section.text("path"),
            solution=_read_solution(section.section("solution")),
            table=_read_table(section.section("table")),
        )
        _check_table(section, ephemeris, root)
    section.finish()
    return ephemeris


def _check_table(section: Section, ephemeris: BodyEphemeris, root: Path) -> None:
    path = root / str(ephemeris.path)
    if not ephemeris.path:
        return
    if not path.is_file():
        section.note("path", f"there is no file {ephemeris.path}", MAKE_IT)
    elif not is_made_from(path, ephemeris):
        section.note("path", f"{ephemeris.path} was not made from this solution and table", MAKE_IT)


def _read_solution(section: Section) -> HeliocentricSolution:
    sunlight = section.optional_section("non_gravitational")
    usual = NonGravitational(0.0, 0.0)
    solution = HeliocentricSolution(
        name=section.text("name"),
        epoch_jd_tdb=section.number("epoch_jd_tdb", **_DAYS),
        position_au=_three(section, "position_au"),
        velocity_au_d=_three(section, "velocity_au_d"),
        non_gravitational=NonGravitational(
            radial_au_d2=sunlight.number("a1_au_d2", 0.0),
            transverse_au_d2=sunlight.number("a2_au_d2", 0.0),
            normalisation=sunlight.number("aln", usual.normalisation, above=0),
            near_exponent=sunlight.number("nm", usual.near_exponent, minimum=0),
            far_exponent=sunlight.number("nn", usual.far_exponent, minimum=0),
            far_power=sunlight.number("nk", usual.far_power, minimum=0),
            scale_au=sunlight.number("r0_au", usual.scale_au, above=0),
        ),
    )
    sunlight.finish()
    section.finish()
    return solution


def _three(section: Section, key: str) -> tuple[float, float, float]:
    numbers = section.numbers(key)
    if len(numbers) != 3:
        section.note(key, f"{key} is no vector", "write [x, y, z]")
        return (1.0, 0.0, 0.0)
    return (numbers[0], numbers[1], numbers[2])


def _read_table(section: Section) -> Table:
    table = Table(
        start_jd_tdb=section.number("start_jd_tdb", **_DAYS),
        stop_jd_tdb=section.number("stop_jd_tdb", **_DAYS),
        step_s=section.number("step_s", minimum=1),
        near_step_s=section.number("near_step_s", minimum=1),
        near_km=section.number("near_km", minimum=0),
    )
    if not section.absent and table.stop_jd_tdb <= table.start_jd_tdb:
        section.note("stop_jd_tdb", "the table stops before it starts", "let it end later")
    _check_steps(section, table)
    section.finish()
    return table


def _check_steps(section: Section, table: Table) -> None:
    """States stand at whole seconds, as far from one another as is said, the last one too."""
    span_s = (table.stop_jd_tdb - table.start_jd_tdb) * _SECONDS_PER_DAY
    if not math.isfinite(span_s):
        return
    for key, step_s, whole_s, of in (
        ("step_s", table.step_s, float(round(span_s)), "the table's span"),
        ("near_step_s", table.near_step_s, table.step_s, "step_s"),
    ):
        if key in section and (step_s % 1.0 or (step_s >= 1.0 and whole_s % step_s)):
            section.note(
                key, f"{key} is {step_s:g} s, of which {of} of {whole_s:.0f} s is no multiple",
                "choose whole seconds that divide it",
            )  # fmt: skip


def _read_orbits(section: Section, identity: str) -> OrbitLimits:
    axes = section.choice("axes", ("equator", "icrf"))
    limits = OrbitLimits(
        frame="ICRF" if axes == "icrf" else f"{identity.upper()}_IAU_OF_EPOCH",
        lowest_km=section.number("lowest_km", above=0),
        inside=section.text("inside"),
        highest_km=section.number("highest_km", above=0),
        highest_eccentricity=section.number("highest_eccentricity", 20.0, above=1),
    )
    if not section.absent and limits.highest_km <= limits.lowest_km:
        section.note("highest_km", "the highest orbit is below the lowest", "raise it")
    section.finish()
    return limits


def _read_surface(section: Section) -> SurfaceLimits:
    limits = SurfaceLimits(section.number("lowest_m"), section.number("highest_m"))
    if not section.absent and limits.highest_m <= limits.lowest_m:
        section.note("highest_m", "the highest site is below the lowest", "raise it")
    section.finish()
    return limits


def _read_solar_time(section: Section) -> SolarTime:
    solar_time = SolarTime(
        sol_days=section.number("sol_days", above=0),
        epoch_jd_tt=section.number("epoch_jd_tt", **_DAYS),
        sols_at_epoch=section.number("sols_at_epoch"),
    )
    section.finish()
    return solar_time


def _read_sources(section: Section) -> dict[str, str]:
    return {name: section.text(name) for name in section.names}
