"""CCSDS messages of one state: OPM and OCM (502.0-B-3) in keyword-value notation.

* **OPM** (section 3): a state vector, or the Keplerian elements that may stand beside it alone;
  covariance of place and velocity along REF_FRAME or an orbit-relative frame.
* **OCM** (section 6): one line of a trajectory block of TRAJ_TYPE CARTPV, or KEPLERIAN (a in km, e,
  i, node, argument of periapsis and true anomaly in degrees), with a covariance block of COV_TYPE
  CARTPV in lower triangular order (LTM) at the same time.

Axes are ICRF (EME2000 and GCRF are taken for it) or ECLIPJ2000.  A message with burns (MAN_…) is
refused: who propagated the state past them would not fly them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from groundsys.geometry.central_bodies import BARYCENTER, CentralBodies
from groundsys.geometry.ephemeris import TO_ECLIPTIC
from groundsys.geometry.solutions.covariances import (
    RADIAL_FRAMES,
    TANGENT_FRAMES,
    local_axes,
    turned_to_icrf,
)
from groundsys.geometry.solutions.elements import (
    Conic,
    mean_of_true,
    since_periapsis_s,
    state_of,
)
from groundsys.geometry.solutions.state import StateSolution
from groundsys.geometry.time_scales import FloatArray
from groundsys.geometry.trajectories.oem_message import (
    EPOCH_EXAMPLES,
    TIME_SYSTEMS,
    EpochError,
    epochs_tdb_s,
)
from groundsys.geometry.trajectories.oem_trajectory import ICRF_FRAMES
from groundsys.values.errors import DefinitionError

_ECLIPTIC_FRAMES = ("ECLIPJ2000", "ECLIPTICJ2000")
_LINE = re.compile(r"^\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*(\[[^\]]*\])?\s*$")
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_ANGLES = ("INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER")
_KEPLERIAN = ("SEMI_MAJOR_AXIS", "ECCENTRICITY", *_ANGLES)


def is_orbit_message(text: str) -> bool:
    return text.startswith(("CCSDS_OPM_VERS", "CCSDS_OCM_VERS"))


def read_orbit_message(text: str, file: str, bodies: CentralBodies) -> StateSolution:
    """The state of an OPM or OCM; `DefinitionError` with file and line for all that is wrong."""
    found = _Lines(file, text)
    if text.startswith("CCSDS_OPM_VERS"):
        return _read_opm(found, bodies)
    return _read_ocm(found, bodies)


@dataclass
class _Lines:
    """Keywords of a message with their values and lines; of an OCM also its blocks."""

    file: str
    text: str
    values: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    #: kind of block → its lines of data, each with its number
    blocks: dict[str, list[list[tuple[int, list[str]]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        block = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            stripped = line.strip()
            if not stripped or stripped.startswith("COMMENT"):
                continue
            if match := re.fullmatch(r"([A-Z]+)_START", stripped):
                block = match[1]
                self.blocks.setdefault(block, []).append([])
            elif re.fullmatch(r"[A-Z]+_STOP", stripped):
                block = ""
            elif match := _LINE.match(line):
                self.values.setdefault(match[1], match[2])
                self.numbers.setdefault(match[1], number)
            elif block:
                self.blocks[block][-1].append((number, stripped.split()))
            else:
                raise self.bad("holds a line that is none of its kind", number, found=stripped)

    def text_of(self, key: str) -> str:
        if not self.values.get(key):
            raise self.bad(f"names no {key}", remedy="ask its originator for a whole message")
        return self.values[key]

    def number_of(self, key: str) -> float:
        text = self.text_of(key)
        try:
            number = float(text)
            if not math.isfinite(number):
                raise ValueError(text)
        except ValueError:
            raise self.bad(
                f"has a {key} that is no number", self.numbers[key], found=text
            ) from None
        return number

    def has(self, keys: Sequence[str]) -> bool:
        return all(key in self.values for key in keys)

    def bad(
        self, what: str, line: int = 0, *, expected: str = "", found: str = "", remedy: str = ""
    ) -> DefinitionError:
        place = f"{self.file}:{line}" if line else self.file
        return DefinitionError(
            f"orbit solution {place} {what}",
            expected=expected,
            found=found,
            remedy=remedy or "ask its originator for a valid message, or for an OEM",
        )


def _read_opm(found: _Lines, bodies: CentralBodies) -> StateSolution:
    center = _center(found, bodies)
    epoch = _epoch(found, "EPOCH")
    if any(key.startswith("MAN_") for key in found.values):
        raise _with_burns(found)
    axes = _axes(found, "REF_FRAME")
    if found.has(_STATE):
        given = np.array([found.number_of(key) for key in _STATE])
    elif found.has(_KEPLERIAN):
        given = _keplerian(found, center, bodies)
    else:
        raise found.bad(
            "states neither place and velocity nor elements",
            expected=", ".join(_STATE) + " or " + ", ".join(_KEPLERIAN),
        )
    state = _turned(given, axes)
    covariance = None
    if "CX_X" in found.values:
        rows = [f"C{row}_{column}" for i, row in enumerate(_STATE) for column in _STATE[: i + 1]]
        triangle = [found.number_of(key) for key in rows]
        frame = found.values.get("COV_REF_FRAME", found.values["REF_FRAME"])
        covariance = _covariance(found, triangle, frame, state)
    return StateSolution(
        object_name=found.text_of("OBJECT_NAME"),
        name=found.values.get("MESSAGE_ID") or f"OPM of {found.values['EPOCH']}",
        originator=found.values.get("ORIGINATOR", ""),
        center=center,
        epoch_tdb_s=epoch,
        state=state,
        covariance=covariance,
    )


def _read_ocm(found: _Lines, bodies: CentralBodies) -> StateSolution:
    center = _center(found, bodies)
    if "MAN" in found.blocks:
        raise _with_burns(found)
    blocks = found.blocks.get("TRAJ", [])
    if len(blocks) != 1 or len(blocks[0]) != 1:
        raise found.bad(
            "holds not one state", expected="one TRAJ block of one line",
            found=f"{len(blocks)} blocks of {sum(map(len, blocks))} lines",
            remedy="ask its originator for an OEM, which holds many",
        )  # fmt: skip
    line, (time, *words) = blocks[0][0]
    numbers = _floats(found, line, words)
    axes = _axes(found, "TRAJ_REF_FRAME")
    kind = found.text_of("TRAJ_TYPE").upper()
    if kind not in ("CARTPV", "KEPLERIAN") or len(numbers) != 6:
        raise found.bad(
            "states its trajectory in another way", line,
            expected="TRAJ_TYPE CARTPV or KEPLERIAN, six numbers",
            found=f"{kind} of {len(numbers)}",
        )  # fmt: skip
    if kind == "KEPLERIAN":
        a, e, *degrees, anomaly = numbers
        numbers = list(_elements_state(found, a, e, degrees, anomaly, None, center, bodies))
    epoch = _epoch(found, "EPOCH_TZERO")
    at = _time(found, time, epoch, line)
    state = _turned(np.array(numbers), axes)
    return StateSolution(
        object_name=found.text_of("OBJECT_NAME"),
        name=found.values.get("TRAJ_ID") or f"OCM of {found.values['EPOCH_TZERO']}",
        originator=found.values.get("ORIGINATOR", ""),
        center=center,
        epoch_tdb_s=at,
        state=state,
        covariance=_ocm_covariance(found, at, epoch, state),
    )


def _ocm_covariance(
    found: _Lines, at_tdb_s: float, epoch_tdb_s: float, state: FloatArray
) -> FloatArray | None:
    blocks = found.blocks.get("COV", [])
    if not blocks:
        return None
    words = [word for _, line in blocks[0] for word in line]
    first = blocks[0][0][0] if blocks[0] else 0
    kind, order = found.text_of("COV_TYPE"), found.values.get("COV_ORDERING", "LTM")
    if kind != "CARTPV" or order != "LTM" or len(blocks) != 1 or len(words) != 22:
        raise found.bad(
            "states its covariance in another way", first,
            expected="one COV block of COV_TYPE CARTPV, COV_ORDERING LTM: time and 21 numbers",
            found=f"{len(blocks)} of {kind}, {order}: {len(words)} words",
        )  # fmt: skip
    if abs(_time(found, words[0], epoch_tdb_s, first) - at_tdb_s) > 1e-3:
        raise found.bad("states its covariance at another time than its state", first)
    triangle = _floats(found, first, words[1:])
    return _covariance(found, triangle, found.text_of("COV_REF_FRAME"), state)


def _center(found: _Lines, bodies: CentralBodies) -> str:
    name = found.text_of("CENTER_NAME")
    center = bodies.named(name)
    if center is None or center == BARYCENTER:
        raise found.bad(
            "is about a centre that geometry cannot fly about", found.numbers["CENTER_NAME"],
            expected=", ".join(bodies), found=name, remedy="ask for a state about one of these",
        )  # fmt: skip
    return center


def _axes(found: _Lines, key: str) -> FloatArray:
    """Rows: the message's axes along ICRF."""
    name = found.text_of(key).upper().replace("-", "")
    if name in ICRF_FRAMES:
        return np.eye(3)
    if name in _ECLIPTIC_FRAMES:
        return TO_ECLIPTIC
    raise found.bad(
        f"has a {key} that geometry does not know", found.numbers[key],
        expected=", ".join((*ICRF_FRAMES, "ECLIPJ2000")), found=found.values[key],
        remedy="convert it before, for example with its originator's tools",
    )  # fmt: skip


def _epoch(found: _Lines, key: str) -> float:
    system = found.text_of("TIME_SYSTEM").upper()
    if system not in TIME_SYSTEMS:
        raise found.bad(
            "has a TIME_SYSTEM that geometry does not know", found.numbers["TIME_SYSTEM"],
            expected=", ".join(TIME_SYSTEMS), found=system, remedy="convert it before",
        )  # fmt: skip
    return _absolute(found, found.text_of(key), system, found.numbers[key])


def _absolute(found: _Lines, text: str, system: str, line: int) -> float:
    try:
        return float(epochs_tdb_s([text], system)[0])
    except EpochError:
        raise found.bad(
            "holds an epoch that is none", line, expected=EPOCH_EXAMPLES, found=text
        ) from None


def _time(found: _Lines, text: str, epoch_tdb_s: float, line: int) -> float:
    """A time of an OCM's data: seconds after its epoch, or a date."""
    if "T" in text:
        return _absolute(found, text, found.values["TIME_SYSTEM"].upper(), line)
    return epoch_tdb_s + _floats(found, line, [text])[0]


def _keplerian(found: _Lines, center: str, bodies: CentralBodies) -> FloatArray:
    a, e, *degrees = (found.number_of(key) for key in _KEPLERIAN)
    gm = found.number_of("GM") if "GM" in found.values else None
    if "TRUE_ANOMALY" in found.values:
        anomaly = found.number_of("TRUE_ANOMALY")
        return _elements_state(found, a, e, degrees, anomaly, gm, center, bodies)
    mean = math.radians(found.number_of("MEAN_ANOMALY"))
    return _conic_state(found, a, e, degrees, mean, gm or bodies[center].gm_km3_s2)


def _elements_state(
    found: _Lines,
    a: float,
    e: float,
    degrees: Sequence[float],
    true_anomaly_deg: float,
    gm: float | None,
    center: str,
    bodies: CentralBodies,
) -> FloatArray:
    anomaly = math.remainder(math.radians(true_anomaly_deg), 2.0 * math.pi)
    if e > 1.0 and abs(anomaly) >= math.acos(-1.0 / e):
        raise found.bad("has an anomaly that its hyperbola never reaches", found=str(anomaly))
    mean = mean_of_true(anomaly, e)
    return _conic_state(found, a, e, degrees, mean, gm or bodies[center].gm_km3_s2)


def _conic_state(
    found: _Lines, a: float, e: float, degrees: Sequence[float], mean: float, gm: float
) -> FloatArray:
    periapsis = a * (1.0 - e)
    if periapsis <= 0.0 or e == 1.0:
        raise found.bad("states elements of no conic", found=f"a {a:g} km, e {e:g}")
    inclination, node, argument = (math.radians(one) for one in degrees)
    since = since_periapsis_s(mean, periapsis, e, gm)
    return state_of(Conic(periapsis, e, inclination, node, argument, since), gm)


def _turned(state: FloatArray, axes: FloatArray) -> FloatArray:
    return np.concatenate([axes.T @ state[:3], axes.T @ state[3:]])


def _covariance(
    found: _Lines, triangle: Sequence[float], frame: str, state: FloatArray
) -> FloatArray:
    """Of place and velocity along ICRF axes, and of no forces, (8, 8)."""
    matrix = np.zeros((6, 6))
    matrix[np.tril_indices(6)] = triangle
    matrix = matrix + np.tril(matrix, -1).T
    if not (np.diag(matrix) > 0.0).all():
        raise found.bad("states a covariance that is none", expected="variances above zero")
    name = frame.upper().replace("-", "")
    axes: FloatArray | None = local_axes(name, state[:3], state[3:])
    if name in ICRF_FRAMES:
        axes = np.eye(3)
    elif name in _ECLIPTIC_FRAMES:
        axes = TO_ECLIPTIC
    if axes is None:
        raise found.bad(
            "states a covariance along axes that geometry does not know",
            expected=", ".join((*ICRF_FRAMES, *RADIAL_FRAMES, *TANGENT_FRAMES)), found=frame,
        )  # fmt: skip
    full = np.zeros((8, 8))
    full[:6, :6] = turned_to_icrf(matrix, axes)
    return full


def _floats(found: _Lines, line: int, words: Sequence[str]) -> list[float]:
    try:
        return [float(word) for word in words]
    except ValueError as error:
        raise found.bad("holds a number that is none", line, found=str(error)) from None


def _with_burns(found: _Lines) -> DefinitionError:
    return found.bad(
        "holds burns, which are not flown here",
        expected="a state behind its burns",
        remedy="ask its originator for an OEM through them",
    )
