"""The custody board: every command, how far it has come, and what is to come next, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundsys.authority import is_same_person
from groundsys.commanding.ledger import OF_PEOPLE, UNSENT
from groundsys.locales import tr, tr_later
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text,
    clock_text_without_year,
    day_text,
    duration_text,
    named_clock_text,
    rough_duration_text,
)

#: state → (sign, tone)
_STATES: dict[str, tuple[str, Tone]] = {
    "drafted": ("·", "quiet"),
    "prepared": ("▲", "notice"),
    "approved": ("◌", "plain"),
    "queued": ("◌", "plain"),
    "issuing": ("▷", "active"),
    "issued": ("▷", "active"),
    "radiated": ("▶", "active"),
    "accepted": ("▶", "active"),
    "started": ("▶", "active"),
    "completed": ("✔", "good"),
    "failed": ("✖", "bad"),
    "expired": ("✖", "bad"),
    "cancelled": ("–", "quiet"),
    "superseded": ("–", "quiet"),
}
#: what is said where the state's own word would tell less
_WORDS = {"prepared": tr_later("to approve")}

#: hop → what will happen
HOPS_TO_COME = {
    "radiated": tr_later("leaves"),
    "kept": tr_later("at relay"),
    "arrived": tr_later("arrives"),
    "accepted": tr_later("accepted"),
    "started": tr_later("starts"),
    "completed": tr_later("executes"),
    "confirmed": tr_later("known"),
}
#: hops that are known before they happen: nothing overtakes the light
_DATED_BY_LIGHT = frozenset({"kept", "arrived"})
#: reports come with the next telemetry frame: later than foreseen is so much and more
_LATE_S = 60.0
#: differences below this are none
_SAME_S = 0.5


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command on the board; `may_approve` and `may_decline` are for whoever looks at it."""

    id: str
    state: Phrase
    command: str
    who: str
    next: Phrase
    age: Phrase
    is_hazardous: bool
    may_approve: bool
    may_decline: bool


@dataclass(frozen=True, slots=True)
class HopRow:
    """One hop of a command, as foreseen and as it came; `late` is how much later it came."""

    name: str
    where: str
    foreseen: str
    actual: Phrase
    late: Phrase


@dataclass(frozen=True, slots=True)
class Board:
    """The rows to show, and the line above them."""

    summary: Phrase
    rows: tuple[CommandRow, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One command: what it is, who stands for it, and each of its hops."""

    title: str
    state: Phrase
    people: str
    why: str
    message: str
    hazard: Phrase | None
    hops: tuple[HopRow, ...]


def board_view(
    board: Snapshot | None,
    picture: Picture,
    link: Link,
    *,
    craft: str = "",
    of_people: bool = False,
) -> Board:
    """What waits for approval, what is under way by its next hop, then what has ended lately."""
    if board is None:
        return Board(Phrase(tr("The desks have not told of any command yet."), "quiet"), ())
    open_ = [one for one in board["open"] if _is_wanted(one, craft, of_people)]
    ended = [one for one in board["ended"] if _is_wanted(one, craft, of_people)]
    now_ns = _now_ns(picture, board)
    open_.sort(key=lambda one: (not one["waits_for_approval"], _next_ns(one, now_ns), one["id"]))
    commands = [*open_, *reversed(ended)]
    rows = tuple(_row(one, picture, now_ns) for one in commands)
    waiting = sum(bool(one["waits_for_approval"]) for one in open_)
    return Board(_summary(board, link, craft, of_people, len(open_), waiting), rows)


def waiting_commands(picture: Picture) -> int:
    """How many commands wait for somebody's approval."""
    return int(picture.commands.get("counts", {}).get("prepared", 0))


def command_of(board: Snapshot | None, command_id: str | None) -> Snapshot | None:
    """The command of this id as the board tells it."""
    if board is None or command_id is None:
        return None
    return next((one for one in (*board["open"], *board["ended"]) if one["id"] == command_id), None)


def story_view(command: Snapshot, picture: Picture) -> Story:
    """One command in full."""
    now_ns = picture.clock.get("now_ns") or command["queued_ns"]
    return Story(
        title=f"{command['id']} {named(command)}",
        state=state_phrase(command),
        people=_people(command),
        why=str(command["why"]),
        message=str(command["message"]),
        hazard=hazard_phrase(command),
        hops=tuple(_hop_row(hop, command, now_ns) for hop in command["hops"]),
    )


def named(command: Snapshot) -> str:
    """A command's name with its arguments: `SET_HEATER heater_state=ON`."""
    arguments = (f"{name}={value}" for name, value in command["arguments"].items())
    return " ".join((str(command["name"]), *arguments))


def state_phrase(command: Snapshot) -> Phrase:
    """Its state as a sign and a word."""
    state = str(command["state"])
    sign, tone = _STATES.get(state, ("?", "plain"))
    return Phrase(f"{sign} {tr(_WORDS.get(state, state))}", tone)


def hazard_phrase(told: Snapshot) -> Phrase | None:
    """What the mission database warns of, or None; `told` is of a command or of its definition."""
    level = str(told["significance"])
    if level == "none":
        return None
    reason = told["significance_reason"]
    word = tr(level).upper()
    text = f"{word}: {reason}" if reason else word
    return Phrase(f"✖ {text}", "bad") if told["hazardous"] else Phrase(f"▲ {text}", "caution")


def _is_wanted(command: Snapshot, craft: str, of_people: bool) -> bool:
    is_of_people = command["purpose"] in OF_PEOPLE
    return (not craft or command["spacecraft"] == craft) and (is_of_people or not of_people)


def _now_ns(picture: Picture, board: Snapshot) -> int:
    return max(int(picture.clock.get("now_ns") or 0), int(board["now_ns"]))


def _summary(
    board: Snapshot, link: Link, craft: str, of_people: bool, shown: int, waiting: int
) -> Phrase:
    counts = tr("{shown} under way, {waiting} to approve", shown=shown, waiting=waiting)
    if hidden := board["of_open"] - len(board["open"]):
        counts = tr("{counts}, {hidden} more not shown", counts=counts, hidden=hidden)
    if not link.is_live:
        told = tr("✖ as of {time}; {counts}", time=named_clock_text(board["now_ns"]), counts=counts)
        return Phrase(told, "bad")
    whose = craft or tr("all craft")
    asked = tr("asked for by people") if of_people else tr("by people and by the ground itself")
    return Phrase(f"{whose}, {asked}: {counts}", "notice" if waiting else "plain")


def _row(command: Snapshot, picture: Picture, now_ns: int) -> CommandRow:
    name = str(picture.asker.get("name") or "")
    is_own = bool(name) and is_same_person(str(command["operator"]), name)
    may_approve = "approve_command" in picture.may
    is_unsent = command["state"] in UNSENT
    age_s = (now_ns - command["queued_ns"]) / NANOSECONDS_PER_SECOND
    return CommandRow(
        id=str(command["id"]),
        state=state_phrase(command),
        command=named(command),
        who=_who(command),
        next=_next_phrase(command, now_ns),
        age=Phrase(rough_duration_text(age_s), "quiet" if command["settled"] else "plain", True),
        is_hazardous=bool(command["hazardous"]),
        may_approve=bool(command["waits_for_approval"]) and may_approve and not is_own,
        may_decline=is_unsent and (may_approve or (is_own and "draft_command" in picture.may)),
    )


def _next_phrase(command: Snapshot, now_ns: int) -> Phrase:
    """The next hop and when it is foreseen, or how long it is overdue."""
    if command["settled"]:
        ended_ns = _ended_ns(command)
        return Phrase(
            UNKNOWN if ended_ns is None else _when(tr("ended"), ended_ns, now_ns), "quiet"
        )
    hop = next(_to_come(command, now_ns), None)
    if hop is None or (when_ns := _expected_ns(hop)) is None:
        return Phrase(tr("△ no way booked"), "notice")
    overdue_s = _overdue_s(hop, command, now_ns)
    if overdue_s > _LATE_S:
        return Phrase(tr("▲ {overdue} overdue", overdue=rough_duration_text(overdue_s)), "caution")
    to_come = HOPS_TO_COME[hop["name"]]
    return Phrase(_when(tr(to_come), when_ns, now_ns))


def _when(what: str, moment_ns: int, now_ns: int) -> str:
    """`leaves 14:20:00`; of another day `leaves in 13 h`, `ended 2 d ago`."""
    if day_text(moment_ns) == day_text(now_ns):
        return f"{what} {clock_text(moment_ns)[11:]}"
    seconds = (moment_ns - now_ns) / NANOSECONDS_PER_SECOND
    if seconds < 0:
        return tr("{what} {span} ago", what=what, span=rough_duration_text(-seconds))
    return tr("{what} in {span}", what=what, span=rough_duration_text(seconds))


def _to_come(command: Snapshot, now_ns: int) -> Iterator[Snapshot]:
    """Hops that have not happened, in order, as far as is known here."""
    hops = command["hops"]
    last = max((place for place, hop in enumerate(hops) if _has_come(hop, now_ns)), default=-1)
    return iter(hops[last + 1 :])


def _has_come(hop: Snapshot, now_ns: int) -> bool:
    """What is dated by light time may lie ahead; what was reported does not, whatever the clock."""
    actual_ns = hop["actual_ns"]
    if actual_ns is None:
        return False
    return hop["name"] not in _DATED_BY_LIGHT or bool(actual_ns <= now_ns)


def _expected_ns(hop: Snapshot) -> int | None:
    actual_ns: int | None = hop["actual_ns"]
    foreseen_ns: int | None = hop["foreseen_ns"]
    return foreseen_ns if actual_ns is None else actual_ns


def _next_ns(command: Snapshot, now_ns: int) -> int:
    """For the order on the board; what has no way comes last."""
    hop = next(_to_come(command, now_ns), None)
    expected = None if hop is None else _expected_ns(hop)
    return expected if expected is not None else 1 << 63


def _overdue_s(hop: Snapshot, command: Snapshot, now_ns: int) -> float:
    """How long ago the ground should have known that the hop came; a craft tells it later."""
    due_ns = hop["foreseen_ns"]
    if hop["name"] != "radiated":
        due_ns = next((one["foreseen_ns"] for one in command["hops"][-1:]), None)
    if due_ns is None or hop["actual_ns"] is not None:
        return 0.0
    return float((now_ns - due_ns) / NANOSECONDS_PER_SECOND)


def _ended_ns(command: Snapshot) -> int | None:
    came = [hop["actual_ns"] for hop in command["hops"] if hop["actual_ns"] is not None]
    return max(came, default=None)


def _who(command: Snapshot) -> str:
    """Whoever asked for it; of what the ground says by itself, what it is for."""
    purpose = str(command["purpose"]).replace("_", " ")
    return str(command["operator"]) or tr(purpose)


def _people(command: Snapshot) -> str:
    who = _who(command)
    approver = str(command["approver"])
    if not approver or approver == who:
        return tr("asked for by {who}", who=who)
    return tr("asked for by {who}, approved by {approver}", who=who, approver=approver)


def _hop_row(hop: Snapshot, command: Snapshot, now_ns: int) -> HopRow:
    foreseen_ns, actual_ns = hop["foreseen_ns"], hop["actual_ns"]
    name, where = str(hop["name"]), str(hop["where"])
    return HopRow(
        name=tr(name),
        where=tr(where),
        foreseen=clock_text_without_year(foreseen_ns),
        actual=_actual(hop, now_ns),
        late=_late(hop, command, foreseen_ns, actual_ns, now_ns),
    )


def _actual(hop: Snapshot, now_ns: int) -> Phrase:
    actual_ns = hop["actual_ns"]
    if actual_ns is None:
        return Phrase(tr("· not yet known"), "quiet")
    if not _has_come(hop, now_ns):
        return Phrase(f"▶ {clock_text_without_year(actual_ns)}", "active")
    return Phrase(f"✔ {clock_text_without_year(actual_ns)}", "good")


def _late(
    hop: Snapshot, command: Snapshot, foreseen_ns: int | None, actual_ns: int | None, now_ns: int
) -> Phrase:
    if foreseen_ns is None:
        return Phrase(UNKNOWN, "quiet", right=True)
    if actual_ns is not None:
        late_s = (actual_ns - foreseen_ns) / NANOSECONDS_PER_SECOND
        if abs(late_s) < _SAME_S:
            return Phrase(tr("on time"), "quiet", right=True)
        return Phrase(f"{late_s:+.0f} s", "caution" if late_s > _LATE_S else "plain", right=True)
    overdue_s = _overdue_s(hop, command, now_ns)
    if overdue_s > _LATE_S and not command["settled"]:
        return Phrase(
            tr("▲ overdue {overdue}", overdue=rough_duration_text(overdue_s)), "caution", right=True
        )
    ahead_s = (foreseen_ns - now_ns) / NANOSECONDS_PER_SECOND
    if ahead_s > 0 and not command["settled"]:
        return Phrase(tr("in {ahead}", ahead=duration_text(ahead_s)), "quiet", right=True)
    return Phrase(UNKNOWN, "quiet", right=True)
