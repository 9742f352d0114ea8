"""Whether the ground's prediction of a craft followed its burns: two-way range against foreseen.

A burn is nobody's knowledge until navigation tells a new orbit: from then on what stations measure
(the store's residuals) is as foreseen again.  Burns are those of the simulators' record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from groundsys.mission.spacecraft.place_model import Navigation
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.values.instants import Instant
from groundsys.values.tracking import TrackingPoint


@dataclass(frozen=True, slots=True)
class BurnFollowed:
    """One burn: the farthest that range was off in km, in the time before and after a solution.

    None: nothing was measured then.
    """

    burn: Instant
    told: Instant | None
    drifted_km: float | None
    followed_km: float | None
    #: one sigma of the craft's place, as navigation states it
    stated_km: float


def burns_followed(
    navigation: Navigation,
    burns: Sequence[Instant],
    told: Sequence[Instant],
    points: Sequence[TrackingPoint],
    until: Instant,
) -> tuple[BurnFollowed, ...]:
    """Of each burn, in order of time; `told`: when the scenario's navigation tells of the craft."""
    stated_km = hypot(navigation.along_track_km, navigation.cross_track_km, navigation.radial_km)
    found = []
    for burn, following in pairwise((*sorted(burns), until)):
        solution = next((at for at in sorted(told) if burn < at < following), None)
        found.append(
            BurnFollowed(
                burn,
                solution,
                _farthest_km(points, burn, solution or following),
                _farthest_km(points, solution, following) if solution is not None else None,
                stated_km,
            )
        )
    return tuple(found)


def asks_of_predictions(limits: Mapping[str, float]) -> bool:
    """Whether a criterion needs burns and range compared."""
    return bool({"min_drift_sigmas", "max_range_residual_sigmas"} & set(limits))


def judge_followed(
    found: Mapping[str, Sequence[BurnFollowed]], limits: Mapping[str, float]
) -> list[Criterion]:
    """What a scenario asks of predictions after burns, if it asks anything."""
    criteria = []
    for craft, burns in found.items():
        if "min_drift_sigmas" in limits:
            least = limits["min_drift_sigmas"]
            criteria.append(
                Criterion(
                    f"trajectory_drifted[{craft}]",
                    bool(burns)
                    and all(_sigmas(one, one.drifted_km, 0.0) >= least for one in burns),
                    f"burns, and range off by {least:g} sigmas of navigation or more before an "
                    "orbit was told",
                    _in_words([one.drifted_km for one in burns]),
                )
            )
        if "max_range_residual_sigmas" in limits:
            most = limits["max_range_residual_sigmas"]
            criteria.append(
                Criterion(
                    f"trajectory_followed[{craft}]",
                    bool(burns)
                    and all(_sigmas(one, one.followed_km, float("inf")) <= most for one in burns),
                    f"burns, and range within {most:g} sigmas of navigation once an orbit was told",
                    _in_words([one.followed_km for one in burns]),
                )
            )
    return criteria


def _farthest_km(points: Sequence[TrackingPoint], after: Instant, until: Instant) -> float | None:
    residuals = [abs(one.range_residual_m) for one in points if after < one.received < until]
    return max(residuals) / 1e3 if residuals else None


def _sigmas(one: BurnFollowed, off_km: float | None, unknown: float) -> float:
    return unknown if off_km is None else off_km / one.stated_km


def _in_words(off_km: Sequence[float | None]) -> str:
    told = ("nothing measured" if one is None else f"{one:.1f} km" for one in off_km)
    return ", ".join(told) or "no burn"
