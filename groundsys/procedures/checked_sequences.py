"""Whether a craft can take a sequence as it is written, and whether it is read back first."""

from __future__ import annotations

from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.spacecraft.onboard_files import ENABLE_COMMAND
from groundsys.mission.spacecraft.packet_model import CommandDefinition, Field, SpacecraftModel
from groundsys.mission.spacecraft.roles import longest_packet
from groundsys.procedures.arguments import (
    argument_problem,
    check_argument_set,
    is_instant,
    reference,
)
from groundsys.procedures.conditions import GROUND_SCHEDULE
from groundsys.procedures.control_flow import is_gate, ungated
from groundsys.procedures.definitions import (
    CommandStep,
    GateStep,
    Scalar,
    SequenceEntry,
    SequenceStep,
    Step,
)
from groundsys.procedures.scope import Scope
from groundsys.scheduling import (
    SCHEDULE_ENABLE,
    SCHEDULE_INSERT,
    SCHEDULE_REPORT,
    TOUCHING,
    knows_schedules,
)
from groundsys.values.instants import Instant

_CAPACITY = "schedule_entries"


def check_sequence(
    step: SequenceStep, model: SpacecraftModel, scope: Scope, findings: Findings
) -> None:
    """Note everything for which craft of a model could not take a sequence."""
    if not knows_schedules(model):
        findings.add(
            step.source.place("id"),
            f"craft of model {model.id} hold no time-tagged commands",
            "name another craft, or command step by step",
        )
        return
    known = {command.name: command for command in model.commands}
    insertion = known[SCHEDULE_INSERT]
    wrong = argument_problem(_argument(insertion, "schedule_id"), step.sub_schedule, scope)
    if wrong:
        findings.add(step.source.place("sub_schedule"), *wrong)
    for entry in step.entries:
        _check_entry(entry, model, known, scope, findings)
    _check_number(step, model, scope, findings)
    _check_order(step, findings)


def check_enablings(steps: tuple[Step, ...], findings: Findings) -> None:
    """Note every enabling that some way reaches without a gate that asks for the read-back."""

    def asks_for(craft: str, sub_schedule: Scalar | None) -> list[Step]:
        def enables(step: Step) -> bool:
            return isinstance(step, CommandStep) and (
                (step.command, step.craft, step.arguments.get("schedule_id"))
                == (SCHEDULE_ENABLE, craft, sub_schedule)
            )

        def opens(step: Step) -> bool:
            return isinstance(step, GateStep) and any(
                (one.parameter, one.craft, one.sub_schedule, one.equals)
                == (GROUND_SCHEDULE, craft, sub_schedule, "AS_LOADED")
                for one in step.conditions
            )

        def loads(step: Step) -> bool:
            return isinstance(step, SequenceStep) and (step.craft, step.sub_schedule) == (
                craft,
                sub_schedule,
            )

        return ungated(steps, enables, lambda step: is_gate(step) and opens(step), loads)

    enablings = {
        (step.craft, step.arguments.get("schedule_id"))
        for step in steps
        if isinstance(step, CommandStep) and step.command == SCHEDULE_ENABLE
    }
    for craft, sub_schedule in sorted(enablings, key=str):
        for step in asks_for(craft, sub_schedule):
            condition = (
                f"{{parameter: {GROUND_SCHEDULE}, sub_schedule: {sub_schedule}, equals: AS_LOADED}}"
            )
            findings.add(
                step.source.place("id"),
                f"{step.id!r} enables a sub-schedule that nobody has seen read back",
                f"put a gate with the condition {condition} on every way to it",
            )


def _check_entry(
    entry: SequenceEntry,
    model: SpacecraftModel,
    known: dict[str, CommandDefinition],
    scope: Scope,
    findings: Findings,
) -> None:
    place = entry.source.place("command")
    wrong = scope.instant_problem(entry.at)
    if wrong:
        findings.add(entry.source.place("at"), *wrong)
    if entry.plus_s != round(entry.plus_s):
        findings.add(
            entry.source.place("plus_s"),
            f"plus_s is {entry.plus_s:g}, and releases are whole seconds",
            "write a whole number",
        )
    if entry.command not in known:
        note_unknown(findings, place, f"command of {model.id}", entry.command, known)
        return
    definition = known[entry.command]
    check_argument_set(definition, entry.arguments, entry.source, scope, findings)
    if entry.command in TOUCHING | {SCHEDULE_REPORT}:
        findings.add(place, "a sequence that commands the schedule itself", "command it by a step")
    if definition.releases:
        findings.add(
            place,
            f"{entry.command} lets a craft go at a time at which nobody looks",
            "command it by a step behind a gate",
        )
    if entry.command == ENABLE_COMMAND:
        findings.add(
            place,
            f"{entry.command} at a time at which nobody looks whether the file is still verified",
            "command it by a step behind a gate",
        )
    longest = _argument(known[SCHEDULE_INSERT], "scheduled_length").maximum
    if longest is not None and longest_packet(definition) > longest:
        findings.add(
            place,
            f"{entry.command} takes up to {longest_packet(definition)} octets, "
            f"the table up to {longest:g}",
            "command it by a step",
        )


def _check_number(
    step: SequenceStep, model: SpacecraftModel, scope: Scope, findings: Findings
) -> None:
    if not step.entries:
        findings.add(step.source.place("entries"), "a sequence of nothing", "say what is released")
    for craft in scope.craft(step.craft):
        capacity = craft.platform.get(_CAPACITY)
        if craft.model.id == model.id and capacity is not None and len(step.entries) > capacity:
            findings.add(
                step.source.place("entries"),
                f"{len(step.entries)} entries, and the table of {craft.id} takes {capacity:g}",
                "make the sequence shorter",
            )


def _check_order(step: SequenceStep, findings: Findings) -> None:
    """Entries that count from the same parameter, or from instants, must come in order of time."""
    last: dict[str, tuple[float, SequenceEntry]] = {}
    for entry in step.entries:
        if reference(entry.at):
            base, at = entry.at, entry.plus_s
        elif is_instant(entry.at):
            instant = Instant.from_utc_iso(entry.at).plus_seconds(entry.plus_s)
            base, at = "", instant.tai_ns / 1e9
        else:
            continue
        if base in last and at < last[base][0]:
            findings.add(
                entry.source.place("at"),
                f"{entry.command} is released before {last[base][1].command}, which stands first",
                "write the entries in order of time",
            )
        else:
            last[base] = (at, entry)


def _argument(definition: CommandDefinition, name: str) -> Field:
    return next(one for one in definition.arguments if one.name == name)
