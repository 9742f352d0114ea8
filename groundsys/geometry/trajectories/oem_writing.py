"""A craft's trajectory as a CCSDS Orbit Ephemeris Message (502.0-B-2) in keyword-value notation.

States are along ICRF axes from the centre of the body that the craft moves about, epochs in TDB
(no leap seconds, and the scale of the ephemerides).  Issue 2 of the message is what every reader
takes.  A burn is a segment of its own, as no interpolation may reach across its ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from groundsys.geometry.geometry import Geometry
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.solutions.covariances import Covariance
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval

#: of Hermite's polynomial over four states; at 120 s it is below a millimetre off in a low orbit
INTERPOLATION_DEGREE = 7
STEP_S = 120.0
#: through a burn
BURN_STEP_S = 10.0

_J2000 = datetime(2000, 1, 1, 12)


def write_oem(
    geometry: Geometry,
    craft_id: str,
    span: Interval,
    generated: Instant,
    originator: str = "GROUNDSYS",
    step_s: float = STEP_S,
    burns: Sequence[Interval] = (),
    covariances: Sequence[Covariance] = (),
) -> str:
    """The craft's states every `step_s` over the span, cut to where its trajectory is known.

    Through each of `burns`, from and to the multiples of `step_s` about it, one every 10 s.
    Positions in km to the micrometre, velocities in km/s.  `PlanError` for a landed craft, which
    has no orbit, and for a span in which the trajectory is not known.
    """
    craft = geometry.craft(craft_id)
    if craft.site is not None:
        raise PlanError(
            f"{craft_id} stands on {craft.trajectory.center}",
            expected="a craft that moves",
            found="a landing site",
        )
    epochs = _epochs(span, craft.trajectory.tdb_span, step_s)
    if epochs.size <= INTERPOLATION_DEGREE // 2:
        raise PlanError(
            f"too few states of {craft_id} for an ephemeris message",
            expected=f"a span of at least {INTERPOLATION_DEGREE // 2 * step_s:.0f} s in which "
            "its trajectory is known",
            found=f"{span.start.utc_iso(0)} to {span.end.utc_iso(0)}",
            remedy="name a trajectory that covers the plan",
        )
    trajectory = craft.trajectory
    return oem_text(
        trajectory,
        list(_segments(epochs, burns)),
        object_name=geometry.mission.spacecraft[craft_id].name,
        object_id=craft_id,
        generated=generated,
        originator=originator,
        covariances=covariances,
    )


def oem_text(
    trajectory: Trajectory,
    segments: Sequence[FloatArray],
    *,
    object_name: str,
    object_id: str,
    generated: Instant,
    originator: str,
    covariances: Sequence[Covariance] = (),
    comments: Sequence[str] = (),
) -> str:
    """States of a trajectory at the epochs (TDB since J2000) of each segment, as a message.

    Covariances (km², km²/s, km²/s²; ICRF) go with the segment in which their time lies.
    """
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        *(f"COMMENT {one}" for one in comments),
        f"CREATION_DATE = {generated.utc_iso(3).removesuffix('Z')}",
        f"ORIGINATOR = {originator}",
    ]
    for part in segments:
        lines += [
            "",
            "META_START",
            f"OBJECT_NAME = {object_name}",
            f"OBJECT_ID = {object_id}",
            f"CENTER_NAME = {trajectory.center.upper()}",
            "REF_FRAME = ICRF",
            "TIME_SYSTEM = TDB",
            f"START_TIME = {_tdb_text(part[0])}",
            f"STOP_TIME = {_tdb_text(part[-1])}",
            "INTERPOLATION = HERMITE",
            f"INTERPOLATION_DEGREE = {INTERPOLATION_DEGREE}",
            "META_STOP",
            "",
            *_states(part, trajectory.position_km(part), trajectory.velocity_km_s(part)),
        ]
        within = [one for one in covariances if part[0] <= one.tdb_s <= part[-1]]
        if within:
            lines += ["", "COVARIANCE_START", *_covariances(within), "COVARIANCE_STOP"]
    return "\n".join(lines) + "\n"


def _covariances(covariances: Sequence[Covariance]) -> Iterator[str]:
    for one in covariances:
        yield f"EPOCH = {_tdb_text(one.tdb_s)}"
        yield "COV_REF_FRAME = ICRF"
        for row in range(6):
            yield " ".join(f"{number:.12e}" for number in one.matrix[row, : row + 1])


def _segments(epochs: FloatArray, burns: Sequence[Interval]) -> Iterator[FloatArray]:
    """The epochs cut at the last one before each burn and at the first one after it."""
    edges = [0, epochs.size - 1]
    fine = set()
    for burn in burns:
        first, last = (float(one) for one in tdb_seconds(instants_ns(burn.start, burn.end)))
        before = int(np.searchsorted(epochs, first, side="right")) - 1
        after = int(np.searchsorted(epochs, last, side="left"))
        edges += [before, after]
        fine.add(before)
    for first, last in pairwise(sorted(set(edges))):
        if first in fine:
            steps = round((epochs[last] - epochs[first]) / BURN_STEP_S)
            yield np.linspace(epochs[first], epochs[last], steps + 1)
        else:
            yield epochs[first : last + 1]


def _epochs(span: Interval, known: tuple[float, float] | None, step_s: float) -> FloatArray:
    """Multiples of the step, in seconds of TDB, within the span and where the orbit is known."""
    first, last = (float(one) for one in tdb_seconds(instants_ns(span.start, span.end)))
    if known is not None:
        first, last = max(first, known[0]), min(last, known[1])
    return np.arange(np.ceil(first / step_s), np.floor(last / step_s) + 1.0) * step_s


def _states(epochs: FloatArray, position: FloatArray, velocity: FloatArray) -> Iterator[str]:
    for epoch, place, speed in zip(epochs, position.T, velocity.T, strict=True):
        yield " ".join(
            [
                _tdb_text(epoch),
                *(f"{one:.9f}" for one in place),
                *(f"{one:.12f}" for one in speed),
            ]
        )


def _tdb_text(tdb_s: float) -> str:
    return (_J2000 + timedelta(seconds=round(float(tdb_s), 3))).isoformat(timespec="milliseconds")
