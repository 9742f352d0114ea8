"""Trajectories from CCSDS Orbit Ephemeris Messages: checked, joined and interpolated.

EME2000 and GCRF are taken for ICRF, as SPICE does: they differ by 0.02″, 0.5 mm about Mars.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from groundsys.geometry.central_bodies import (
    BARYCENTER,
    Center,
    CentralBodies,
    known_bodies,
)
from groundsys.geometry.interpolation import Method, StateTable, states_needed
from groundsys.geometry.solutions.covariances import (
    RADIAL_FRAMES,
    TANGENT_FRAMES,
    Covariance,
    local_axes,
    turned_to_icrf,
)
from groundsys.geometry.time_scales import FloatArray
from groundsys.geometry.trajectories.oem_message import TIME_SYSTEMS, Message
from groundsys.geometry.trajectories.span import GRACE_S, check_span, utc_text

#: taken for ICRF
ICRF_FRAMES = (
    "ICRF", "ICRF1", "ICRF2", "ICRF3", "GCRF", "GCRF1", "GCRF2", "GCRF3", "EME2000", "J2000",
)  # fmt: skip
_REQUIRED = (
    "OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "START_TIME",
    "STOP_TIME",
)  # fmt: skip

#: States are too far apart where interpolation between them is uncertain by more than this:
#: a low orbiter of Mars flies it in 0.03 s.
_TOLERATED_KM = 0.1


class OemTrajectory:
    """What one message says of one object; its segments must join without a gap."""

    def __init__(self, path: Path, bodies: CentralBodies | None = None) -> None:
        """Read the message at `path`; all that is wrong with it raises `DefinitionError`."""
        message = Message.read(path)
        known = bodies or known_bodies()
        segments = [_Segment(message, number, known) for number in range(len(message.segments))]
        self.center: Center = segments[0].center
        for number, (one, following) in enumerate(pairwise(segments), 2):
            _check_joined(message, number, one, following)
        self.tdb_span: tuple[float, float] | None = (segments[0].start, segments[-1].stop)
        self.epoch_tdb_s = min(message.created_tdb_s(), segments[-1].stop)
        #: estimated largest error of interpolation between states, in km
        self.interpolation_error_km = max(segment.error_km for segment in segments)
        #: in order of time; none if the message states none
        self.covariances: tuple[Covariance, ...] = tuple(
            one for segment in segments for one in segment.covariances
        )
        self.object_name = segments[0].object_name
        self._path = path
        self._segments = segments
        self._borders = np.array([segment.stop for segment in segments[:-1]])

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return self._evaluate(tdb_s, StateTable.position)

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        return self._evaluate(tdb_s, StateTable.velocity)

    def _evaluate(self, tdb_s: FloatArray, what: Any) -> FloatArray:
        check_span(str(self._path), self.tdb_span, tdb_s)
        if len(self._segments) == 1:
            return np.asarray(what(self._segments[0].table, tdb_s))
        result = np.zeros((3, tdb_s.size))
        holding = np.searchsorted(self._borders, tdb_s, side="right")
        for number in np.unique(holding):
            mine = holding == number
            result[:, mine] = what(self._segments[number].table, tdb_s[mine])
        return result


class _Segment:
    """One segment's states, ready to be interpolated."""

    def __init__(self, message: Message, number: int, bodies: CentralBodies) -> None:
        self._message, self._number = message, number
        raw = message.segments[number]
        self._metadata: Mapping[str, str] = {
            key: (value or "").strip() for key, value in raw["header"].items()
        }
        for key in _REQUIRED:
            if not self._metadata.get(key):
                raise message.bad(
                    f"names no {key} in segment {number + 1}",
                    line=message.line_of("META_START", number + 1),
                    expected=", ".join(_REQUIRED),
                )
        center = bodies.named(self._metadata["CENTER_NAME"])
        self.center: Center = self._one_of("CENTER_NAME", center or "", (*bodies, BARYCENTER))
        self._one_of("REF_FRAME", self._metadata["REF_FRAME"].upper().replace("-", ""), ICRF_FRAMES)
        system = self._metadata["TIME_SYSTEM"].upper()
        self._one_of("TIME_SYSTEM", system, TIME_SYSTEMS)
        times, states = self._states(raw["data"], system)
        self.start, self.stop = self._usable_span(times, system)
        method, degree = self._interpolation()
        needed = states_needed(method, degree)
        if times.size < needed:
            raise message.bad(
                f"holds too few states in segment {number + 1}",
                expected=f"at least {needed}, for {method} interpolation of degree {degree}",
                found=f"{times.size}",
            )
        self.table = StateTable(times, states[:3], states[3:6], method, degree)
        self.error_km = self._checked_error(times, [str(row[0]) for row in raw["data"]])
        self.covariances = tuple(self._read_covariances(raw.get("cov") or (), system))

    @property
    def object_name(self) -> str:
        return self._metadata["OBJECT_NAME"]

    def _one_of(self, key: str, value: str, known: Mapping[str, Any] | Sequence[str]) -> str:
        if value in known:
            return value
        raise self._message.bad(
            f"has a {key} that geometry does not know",
            line=self._message.line_of(key, self._number + 1),
            expected=", ".join(known),
            found=self._metadata[key],
            remedy="convert it before, for example with its originator's tools",
        )

    def _states(
        self, rows: Sequence[tuple[Any, ...]], system: str
    ) -> tuple[FloatArray, FloatArray]:
        message = self._message
        if not rows:
            raise message.bad(
                f"holds no states in segment {self._number + 1}",
                line=message.line_of("META_STOP", self._number + 1),
                expected="lines of epoch, position in km and velocity in km/s",
            )
        epochs = [str(row[0]) for row in rows]
        times = message.times(("a state",), epochs, system)
        states = np.array([row[1:7] for row in rows], dtype=np.float64).T
        if not np.isfinite(states).all():
            worst = epochs[int(np.flatnonzero(~np.isfinite(states).all(axis=0))[0])]
            raise message.bad(
                f"holds a state that is no number, at {worst}", line=message.line_of_state(worst)
            )
        backward = np.flatnonzero(np.diff(times) <= 0.0)
        if backward.size:
            before, after = epochs[int(backward[0])], epochs[int(backward[0]) + 1]
            raise message.bad(
                f"holds states that are not in order of time in segment {self._number + 1}",
                line=message.line_of_state(after, 2 if after == before else 1),
                expected=f"an epoch after {before}",
                found=after,
                remedy="sort the states, each epoch once",
            )
        return times, states

    def _read_covariances(
        self, rows: Sequence[tuple[Any, ...]], system: str
    ) -> Iterator[Covariance]:
        """Lower triangles of place and velocity (km, km/s), turned to ICRF axes."""
        message = self._message
        times = message.times(("a covariance",), [str(row[0]) for row in rows], system)
        for (epoch, frame, *numbers), time in zip(rows, times, strict=True):
            matrix = np.zeros((6, 6))
            matrix[np.tril_indices(6)] = numbers
            matrix = matrix + np.tril(matrix, -1).T
            if not np.isfinite(matrix).all() or not (np.diag(matrix) > 0.0).all():
                raise message.bad(
                    f"holds a covariance that is none, at {epoch}",
                    line=message.line_of(str(epoch)),
                    expected="finite numbers, variances above zero",
                )
            name = str(frame).strip().upper().replace("-", "")
            if name not in ICRF_FRAMES:
                at = np.array([time])
                place, motion = self.table.position(at)[:, 0], self.table.velocity(at)[:, 0]
                axes = local_axes(name, place, motion)
                if axes is None:
                    raise message.bad(
                        "states a covariance along axes that geometry does not know",
                        line=message.line_of("COV_REF_FRAME"),
                        expected=", ".join((*ICRF_FRAMES, *RADIAL_FRAMES, *TANGENT_FRAMES)),
                        found=str(frame),
                        remedy="ask its originator for one of these",
                    )
                matrix = turned_to_icrf(matrix, axes)
            yield Covariance(float(time), matrix)

    def _usable_span(self, times: FloatArray, system: str) -> tuple[float, float]:
        """Both ends, which the states must reach."""
        keys = [
            f"USEABLE_{key}" if f"USEABLE_{key}" in self._metadata else key
            for key in ("START_TIME", "STOP_TIME")
        ]
        start, stop = self._message.times(keys, [self._metadata[key] for key in keys], system)
        if stop <= start:
            raise self._message.bad(
                f"ends before it starts in segment {self._number + 1}",
                line=self._message.line_of(self._metadata[keys[1]]),
                expected=f"{keys[1]} after {self._metadata[keys[0]]}",
                found=self._metadata[keys[1]],
            )
        if start < times[0] - GRACE_S or stop > times[-1] + GRACE_S:
            raise self._message.bad(
                f"claims more than its states cover in segment {self._number + 1}",
                line=self._message.line_of(self._metadata[keys[0]]),
                expected=f"states from {self._metadata[keys[0]]} to {self._metadata[keys[1]]}",
                found=f"states from {utc_text(times[0])} to {utc_text(times[-1])}",
                remedy="ask its originator for the rest, or shorten the span it claims",
            )
        return float(start), float(stop)

    def _interpolation(self) -> tuple[Method, int]:
        """As the message asks; Hermite's of degree 7 if it does not."""
        name = self._metadata.get("INTERPOLATION", "HERMITE").upper()
        degree_text = self._metadata.get("INTERPOLATION_DEGREE", "")
        method: Method = "hermite" if name == "HERMITE" else "lagrange"
        if "INTERPOLATION" not in self._metadata:
            degree_text = "7"
        elif name == "LINEAR":
            degree_text = degree_text or "1"
        try:
            degree = int(degree_text)
            states_needed(method, degree)
            if name not in ("HERMITE", "LAGRANGE", "LINEAR") or not degree <= 25:
                raise ValueError(name)
        except ValueError:
            raise self._message.bad(
                "asks for an interpolation that does not exist",
                line=self._message.line_of("INTERPOLATION"),
                expected="HERMITE of odd degree, LAGRANGE or LINEAR, of degree 1 to 25",
                found=f"{name} of degree {degree_text or 'none'}",
            ) from None
        return method, degree

    def _checked_error(self, times: FloatArray, epochs: Sequence[str]) -> float:
        errors = self.table.error_between_states()
        worst = int(np.argmax(errors))
        if errors[worst] > _TOLERATED_KM:
            raise self._message.bad(
                f"has a gap in segment {self._number + 1}: its states are too far apart",
                line=self._message.line_of_state(epochs[worst + 1]),
                expected=f"interpolation within {_TOLERATED_KM:g} km",
                found=f"{errors[worst]:.3g} km between {utc_text(times[worst])} "
                f"and {utc_text(times[worst + 1])}",
                remedy="ask its originator for states at shorter steps",
            )
        return float(errors[worst])


def _check_joined(message: Message, number: int, one: _Segment, following: _Segment) -> None:
    """`number` is that of the following segment, from 1."""
    for what, first, second in (
        ("objects", one.object_name, following.object_name),
        ("centres", one.center, following.center),
    ):
        if first != second:
            raise message.bad(
                f"is about two {what}",
                line=message.line_of("META_START", number),
                expected=first,
                found=second,
                remedy="give each its own file",
            )
    if abs(following.start - one.stop) > GRACE_S:
        gap = following.start > one.stop
        raise message.bad(
            f"has {'a gap between' if gap else 'overlapping'} segments {number - 1} and {number}",
            line=message.line_of("META_START", number),
            expected=f"segment {number} usable from {utc_text(one.stop)} on",
            found=f"from {utc_text(following.start)} on",
            remedy="ask its originator for a file without gaps"
            if gap
            else "set USEABLE_STOP_TIME and USEABLE_START_TIME to where one takes over",
        )
