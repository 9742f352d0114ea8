"""Bodies as geometry needs them: size, gravity and rotation, from what `bodies/` defines.

Rotation follows the IAU's working group on cartographic coordinates and rotational elements: the
numbers, and where they come from, stand in each body's definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np

from groundsys.geometry.occultation import Ellipsoid
from groundsys.geometry.rotations import euler_313
from groundsys.geometry.time_scales import DAYS_PER_CENTURY, SECONDS_PER_DAY, FloatArray
from groundsys.mission import default_mission_db
from groundsys.mission.celestial.bodies import read_bodies
from groundsys.mission.celestial.body_model import Body
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.values.errors import DefinitionError

#: what trajectories may be given from: a body's id, or the solar system's barycentre
Center = str
#: where antennas stand, what shines, and where places are counted from
EARTH, SUN, BARYCENTER = "earth", "sun", "solar system barycenter"


class CentralBody:
    """One body; times are TDB since J2000, shape (n,)."""

    def __init__(self, definition: Body) -> None:
        self.definition = definition
        self.id = definition.id
        self.gm_km3_s2 = definition.gm_km3_s2
        self.j2 = definition.j2
        self.gravity_radius_km = definition.gravity_radius_km
        self.radii_km = np.array(definition.radii_km)
        self.ellipsoid = Ellipsoid.of(definition.radii_km)
        turns = definition.rotation.prime_meridian_deg
        #: about its pole, rad/s
        self.rotation_rate = float(
            np.radians(turns[1] if len(turns) > 1 else 0.0) / SECONDS_PER_DAY
        )

    def pole_angles_deg(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Right ascension and declination of the pole in ICRF."""
        rotation = self.definition.rotation
        centuries = tdb_s / (SECONDS_PER_DAY * DAYS_PER_CENTURY)
        right_ascension = _polynomial(rotation.pole_right_ascension_deg, centuries)
        for amplitude, phase, rate in rotation.right_ascension_terms:
            right_ascension = right_ascension + amplitude * np.sin(
                np.radians(phase + rate * centuries)
            )
        declination = _polynomial(rotation.pole_declination_deg, centuries)
        for amplitude, phase, rate in rotation.declination_terms:
            declination = declination + amplitude * np.cos(np.radians(phase + rate * centuries))
        return right_ascension, declination

    def pole(self, tdb_s: FloatArray) -> FloatArray:
        """The unit vector to the north pole along ICRF axes, shape (3, n)."""
        right_ascension, declination = (np.radians(one) for one in self.pole_angles_deg(tdb_s))
        return np.array(
            [
                np.cos(declination) * np.cos(right_ascension),
                np.cos(declination) * np.sin(right_ascension),
                np.sin(declination),
            ]
        )

    @property
    def is_of_revolution(self) -> bool:
        return self.ellipsoid.triaxial_km is None

    def turn(self, tdb_s: FloatArray) -> FloatArray:
        """Its pole, or its rotation if it is triaxial: what `Ellipsoid.as_sphere` takes."""
        return self.pole(tdb_s) if self.is_of_revolution else self.body_fixed_rotation(tdb_s)

    def rotation_angles_deg(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Right ascension and declination of the pole in ICRF, and the prime meridian's angle W."""
        rotation = self.definition.rotation
        right_ascension, declination = self.pole_angles_deg(tdb_s)
        days = tdb_s / SECONDS_PER_DAY
        centuries = days / DAYS_PER_CENTURY
        meridian = _polynomial(rotation.prime_meridian_deg, days)
        for amplitude, phase, rate in rotation.prime_meridian_terms:
            meridian = meridian + amplitude * np.sin(np.radians(phase + rate * centuries))
        return right_ascension, declination, np.mod(meridian, 360.0)

    def body_fixed_rotation(self, tdb_s: FloatArray) -> FloatArray:
        """ICRF → axes that turn with the body, shape (3, 3, n)."""
        right_ascension, declination, meridian = self.rotation_angles_deg(tdb_s)
        return euler_313(
            np.radians(right_ascension + 90.0), np.radians(90.0 - declination), np.radians(meridian)
        )

    def equator_rotation(self, tdb_s: FloatArray) -> FloatArray:
        """ICRF → the body's equator and node on the ICRF equator at that time, shape (3, 3, n)."""
        right_ascension, declination, _ = self.rotation_angles_deg(tdb_s)
        return euler_313(
            np.radians(right_ascension + 90.0),
            np.radians(90.0 - declination),
            np.zeros_like(right_ascension),
        )

    def orbit_axes(self, tdb_s: float) -> FloatArray:
        """ICRF → the axes in which orbits about the body are stated at that time, shape (3, 3)."""
        orbits = self.definition.orbits
        if orbits is None or orbits.frame == "ICRF":
            return np.eye(3)
        return self.equator_rotation(np.array([tdb_s]))[:, :, 0]


class CentralBodies(Mapping[str, CentralBody]):
    """The bodies that a mission defines, by id."""

    def __init__(self, definitions: Mapping[str, Body], root: str) -> None:
        """`root` is the folder of the definitions, in which tables of ephemerides lie."""
        self.root = root
        self._bodies = {id: CentralBody(one) for id, one in definitions.items()}

    def __getitem__(self, id: str) -> CentralBody:
        try:
            return self._bodies[id]
        except KeyError:
            raise DefinitionError(
                f"there is no body called '{id}'",
                expected="one of " + ", ".join(sorted(self._bodies)),
                found=id,
                remedy="name one of these, or add a file to the definitions' folder bodies",
            ) from None

    def find(self, id: str) -> CentralBody | None:
        """The body, or None; `bodies[id]` says what is expected instead."""
        return self._bodies.get(id)

    def hiding(self, center: Center) -> tuple[CentralBody, ...]:
        """What may stand between an antenna and a craft about `center`.

        The body itself; of a craft about Earth, the Sun or the barycentre, all that say so.
        """
        if center not in (EARTH, SUN, BARYCENTER):
            body = self[center]
            return () if body.definition.hides == "nobody" else (body,)
        return tuple(one for one in self.values() if one.definition.hides == "all")

    def named(self, name: str) -> Center | None:
        """What a message calls a centre: a body's id or name, or the barycentre; None if unknown.

        Of a body for whose centre its barycentre serves, that too.
        """
        text = name.upper().replace("_", " ")
        if text in (BARYCENTER.upper(), "SSB"):
            return BARYCENTER
        for id, body in self.items():
            names = {id.upper(), body.definition.name.upper()}
            if body.definition.ephemeris.target != body.definition.naif_id:
                names |= {f"{one} BARYCENTER" for one in names}
            if text in names:
                return id
        return None

    def numbered(self) -> Mapping[int, Center]:
        """NAIF's numbers of all centres."""
        numbers: dict[int, Center] = {0: BARYCENTER}
        for id, body in self.items():
            ephemeris = body.definition.ephemeris
            numbers |= {body.definition.naif_id: id}
            if ephemeris.target is not None:
                numbers |= {ephemeris.target: id}
        return numbers

    def __contains__(self, id: object) -> bool:
        return id in self._bodies

    def __iter__(self) -> Iterator[str]:
        return iter(self._bodies)

    def __len__(self) -> int:
        return len(self._bodies)


def bodies_of(mission: Mission) -> CentralBodies:
    """The mission's own; those of groundsys' definitions if it was made without."""
    return CentralBodies(mission.bodies, mission.root) if mission.bodies else known_bodies()


@cache
def known_bodies() -> CentralBodies:
    """Those of groundsys' own definitions (or of `GROUNDSYS_MISSION_DB`)."""
    root = default_mission_db()
    findings = Findings()
    definitions = read_bodies(root, findings)
    if findings.found:
        raise DefinitionError(
            "the bodies' definitions are not sound",
            found="\n".join(str(one) for one in findings.ordered()),
            remedy="mend what is named",
        )
    return CentralBodies(definitions, str(root))


def _polynomial(coefficients: tuple[float, ...], argument: FloatArray) -> FloatArray:
    result = np.full_like(argument, coefficients[0])
    for power, coefficient in enumerate(coefficients[1:], 1):
        result = result + coefficient * argument**power
    return result
