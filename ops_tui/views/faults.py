"""Faults injected into a rehearsal: those that have been, and what a new one is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.locales import tr, tr_later
from ops_tui.picture import Picture, Snapshot
from ops_tui.views.fields import Field
from ops_tui.views.phrases import Phrase, clock_text
from ops_tui.views.spans import instant_of, span_of

#: who stands behind what the flight began with
_AT_START = tr_later("from the start")
_BEGINS, _LASTS, _WHY = "begins", "lasts", "why"


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault that was injected, or is about to be."""

    id: str
    state: Phrase
    begins: str
    by: str
    text: str


def fault_rows(picture: Picture) -> tuple[FaultRow, ...]:
    """The latest first."""
    now_ns = picture.clock.get("now_ns") or 0
    faults: Sequence[Snapshot] = picture.snapshots.get("faults", {}).get("faults", ())
    return tuple(
        FaultRow(
            id=f"{place}",
            state=_state(one, now_ns),
            begins=_begins(one["begins_ns"]),
            by=str(one["by"]) or tr(_AT_START),
            text=str(one["text"]),
        )
        for place, one in reversed(list(enumerate(faults)))
    )


def fault_fields(fault: Snapshot) -> tuple[Field, ...]:
    """What a fault of the catalogue is told: whom it strikes, when, what else, and why."""
    fields = [
        Field(key, key, "", tr("all") if len(names) > 1 else names[0], ("", *names))
        for key, names in fault["whom"].items()
    ]
    fields.append(Field(_BEGINS, tr("begins"), "", tr("now, or YYYY-MM-DD HH:MM UTC")))
    if fault["lasts"]:
        fields.append(Field(_LASTS, tr("lasts"), "", tr("on, or a span such as 2 h")))
    for one in fault["parameters"]:
        default = "" if one["default"] is None else str(one["default"])
        unit = f"{one['unit']}, " if one["unit"] else ""
        choices = tuple(map(str, one["choices"]))
        label, hint = one["name"].replace("_", " "), unit + one["meaning"]
        fields.append(Field(one["name"], label, default, hint, choices))
    return (*fields, Field(_WHY, tr("why")))


def stated_fault(fault: Snapshot, answers: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the desks are asked for it; `ValueError` tells what is wrong of it."""
    parts = [str(fault["fault"])]
    parts += [f"{key}={answers[key]}" for key in fault["whom"] if answers[key]]
    if text := answers[_BEGINS]:
        parts.append(f"from={instant_of(text).utc_iso(0)}")
    if text := answers.get(_LASTS, ""):
        parts.append(f"lasts_s={span_of(text):g}")
    for one in fault["parameters"]:
        if text := answers[one["name"]]:
            parts.append(f"{one['name']}={text}")
        elif one["required"]:
            told = {"name": one["name"].replace("_", " "), "meaning": one["meaning"]}
            raise ValueError(tr("{name} must be told: {meaning}", **told))
    return {"fault": ",".join(parts), "reason": answers[_WHY]}


def _begins(ns: int | None) -> str:
    return tr("with its event") if ns is None else clock_text(ns)


def _state(one: Snapshot, now_ns: int) -> Phrase:
    if not one["injected"]:
        return Phrase(tr("◌ asked for"), "notice")
    begins_ns = one["begins_ns"]
    if begins_ns is None or begins_ns > now_ns:
        return Phrase(tr("◌ waits"), "notice")
    until_s = one["fault"].get("until_s")
    lasts_ns = None if until_s is None else 1e9 * (until_s - one["fault"].get("after_s", 0.0))
    if lasts_ns is not None and now_ns >= begins_ns + lasts_ns:
        return Phrase(tr("○ over"), "quiet")
    return Phrase(tr("✖ strikes"), "simulated")
