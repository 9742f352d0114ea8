"""Whether pictures of a body truly told where their craft was, and moved its sequence in time.

The ground's word is the fact that its optical navigation kept; the truth beside it is the
simulators' record of where each picture was taken, of when the craft truly was nearest, and of when
its schedule released what was loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.desks.planning.optical_desk import told_of_store
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.truth.record import TrueFlyby, read_flyby, read_schedule_releases
from groundsys.rehearsal.verdict.criterion import Criterion, at_most
from groundsys.store import Store
from groundsys.values.instants import Instant

OPTICAL_CRITERIA = (
    "max_optical_sigmas",
    "max_optical_error_km",
    "max_closest_approach_error_s",
    "max_sequence_off_s",
)


@dataclass(frozen=True, slots=True)
class OpticalEvidence:
    """Of one craft: what was told last by its pictures; None of what never was."""

    pictures: int
    #: the place from the body at the last picture in it: error, before and after, in km
    before_km: float | None
    error_km: float | None
    #: along the worst principal axis of its covariance
    error_sigmas: float | None
    #: of the time at which the craft is nearest
    approach_error_s: float | None
    approach_sigma_s: float | None
    #: from when it truly was nearest to the nearest release of its schedule
    sequence_off_s: float | None


def optical_evidence(
    run: RunDirectory, mission: Mission, scenario: Scenario, store: Store
) -> dict[str, OpticalEvidence]:
    """By craft whose pictures tell its orbit; none if the scenario asks nothing of it."""
    if not set(OPTICAL_CRITERIA) & set(scenario.criteria):
        return {}
    return {
        craft: compare_flyby(
            told_of_store(store, craft), flyby, read_schedule_releases(run.truth, craft)
        )
        for craft, (_, flyby) in true_flybys(run, mission, scenario).items()
    }


def true_flybys(
    run: RunDirectory, mission: Mission, scenario: Scenario
) -> dict[str, tuple[str, TrueFlyby]]:
    """By craft that a camera looks from at a body: which body, and the true way past it."""
    found = {}
    for id in scenario.spacecraft:
        camera = mission.spacecraft[id]
        for payload in (mission.payloads[one] for one in camera.payloads):
            if payload.kind == "camera" and "navigation" in payload.settings:
                craft = str(camera.relay) if id in scenario.attached else id
                found[craft] = (str(payload.settings["target"]), read_flyby(run.truth, id))
    return found


def compare_flyby(
    word: Mapping[str, Any] | None, truth: TrueFlyby, releases: tuple[Instant, ...]
) -> OpticalEvidence:
    """The ground's word against the truth."""
    off = [abs(one.seconds_since(truth.closest)) for one in releases]
    sequence_off_s = min(off, default=None)
    if word is None:
        return OpticalEvidence(0, None, None, None, None, None, sequence_off_s)
    at = Instant(word["last_ns"])
    taken = min(truth.pictures, key=lambda one: abs(one.seconds_since(at)))
    true_km = np.array(truth.pictures[taken].from_body_km)
    error = np.array(word["from_body_km"]) - true_km
    sizes, axes = np.linalg.eigh(np.array(word["covariance_km2"]))
    along = np.abs(axes.T @ error) / np.sqrt(sizes)
    return OpticalEvidence(
        pictures=int(word["used"]),
        before_km=float(np.linalg.norm(np.array(word["before_km"]) - true_km)),
        error_km=float(np.linalg.norm(error)),
        error_sigmas=float(along.max()),
        approach_error_s=Instant(word["closest_ns"]).seconds_since(truth.closest),
        approach_sigma_s=float(word["closest_sigma_s"]),
        sequence_off_s=sequence_off_s,
    )


def judge_optical(
    found: Mapping[str, OpticalEvidence], limits: Mapping[str, float]
) -> list[Criterion]:
    """What a scenario asks of its optical navigation, if it asks anything."""
    criteria = []
    for craft, one in found.items():
        approach_s = None if one.approach_error_s is None else abs(one.approach_error_s)
        for name, limit, value in (
            ("optical_error_sigmas", "max_optical_sigmas", one.error_sigmas),
            ("optical_error_km", "max_optical_error_km", one.error_km),
            ("closest_approach_error_s", "max_closest_approach_error_s", approach_s),
            ("sequence_off_s", "max_sequence_off_s", one.sequence_off_s),
        ):
            if limit in limits:
                told = float("inf") if value is None else round(value, 3)
                criteria.append(at_most(f"{name}[{craft}]", told, limits[limit]))
    return criteria


def optical_for_report(found: Mapping[str, OpticalEvidence]) -> dict[str, Any]:
    """The part `optical_navigation` of a report."""
    return {
        craft: {
            "pictures": one.pictures,
            "before_km": one.before_km,
            "error_km": one.error_km,
            "error_sigmas": one.error_sigmas,
            "closest_approach_error_s": one.approach_error_s,
            "closest_approach_sigma_s": one.approach_sigma_s,
            "sequence_off_s": one.sequence_off_s,
        }
        for craft, one in found.items()
    }
