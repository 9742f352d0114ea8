"""Asking for a command: the catalogue, the form's fields, and the way that is foreseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundsys.authority import Action, roles_that_may
from groundsys.locales import tr, tr_later
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from ops_tui.picture import Snapshot
from ops_tui.views.commands import HOPS_TO_COME, hazard_phrase
from ops_tui.views.phrases import (
    Phrase,
    clock_text_without_year,
    duration_text,
    rough_duration_text,
)

#: what each of the form's times means, by the key that the desks know it by
TIMES = {
    "at_ns": tr_later("exactly at"),
    "not_before_ns": tr_later("not before"),
    "before_ns": tr_later("arrive before"),
}


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One command that a craft can be told."""

    name: str
    risk: Phrase
    arguments: str
    description: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a form: what it is called, what may stand in it, and what does at first."""

    name: str
    hint: str
    values: tuple[str, ...]
    default: str
    kind: str


@dataclass(frozen=True, slots=True)
class WayRow:
    """One hop of the way that is foreseen."""

    name: str
    time: Phrase
    note: str


def catalogue_rows(commands: Sequence[Snapshot], search: str) -> tuple[CatalogueRow, ...]:
    """The commands in which every word of `search` occurs; names that begin so come first."""
    words = search.casefold().split()
    found = [one for one in commands if all(word in _searched(one) for word in words)]
    found.sort(key=lambda one: (not _begins(one, words), one["name"]))
    return tuple(_catalogue_row(one) for one in found)


def field_views(arguments: Sequence[Snapshot]) -> tuple[FieldView, ...]:
    """A field for each argument of a command."""
    return tuple(
        FieldView(
            name=str(one["name"]),
            hint=argument_hint(one),
            values=tuple(map(str, one["values"])),
            default="" if one["default"] is None else str(one["default"]),
            kind=str(one["kind"]),
        )
        for one in arguments
    )


def argument_hint(argument: Snapshot) -> str:
    """What an argument may be: `-60 to 40 degC`, `OFF | ON | AUTO`, `whole number`."""
    if argument["values"]:
        return " | ".join(map(str, argument["values"]))
    low, high, unit = argument["minimum"], argument["maximum"], argument["unit"]
    if low is not None and high is not None:
        return tr("{low:g} to {high:g} {unit}", low=low, high=high, unit=unit).rstrip()
    words = {"uint": tr("whole number"), "int": tr("whole number"), "float": tr("number")}
    what = words.get(argument["kind"], tr("octets in hexadecimal"))
    return f"{what} {unit}".rstrip()


def read_arguments(fields: Sequence[FieldView], texts: Mapping[str, str]) -> dict[str, Any]:
    """What is typed, as values; what is no such value goes to the desks as it stands."""
    typed = {one.name: (one, texts.get(one.name, "").strip()) for one in fields}
    return {name: _value(one, text) for name, (one, text) in typed.items() if text}


def read_time(text: str) -> int | None:
    """Nanoseconds of TAI of a UTC time in ISO 8601; None if it is no time."""
    try:
        datetime.fromisoformat(text)
        return Instant.from_utc_iso(text).tai_ns
    except ValueError:
        return None


def way_rows(way: Snapshot | None, now_ns: int) -> tuple[WayRow, ...]:
    """Hop by hop, as foreseen before it is sent; empty while no way is booked."""
    if way is None:
        return ()
    light = tr("{light_time} of light later", light_time=duration_text(way["light_time_s"]))
    through = f"{way['antenna']}, {way['pass_id']}"
    rows = [
        _hop("radiated", way["radiated_ns"], f"{_ahead(way['radiated_ns'], now_ns)}, {through}")
    ]
    if way["session_id"]:
        rows.append(_hop("kept", way["arrived_ns"], light))
        light = tr("in overflight {session_id}", session_id=way["session_id"])
    clock = f"SCLK {way['sclk_s']:.0f} s"
    rows.append(_hop("arrived", way["reached_ns"], f"{light}; {clock}"))
    rows.append(_hop("completed", way["completed_ns"], ""))
    confirmed = way["confirmed_ns"]
    if confirmed is None:
        known = HOPS_TO_COME["confirmed"]
        nowhere = WayRow(
            tr(known),
            Phrase(tr("✖ never"), "bad"),
            tr("no pass is booked to hear it in"),
        )
        return (*rows, nowhere)
    after = duration_text((confirmed - way["radiated_ns"]) / NANOSECONDS_PER_SECOND)
    rows.append(
        _hop("confirmed", confirmed, tr("at the earliest, {after} after it leaves", after=after))
    )
    return tuple(rows)


def approvers_text() -> str:
    """Who may stand for a hazardous command beside the one who asks for it."""
    names = [str(one).replace("_", " ") for one in roles_that_may(Action.APPROVE_COMMAND)]
    roles = tr(" or ").join(tr(role) for role in names)
    return tr("It leaves only when another {roles} has approved it.", roles=roles)


def _searched(command: Snapshot) -> str:
    arguments = (str(one["name"]) for one in command["arguments"])
    texts = (command["name"], command["description"], command["significance"], *arguments)
    return " ".join(map(str, texts)).casefold()


def _begins(command: Snapshot, words: Sequence[str]) -> bool:
    return bool(words) and str(command["name"]).casefold().startswith(words[0])


def _catalogue_row(command: Snapshot) -> CatalogueRow:
    hazard = hazard_phrase(command)
    level = str(command["significance"])
    sign = hazard.text[:2] if hazard is not None else ""
    risk = Phrase("·", "quiet") if hazard is None else Phrase(f"{sign}{tr(level)}", hazard.tone)
    return CatalogueRow(
        name=str(command["name"]),
        risk=risk,
        arguments=", ".join(str(one["name"]) for one in command["arguments"]),
        description=str(command["description"]),
    )


def _value(field: FieldView, text: str) -> Any:
    with suppress(ValueError):
        match field.kind:
            case "uint" | "int":
                return int(text)
            case "float":
                return float(text)
            case "binary":
                return bytes.fromhex(text)
    if field.kind == "enum":
        return next((one for one in field.values if one.casefold() == text.casefold()), text)
    return text


def _hop(name: str, moment_ns: int, note: str) -> WayRow:
    return WayRow(tr(HOPS_TO_COME[name]), Phrase(clock_text_without_year(moment_ns)), note)


def _ahead(moment_ns: int, now_ns: int) -> str:
    ahead_s = (moment_ns - now_ns) / NANOSECONDS_PER_SECOND
    return tr("in {ahead}", ahead=rough_duration_text(ahead_s))
