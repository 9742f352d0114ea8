"""Whether pictures of a body were taken when the plan foresaw that it can be seen, and truly so.

The windows are those of `groundsys plan observe`, by the definitions' orbit; whether a moment was
good is told by where the craft truly was from the body and how fast (the simulators' record), and
by the Sun's place.  Room for pictures is the plan's own: truth knows no limit of that kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.central_bodies import SUN
from groundsys.geometry.observing import ObservationLimits, look
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.observations import limits_of, observations_of
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.truth.record import TruePicture, read_flyby
from groundsys.rehearsal.verdict.criterion import Criterion, at_most
from groundsys.values.instants import Instant, Interval

OBSERVING_CRITERIA = ("min_pictures_in_windows_share", "max_pictures_outside_windows")


@dataclass(frozen=True, slots=True)
class ObservingEvidence:
    """Of one camera: how many pictures its windows foresaw, and how many were taken in them."""

    foreseen: int
    #: in a window of the plan's, and truly within all limits
    good: int
    #: in no window, each with what else is wrong
    outside: tuple[str, ...]
    #: in a window, and truly beyond a limit, as nobody knew the way better; each with which
    beyond: tuple[str, ...] = ()


def observing_evidence(
    run: RunDirectory, mission: Mission, scenario: Scenario
) -> dict[str, ObservingEvidence]:
    """By camera that states when it can see its target; none if the scenario does not ask."""
    if not set(OBSERVING_CRITERIA) & set(scenario.criteria):
        return {}
    geometry = Geometry(mission)
    planned = observations_of(mission, scenario, geometry)
    found = {}
    for id in scenario.spacecraft:
        for payload in (mission.payloads[one] for one in mission.spacecraft[id].payloads):
            if "observation" not in payload.settings:
                continue
            body = str(payload.settings["target"])
            mine = [one for one in planned if one.spacecraft == id]
            taken = read_flyby(run.truth, id).pictures
            ephemeris = geometry.ephemeris
            sun = {
                at: ephemeris.position_km(SUN, tdb) - ephemeris.position_km(body, tdb)
                for at in taken
                for tdb in (tdb_seconds(instants_ns(at)),)
            }
            found[id] = judged_pictures(
                taken, sun, limits_of(payload), [one.interval for one in mine],
                sum(one.window.pictures for one in mine),
            )  # fmt: skip
    return found


def judged_pictures(
    taken: Mapping[Instant, TruePicture],
    sun_km: Mapping[Instant, FloatArray],
    limits: ObservationLimits,
    windows: Sequence[Interval],
    foreseen: int,
) -> ObservingEvidence:
    """Each picture by the plan's windows and by truth; `sun_km` (3, 1) from the body to the Sun."""
    outside, beyond = [], []
    for at, picture in taken.items():
        faults = list(_faults(picture, sun_km[at], limits))
        if not any(one.start <= at <= one.end for one in windows):
            outside.append(f"{at.utc_iso(0)}: {', '.join(['in no window', *faults])}")
        elif faults:
            beyond.append(f"{at.utc_iso(0)}: {', '.join(faults)}")
    good = len(taken) - len(outside) - len(beyond)
    return ObservingEvidence(foreseen, good, tuple(outside), tuple(beyond))


def _faults(picture: TruePicture, sun_km: FloatArray, limits: ObservationLimits) -> Iterator[str]:
    place = np.array(picture.from_body_km)[:, np.newaxis]
    motion = np.array(picture.from_body_km_s)[:, np.newaxis]
    away, phase_deg, turning_deg_s = look(
        lambda tdb_s: place + motion * tdb_s, lambda _: sun_km, np.zeros(1)
    )
    if not limits.nearest_km <= away[0] <= limits.farthest_km:
        yield f"from {away[0]:.1f} km"
    if phase_deg[0] > limits.highest_phase_deg:
        yield f"phase {phase_deg[0]:.0f}°"
    if turning_deg_s[0] > limits.fastest_deg_s:
        yield f"turning by {turning_deg_s[0] * 3600.0:.0f} °/h"


def judge_observing(
    found: Mapping[str, ObservingEvidence], limits: Mapping[str, float]
) -> Iterator[Criterion]:
    """What a scenario asks of its pictures, if it asks anything."""
    for camera, one in found.items():
        if "min_pictures_in_windows_share" in limits:
            share = limits["min_pictures_in_windows_share"]
            yield Criterion(
                f"pictures_in_windows[{camera}]",
                one.foreseen > 0 and one.good >= share * one.foreseen,
                f"at least {share:.0%} of the {one.foreseen} that were foreseen",
                "; ".join((str(one.good), *one.beyond[:3])),
            )
        if "max_pictures_outside_windows" in limits:
            name, limit = f"pictures_outside[{camera}]", limits["max_pictures_outside_windows"]
            within = at_most(name, len(one.outside), limit)
            told = "; ".join(one.outside[:3])
            yield (
                within
                if not told
                else Criterion(name, within.ok, within.expected, f"{within.found}; {told}")
            )


def observing_for_report(found: Mapping[str, ObservingEvidence]) -> dict[str, Any]:
    """The part `observing` of a report."""
    return {
        camera: {
            "foreseen": one.foreseen,
            "good": one.good,
            "outside": list(one.outside),
            "beyond": list(one.beyond),
        }
        for camera, one in found.items()
    }
