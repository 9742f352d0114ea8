"""Capsules that came down from an approach: what was foretold and handed over, against the truth.

The ground's word is the fact that its recovery desk kept; the truth beside it is the simulators'
record of where and when each capsule fell, and of the carrier's orbit after its last burn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.desks.entry.recovery_desk import read_told
from groundsys.desks.entry.samples_desk import ledger_of
from groundsys.entry.arrival_told import ArrivalTold, Version
from groundsys.entry.falling import offset_km
from groundsys.entry.sample_custody import Custody, custody_of
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.scenario.scenarios import ARRIVAL_CRITERIA
from groundsys.procedures.sample_custody_files import read_returns
from groundsys.rehearsal.truth.space_truth import TrueArrivalRecord, TruePush
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.rehearsal.verdict.samples import chain_for_report
from groundsys.store import Store
from groundsys.values.instants import Instant

_SIGMAS = 3.0
#: what the ledger of a capsule is to reach up to
RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class ArrivalEvidence:
    """One capsule; None of what never was."""

    told: ArrivalTold
    truth: TrueArrivalRecord | None
    released: Instant | None
    custody: Custody
    carrier: str
    #: how far the carrier's last true orbit keeps from the body's equator
    clearance_km: float | None

    @property
    def at_gate(self) -> Sequence[Version]:
        """Versions that were made before the capsule truly left."""
        left = self.released
        return [one for one in self.told.versions if left is None or one.made < left]

    @property
    def last(self) -> Version | None:
        """The last version before the capsule met the air."""
        if self.truth is None:
            return self.told.versions[-1] if self.told.versions else None
        return self.told.before(self.truth.interface)

    def angle_sigmas(self) -> float | None:
        """How far the true angle lies from what was last foretold."""
        if self.truth is None or self.last is None or self.last.prediction is None:
            return None
        told = self.last.prediction.flight_path_deg
        return abs(self.truth.flight_path_deg - told.mean) / told.sigma

    def landing_sigmas(self) -> float | None:
        """By the ellipse that goes through the true landing point."""
        if self.truth is None or self.last is None or self.last.prediction is None:
            return None
        where = (self.truth.latitude_deg, self.truth.longitude_deg)
        return self.last.prediction.off_sigmas(*where)

    def time_sigmas(self) -> float | None:
        """How far the true time of landing lies from what was last foretold."""
        if self.truth is None or self.last is None or self.last.prediction is None:
            return None
        told = self.last.prediction.landing
        return abs(self.truth.landing.seconds_since(told.time)) / told.sigma_s

    def fix_error_km(self) -> float | None:
        """From where bearings crossed to where it truly lies."""
        fix, truth = self.told.fix, self.truth
        if fix is None or truth is None:
            return None
        there = (truth.latitude_deg, truth.longitude_deg)
        return float(np.hypot(*offset_km(fix.latitude_deg, fix.longitude_deg, *there)))

    def beacon_wait_s(self) -> float | None:
        """From the parachute's true opening to the beacon's first sound."""
        if self.told.beacon_heard is None or self.truth is None or self.truth.parachute is None:
            return None
        return self.told.beacon_heard.seconds_since(self.truth.parachute)


def arrival_evidence(
    mission: Mission,
    scenario: Scenario,
    store: Store,
    truths: Mapping[str, TrueArrivalRecord],
    pushes: Sequence[TruePush],
    released: Mapping[str, Instant],
) -> dict[str, ArrivalEvidence]:
    """By capsule; none if the scenario asks nothing of arrivals."""
    if not set(ARRIVAL_CRITERIA) & set(scenario.criteria):
        return {}
    returns, bodies = read_returns(mission, Findings()), Geometry(mission).bodies
    found = {}
    for id in scenario.spacecraft:
        craft = mission.spacecraft[id]
        if craft.arrival is None:
            continue
        told, carrier = read_told(store, id), str(craft.relay)
        mine = [one for one in pushes if one.spacecraft == carrier]
        radius_km = bodies[craft.arrival.body].ellipsoid.equatorial_radius_km
        found[id] = ArrivalEvidence(
            told=told,
            truth=truths.get(id),
            released=released.get(id),
            custody=custody_of(
                *(id, returns, ledger_of(returns, store, scenario.span.start, id)),
                scenario.span.end,
                up_to=RECEIVED,
            ),
            carrier=carrier,
            clearance_km=(
                mine[-1].semi_major_axis_km * (1.0 - mine[-1].eccentricity) - radius_km
                if mine
                else None
            ),
        )
    return found


def judge_arrivals(
    arrivals: Mapping[str, ArrivalEvidence], limits: Mapping[str, float]
) -> list[Criterion]:
    """Nine criteria a capsule; the scenario's limits say how strict they are."""
    criteria = []
    for craft, one in arrivals.items():
        criteria += [
            _gate(craft, one, limits.get("min_versions_before_gate", 1.0)),
            _at_most(
                f"entry_angle[{craft}]", one.angle_sigmas(),
                limits.get("max_corridor_sigmas", _SIGMAS), "sigma of the last prediction",
            ),
            _at_most(
                f"landing_in_ellipse[{craft}]", one.landing_sigmas(),
                limits.get("max_landing_sigmas", _SIGMAS), "sigma of the last prediction",
            ),
            _at_most(
                f"landing_time[{craft}]", one.time_sigmas(),
                limits.get("max_landing_time_sigmas", _SIGMAS), "sigma of the last prediction",
            ),
            _clear(one, limits.get("min_carrier_clearance_km", 150.0)),
            _at_most(
                f"beacon_heard[{craft}]", one.beacon_wait_s(),
                limits.get("max_beacon_wait_s", 120.0), "s after the parachute opened",
            ),
            _at_most(
                f"beacon_fix[{craft}]", one.fix_error_km(),
                limits.get("max_fix_error_km", 5.0), "km off where it lies",
            ),
            _handed_over(craft, one),
            Criterion(
                f"custody_complete[{craft}]", one.custody.is_whole,
                "a ledger of its samples without a gap, up to who received them",
                "; ".join(one.custody.reasons) or f"whole, held by {one.custody.holder}",
            ),
        ]  # fmt: skip
    return criteria


def arrivals_for_report(arrivals: Mapping[str, ArrivalEvidence]) -> dict[str, Any]:
    """The part `arrivals` of a report: what was foretold when, and what came true."""
    return {
        craft: {
            "versions": [_version(one) for one in evidence.told.versions],
            "truth": None if evidence.truth is None else evidence.truth.for_report(),
            "entry_angle_sigmas": _rounded(evidence.angle_sigmas()),
            "landing_sigmas": _rounded(evidence.landing_sigmas()),
            "landing_time_sigmas": _rounded(evidence.time_sigmas()),
            "beacon_fix_error_km": _rounded(evidence.fix_error_km()),
            "carrier_clearance_km": _rounded(evidence.clearance_km),
            "custody": chain_for_report(evidence.custody),
        }
        for craft, evidence in arrivals.items()
    }


def _version(one: Version) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": one.number,
        "made": one.made.utc_iso(0),
        "released": one.is_released,
        "outside": list(one.outside),
    }
    if one.prediction is not None:
        major, minor, azimuth = one.prediction.ellipse()
        told |= {
            "interface": one.prediction.interface.time.utc_iso(1),
            "flight_path_deg": round(one.prediction.flight_path_deg.mean, 4),
            "flight_path_sigma_deg": round(one.prediction.flight_path_deg.sigma, 4),
            "landing": one.prediction.landing.time.utc_iso(0),
            "latitude_deg": round(one.prediction.latitude_deg, 4),
            "longitude_deg": round(one.prediction.longitude_deg, 4),
            "ellipse_km": [round(major, 1), round(minor, 1)],
            "ellipse_azimuth_deg": round(azimuth, 1),
        }
    return told


def _gate(craft: str, one: ArrivalEvidence, least: float) -> Criterion:
    before = one.at_gate
    within = bool(before) and not before[-1].outside
    why = "; ".join(before[-1].outside) if before else "nothing foretold"
    return Criterion(
        f"corridor_foretold[{craft}]",
        len(before) >= least and within and one.released is not None,
        f"{least:g} versions or more before the release, the last within its limits",
        f"{len(before)}, {'within' if within else why}"
        + ("" if one.released is not None else "; never released"),
    )


def _clear(one: ArrivalEvidence, least_km: float) -> Criterion:
    clear = one.clearance_km
    return Criterion(
        f"carrier_deflected[{one.carrier}]",
        clear is not None and clear >= least_km,
        f"past the body by {least_km:g} km or more",
        "it never burnt" if clear is None else f"{clear:.0f} km",
    )


def _handed_over(craft: str, one: ArrivalEvidence) -> Criterion:
    """Predicted before the entry, and told again with what came true."""
    last = one.last
    before = last is not None and last.prediction is not None and one.truth is not None
    after = one.told.found is not None
    return Criterion(
        f"hand_over[{craft}]",
        before and after,
        "made before the entry, and updated with where it was found",
        f"{'made' if before else 'not made'}, {'updated' if after else 'not updated'}",
    )


def _at_most(name: str, found: float | None, limit: float, unit: str) -> Criterion:
    told = "nothing" if found is None else f"{found:.2f}"
    return Criterion(name, found is not None and found <= limit, f"at most {limit:g} {unit}", told)


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
