"""What a rehearsal is flown with: the craft as telemetry last told, the texts, the plan ahead."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.mission.scenario.simulator_data import STATES, SimulatorData
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.version import mdb_version
from groundsys.planning.exchange.fields import to_plain
from groundsys.planning.plan import Plan
from groundsys.procedures.conditions import Sample
from groundsys.procedures.definitions import Scalar
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class StateReading:
    """One part of a craft's state, by the parameter that tells it, and when it was so."""

    state: str
    parameter: str
    value: float | str
    at: Instant


@dataclass(frozen=True, slots=True)
class CraftSnapshot:
    """A craft as its telemetry last told."""

    spacecraft: str
    mdb_version: str
    #: whether the procedure speaks of it; the others only fly along
    spoken_of: bool
    #: empty if too little is known: then it begins as it is defined
    readings: tuple[StateReading, ...]

    @property
    def as_of(self) -> Instant | None:
        """Of when the oldest part of its state is."""
        return min((one.at for one in self.readings), default=None)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a rehearsal rests on, as the desks have handed it out."""

    id: str
    procedure: str
    spacecraft: str
    parameters: Mapping[str, Scalar]
    #: the procedure and all that it calls: the hash of each text by its id
    texts: Mapping[str, str]
    taken_at: Instant
    scenario: str
    craft: tuple[CraftSnapshot, ...]
    #: what is not known of the craft and the ground, and what is taken for it
    assumed: tuple[str, ...]
    #: passes and relay sessions ahead
    plan: Plan

    @property
    def state_at(self) -> Instant:
        """Of when the state is that the procedure's own craft was begun with."""
        own = next(one for one in self.craft if one.spacecraft == self.spacecraft)
        return own.as_of or self.taken_at


def take_state(
    craft: Spacecraft,
    data: SimulatorData,
    samples: Mapping[str, Sample],
    now: Instant,
    *,
    spoken_of: bool,
) -> tuple[CraftSnapshot, tuple[str, ...], tuple[str, ...]]:
    """A craft by its latest telemetry, why that does not suffice, and what else is assumed.

    `samples` are values by parameter.  A part of the state that was never heard, or not lately
    enough, is a reason why the craft's state is not known; nothing is made up for it.
    """
    readings: list[StateReading] = []
    silent: list[str] = []
    old: list[str] = []
    assumed: list[str] = []
    for one in data.states:
        sample = samples.get(one.parameter)
        if sample is None:
            silent.append(one.parameter)
            continue
        age_s = now.seconds_since(sample.at)
        if age_s > one.max_age_s:
            old.append(
                f"{one.parameter} is {age_s / 3600:.1f} h old (it may be "
                f"{one.max_age_s / 3600:g} h)"
            )
        elif one.tells_nothing is not None and sample.value == one.tells_nothing:
            assumed.append(f"{craft.id}: {one.parameter} tells nothing, {one.state} is as defined")
        else:
            value = float(sample.value) if STATES[one.state] is float else str(sample.value)
            readings.append(
                StateReading(one.state, one.parameter, value, Instant(sample.at.tai_ns))
            )
    lacking = []
    if len(silent) == len(data.states):
        lacking.append(f"{craft.id} was never heard")
    elif silent:
        lacking.append(f"{craft.id} never told {', '.join(silent)}")
    if old:
        lacking.append(f"{craft.id}'s {', '.join(old)}")
    known = () if lacking else tuple(readings)
    snapshot = CraftSnapshot(craft.id, mdb_version(craft), spoken_of, known)
    told = (f"{craft.id}: {text}" for text in data.assumed) if known else ()
    return snapshot, tuple(lacking), (*(assumed if known else ()), *told)


def digest_of(value: Any) -> str:
    """SHA-256 of a snapshot or verdict as JSON in one canonical form."""
    plain = to_plain(value, type(value).__name__.lower())
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
