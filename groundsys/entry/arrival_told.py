"""What the ground has said of a capsule's arrival, version by version, and what came of it.

A version is one prediction, by one orbit solution and one time of release.  The recovery team gets
each as a hand-over; the last one sets beside the predictions what the beacon and the finders told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundsys.entry.arrival import ArrivalPrediction
from groundsys.entry.prediction import ForetoldEvent, Range
from groundsys.entry.sample_custody import Transfer, transfer_of_fact, transfer_to_fact
from groundsys.values.instants import Instant

_EVENTS = ("interface", "parachute", "landing")
_RANGES = (
    "speed_m_s", "flight_path_deg", "azimuth_deg", "peak_deceleration_m_s2",
    "peak_heat_flux_w_m2", "impact_m_s",
)  # fmt: skip
_NUMBERS = ("latitude_deg", "longitude_deg", "drift_km_per_m_s", "lands")


@dataclass(frozen=True, slots=True)
class Version:
    """One prediction, when it was made, and every reason for which it is outside its limits."""

    number: int
    made: Instant
    #: when the orbit solution was told
    solution_told: Instant
    release: Instant
    #: it has truly left, as the craft reported
    is_released: bool
    outside: tuple[str, ...]
    #: None: it does not come down
    prediction: ArrivalPrediction | None


@dataclass(frozen=True, slots=True)
class Fix:
    """Where bearings on the beacon cross, and the covariance of that to east and north."""

    at: Instant
    latitude_deg: float
    longitude_deg: float
    covariance_km2: tuple[tuple[float, float], tuple[float, float]]
    bearings: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where and when somebody stood before it."""

    at: Instant
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True)
class ArrivalTold:
    """Everything that was said of one capsule."""

    versions: tuple[Version, ...] = ()
    #: when direction finders first heard its beacon, and last
    beacon_heard: Instant | None = None
    beacon_lost: Instant | None = None
    fix: Fix | None = None
    found: Found | None = None
    transfers: tuple[Transfer, ...] = ()
    #: by the last solution told after the release: how high its carrier passes, and when told
    carrier_clearance_km: float | None = None
    carrier_told: Instant | None = None
    #: the last solution by which nothing could be foretold: when it was told
    not_foretold: Instant | None = None

    @property
    def outside(self) -> tuple[str, ...]:
        """Every reason for which it is not within its limits by the last solution told."""
        latest = self.versions[-1]
        if self.not_foretold is None or self.not_foretold <= latest.solution_told:
            return latest.outside
        return (*latest.outside, f"the solution told {self.not_foretold.utc_iso(0)} is of no use")

    def is_by(self, solution_told: Instant, *, is_released: bool) -> bool:
        """Whether this solution has been looked at: foretold by, or of no use."""
        if solution_told == self.not_foretold:
            return True
        latest = self.versions[-1:]
        known = [(one.solution_told, one.is_released) for one in latest]
        return known == [(solution_told, is_released)]

    def before(self, moment: Instant) -> Version | None:
        """The last version that was made before a moment."""
        return next((one for one in reversed(self.versions) if one.made < moment), None)


def told_to_fact(told: ArrivalTold) -> dict[str, Any]:
    """As the store keeps it: JSON-ready."""
    return {
        "versions": [_version_to_fact(one) for one in told.versions],
        "beacon_heard_ns": _ns(told.beacon_heard),
        "beacon_lost_ns": _ns(told.beacon_lost),
        "fix": None if told.fix is None else {
            "at_ns": told.fix.at.tai_ns,
            "latitude_deg": told.fix.latitude_deg,
            "longitude_deg": told.fix.longitude_deg,
            "covariance_km2": told.fix.covariance_km2,
            "bearings": told.fix.bearings,
        },
        "found": None if told.found is None else {
            "at_ns": told.found.at.tai_ns,
            "latitude_deg": told.found.latitude_deg,
            "longitude_deg": told.found.longitude_deg,
        },
        "transfers": [transfer_to_fact(one) for one in told.transfers],
        "carrier_clearance_km": told.carrier_clearance_km,
        "carrier_told_ns": _ns(told.carrier_told),
        "not_foretold_ns": _ns(told.not_foretold),
    }  # fmt: skip


def told_of_fact(fact: Mapping[str, Any] | None) -> ArrivalTold:
    """What `told_to_fact` has made; nothing yet for None."""
    if fact is None:
        return ArrivalTold()
    fix, found = fact["fix"], fact["found"]
    return ArrivalTold(
        versions=tuple(_version_of_fact(one) for one in fact["versions"]),
        beacon_heard=_instant(fact["beacon_heard_ns"]),
        beacon_lost=_instant(fact["beacon_lost_ns"]),
        fix=None if fix is None else Fix(
            Instant(fix["at_ns"]), fix["latitude_deg"], fix["longitude_deg"],
            _matrix(fix["covariance_km2"]), fix["bearings"],
        ),
        found=None if found is None else Found(
            Instant(found["at_ns"]), found["latitude_deg"], found["longitude_deg"]
        ),
        transfers=tuple(transfer_of_fact(one) for one in fact["transfers"]),
        carrier_clearance_km=fact["carrier_clearance_km"],
        carrier_told=_instant(fact["carrier_told_ns"]),
        not_foretold=_instant(fact["not_foretold_ns"]),
    )  # fmt: skip


def prediction_to_fact(one: ArrivalPrediction) -> dict[str, Any]:
    """A prediction, JSON-ready, with its times in TAI nanoseconds."""
    return {
        **{name: _event_to_fact(getattr(one, name)) for name in _EVENTS},
        **{name: [getattr(one, name).mean, getattr(one, name).sigma] for name in _RANGES},
        **{name: getattr(one, name) for name in _NUMBERS},
        "covariance_km2": one.covariance_km2,
    }


def with_version(told: ArrivalTold, version: Version) -> ArrivalTold:
    return replace(told, versions=(*told.versions, version))


def _version_to_fact(one: Version) -> dict[str, Any]:
    return {
        "number": one.number,
        "made_ns": one.made.tai_ns,
        "solution_told_ns": one.solution_told.tai_ns,
        "release_ns": one.release.tai_ns,
        "is_released": one.is_released,
        "outside": list(one.outside),
        "prediction": None if one.prediction is None else prediction_to_fact(one.prediction),
    }


def _version_of_fact(fact: Mapping[str, Any]) -> Version:
    foretold = fact["prediction"]
    return Version(
        number=fact["number"],
        made=Instant(fact["made_ns"]),
        solution_told=Instant(fact["solution_told_ns"]),
        release=Instant(fact["release_ns"]),
        is_released=fact["is_released"],
        outside=tuple(fact["outside"]),
        prediction=None if foretold is None else _prediction_of_fact(foretold),
    )


def _prediction_of_fact(fact: Mapping[str, Any]) -> ArrivalPrediction:
    events: dict[str, Any] = {name: _event_of_fact(fact[name]) for name in _EVENTS}
    ranges: dict[str, Any] = {name: Range(*fact[name]) for name in _RANGES}
    numbers: dict[str, Any] = {name: fact[name] for name in _NUMBERS}
    covariance = _matrix(fact["covariance_km2"])
    return ArrivalPrediction(**events, **ranges, **numbers, covariance_km2=covariance)


def _event_to_fact(one: ForetoldEvent) -> list[float | int]:
    return [one.time.tai_ns, one.sigma_s, one.probability]


def _event_of_fact(fact: list[Any]) -> ForetoldEvent:
    return ForetoldEvent(Instant(int(fact[0])), float(fact[1]), float(fact[2]))


def _matrix(rows: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    (a, b), (c, d) = rows
    return (float(a), float(b)), (float(c), float(d))


def _ns(one: Instant | None) -> int | None:
    return None if one is None else one.tai_ns


def _instant(ns: int | None) -> Instant | None:
    return None if ns is None else Instant(ns)
