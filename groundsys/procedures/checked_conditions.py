"""Whether conditions speak of what their craft, or the ground, can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.procedures.arguments import argument_problem, reference
from groundsys.procedures.conditions import (
    GROUND,
    GROUND_PARAMETERS,
    GROUND_SCHEDULE,
    GROUND_TEXTS,
)
from groundsys.procedures.definitions import Condition
from groundsys.procedures.scope import Scope
from groundsys.scheduling import SCHEDULE_INSERT, knows_schedules


def check_conditions(conditions: Iterable[Condition], scope: Scope, findings: Findings) -> None:
    """Note every condition that can never hold, or that says nothing."""
    for one in conditions:
        if one.equals is None and one.minimum is None and one.maximum is None:
            findings.add(
                one.source.place(), f"nothing is asked of {one.parameter}",
                "add equals, minimum or maximum",
            )  # fmt: skip
        for key in ("equals", "minimum", "maximum"):
            name = reference(getattr(one, key))
            if name and name not in scope.parameters:
                findings.add(one.source.place(key), *scope.unknown(name))
        _check_sub_schedule(one, scope, findings)
        if one.parameter.startswith(GROUND):
            known = _known_to_the_ground()
            _check(one, known, "parameter of the ground", findings)
            continue
        for model in scope.models(one.craft):
            fields = {field.name: field for packet in model.packets for field in packet.fields}
            _check(one, fields, f"parameter of {model.id}", findings)


def _check_sub_schedule(one: Condition, scope: Scope, findings: Findings) -> None:
    """Only the schedule is told by sub-schedule, and only of craft that have one."""
    place = one.source.place("sub_schedule")
    if one.parameter != GROUND_SCHEDULE:
        if one.sub_schedule is not None:
            findings.add(place, f"{one.parameter} knows no sub-schedules", "remove sub_schedule")
        return
    if one.sub_schedule is None:
        findings.add(one.source.place("parameter"), "of which sub-schedule?", "add sub_schedule")
        return
    for model in scope.models(one.craft):
        if not knows_schedules(model):
            text = f"craft of model {model.id} hold no time-tagged commands"
            findings.add(one.source.place("parameter"), text, "remove the condition")
            continue
        insertion = model.command(SCHEDULE_INSERT)
        of = next(field for field in insertion.arguments if field.name == "schedule_id")
        wrong = argument_problem(of, one.sub_schedule, scope)
        if wrong:
            findings.add(place, *wrong)


def _check(one: Condition, known: Mapping[str, Field], kind: str, findings: Findings) -> None:
    note_unknown(findings, one.source.place("parameter"), kind, one.parameter, known)
    found = known.get(one.parameter)
    if found is None:
        return
    if found.enumeration:
        labels = set(found.enumeration.values())
        if one.equals is not None and not reference(one.equals) and one.equals not in labels:
            text = f"{one.parameter} is never {one.equals!r}"
            findings.add(one.source.place("equals"), text, f"one of {', '.join(sorted(labels))}")
        for key in ("minimum", "maximum"):
            if getattr(one, key) is not None:
                text = f"{one.parameter} is a label, of which none is the greater"
                findings.add(one.source.place(key), text, "use equals")
        return
    if found.kind == "string":
        return
    numbers = {}
    for key in ("equals", "minimum", "maximum"):
        value = getattr(one, key)
        if value is None or reference(value):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            text = f"{one.parameter} is a number, never {value!r}"
            findings.add(one.source.place(key), text, "write a number")
        else:
            numbers[key] = value
    if "minimum" in numbers and "maximum" in numbers and numbers["minimum"] > numbers["maximum"]:
        text = f"{one.parameter} is never at least {numbers['minimum']:g} and at most "
        place = one.source.place("minimum")
        findings.add(place, f"{text}{numbers['maximum']:g}", "let minimum be the lesser")


def _known_to_the_ground() -> dict[str, Field]:
    return {
        name: Field(
            name,
            "enum" if labels else ("string" if name in GROUND_TEXTS else "float"),
            enumeration=dict(enumerate(labels)),
        )
        for name, labels in GROUND_PARAMETERS.items()
    }
