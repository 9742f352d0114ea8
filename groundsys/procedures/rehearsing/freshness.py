"""Whether a rehearsal still counts: same texts, definitions, parameters, and craft much as then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from groundsys.mission.scenario.simulator_data import STATES, SimulatedState, SimulatorData
from groundsys.procedures.conditions import Sample
from groundsys.procedures.rehearsing.snapshot import Snapshot
from groundsys.procedures.rehearsing.verdict import GateState
from groundsys.values.instants import Instant


def stale_reasons(
    snapshot: Snapshot,
    *,
    texts: Mapping[str, str],
    mdb_versions: Mapping[str, str],
    parameters: Mapping[str, Any],
    samples: Mapping[tuple[str, str], Sample],
    simulators: Mapping[str, SimulatorData],
    valid_h: float,
    now: Instant,
    at_gate: GateState | None = None,
) -> tuple[str, ...]:
    """Why a rehearsal by this snapshot counts no more; empty if it does.

    `texts` are hashes by procedure, `mdb_versions` and `simulators` by craft, and `samples` the
    latest values by craft and parameter.  Within a run, `at_gate` is how the rehearsal had the
    craft at the gate that the run is at: by then the procedure has changed them itself.
    """
    return (
        *_of_texts(snapshot, texts),
        *_of_definitions(snapshot, mdb_versions),
        *_of_parameters(snapshot, parameters),
        *_of_age(snapshot, valid_h, now),
        *_of_state(snapshot, samples, simulators, at_gate),
    )


def _of_texts(snapshot: Snapshot, texts: Mapping[str, str]) -> Iterable[str]:
    for name in sorted({*snapshot.texts, *texts}):
        if snapshot.texts.get(name) != texts.get(name):
            yield f"procedure {name} has another text now"


def _of_definitions(snapshot: Snapshot, mdb_versions: Mapping[str, str]) -> Iterable[str]:
    for one in snapshot.craft:
        version = mdb_versions.get(one.spacecraft, "none")
        if one.spoken_of and one.mdb_version != version:
            yield f"{one.spacecraft} is defined by MDB {version} now, then by {one.mdb_version}"


def _of_parameters(snapshot: Snapshot, parameters: Mapping[str, Any]) -> Iterable[str]:
    for name in sorted({*snapshot.parameters, *parameters}):
        then, asked = snapshot.parameters.get(name), parameters.get(name)
        if then != asked or isinstance(then, bool) != isinstance(asked, bool):
            yield f"{name} is to be {asked}, and was rehearsed as {then}"


def _of_age(snapshot: Snapshot, valid_h: float, now: Instant) -> Iterable[str]:
    age_h = now.seconds_since(snapshot.state_at) / 3600.0
    if age_h > valid_h:
        yield (
            f"{snapshot.spacecraft}'s state is of {snapshot.state_at.utc_iso(0)}, {age_h:.1f} h "
            f"ago; it may be {valid_h:g} h"
        )


def _of_state(
    snapshot: Snapshot,
    samples: Mapping[tuple[str, str], Sample],
    simulators: Mapping[str, SimulatorData],
    at_gate: GateState | None,
) -> Iterable[str]:
    seen = {(one.spacecraft, one.state): one.value for one in at_gate.states} if at_gate else {}
    for craft in snapshot.craft:
        data = simulators.get(craft.spacecraft)
        if not craft.spoken_of or data is None:
            continue
        then = {one.state: one.value for one in craft.readings}
        for one in data.states:
            if one.tolerance is None or one.state not in then:
                continue
            value = seen.get((craft.spacecraft, one.state), then[one.state])
            sample = samples.get((craft.spacecraft, one.parameter))
            reason = _difference(one, value, sample)
            if reason:
                yield f"{craft.spacecraft}'s {one.parameter} {reason}"


def _difference(one: SimulatedState, then: float | str, sample: Sample | None) -> str:
    if sample is None:
        return "is not known now"
    assert one.tolerance is not None
    if STATES[one.state] is str:
        same = str(sample.value) == str(then)
        return "" if same else f"is {sample.value}, and was {then} in the rehearsal"
    value = float(sample.value)
    if one.tells_nothing is not None and value == one.tells_nothing:
        return ""
    if abs(value - float(then)) <= one.tolerance:
        return ""
    return (
        f"is {value:.6g}, and was {float(then):.6g} in the rehearsal: more than "
        f"{one.tolerance:g} apart"
    )
