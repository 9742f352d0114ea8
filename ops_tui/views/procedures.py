"""Procedures and their runs: what may be run, what was rehearsed, and where each run is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundsys.locales import tr, tr_later
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.drafting import FieldView
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text,
    clock_text_without_year,
    named_clock_text,
    rough_duration_text,
)

#: state or outcome of a run → (sign, tone)
_RUNS: dict[str, tuple[str, Tone]] = {
    "running": ("▶", "active"),
    "held": ("■", "caution"),
    "completed": ("✔", "good"),
    "aborted": ("✖", "bad"),
}
#: state of a step → (sign, tone)
_STEPS: dict[str, tuple[str, Tone]] = {
    "done": ("✔", "good"),
    "under way": ("▶", "active"),
    "": ("·", "quiet"),
}
_NOT_QUEUED = tr_later("not queued")
#: state of a command → tone
_COMMANDS: dict[str, Tone] = {"completed": "good", "failed": "bad", "expired": "bad"}
_HOLDS: dict[bool | None, Phrase] = {
    True: Phrase(tr_later("✔ holds"), "good"),
    False: Phrase(tr_later("✖ does not"), "bad"),
    None: Phrase(tr_later("? unknown"), "caution"),
}


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


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a run."""

    sign: Phrase
    name: str
    kind: str
    says: str
    visits: str


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """What a step waits for, and what was found."""

    text: str
    holds: Phrase
    found: str


@dataclass(frozen=True, slots=True)
class VoteRow:
    """A role that a gate asks, and what it has said."""

    role: str
    says: Phrase
    who: str


@dataclass(frozen=True, slots=True)
class RunView:
    """A run in full."""

    id: str
    title: str
    state: Phrase
    told_at: Phrase
    stopped: Phrase | None
    rehearsal: Phrase | None
    steps: tuple[StepRow, ...]
    under_way: int
    waits: tuple[str, ...]
    conditions: tuple[ConditionRow, ...]
    votes: tuple[VoteRow, ...]
    commands: tuple[tuple[str, str, Phrase], ...]
    journal: tuple[tuple[str, str], ...]


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


def run_view(told: Snapshot, picture: Picture, link: Link) -> RunView:
    """A run as `procedure_show` tells it."""
    steps = [one for one in told["steps"] if one["path"] == "steps" or told["abort"] is not None]
    under_way = next((n for n, one in enumerate(steps) if one["state"] == "under way"), 0)
    at = told["at"] or {}
    return RunView(
        id=str(told["run"]),
        title=f"{told['title']} ({told['spacecraft']})",
        state=_run_state(told),
        told_at=_told_at(told, link),
        stopped=_stopped(told),
        rehearsal=_rehearsed(told),
        steps=tuple(_step_row(one, told) for one in steps),
        under_way=under_way,
        waits=_waits(told, picture.clock.get("now_ns") or told["now_ns"]),
        conditions=tuple(
            ConditionRow(str(one["text"]), _held(one["holds"]), str(one["found"]))
            for one in at.get("conditions", ())
        ),
        votes=_votes(at),
        commands=tuple(_command(one) for one in told["commands"]),
        journal=tuple(
            (clock_text_without_year(line["time_ns"]), str(line["text"]))
            for line in told["journal"]
        ),
    )


def actions_on(told: Snapshot, name: str, role: str) -> frozenset[str]:
    """What fits how a run stands, for whoever looks at it, as far as the role may."""
    if told["state"] == "ended":
        return frozenset()
    found = {"abort", "hold" if told["state"] == "running" else "resume"}
    at = told["at"] or {}
    if role in at.get("roles", ()) and name not in told["runners"]:
        found |= {"go", "no_go"}
    return frozenset(found)


def _run_row(run: Snapshot, now_ns: int | None) -> RunRow:
    is_open = run["state"] != "ended"
    step = f"{run['step']} ({run['kind']})" if run["kind"] else str(run["step"] or UNKNOWN)
    since = UNKNOWN
    if run["since_ns"] is not None and now_ns is not None:
        since = rough_duration_text((now_ns - run["since_ns"]) / NANOSECONDS_PER_SECOND)
    return RunRow(
        id=str(run["run"]),
        state=_run_state(run),
        craft=str(run["spacecraft"]),
        step=step,
        since=Phrase(
            since if is_open else tr("{since} ago", since=since),
            "plain" if is_open else "quiet",
            True,
        ),
        by=str(run["started_by"]),
    )


def _run_state(run: Snapshot) -> Phrase:
    state = str(run["outcome"] or run["state"])
    if state == "running" and run.get("kind") == "gate":
        return Phrase(tr("▲ at a gate"), "notice")
    sign, tone = _RUNS.get(state, ("?", "plain"))
    return Phrase(f"{sign} {tr(state)}", tone)


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


def _step_row(one: Snapshot, told: Snapshot) -> StepRow:
    sign, tone = _STEPS[one["state"]]
    name = str(one["step"]) if one["path"] == "steps" else tr("abort: {step}", step=one["step"])
    if one["procedure"] != told["procedure"]:
        name = f"{one['procedure']}: {name}"
    visits = f"×{one['visits']}" if one["visits"] > 1 else ""
    return StepRow(Phrase(sign, tone), name, str(one["kind"]), str(one["says"]), visits)


def _told_at(told: Snapshot, link: Link) -> Phrase:
    if link.is_live:
        return Phrase(clock_text(told["now_ns"]), "quiet")
    return Phrase(tr("✖ as of {time}", time=named_clock_text(told["now_ns"])), "bad")


def _stopped(told: Snapshot) -> Phrase | None:
    for key, template in (
        ("abort", tr_later("✖ aborted by {who}: {why}")),
        ("stop", tr_later("■ held by {who}: {why}")),
    ):
        if told[key] is not None:
            who = told[key]["who"] or tr("the procedure")
            tone: Tone = "bad" if key == "abort" else "caution"
            return Phrase(tr(template, who=who, why=told[key]["why"]), tone)
    return None


def _rehearsed(told: Snapshot) -> Phrase | None:
    one = told["rehearsal"]
    if one is None:
        return None
    if one["stale"]:
        return Phrase(
            tr(
                "▲ {rehearsal} counts no more: {stale}",
                rehearsal=one["rehearsal"],
                stale="; ".join(one["stale"]),
            ),
            "bad",
        )
    return Phrase(tr("✔ rehearsed: {rehearsal}, passed", rehearsal=one["rehearsal"]), "good")


def _waits(told: Snapshot, now_ns: int) -> tuple[str, ...]:
    """What the step under way says, since when it is, and until when it waits."""
    at = told["at"]
    if at is None:
        return ()
    lines = [f"{at['step']} ({at['kind']}): {at['says']}" if at["says"] else
             f"{at['step']} ({at['kind']})"]  # fmt: skip
    if told["since_ns"] is not None:
        ago = rough_duration_text((now_ns - told["since_ns"]) / NANOSECONDS_PER_SECOND)
        lines.append(
            tr("since {since}, {ago} ago", since=clock_text_without_year(told["since_ns"]), ago=ago)
        )
    if "deadline_ns" in at:
        until_ns = at["deadline_ns"]
        if until_ns is None:
            lines.append(tr("its time stands still: the contact planned does not suffice"))
        else:
            lines.append(tr("waits until {until} at most", until=clock_text_without_year(until_ns)))
    for one in at.get("read_back", ()):
        lines.append(
            tr(
                "sub-schedule {schedule_id} of {spacecraft}: {state}",
                schedule_id=one["schedule_id"],
                spacecraft=one["spacecraft"],
                state=one["state"],
            )
        )
    return tuple(lines)


def _held(holds: bool | None) -> Phrase:
    phrase = _HOLDS[holds]
    return replace(phrase, text=tr(phrase.text))


def _votes(at: Snapshot) -> tuple[VoteRow, ...]:
    given = {one["role"]: one for one in at.get("votes", ())}
    rows = []
    for role in at.get("roles", ()):
        one = given.get(role)
        if one is None:
            says, who = Phrase(tr("· nothing yet"), "notice"), ""
        else:
            says = Phrase(tr("✔ go"), "good") if one["go"] else Phrase(tr("✖ no-go"), "bad")
            who = f"{one['who']}: {one['why']}" if one["why"] else str(one["who"])
        name = str(role).replace("_", " ")
        rows.append(VoteRow(tr(name), says, who))
    return tuple(rows)


def _command(one: Snapshot) -> tuple[str, str, Phrase]:
    state = str(one["state"] or _NOT_QUEUED)
    tone = _COMMANDS.get(state, "plain")
    return str(one["command_id"] or UNKNOWN), str(one["name"]), Phrase(tr(state), tone)
