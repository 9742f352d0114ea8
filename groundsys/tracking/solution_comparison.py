"""A new orbit solution beside the one that is believed: how far apart, and what that changes.

Pure: two geometries that differ by the solution alone, and what is planned, loaded and made.
Differences are new less old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.central_bodies import EARTH
from groundsys.geometry.navigation import track_sigma
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.rotations import dot, length
from groundsys.geometry.solutions.covariances import along_track, stated_sigmas_km, track_axes
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tai_nanoseconds,
    tdb_seconds,
)
from groundsys.planning import Plan
from groundsys.planning.plan import PlanningRules
from groundsys.tracking.solution_effects import (
    LoadedSequence,
    MadeProduct,
    PassEffect,
    ProductEffect,
    SequenceEffect,
    SessionEffect,
    pass_effects,
    product_effects,
    sequence_effects,
    session_effects,
)
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

Axis = Literal["along", "cross", "radial"]
AXES: tuple[Axis, ...] = ("along", "cross", "radial")
_SAMPLES = 400
#: within which Earth, not the Sun, says how something goes by
_EARTHS_REACH_KM = 0.9e6
#: who is nearer to a small body than this has to do with it
_BESIDE_KM = 1e5


@dataclass(frozen=True, slots=True)
class TrackDifference:
    """Along one axis of the track, where it counts most: in sigmas, or in km if none are known."""

    axis: Axis
    km: float
    at: Instant
    #: of both solutions together, one sigma; None if neither says how uncertain it is
    sigma_km: float | None

    @property
    def sigmas(self) -> float | None:
        return None if self.sigma_km is None else abs(self.km) / self.sigma_km


@dataclass(frozen=True, slots=True)
class SolutionComparison:
    """What a new solution of `of` would change over `span`."""

    of: str
    kind: Literal["craft", "body"]
    span: Interval
    differences: tuple[TrackDifference, ...]
    passes: tuple[PassEffect, ...] = ()
    sessions: tuple[SessionEffect, ...] = ()
    sequences: tuple[SequenceEffect, ...] = ()
    products: tuple[ProductEffect, ...] = ()

    @property
    def worst_sigmas(self) -> float | None:
        """None: nobody has said how uncertain anything is, so nothing can be told from it."""
        found = [one.sigmas for one in self.differences if one.sigmas is not None]
        return max(found) if len(found) == len(self.differences) else None

    def is_within(self, sigmas: float) -> bool:
        """Whether it is what the old solution let expect."""
        return self.worst_sigmas is not None and self.worst_sigmas <= sigmas


@dataclass(frozen=True, slots=True)
class Stakes:
    """What may change: what is booked, aboard, and made."""

    plan: Plan
    rules: PlanningRules
    sequences: Sequence[LoadedSequence] = ()
    products: Sequence[MadeProduct] = ()


def compare_craft(
    old: Geometry, new: Geometry, craft_id: str, fresh: Trajectory, span: Interval, stakes: Stakes
) -> SolutionComparison:
    """A new solution of a craft, `fresh`, which `new` flies it by; `old` does not.

    One sigma of the old is what its trajectory states, or the craft's `navigation` says.
    """
    before = old.craft(craft_id).trajectory
    ns = _sampled(span)
    times = tdb_seconds(ns)
    stated = stated_sigmas_km(before, times)
    if stated is None:
        known = track_sigma(old, craft_id, ns)
        stated = np.array([known.along_km, known.cross_km, known.radial_km])
    differences = _differences(before, fresh, times, [stated, stated_sigmas_km(fresh, times)])
    return SolutionComparison(
        craft_id,
        "craft",
        span,
        differences,
        pass_effects(old, new, stakes.plan, (craft_id,), stakes.rules, span),
        session_effects(old, new, stakes.plan, craft_id),
        sequence_effects(
            [one for one in stakes.sequences if one.spacecraft == craft_id],
            lambda at: _early_s(before, fresh, at),
        ),
        product_effects(
            *(old, old.with_trajectory(craft_id, fresh), [craft_id], stakes.products),
            _common(before, fresh),
        ),
    )


def compare_body(
    old: Geometry, new: Geometry, body: str, fresh: Trajectory, span: Interval, stakes: Stakes
) -> SolutionComparison:
    """A new solution of a small body.

    What is stated about it moves with it; sequences count of whoever is near it as well, as they
    look at it.
    """
    before = old.ephemeris.table_of(body)
    times = tdb_seconds(_sampled(span))
    sigmas = [stated_sigmas_km(before, times), stated_sigmas_km(fresh, times)]
    craft = tuple(id for id in old.mission.spacecraft if _is_about(old, id, body))
    return SolutionComparison(
        body,
        "body",
        span,
        _differences(before, fresh, times, sigmas),
        pass_effects(old, new, stakes.plan, craft, stakes.rules, span),
        (),
        sequence_effects(
            [one for one in stakes.sequences if _is_at(old, one, body, craft)],
            lambda at: _early_by_earth_s(old, body, before, fresh, at),
        ),
        product_effects(
            *(old, old.with_body(body, fresh), list(craft), stakes.products),
            _common(before, fresh),
        ),
    )


def _differences(
    before: Trajectory, fresh: Trajectory, times: FloatArray, sigmas: Sequence[FloatArray | None]
) -> tuple[TrackDifference, ...]:
    known = [one for one in sigmas if one is not None]
    variance = np.sum([one**2 for one in known], axis=0) if known else None
    place = before.position_km(times)
    axes = track_axes(place, before.velocity_km_s(times))
    off = along_track(axes, fresh.position_km(times) - place)
    found = []
    for number, axis in enumerate(AXES):
        sigma = None if variance is None else np.sqrt(variance[number])
        if sigma is not None and not (sigma > 0.0).all():
            sigma = None
        weight = np.abs(off[number]) / (1.0 if sigma is None else sigma)
        worst = int(np.argmax(weight))
        found.append(
            TrackDifference(
                axis,
                float(off[number, worst]),
                Instant(int(tai_nanoseconds(times[worst : worst + 1])[0])),
                None if sigma is None else float(sigma[worst]),
            )
        )
    return tuple(found)


def _early_s(before: Trajectory, fresh: Trajectory, ns: NanosecondArray) -> FloatArray:
    """By how much sooner it comes by on its track, by the new solution, (n,)."""
    times = tdb_seconds(ns)
    motion = before.velocity_km_s(times)
    off = fresh.position_km(times) - before.position_km(times)
    return np.asarray(dot(off, motion) / length(motion) ** 2)


def _early_by_earth_s(
    geometry: Geometry, body: str, before: Trajectory, fresh: Trajectory, ns: NanosecondArray
) -> FloatArray:
    """As `_early_s` of a body, but past Earth where it is that near: its track about Earth."""
    times = tdb_seconds(ns)
    place, motion = geometry.ephemeris.state(body, times)
    earth, earth_motion = geometry.ephemeris.state(EARTH, times)
    near = length(place - earth) < _EARTHS_REACH_KM
    motion = np.where(near, motion - earth_motion, before.velocity_km_s(times))
    off = fresh.position_km(times) - before.position_km(times)
    return np.asarray(dot(off, motion) / length(motion) ** 2)


def _is_about(geometry: Geometry, craft_id: str, body: str) -> bool:
    try:
        return geometry.craft(craft_id).trajectory.center == body
    except DefinitionError:  # one that is nowhere yet
        return False


def _is_at(geometry: Geometry, sequence: LoadedSequence, body: str, about: Sequence[str]) -> bool:
    """Whether a sequence acts about a body or near it."""
    if sequence.spacecraft in about:
        return True
    times = tdb_seconds(instants_ns(*(release for release, _ in sequence.entries)))
    place = geometry.craft(sequence.spacecraft).position_km(geometry.ephemeris, times)
    return bool((length(place - geometry.ephemeris.position_km(body, times)) < _BESIDE_KM).any())


def _common(before: Trajectory, fresh: Trajectory) -> tuple[float, float]:
    """When both are known, TDB since J2000."""
    spans = [one.tdb_span for one in (before, fresh) if one.tdb_span is not None]
    return (
        max((one[0] for one in spans), default=-np.inf),
        min((one[1] for one in spans), default=np.inf),
    )


def _sampled(span: Interval) -> NanosecondArray:
    start, end = instants_ns(span.start, span.end)
    return np.asarray(np.linspace(0, end - start, _SAMPLES).astype(np.int64) + start)
