"""How a craft moves, from what its definition names: elements, a site, an OEM or an SPK file."""

from __future__ import annotations

from pathlib import Path

from groundsys.geometry.central_bodies import CentralBodies
from groundsys.geometry.orbits import SecularOrbit, SurfaceSite, Trajectory
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import KeplerOrbit, TrajectoryFile
from groundsys.values.errors import DefinitionError


def trajectory_of(
    craft: Spacecraft,
    root: str,
    orbit: KeplerOrbit | None = None,
    bodies: CentralBodies | None = None,
) -> Trajectory | None:
    """The craft's trajectory, or None if its definition names none.

    `root` is the folder of the mission's definitions; `orbit` replaces what the definition says
    (a new orbit determination), except of a landed craft.  `bodies` are the mission's.
    """
    if craft.site is not None:
        return SurfaceSite(craft.site, bodies)
    if orbit is not None:
        return orbit_trajectory(orbit, bodies)
    if craft.trajectory is not None:
        return read_trajectory(craft.trajectory, root, bodies)
    return orbit_trajectory(craft.orbit, bodies) if craft.orbit is not None else None


def orbit_trajectory(orbit: KeplerOrbit, bodies: CentralBodies | None = None) -> Trajectory:
    """How a craft moves by elements: alone, or with the small body that they name."""
    if orbit.beside:
        from groundsys.geometry.trajectories.companion import CompanionOrbit

        return CompanionOrbit(orbit, bodies)
    return SecularOrbit(orbit, bodies)


def read_trajectory(
    file: TrajectoryFile, root: str, bodies: CentralBodies | None = None
) -> Trajectory:
    """The trajectory that a file holds; whatever is wrong with it raises `DefinitionError`."""
    path = Path(root) / file.path
    if file.kind == "oem":
        from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory

        return OemTrajectory(path, bodies)
    if file.target is None:
        raise DefinitionError(
            f"trajectory file {path} names no body",
            expected="target: the body's NAIF number",
            remedy="add target",
        )
    from groundsys.geometry.trajectories.spk_trajectory import SpkTrajectory

    return SpkTrajectory(path, file.target, bodies)
