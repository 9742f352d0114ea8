"""When the commands on a scenario's list can leave, and what another plan changes of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import PlannedCommand, Scenario
from groundsys.planning.plan import Plan
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class CommandTime:
    """The first chance of a command: `by` a pass, or a session that a pass loads; None if never."""

    at: Instant | None
    by: str


@dataclass(frozen=True, slots=True)
class CommandChange:
    """A command whose first chance is another in another plan."""

    spacecraft: str
    command: str
    not_before: Instant
    before: CommandTime
    after: CommandTime


def first_chance(
    command: PlannedCommand, plan: Plan, mission: Mission, load_s: float
) -> CommandTime:
    """When the command can be transmitted; to a craft heard through a relay, when it is said.

    What a session is to say reaches the relay `load_s` before it at the latest.
    """
    relay = mission.spacecraft[command.spacecraft].relay
    speaker = relay or command.spacecraft
    uplinks = [
        (max(one.uplink_from, command.not_before), one)
        for one in sorted(plan.passes, key=lambda one: one.uplink_from)
        if one.spacecraft == speaker and one.uplink_until > max(one.uplink_from, command.not_before)
    ]
    if relay is None:
        return CommandTime(*((uplinks[0][0], uplinks[0][1].id) if uplinks else (None, "")))
    for session in sorted(plan.relay_sessions, key=lambda one: one.start):
        if session.spacecraft != command.spacecraft:
            continue
        for sent, one in uplinks:
            if sent.plus_seconds(one.light_time_s + load_s) <= session.start:
                return CommandTime(session.start, f"{session.id}, loaded in {one.id}")
    return CommandTime(None, "")


def command_changes(
    old: Plan, new: Plan, mission: Mission, scenario: Scenario, load_s: float, same_s: float = 60.0
) -> tuple[CommandChange, ...]:
    """Commands of the scenario whose first chance moves by more than `same_s`, or comes or goes."""
    return tuple(_changes(scenario.commands, old, new, mission, load_s, same_s))


def _changes(
    commands: Sequence[PlannedCommand],
    old: Plan,
    new: Plan,
    mission: Mission,
    load_s: float,
    same_s: float,
) -> Iterator[CommandChange]:
    for one in commands:
        before = first_chance(one, old, mission, load_s)
        after = first_chance(one, new, mission, load_s)
        if before.at is not None and after.at is not None:
            if abs(after.at.seconds_since(before.at)) <= same_s:
                continue
        elif before.at is after.at:
            continue
        yield CommandChange(one.spacecraft, one.command, one.not_before, before, after)
