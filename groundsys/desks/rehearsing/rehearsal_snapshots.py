"""Snapshots for rehearsals: every craft as telemetry last told it, and the plan ahead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.procedures.procedure_observing import ProcedureObserver
from groundsys.desks.procedures.procedure_preparing import Prepared
from groundsys.mission.scenario.legs import SEPARATOR
from groundsys.passes.changes import planned_of as planned_pass
from groundsys.passes.execution import Pass
from groundsys.planning.plan import Plan
from groundsys.procedures.rehearsing import CraftSnapshot, Snapshot, take_state
from groundsys.relay.changes import planned_of as planned_session
from groundsys.relay.sessions import RelaySession
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

#: a rehearsal is handed the passes and sessions of so long a time
PLAN_AHEAD = timedelta(days=4)


def take_snapshot(
    room: ControlRoom,
    observer: ProcedureObserver,
    name: str,
    prepared: Prepared,
    plan: Plan,
    also_assumed: tuple[str, ...],
) -> Snapshot:
    """What a rehearsal is flown with; `CommandRefusedError` if no simulator can be begun so."""
    _check_simulated(room, prepared)
    craft, assumed = _states(room, observer, prepared)
    return Snapshot(
        id=name,
        procedure=prepared.procedure.id,
        spacecraft=prepared.spacecraft,
        parameters=prepared.parameters,
        texts=prepared.digests,
        taken_at=Instant(room.now.tai_ns),
        scenario=room.scenario.id,
        craft=craft,
        assumed=(*assumed, *also_assumed),
        plan=plan,
    )


def plan_ahead(
    passes: Iterable[Pass], sessions: Iterable[RelaySession], scenario: str, now: Instant
) -> Plan:
    """What is booked and not over, as far as a rehearsal may need it."""
    until = now + PLAN_AHEAD
    return Plan(
        scenario,
        tuple(planned_pass(one) for one in passes if one.end > now and one.start < until),
        tuple(planned_session(one) for one in sessions if one.end > now and one.start < until),
    )


def _check_simulated(room: ControlRoom, prepared: Prepared) -> None:
    if SEPARATOR in room.scenario.id:
        raise CommandRefusedError(
            f"scenario {room.scenario.id} cannot be rehearsed in",
            expected="a scenario whose orbits are those of the definitions",
            found="a leg, for whose date the orbits were determined anew",
        )
    for name in sorted(prepared.spoken_of):
        craft = room.mission.spacecraft[name]
        if craft.model.id not in room.mission.simulators:
            raise CommandRefusedError(
                f"{prepared.procedure.id} cannot be rehearsed: there is no simulator of {name} "
                "that telemetry can be put into",
                expected=f"models/{craft.model.id}/simulator.yaml in the definitions",
                remedy="write it, or do without the procedure",
            )


def _states(
    room: ControlRoom, observer: ProcedureObserver, prepared: Prepared
) -> tuple[tuple[CraftSnapshot, ...], tuple[str, ...]]:
    """Every craft of the scenario; of those spoken of, all must be known."""
    found: list[CraftSnapshot] = []
    lacking: list[str] = []
    assumed: list[str] = []
    for craft in room.craft:
        data = room.mission.simulators.get(craft.model.id)
        spoken_of = craft.id in prepared.spoken_of
        if data is None:
            assumed.append(f"{craft.id} begins as defined: nothing tells its simulator more")
            continue
        samples = observer.telemetry(craft, {one.parameter for one in data.states})
        one, reasons, more = take_state(craft, data, samples, room.now, spoken_of=spoken_of)
        found.append(one)
        if spoken_of:
            lacking += reasons
            assumed += more
        elif reasons:
            assumed.append(f"{'; '.join(reasons)}: it begins as defined")
    if lacking:
        raise CommandRefusedError(
            f"{prepared.procedure.id} cannot be rehearsed: the craft's state is not known",
            expected="every parameter of the state heard, and lately",
            found="; ".join(lacking),
            remedy="ask the craft for its housekeeping (REPORT_HOUSEKEEPING), or wait for the "
            "next pass",
        )
    return tuple(found), tuple(assumed)
