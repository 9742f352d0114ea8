"""A snapshot as definitions that can be flown: craft as telemetry told, plan and texts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from groundsys.mission import load_mission, mdb_version
from groundsys.mission.as_flown import stated
from groundsys.mission.model import Mission
from groundsys.mission.programme import FILE as PROGRAMME
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.scenario.scenarios import REQUIRED_CRITERIA, TRUTH_CHANCES
from groundsys.planning import Plan, PlannedPass
from groundsys.planning.exchange import write_plan_json
from groundsys.procedures.library import text_hash
from groundsys.procedures.rehearsing import Snapshot
from groundsys.values.errors import CommandRefusedError, DefinitionError
from groundsys.values.instants import EarthReceiveTime, Instant, TransmitTime

SCENARIO = "rehearsal"
#: of a pass under way, what is left of it begins so long after the craft: antennas are told first
_LEAD_S = 1_200.0
#: less uplink than this is no contact to start in
_LEAST_UPLINK_S = 1_200.0
#: a craft's state that is so much older than the flight is told to be
_TOLD_FROM_S = 900.0
#: the part of a mothership's state that tells which cubes it holds, a bit a place in order of SCID
_HELD_STATE = "cubes_attached"
#: the desks close the last pass meanwhile
_CLOSING_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What is to be flown: folders of definitions and procedures, a plan, and when."""

    mission_db: Path
    procedures: Path
    plan: Path
    #: the run is started here, at the beginning of the first contact …
    begins: Instant
    #: … and has to have ended here
    until: Instant
    assumed: tuple[str, ...]


def write_definitions(
    snapshot: Snapshot,
    texts: Mapping[str, str],
    mission_db: Path | None,
    folder: Path,
    *,
    within_h: float,
) -> Rehearsed:
    """Write into `folder` what a rehearsal by this snapshot is flown with.

    `DefinitionError` if the definitions here are not those of the desks, `CommandRefusedError` if
    no contact is planned.
    """
    mission = load_mission(mission_db)
    scenario = _scenario_of(mission, snapshot)
    _check_same(mission, snapshot, texts)
    start = _start(snapshot)
    plan = plan_from(snapshot.plan, snapshot.taken_at)
    relay = mission.spacecraft[snapshot.spacecraft].relay or snapshot.spacecraft
    contacts = [one for one in plan.passes if one.spacecraft == relay and _uplink_s(one) > 0.0]
    if not contacts:
        raise CommandRefusedError(
            f"{snapshot.procedure} cannot be rehearsed: no contact with {relay} is planned",
            expected="a pass with uplink within the next days",
            remedy="plan one (`groundsys plan make`)",
        )
    begins = Instant(contacts[0].start.tai_ns)
    until = min(begins.plus_seconds(within_h * 3600.0), Instant(contacts[-1].end.tai_ns))
    root, procedures = folder / "mission_db", folder / "procedures"
    shutil.copytree(mission.root, root, ignore=shutil.ignore_patterns("scenarios"))
    (root / "scenarios").mkdir()
    held = still_held(mission, scenario, snapshot)
    content = {
        **_scenario_file(scenario, snapshot, start, until.plus_seconds(_CLOSING_S)),
        "attached": list(held),
        "releases": _releases(mission, scenario, held, start, until),
    }
    (root / "scenarios" / f"{SCENARIO}.yaml").write_text(json.dumps(content, indent=2))
    programme = replace(mission.programme, first_scenario=SCENARIO)
    (root / PROGRAMME).write_text(json.dumps(asdict(programme), indent=2))
    procedures.mkdir()
    for name, text in texts.items():
        (procedures / f"{name}.yaml").write_text(text)
    plan_path = folder / "plan.json"
    plan_path.write_text(write_plan_json(plan))
    assumed = (
        *snapshot.assumed,
        *_aged(snapshot, start),
        "no frame or command is lost by chance, and no antenna drops out",
        "constant errors of orbits, clocks and links are drawn by the rehearsal's seed",
    )
    return Rehearsed(root, procedures, plan_path, begins, until, assumed)


def plan_from(plan: Plan, now: Instant) -> Plan:
    """Of a plan, what can still be flown by antennas that are told `now`.

    Of a pass under way, what is left of it after the antenna's preparation; a relay session that
    has begun is over.
    """
    begun = now.plus_seconds(_LEAD_S)

    def left_of(one: PlannedPass) -> PlannedPass:
        if one.start >= begun:
            return one
        return replace(
            one,
            start=EarthReceiveTime(begun.tai_ns),
            uplink_from=TransmitTime(max(one.uplink_from.tai_ns, begun.tai_ns)),
        )

    left = [left_of(one) for one in plan.passes if one.end > begun]
    return Plan(
        SCENARIO,
        tuple(one for one in left if one.start >= begun and (
            one.start.tai_ns > begun.tai_ns or _uplink_s(one) >= _LEAST_UPLINK_S
        )),
        tuple(one for one in plan.relay_sessions if one.start > begun),
    )  # fmt: skip


def _uplink_s(one: PlannedPass) -> float:
    return (one.uplink_until.tai_ns - one.uplink_from.tai_ns) / 1e9


def _start(snapshot: Snapshot) -> Instant:
    """The craft begin when the last of those that matter was last heard, in whole seconds."""
    known = [one.as_of for one in snapshot.craft if one.spoken_of and one.as_of is not None]
    latest = min(max(known, default=snapshot.taken_at), snapshot.taken_at)
    return Instant(latest.tai_ns // 1_000_000_000 * 1_000_000_000)


def _aged(snapshot: Snapshot, start: Instant) -> tuple[str, ...]:
    return tuple(
        f"{one.spacecraft}'s state of {one.as_of.utc_iso(0)} is taken for that of "
        f"{start.utc_iso(0)}"
        for one in snapshot.craft
        if one.as_of is not None and start.seconds_since(one.as_of) > _TOLD_FROM_S
    )


def _scenario_of(mission: Mission, snapshot: Snapshot) -> Scenario:
    try:
        return mission.scenarios[snapshot.scenario]
    except KeyError:
        raise DefinitionError(
            f"the definitions here have no scenario '{snapshot.scenario}', which is flown",
            expected="one of " + ", ".join(sorted(mission.scenarios)),
            remedy="name the definitions of the running ground segment with --mission-db",
        ) from None


def _check_same(mission: Mission, snapshot: Snapshot, texts: Mapping[str, str]) -> None:
    """Raise if what is here is not what the desks speak of."""
    for one in snapshot.craft:
        craft = mission.spacecraft.get(one.spacecraft)
        version = mdb_version(craft) if craft is not None else "none"
        if version != one.mdb_version:
            raise DefinitionError(
                f"the definitions of {one.spacecraft} here are not those of the desks",
                expected=f"MDB {one.mdb_version}",
                found=f"MDB {version}",
                remedy="name the definitions of the running ground segment with --mission-db",
            )
    if {name: text_hash(text) for name, text in texts.items()} != dict(snapshot.texts):
        raise DefinitionError("the procedures' texts are not those that the snapshot names")


def still_held(mission: Mission, scenario: Scenario, snapshot: Snapshot) -> tuple[str, ...]:
    """Of the cubes that the scenario began with attached, those that telemetry still shows held.

    One whose mothership tells nothing of it is held as the scenario has it.
    """
    flags = {
        one.spacecraft: round(float(reading.value))
        for one in snapshot.craft
        for reading in one.readings
        if reading.state == _HELD_STATE
    }
    held = []
    for id in scenario.attached:
        carrier = str(mission.spacecraft[id].relay)
        cubes = [mission.spacecraft[one] for one in scenario.spacecraft]
        places = sorted(
            one.framing.spacecraft_id
            for one in cubes
            if one.relay == carrier and one.release is not None
        )
        place = places.index(mission.spacecraft[id].framing.spacecraft_id)
        if carrier not in flags or flags[carrier] >> place & 1:
            held.append(id)
    return tuple(held)


def _releases(
    mission: Mission, scenario: Scenario, held: tuple[str, ...], start: Instant, until: Instant
) -> dict[str, str]:
    """When each carried cube is foreseen to go, or is taken to have gone."""
    fleet = {**mission.spacecraft, **scenario.craft}
    found = {}
    for id in scenario.spacecraft:
        release = fleet[id].release
        if release is None:
            continue
        at = release.at
        if id not in held:
            at = start if at is None else min(at, start)
        if at is not None and not (id in held and not start < at < until):
            found[id] = at.utc_iso(0)
    return found


def _scenario_file(
    scenario: Scenario, snapshot: Snapshot, start: Instant, end: Instant
) -> dict[str, Any]:
    """The running scenario, from now on, without what was drawn to go wrong in it."""
    rounded = Instant(end.tai_ns // 1_000_000_000 * 1_000_000_000).utc_iso(0)
    return {
        "id": SCENARIO,
        "title": f"Rehearsal of {snapshot.procedure}",
        "description": f"{snapshot.spacecraft} as of {snapshot.state_at.utc_iso(0)}",
        "rehearses": snapshot.procedure,
        "start": start.utc_iso(0),
        "end": rounded,
        "cut_off": rounded,
        "quiet_from": rounded,
        "spacecraft": list(scenario.spacecraft),
        "antennas": list(scenario.antennas),
        "customers": list(scenario.customers),
        "craft": {id: stated(craft) for id, craft in scenario.craft.items()},
        "quantum_s": scenario.quantum_s,
        "truth": {name: size for name, size in scenario.truth.items() if name not in TRUTH_CHANCES},
        "planning": {"rules": dict(scenario.planning.rules)},
        "criteria": dict.fromkeys(REQUIRED_CRITERIA, 0),
        "initial": {
            one.spacecraft: {reading.state: reading.value for reading in one.readings}
            for one in snapshot.craft
            if one.readings
        },
    }
