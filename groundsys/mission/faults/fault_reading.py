"""Faults as people state them – in a scenario, in a file, behind `--inject` – read and checked."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundsys.mission.faults.fault_catalogue import FAULTS
from groundsys.mission.faults.fault_model import SUBJECTS, WHOM, FaultDefinition, FaultParameter
from groundsys.mission.parsing.findings import Finding, Findings, note_unknown
from groundsys.mission.parsing.reading import Section, read_list, read_text
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import SOL_S, Interval

_HOUSEKEEPING = (3, 25)
#: the parameter that tells what an event of a craft is
_EVENT = "event_id"


@dataclass(frozen=True, slots=True)
class Company:
    """What faults may strike in a scenario, when, and how many legs it has."""

    span: Interval
    spacecraft: Mapping[str, Spacecraft]
    antennas: Collection[str]
    legs: int = 0
    people: Collection[str] = ()
    #: and partners
    customers: Collection[str] = ()
    #: of a voyage: what may be struck on each leg, on one of which a fault strikes
    of_legs: tuple[Company, ...] = ()
    #: so long has it been flown already: what begins now strikes a flight that is under way
    flown_s: float | None = None


def read_fault(entry: Section, company: Company) -> Mapping[str, Any]:
    """One fault; what it states of time becomes `after_s` and `until_s`, counted from the start.

    Of a voyage it strikes on the leg that it names, and counts from that leg's start.
    """
    if company.of_legs:
        leg = entry.integer("leg", minimum=1, maximum=len(company.of_legs))
        on_leg = company.of_legs[min(max(leg, 1), len(company.of_legs)) - 1]
        return {**read_fault(entry, on_leg), "leg": leg}
    name = entry.text("fault")
    definition = FAULTS.get(name)
    if definition is None:
        if name:
            note_unknown(entry.findings, entry.place("fault"), "fault", name, FAULTS)
        return {"fault": name}
    told: dict[str, Any] = {"fault": name, **_read_whom(entry, definition, company)}
    if definition.may_await_event and "at_event" in entry:
        told |= _read_event(entry, definition, _struck(told, company))
    elif definition.timing != "throughout":
        told |= _read_times(entry, definition, company)
    elif company.flown_s is not None:
        entry.note(
            "fault",
            f"{name} cannot begin under way: it holds from the start on",
            f"state it there: `groundsys rehearse SCENARIO --inject {name}`",
        )
    for parameter in definition.parameters:
        if parameter.required or parameter.name in entry:
            told[parameter.name] = value = _read_parameter(entry, parameter)
            if parameter.names and value:
                _check_name(entry, parameter, str(value), told, company)
    if told.get("by") in company.people:
        entry.note("by", f"{told['by']} has a part already", "name somebody else")
    if "of" in told and told["of"] == told.get("customer"):
        entry.note("of", f"{told['of']} has its own key anyway", "name somebody else")
    if company.legs and "leg" in entry and definition.strikes != "ground":  # dealt out to legs
        told["leg"] = entry.integer("leg", minimum=1, maximum=company.legs)
    entry.finish()
    return told


def read_stated(text: str, company: Company, where: str) -> tuple[Mapping[str, Any], list[Finding]]:
    """One fault stated as `name,key=value,…`, and its findings; `where` names its place."""
    findings = Findings()
    entry = _stated(text, where, findings)
    return (read_fault(entry, company) if entry is not None else {}), findings.ordered()


def read_injected(
    stated: Sequence[str], company: Company
) -> tuple[tuple[Mapping[str, Any], ...], list[Finding]]:
    """Faults stated as `name,key=value,…` or as a YAML file with a list; and their findings.

    `DefinitionError` if a file cannot be read.
    """
    findings = Findings()
    entries: list[Section] = []
    for text in stated:
        if text.endswith((".yaml", ".yml")):
            entries += read_list(_content(Path(text)), text, findings)
        else:
            entry = _stated(text, f"--inject {text}", findings)
            entries += [entry] if entry is not None else []
    faults = tuple(read_fault(entry, company) for entry in entries)
    return faults, findings.ordered()


def check_faults(faults: Sequence[Mapping[str, Any]], company: Company) -> list[Finding]:
    """What is wrong with faults that were read elsewhere."""
    findings = Findings()
    for entry in read_list(json.dumps(list(faults)), "inject", findings):
        read_fault(entry, company)
    return findings.ordered()


def _stated(text: str, where: str, findings: Findings) -> Section | None:
    name, *pairs = text.split(",")
    fields = [f"fault: {name}", *(pair.replace("=", ": ", 1) for pair in pairs)]
    return read_text(f"{{{', '.join(fields)}}}", where, findings)


def _struck(fault: Mapping[str, Any], company: Company) -> tuple[Spacecraft, ...]:
    """The craft that a fault strikes: the one that it names, or all that it fits."""
    definition = FAULTS[fault["fault"]]
    named = fault.get("spacecraft")
    return tuple(
        craft
        for craft in company.spacecraft.values()
        if definition.fits(craft) and named in (None, craft.id)
    )


def _read_whom(entry: Section, definition: FaultDefinition, company: Company) -> dict[str, Any]:
    told = {}
    keys = WHOM[definition.strikes]
    if "spacecraft" in keys:
        fitting = [craft for craft in company.spacecraft.values() if definition.fits(craft)]
        if "spacecraft" in entry:
            known = company.spacecraft
            told["spacecraft"] = entry.reference("spacecraft", "spacecraft of the scenario", known)
            craft = known.get(told["spacecraft"])
            if craft is not None and craft not in fitting:
                names = ", ".join(one.id for one in fitting) or "none of this scenario"
                entry.note(
                    "spacecraft",
                    f"{definition.name} strikes {SUBJECTS[definition.strikes]}, "
                    f"which {craft.id} is not",
                    f"it fits {names}",
                )
        elif not fitting:
            entry.note(
                "fault",
                f"{definition.name} strikes {SUBJECTS[definition.strikes]}, and none is flown",
                "leave it out",
            )
    if "person" in keys and ("person" in entry or definition.parameters):
        told["person"] = entry.reference("person", "person of the scenario", company.people)
    elif "person" in keys and not company.people:
        entry.note("fault", "nobody asks for anything in this scenario", "leave it out")
    if "customer" in keys and ("customer" in entry or definition.parameters):
        told["customer"] = entry.reference("customer", "customer or partner", company.customers)
    elif "customer" in keys and not company.customers:
        entry.note("fault", "nobody fetches anything in this scenario", "leave it out")
    if "antenna" in keys and "antenna" in entry:
        told["antenna"] = entry.reference("antenna", "antenna of the scenario", company.antennas)
    return told


def _read_times(entry: Section, definition: FaultDefinition, company: Company) -> dict[str, float]:
    """`after_s` or `from`; of what lasts, `until_s`, `until`, `lasts_s` or `sols` as well.

    Without the first it begins at the start, or, in a flight that is under way, now.
    """
    span, told = company.span, {}
    _one_of(entry, "after_s", "from")
    if "from" in entry:
        told["after_s"] = entry.instant("from").seconds_since(span.start)
    elif "after_s" in entry:
        told["after_s"] = entry.number("after_s", minimum=0)
    elif company.flown_s is not None:
        told["after_s"] = company.flown_s
    begin_s = told.get("after_s", 0.0)
    if begin_s < (company.flown_s or 0.0):
        key = "from" if "from" in entry else "after_s"
        entry.note(key, "it begins in the past", "let it begin later; without a time, it does now")
        return told
    if span.seconds and not 0.0 <= begin_s < span.seconds:
        key = "from" if "from" in entry else "after_s"
        entry.note(key, "it begins outside the scenario", "let it begin between start and end")
    if definition.timing == "moment":
        return told
    key = _one_of(entry, "until_s", "until", "lasts_s", "sols")
    if key == "until":
        told["until_s"] = entry.instant("until").seconds_since(span.start)
    elif key == "until_s":
        told["until_s"] = entry.number("until_s", above=0)
    elif key == "lasts_s":
        told["until_s"] = begin_s + entry.number("lasts_s", above=0)
    elif key == "sols":
        told["until_s"] = round(begin_s + SOL_S * entry.number("sols", above=0), 3)
    if "until_s" in told and told["until_s"] <= begin_s:
        entry.note(key, "it ends before it begins", "let it end later")
    return told


def _read_event(
    entry: Section, definition: FaultDefinition, struck: Sequence[Spacecraft]
) -> dict[str, Any]:
    """The event that it waits for, and times that count from there."""
    event = entry.text("at_event")
    if struck:
        known = {
            label
            for craft in struck
            for _, model in craft.models
            for packet in model.packets
            for field in packet.fields
            if field.name == _EVENT
            for label in field.enumeration.values()
        }
        note_unknown(entry.findings, entry.place("at_event"), "event", event, known)
    told: dict[str, Any] = {"at_event": event}
    if "after_s" in entry:
        told["after_s"] = entry.number("after_s", minimum=0)
    if definition.timing == "stretch" and "until_s" in entry:
        told["until_s"] = entry.number("until_s", above=told.get("after_s", 0.0))
    return told


def _one_of(entry: Section, *keys: str) -> str:
    """The one of `keys` that is stated; "" for none."""
    stated = [key for key in keys if key in entry]
    for key in stated[1:]:
        entry.note(key, f"{key} is stated beside {stated[0]}", "state one of them")
    return stated[0] if stated else ""


def _read_parameter(entry: Section, parameter: FaultParameter) -> float | int | str:
    name = parameter.name
    if parameter.kind == "count":
        return entry.integer(name, minimum=int(parameter.minimum or 0))
    if parameter.kind == "number":
        return entry.number(name, minimum=parameter.minimum, maximum=parameter.maximum)
    if parameter.choices:
        return entry.choice(name, parameter.choices)
    return entry.text(name)


def _check_name(
    entry: Section,
    parameter: FaultParameter,
    value: str,
    told: Mapping[str, Any],
    company: Company,
) -> None:
    """What a parameter names must be of the scenario, or of some version of some craft struck."""
    if parameter.names == "customer or partner":
        place = entry.place(parameter.name)
        note_unknown(entry.findings, place, parameter.names, value, company.customers)
        return
    struck = _struck(told, company)
    if not struck:
        return
    packets = [packet for craft in struck for _, model in craft.models for packet in model.packets]
    known = {packet.name for packet in packets}
    if parameter.names == "housekeeping parameter":
        known = {
            field.name
            for packet in packets
            if (packet.service, packet.subtype) == _HOUSEKEEPING
            for field in packet.fields
        }
    note_unknown(entry.findings, entry.place(parameter.name), parameter.names, value, known)


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"the file of faults {path} cannot be read",
            expected="a YAML file with a list of faults, or a fault such as "
            "silent_cube,spacecraft=CRAFT",
            found=getattr(error, "strerror", None) or str(error),
        ) from error
