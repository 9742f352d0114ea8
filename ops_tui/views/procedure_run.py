"""One run of a procedure: where it is, what it waits for, who has voted, what it has sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundsys.locales import tr, tr_later
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture, Snapshot
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


def run_view(told: Snapshot, picture: Picture, link: Link) -> RunView:
    """A run as `procedure_show` tells it."""
    steps = [one for one in told["steps"] if one["path"] == "steps" or told["abort"] is not None]
    under_way = next((n for n, one in enumerate(steps) if one["state"] == "under way"), 0)
    at = told["at"] or {}
    return RunView(
        id=str(told["run"]),
        title=f"{told['title']} ({told['spacecraft']})",
        state=run_state(told),
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


def run_state(run: Snapshot) -> Phrase:
    """How a run stands, and how it ended."""
    state = str(run["outcome"] or run["state"])
    if state == "running" and run.get("kind") == "gate":
        return Phrase(tr("▲ at a gate"), "notice")
    sign, tone = _RUNS.get(state, ("?", "plain"))
    return Phrase(f"{sign} {tr(state)}", tone)


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
