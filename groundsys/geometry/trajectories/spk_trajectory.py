"""Trajectories from SPICE's SPK kernels.

jplephem lists the segments and evaluates Chebyshev polynomials (types 2 and 3).  It knows no
other type; those are evaluated by NAIF's own CSPICE through spiceypy, on a handle of ours: no
kernel enters its pool, and nothing that others load or unload there reaches us.  CSPICE cannot
bear two threads at once, hence the lock.
"""

from __future__ import annotations

import threading
import weakref
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from groundsys.geometry.central_bodies import Center, CentralBodies, known_bodies
from groundsys.geometry.ephemeris import TO_ECLIPTIC
from groundsys.geometry.time_scales import J2000_JD, SECONDS_PER_DAY, FloatArray
from groundsys.geometry.trajectories.span import GRACE_S, check_span, utc_text
from groundsys.values.errors import DefinitionError

#: NAIF's number of a frame → what turns its axes to ICRF
_FRAMES = {1: np.eye(3), 17: TO_ECLIPTIC.T}

_CHEBYSHEV_POSITION, _CHEBYSHEV_STATE = 2, 3

_CSPICE = threading.Lock()


class SpkTrajectory:
    """What one kernel says of one body: its segments must cover one stretch of time."""

    def __init__(self, path: Path, target: int, bodies: CentralBodies | None = None) -> None:
        """Read the kernel at `path`; all that is wrong with it raises `DefinitionError`."""
        self._path = path
        self._numbers = (bodies or known_bodies()).numbered()
        kernel = _opened(path)
        weakref.finalize(self, kernel.close)
        # where segments overlap, the last of the file holds
        self._segments = [one for one in reversed(kernel.segments) if int(one.target) == target]
        if not self._segments:
            raise self._bad(
                f"says nothing of body {target}",
                expected=", ".join(sorted({str(one.target) for one in kernel.segments})),
                found=str(target),
            )
        self.center: Center = self._center()
        for segment in self._segments:
            if segment.frame not in _FRAMES:
                raise self._bad(
                    "is given in a frame that geometry does not know",
                    expected="NAIF frame 1 (J2000) or 17 (ECLIPJ2000)",
                    found=str(segment.frame),
                    remedy="rewrite it in J2000, for example with NAIF's spkmerge or mkspk",
                )
        self.tdb_span: tuple[float, float] | None = self._span()
        self.epoch_tdb_s = self.tdb_span[0]

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return self._states(tdb_s)[:3]

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        return self._states(tdb_s)[3:]

    def _states(self, tdb_s: FloatArray) -> FloatArray:
        check_span(str(self._path), self.tdb_span, tdb_s)
        states = np.full((6, tdb_s.size), np.nan)
        missing = np.ones(tdb_s.size, dtype=np.bool_)
        for segment in self._segments:
            start, end = segment.start_second - GRACE_S, segment.end_second + GRACE_S
            mine = missing & (tdb_s >= start) & (tdb_s <= end)
            if mine.any():
                within = np.clip(tdb_s[mine], segment.start_second, segment.end_second)
                found = self._evaluate(segment, within)
                turn = _FRAMES[segment.frame]
                states[:3, mine], states[3:, mine] = turn @ found[:3], turn @ found[3:]
                missing &= ~mine
        return states

    def _evaluate(self, segment: Any, tdb_s: FloatArray) -> FloatArray:
        """States (6, n) in the segment's frame, in km and km/s."""
        if segment.data_type == _CHEBYSHEV_POSITION:
            position, rate = segment.compute_and_differentiate(J2000_JD, tdb_s / SECONDS_PER_DAY)
            return np.concatenate([position, rate / SECONDS_PER_DAY])
        if segment.data_type == _CHEBYSHEV_STATE:
            return np.asarray(segment.compute(J2000_JD, tdb_s / SECONDS_PER_DAY))
        return self._cspice.states(segment, tdb_s)

    @cached_property
    def _cspice(self) -> _CspiceFile:
        return _CspiceFile(self._path)

    def _center(self) -> Center:
        centers = {int(one.center) for one in self._segments}
        numbers = self._numbers
        known = {numbers[one] for one in centers if one in numbers}
        if len(known) != 1 or not centers <= set(numbers):
            raise self._bad(
                "is given from a centre that geometry does not know, or from several",
                expected="one of " + ", ".join(f"{id} ({name})" for id, name in numbers.items()),
                found=", ".join(str(one) for one in sorted(centers)),
                remedy="rewrite it from one of these, for example with NAIF's spkmerge or mkspk",
            )
        return known.pop()

    def _span(self) -> tuple[float, float]:
        stretches = sorted((one.start_second, one.end_second) for one in self._segments)
        start, end = stretches[0]
        for following_start, following_end in stretches[1:]:
            if following_start > end + GRACE_S:
                raise self._bad(
                    "has a gap",
                    expected=f"a segment from {utc_text(end)} on",
                    found=f"none before {utc_text(following_start)}",
                    remedy="name a kernel without gaps, or merge it with what fills them",
                )
            end = max(end, following_end)
        return float(start), float(end)

    def _bad(
        self, what: str, *, expected: str = "", found: str = "", remedy: str = ""
    ) -> DefinitionError:
        return DefinitionError(
            f"trajectory file {self._path} {what}", expected=expected, found=found, remedy=remedy
        )


def targets_of(path: Path) -> list[int]:
    """NAIF's numbers of the bodies that a kernel says something of."""
    kernel = _opened(path)
    try:
        return sorted({int(one.target) for one in kernel.segments})
    finally:
        kernel.close()


def _opened(path: Path) -> Any:
    from jplephem.spk import SPK

    try:
        return SPK.open(str(path))
    except Exception as error:
        raise DefinitionError(
            f"trajectory file {path} cannot be read",
            expected="a SPICE kernel of type SPK",
            found=str(error),
            remedy="name another file, or kind: oem for an orbit ephemeris message",
        ) from error


class _CspiceFile:
    """A kernel opened by CSPICE as a bare DAF file, for as long as this object lives."""

    def __init__(self, path: Path) -> None:
        import spiceypy

        with _CSPICE:
            self._handle = spiceypy.dafopr(str(path))
        weakref.finalize(self, _close, self._handle)

    def states(self, segment: Any, tdb_s: FloatArray) -> FloatArray:
        """States (6, n) of a segment that jplephem has listed."""
        import spiceypy
        from spiceypy import cyice

        numbers = (
            segment.target, segment.center, segment.frame, segment.data_type, segment.start_i,
            segment.end_i,
        )  # fmt: skip
        with _CSPICE:
            descriptor = spiceypy.dafps(
                2,
                6,
                np.array([segment.start_second, segment.end_second]),
                np.array(numbers, dtype=np.int32),
            )
            _, states, _ = cyice.spkpvn_v(
                self._handle,
                np.ascontiguousarray(descriptor, dtype=np.float64),
                np.ascontiguousarray(tdb_s),
            )
        return np.ascontiguousarray(np.asarray(states).T)


def _close(handle: int) -> None:
    import spiceypy

    with _CSPICE:
        spiceypy.dafcls(handle)
