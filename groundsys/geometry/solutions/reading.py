"""Orbit solutions of a craft or a small body, in whatever their authors send them.

| what | how it is told | what is done |
|---|---|---|
| CCSDS OEM (502.0-B-3, KVN or XML), with covariance or without | its first word | taken as it is |
| SPICE SPK kernel | its first octets | sampled; it states no covariance |
| CCSDS OPM, OCM (KVN): state vector or Keplerian elements, covariance | first word | integrated |
| JSON of JPL's SBDB or of the MPC: elements, covariance, A1 and A2 | a brace | integrated |

All come to one OEM over the span that is asked for: along ICRF axes, in TDB, in km and km/s, about
the centre that the solution names, with its covariance.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from groundsys.geometry.central_bodies import CentralBodies
from groundsys.geometry.interpolation import StateTable
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.solutions.covariances import Covariance
from groundsys.geometry.solutions.flying import FlownSolution
from groundsys.geometry.solutions.orbit_messages import is_orbit_message, read_orbit_message
from groundsys.geometry.solutions.orbit_services import is_orbit_json, read_orbit_json
from groundsys.geometry.solutions.state import StateSolution
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory
from groundsys.geometry.trajectories.oem_writing import INTERPOLATION_DEGREE, oem_text
from groundsys.geometry.trajectories.spk_trajectory import SpkTrajectory, targets_of
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

#: what interpolation between states may be off by
_WITHIN_KM = 1e-3
_COARSEST_S, _FINEST_S = 14_400.0, 7.5
#: covariances over the span, both ends among them
_COVARIANCES = 25


@dataclass(frozen=True, slots=True)
class ReadSolution:
    """A solution as one OEM, and what is known of where it comes from."""

    oem: str
    #: "OEM", "SPK", "OPM", "OCM", "JSON"
    kind: str
    #: of the object and of the solution, as the file calls them
    object_name: str
    name: str
    sha256: str


class _Known(Protocol):
    @property
    def tdb_span(self) -> tuple[float, float] | None: ...


def read_solution(
    path: Path,
    object_id: str,
    span: Interval,
    bodies: CentralBodies,
    generated: Instant,
    target: int | None = None,
) -> ReadSolution:
    """The solution in a file, told as an OEM that covers `span`.

    `target` is the object's NAIF number in an SPK kernel; without it the kernel must be of one.
    An OEM is taken as it is, whatever it covers.  All that is wrong raises `DefinitionError`.
    """
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise DefinitionError(
            f"orbit solution {path} cannot be read", found=str(error), remedy="name another file"
        ) from error
    digest = hashlib.sha256(octets).hexdigest()
    around = instants_ns(span.start, span.end)
    start, end = (float(one) for one in tdb_seconds(around))
    start, end = np.floor(start), np.ceil(end)
    if octets.startswith(b"DAF/SPK"):
        kernel = SpkTrajectory(path, _target(path, target), bodies)
        _check_covers(path, kernel, start, end)
        text = _sampled(kernel, start, end, object_id, object_id, generated, "SPK", path.name)
        return ReadSolution(text, "SPK", f"NAIF {_target(path, target)}", path.name, digest)
    try:
        words = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unknown(path, "octets that are no text") from error
    if is_orbit_json(words) or is_orbit_message(words):
        is_json = is_orbit_json(words)
        one = (
            read_orbit_json(words, str(path))
            if is_json
            else read_orbit_message(words, str(path), bodies)
        )
        kind = "JSON" if is_json else words[len("CCSDS_") : len("CCSDS_OPM")]
        return ReadSolution(
            _flown(one, start, end, object_id, bodies, generated, kind),
            *(kind, one.object_name, one.name, digest),
        )
    if not words.startswith(("CCSDS_OEM_VERS", "<")):
        raise _unknown(path, repr(words[:40]))
    message = OemTrajectory(path, bodies)
    return ReadSolution(words, "OEM", message.object_name, path.name, digest)


def trajectory_of_oem(oem: str, bodies: CentralBodies) -> OemTrajectory:
    """The trajectory of an OEM's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "solution.oem"
        path.write_text(oem)
        return OemTrajectory(path, bodies)


def _flown(
    one: StateSolution,
    start: float,
    end: float,
    object_id: str,
    bodies: CentralBodies,
    generated: Instant,
    kind: str,
) -> str:
    flown = FlownSolution(one, bodies, start, end)
    covariances = flown.covariances(np.round(np.linspace(start, end, _COVARIANCES)))
    name = one.object_name or object_id
    origin = one.originator or kind
    return _sampled(flown, start, end, object_id, name, generated, origin, one.name, covariances)


def _sampled(
    trajectory: Trajectory,
    start: float,
    end: float,
    object_id: str,
    object_name: str,
    generated: Instant,
    originator: str,
    name: str,
    covariances: tuple[Covariance, ...] = (),
) -> str:
    return oem_text(
        trajectory,
        [_epochs(trajectory, start, end)],
        object_name=object_name,
        object_id=object_id,
        generated=generated,
        originator=originator,
        covariances=covariances,
        comments=(f"Orbit solution {name}",),
    )


def _epochs(trajectory: Trajectory, start: float, end: float) -> FloatArray:
    """As few as interpolation between them needs to be within a metre."""
    step = _COARSEST_S
    while True:
        count = max(INTERPOLATION_DEGREE + 1, int(np.ceil((end - start) / step)) + 1)
        # epochs are written to the millisecond
        epochs = np.round(np.linspace(start, end, count), 3)
        table = StateTable(
            *(epochs, trajectory.position_km(epochs), trajectory.velocity_km_s(epochs)),
            *("hermite", INTERPOLATION_DEGREE),
        )
        middles = (epochs[1:] + epochs[:-1]) / 2.0
        off = table.position(middles) - trajectory.position_km(middles)
        if np.linalg.norm(off, axis=0).max() < _WITHIN_KM:
            return epochs
        if step < _FINEST_S:
            raise DefinitionError(
                f"the trajectory about {trajectory.center} turns too fast to be told by states",
                expected=f"interpolation within {_WITHIN_KM * 1e3:g} m at steps of {_FINEST_S:g} s",
                remedy="ask for an OEM with a segment for each stretch without burns",
            )
        step /= 2.0


def _target(path: Path, target: int | None) -> int:
    if target is not None:
        return target
    there = targets_of(path)
    if len(there) != 1:
        raise DefinitionError(
            f"orbit solution {path} is of several objects",
            expected="one, or which of them",
            found=", ".join(map(str, there)),
            remedy="name its NAIF number with --target",
        )
    return there[0]


def _check_covers(path: Path, known: _Known, start: float, end: float) -> None:
    from groundsys.geometry.trajectories.span import check_span

    check_span(f"orbit solution {path}", known.tdb_span, np.array([start, end]))


def _unknown(path: Path, found: str) -> DefinitionError:
    return DefinitionError(
        f"orbit solution {path} is of no kind that groundsys reads",
        expected="a CCSDS OEM, OPM or OCM, a SPICE SPK kernel, or JSON of JPL's SBDB or the MPC",
        found=found,
        remedy="convert it before, for example with NAIF's oem2spk or mkspk",
    )
