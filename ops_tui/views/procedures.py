"""Procedures and their runs, as lists: what may be run, what was rehearsed, what is under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.locales import tr
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.drafting import FieldView
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    named_clock_text,
    rough_duration_text,
)
from ops_tui.views.procedure_run import run_state


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, and where it is."""

    id: str
    state: Phrase
    craft: str
    step: str
    since: Phrase
    by: str


@dataclass(frozen=True, slots=True)
class ProcedureRow:
    """One procedure of the folder."""

    id: str
    craft: str
    version: str
    risk: Phrase
    rehearsal: Phrase
    title: str


def run_rows(told: Snapshot | None, picture: Picture) -> tuple[RunRow, ...]:
    """Runs that go on first, then the latest of those that have ended."""
    if told is None:
        return ()
    runs = sorted(told["runs"], key=lambda run: (run["state"] == "ended", -run["started_ns"]))
    return tuple(_run_row(run, picture.clock.get("now_ns")) for run in runs)


def procedure_rows(told: Snapshot | None) -> tuple[ProcedureRow, ...]:
    """Every procedure, by its name."""
    if told is None:
        return ()
    return tuple(
        _procedure_row(one) for one in sorted(told["procedures"], key=lambda one: one["id"])
    )


def summary_of(told: Snapshot | None, told_ns: int | None, link: Link) -> Phrase:
    """The line above: what goes on, and of when it is if the feed is lost."""
    if told is None:
        return Phrase(tr("The desks have not told of any procedure yet."), "quiet")
    open_ = sum(run["state"] != "ended" for run in told["runs"])
    unsound = sum(bool(one["findings"]) for one in told["procedures"])
    text = tr(
        "{open} under way, {procedures} procedures, {unsound} with findings",
        open=open_,
        procedures=len(told["procedures"]),
        unsound=unsound,
    )
    if not link.is_live:
        told_at = named_clock_text(told_ns)
        return Phrase(tr("✖ as of {time}; {counts}", time=told_at, counts=text), "bad")
    return Phrase(text, "caution" if unsound else "plain")


def waiting_runs(picture: Picture) -> int:
    """How many runs wait for people: held, or at a gate."""
    return sum(bool(run["waits_for_people"]) for run in picture.procedures.get("runs", ()))


def parameter_fields(procedure: Snapshot, *, craft: Sequence[str]) -> tuple[FieldView, ...]:
    """The form of a start: the craft, where there is a choice, and each parameter."""
    fields = [_parameter_field(one) for one in procedure["parameters"]]
    if len(craft) > 1:
        names = tuple(craft)
        fields.insert(0, FieldView("spacecraft", " | ".join(names), names, names[0], tr("craft")))
    return tuple(fields)


def read_parameters(procedure: Snapshot, texts: dict[str, str]) -> dict[str, Any]:
    """What is typed, as values; what is no such value goes to the desks as it stands."""
    found: dict[str, Any] = {}
    for one in procedure["parameters"]:
        text = texts.get(one["name"], "").strip()
        if text:
            found[one["name"]] = _parameter_value(one["kind"], text)
    return found


def rehearsal_phrase(procedure: Snapshot, craft: str = "") -> Phrase:
    """Whether a rehearsal counts, for one craft or for the one that it stands worst for."""
    if procedure["findings"]:
        return Phrase(tr("✖ {findings} findings", findings=len(procedure["findings"])), "bad")
    if not procedure["needs_rehearsal"]:
        return Phrase(tr("not needed"), "quiet")
    found = [one for one in procedure["standing"] if not craft or one["spacecraft"] == craft]
    if not found:
        return Phrase(tr("no craft flown"), "quiet")
    return max((_standing_phrase(one) for one in found), key=lambda one: one.tone == "bad")


def standing_lines(procedure: Snapshot) -> tuple[Phrase, ...]:
    """For each craft: the rehearsal, and each reason why it does not count."""
    lines: list[Phrase] = []
    for one in procedure["standing"]:
        phrase = _standing_phrase(one)
        lines.append(Phrase(f"{one['spacecraft']}: {phrase.text}", phrase.tone))
        lines += [Phrase(f"  {reason}", "caution") for reason in one["stale"]]
    return tuple(lines)


def risk_phrase(procedure: Snapshot) -> Phrase:
    """How much hangs on it: critical, or with commands for which two people stand."""
    if procedure["critical"]:
        return Phrase(tr("✖ critical"), "bad")
    if procedure["hazardous"]:
        return Phrase(tr("▲ hazardous"), "caution")
    return Phrase("·", "quiet")


def _run_row(run: Snapshot, now_ns: int | None) -> RunRow:
    is_open = run["state"] != "ended"
    step = f"{run['step']} ({run['kind']})" if run["kind"] else str(run["step"] or UNKNOWN)
    since = UNKNOWN
    if run["since_ns"] is not None and now_ns is not None:
        since = rough_duration_text((now_ns - run["since_ns"]) / NANOSECONDS_PER_SECOND)
    return RunRow(
        id=str(run["run"]),
        state=run_state(run),
        craft=str(run["spacecraft"]),
        step=step,
        since=Phrase(
            since if is_open else tr("{since} ago", since=since),
            "plain" if is_open else "quiet",
            True,
        ),
        by=str(run["started_by"]),
    )


def _procedure_row(one: Snapshot) -> ProcedureRow:
    return ProcedureRow(
        id=str(one["id"]),
        craft=str(one["for"]),
        version=str(one["version"]),
        risk=risk_phrase(one),
        rehearsal=rehearsal_phrase(one),
        title=str(one["title"]),
    )


def _standing_phrase(one: Snapshot) -> Phrase:
    if one["under_way"]:
        return Phrase(tr("◌ being flown"), "active")
    if not one["rehearsal"]:
        return Phrase(tr("✖ never rehearsed"), "bad")
    if not one["passed"]:
        return Phrase(tr("✖ failed"), "bad")
    return Phrase(tr("▲ passed, stale"), "bad") if one["stale"] else Phrase(tr("✔ passed"), "good")


def _parameter_field(one: Snapshot) -> FieldView:
    low, high = one["minimum"], one["maximum"]
    kind = str(one["kind"])
    if one["choices"]:
        hint = " | ".join(one["choices"])
    elif kind == "instant":
        hint = tr("UTC, such as 2031-08-20T06:00:00Z")
    elif low is not None and high is not None:
        hint = tr("{low:g} to {high:g}", low=low, high=high)
    else:
        hint = {"number": tr("number"), "integer": tr("whole number")}.get(kind, tr("text"))
    if one["description"]:
        hint = f"{hint}: {one['description']}"
    default = "" if one["default"] is None else str(one["default"])
    return FieldView(str(one["name"]), hint, tuple(one["choices"]), default, kind)


def _parameter_value(kind: str, text: str) -> Any:
    readers = {"integer": (int,), "number": (int, float)}
    for read in readers.get(kind, ()):
        try:
            return read(text)
        except ValueError:
            continue
    return text
