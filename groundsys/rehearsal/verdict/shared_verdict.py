"""Whether partners have what their files say, in time, true, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.rehearsal.verdict.criterion import Criterion

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class OrbitShared:
    """The last trajectory of a craft that a partner has; None: there is no truth to compare."""

    #: octet by octet the message that is flown by
    is_adopted: bool
    error_km: float | None
    #: along the worst principal axis of the covariance that the message itself states
    error_sigmas: float | None


@dataclass(frozen=True, slots=True)
class SharedEvidence:
    """What one partner has; texts tell what is wrong."""

    #: tracks of the last schedule that were flown, and what differs between the two
    passes: int
    schedule_off: tuple[str, ...]
    #: tracks that stood in no schedule told before they began
    told_late: tuple[str, ...]
    #: by craft that moves and whose adopted orbit there is
    orbits: Mapping[str, OrbitShared]
    tracks: int
    tracks_lacking: tuple[str, ...]
    products: int
    products_lacking: tuple[str, ...]
    #: files that are not this partner's to have
    foreign: tuple[str, ...]
    #: what `groundsys verify` finds
    unproved: tuple[str, ...]


def judge_shared(
    found: Mapping[str, SharedEvidence], limits: Mapping[str, float]
) -> Iterator[Criterion]:
    """What a scenario asks of what its partners have fetched; isolation and proof always."""
    for partner, one in found.items():
        yield _none(f"shared_foreign[{partner}]", one.foreign)
        yield _none(f"shared_unproved[{partner}]", one.unproved)
        if "min_shared_passes" in limits:
            late = [f"{track} told late" for track in one.told_late]
            yield _all(
                f"shared_passes[{partner}]",
                *(one.passes, limits["min_shared_passes"], (*one.schedule_off, *late)),
                "told before they began and flown as told",
            )
        if "max_shared_orbit_sigmas" in limits:
            yield _orbits(partner, one.orbits, limits["max_shared_orbit_sigmas"])
        if "min_shared_tracks" in limits:
            yield _all(
                f"shared_tracks[{partner}]",
                *(one.tracks, limits["min_shared_tracks"], one.tracks_lacking),
                "tracked, each with a message of all its ranges",
            )
        if "min_shared_products" in limits:
            yield _all(
                f"shared_products[{partner}]",
                *(one.products, limits["min_shared_products"], one.products_lacking),
                "files of customers who share, as they were made, and every one that is due",
            )


def _none(name: str, wrong: tuple[str, ...]) -> Criterion:
    return Criterion(name, not wrong, "0", _few(wrong) or "0")


def _all(name: str, right: int, limit: float, wrong: tuple[str, ...], what: str) -> Criterion:
    told = _few(wrong)
    return Criterion(
        name,
        right >= limit and not wrong,
        f"at least {limit:g} {what}",
        f"{right}; {told}" if told else f"{right}",
    )


def _orbits(partner: str, orbits: Mapping[str, OrbitShared], limit: float) -> Criterion:
    """Of each craft whose orbit was determined: the adopted one, and as true as it says."""
    good = bool(orbits) and all(
        one.is_adopted and one.error_sigmas is not None and one.error_sigmas <= limit
        for one in orbits.values()
    )
    told = [
        f"{craft}: {_error(one)}{'' if one.is_adopted else ', not the one that is flown by'}"
        for craft, one in orbits.items()
    ]
    expected = f"the orbit that is flown by, at most {limit:g} of its own sigmas off"
    return Criterion(f"shared_orbit[{partner}]", good, expected, "; ".join(told) or "none")


def _error(one: OrbitShared) -> str:
    if one.error_km is None:
        return "nobody knows how true"
    sigmas = "no sigma stated" if one.error_sigmas is None else f"{one.error_sigmas:.2f} sigmas"
    return f"{one.error_km:.2f} km off, {sigmas}"


def _few(texts: Iterable[str]) -> str:
    every = list(texts)
    more = f" and {len(every) - _MOST_TOLD} more" if len(every) > _MOST_TOLD else ""
    return ", ".join(every[:_MOST_TOLD]) + more


def shared_for_report(found: Mapping[str, SharedEvidence]) -> dict[str, Any]:
    """The part `shared` of a report."""
    return {
        partner: {
            "passes": one.passes,
            "tracks": one.tracks,
            "products": one.products,
            "orbits": {
                craft: {
                    "adopted": orbit.is_adopted,
                    "error_km": orbit.error_km,
                    "error_sigmas": orbit.error_sigmas,
                }
                for craft, orbit in one.orbits.items()
            },
        }
        for partner, one in found.items()
    }
