"""The pass under way: its steps, signal against prediction, what came home and what remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from groundsys.locales import tr, tr_later, tr_plural
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.contacts import SIGNS
from ops_tui.views.fleet import Freshness, freshness_of
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text_without_year,
    count_text,
    duration_text,
    light_times_text,
    minute_text,
    percent_text,
    rough_duration_text,
    volume_text,
)

#: steps as operators call them
_STEPS = {
    "configure": tr_later("Configure"),
    "search": tr_later("Search"),
    "lock": tr_later("Lock"),
    "uplink_sweep": tr_later("Uplink up"),
    "ad_service": tr_later("AD service"),
    "uplink_end": tr_later("Uplink end"),
    "los": "LOS",
}

#: a step is on time within so many seconds
_ON_TIME_S = 90.0

#: a signal so far below its prediction is told
_BELOW_DB = 2.0

_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the timeline."""

    name: str
    planned: str
    actual: Phrase


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A command that waits for this pass."""

    id: str
    craft: str
    name: str
    state: Phrase
    earliest: str


@dataclass(frozen=True, slots=True)
class PassView:
    """A pass as the console shows it; `figures` are labelled phrases in their order."""

    id: str
    title: str
    state: Phrase
    time: Phrase
    #: which of how many that are under way
    place: str
    steps: tuple[StepRow, ...]
    figures: tuple[tuple[str, Phrase], ...]
    #: the predicted margin over the pass, a character a sample, and the column of the clock
    margin_curve: str
    now_column: int | None
    queue_head: str
    queue: tuple[QueueRow, ...]


def watched_ids(picture: Picture) -> tuple[str, ...]:
    """Passes under way first, in lock before all, then those to come."""
    now_ns = picture.clock.get("now_ns") or 0

    def rank(one: Snapshot) -> tuple[int, int, str]:
        under_way = one["start_ns"] <= now_ns
        return 0 if one["state"] == "locked" else 1 if under_way else 2, one["start_ns"], one["id"]

    return tuple(str(one["id"]) for one in sorted(picture.pass_watch.values(), key=rank))


def pass_view(picture: Picture, link: Link, pass_id: str | None) -> PassView | None:
    """The pass of this id, or the foremost; None while none is told of."""
    ids = watched_ids(picture)
    now_ns = picture.clock.get("now_ns")
    if not ids or now_ns is None:
        return None
    shown = pass_id if pass_id in ids else ids[0]
    one: Snapshot = picture.pass_watch[shown]
    state = str(one["state"])
    sign, tone = SIGNS.get(state, ("?", "plain"))
    return PassView(
        id=shown,
        title=f"{shown}  {one['antenna']} ⇄ {one['spacecraft']}",
        state=_of_feed(Phrase(f"{sign} {tr(state)}", tone), link),
        time=_time(one, now_ns),
        place=tr("{place} of {count}", place=ids.index(shown) + 1, count=len(ids)),
        steps=tuple(_step(step, now_ns) for step in one["steps"]),
        figures=tuple(_figures(one, picture, link, now_ns)),
        margin_curve=_curve(one),
        now_column=_now_column(one, now_ns),
        queue_head=_queue_head(one["uplink_queue"]),
        queue=tuple(_queued(each) for each in one["uplink_queue"]["first"]),
    )


def _time(one: Snapshot, now_ns: int) -> Phrase:
    span = f"{minute_text(one['start_ns'])}–{minute_text(one['end_ns'])}"
    if now_ns < one["start_ns"]:
        ahead = duration_text((one["start_ns"] - now_ns) / NANOSECONDS_PER_SECOND)
        return Phrase(tr("{span}  begins in {ahead}", span=span, ahead=ahead), "notice")
    left = duration_text((one["end_ns"] - now_ns) / NANOSECONDS_PER_SECOND)
    return Phrase(
        tr("{span}  {left} left", span=span, left=left),
        "plain" if now_ns < one["end_ns"] else "quiet",
    )


def _step(step: Snapshot, now_ns: int) -> StepRow:
    planned, actual = step["planned_ns"], step["actual_ns"]
    name = _STEPS.get(step["step"], str(step["step"]))
    return StepRow(
        tr(name),
        clock_text_without_year(planned)[6:],
        _actual(planned, actual, now_ns),
    )


def _actual(planned: int, actual: int | None, now_ns: int) -> Phrase:
    if actual is not None:
        late_s = (actual - planned) / NANOSECONDS_PER_SECOND
        clock = clock_text_without_year(actual)[6:]
        if abs(late_s) < 1.0:
            return Phrase(f"✔ {clock}", "good")
        text = f"✔ {clock} {'+' if late_s > 0 else '−'}{rough_duration_text(abs(late_s))}"
        return Phrase(text, "good" if late_s <= _ON_TIME_S else "caution")
    wait_s = (planned - now_ns) / NANOSECONDS_PER_SECOND
    if wait_s > 0.0:
        return Phrase(tr("in {ahead}", ahead=duration_text(wait_s)), "quiet")
    if -wait_s <= _ON_TIME_S:
        return Phrase(tr("due"), "notice")
    return Phrase(tr("▲ {span} late", span=duration_text(-wait_s)), "bad")


def _figures(
    one: Snapshot, picture: Picture, link: Link, now_ns: int
) -> Sequence[tuple[str, Phrase]]:
    return [
        (tr("lock"), _of_feed(_lock(one, now_ns), link)),
        (tr("frames"), _frames(one)),
        (
            tr("corrected"),
            Phrase(
                tr(
                    "{frames} of them",
                    frames=count_text(one["frames_corrected"]),
                )
            ),
        ),
        ("C/N0", _of_feed(_signal(one, now_ns), link)),
        ("Eb/N0", _of_feed(_bit_energy(one), link)),
        (tr("margin"), _of_feed(_margin(one, now_ns), link)),
        (tr("home"), _home(one)),
        (tr("aboard"), _aboard(one, picture, link, now_ns)),
        (tr("lacking"), _lacking(one["lacking"])),
        (tr("asked"), _asked(one["lacking"])),
    ]


def _of_feed(phrase: Phrase, link: Link) -> Phrase:
    """What was true when the feed was lost is not shown as true now."""
    if link.is_live or phrase.text == UNKNOWN:
        return phrase
    return Phrase(f"◐ {phrase.text}", "caution")


def _lock(one: Snapshot, now_ns: int) -> Phrase:
    held_s = float(one["lock_s"])
    if one["lock_since_ns"] is not None:
        held_s += max(0.0, (min(now_ns, one["end_ns"]) - one["lock_since_ns"]) / 1e9)
    losses = int(one["losses_of_lock"])
    lost = tr(", lost {losses}×", losses=losses) if losses else ""
    if one["lock_since_ns"] is None:
        tone: Tone = "bad" if losses else "quiet"
        return Phrase(
            tr("none{lost}", lost=lost) if not held_s else tr("none now{lost}", lost=lost), tone
        )
    return Phrase(
        tr("▲ for {held}{lost}", held=duration_text(held_s), lost=lost),
        "caution" if losses else "active",
    )


def _frames(one: Snapshot) -> Phrase:
    good, bad = count_text(one["frames_good"]), int(one["frames_bad"])
    if bad:
        return Phrase(tr("{good} good, ✖ {bad} bad", good=good, bad=count_text(bad)), "caution")
    return Phrase(tr("{good} good, 0 bad", good=good))


def _predicted(one: Snapshot, now_ns: int) -> float:
    """C/N0 that is predicted of this moment, or of the pass' beginning or end."""
    times, values = one["predicted"]["times_ns"], one["predicted"]["c_n0_dbhz"]
    for number in range(1, len(times)):
        if now_ns <= times[number]:
            before, after = times[number - 1], times[number]
            share = min(1.0, max(0.0, (now_ns - before) / (after - before)))
            found = values[number - 1] + share * (values[number] - values[number - 1])
            return float(found - one["weather_db"])
    return float(values[-1] - one["weather_db"])


def _signal(one: Snapshot, now_ns: int) -> Phrase:
    predicted = _predicted(one, now_ns)
    measured = one["c_n0_dbhz"]
    if measured is None:
        return Phrase(tr("none (predicted {predicted:.1f} dBHz)", predicted=predicted), "quiet")
    off = measured - predicted
    text = tr(
        "{measured:.1f} dBHz (predicted {predicted:.1f})", measured=measured, predicted=predicted
    )
    if off < -_BELOW_DB:
        return Phrase(f"▼ {text}", "caution")
    return Phrase(text, "plain")


def _bit_energy(one: Snapshot) -> Phrase:
    if one["c_n0_dbhz"] is None:
        return Phrase(UNKNOWN, "quiet")
    needed = one["needed_c_n0_dbhz"]
    have, least = one["c_n0_dbhz"] - _bit_rate_db(one), needed - _bit_rate_db(one)
    return Phrase(
        tr(
            "{have:.1f} dB ({least:.1f} at {rate_kbps:g} kbit/s)",
            have=have,
            least=least,
            rate_kbps=one["rate_bps"] / 1e3,
        )
    )


def _bit_rate_db(one: Snapshot) -> float:
    return 10.0 * log10(one["rate_bps"])


def _margin(one: Snapshot, now_ns: int) -> Phrase:
    predicted = _predicted(one, now_ns) - one["needed_c_n0_dbhz"]
    if one["c_n0_dbhz"] is None:
        return Phrase(tr("none (predicted {predicted} dB)", predicted=_signed(predicted)), "quiet")
    margin = one["c_n0_dbhz"] - one["needed_c_n0_dbhz"]
    text = tr(
        "{margin} dB (predicted {predicted})", margin=_signed(margin), predicted=_signed(predicted)
    )
    if margin < 0.0:
        return Phrase(f"✖ {text}", "bad")
    return Phrase(f"▼ {text}", "caution") if margin < 1.0 else Phrase(f"✔ {text}", "good")


def _signed(value: float) -> str:
    return f"{'−' if value < -0.05 else '+'}{abs(value):.1f}"


def _home(one: Snapshot) -> Phrase:
    expected = one["volume_bits"] / 8.0
    text = volume_text(one["bytes"])
    if expected <= 0.0:
        return Phrase(text)
    return Phrase(
        tr(
            "{text} of {expected} ({share:.0f} %)",
            text=text,
            expected=volume_text(expected),
            share=100.0 * one["bytes"] / expected,
        )
    )


def _aboard(one: Snapshot, picture: Picture, link: Link, now_ns: int) -> Phrase:
    craft = picture.fleet.get("craft", {}).get(one["spacecraft"], {})
    freshness, age_s = freshness_of(craft, now_ns, link)
    if age_s is None or craft.get("recorder_percent") is None:
        return Phrase(tr("○ recorder never heard"), "quiet")
    text = tr("recorder {share}", share=percent_text(craft["recorder_percent"]))
    if freshness is Freshness.LIVE:
        return Phrase(f"● {text}", "plain")
    return Phrase(f"◐ {text}, {light_times_text(age_s, craft.get('light_time_s'))}", "caution")


def _lacking(lacking: Snapshot) -> Phrase:
    packets, files = int(lacking["packets"]), int(lacking["files"])
    if not packets and not files:
        return Phrase(tr("nothing that was sent"), "good")
    told = tr_plural(
        "{packets} packets, {count} file",
        "{packets} packets, {count} files",
        *(files,),
        packets=count_text(packets),
    )
    return Phrase(told, "notice")


def _asked(lacking: Snapshot) -> Phrase:
    """What is asked for again, and how much of files is still to come."""
    asked = int(lacking["replays_asked"]) + int(lacking["file_requests"])
    told = tr_plural(
        "{count} request, {volume} to come",
        "{count} requests, {volume} to come",
        *(asked,),
        volume=volume_text(lacking["file_octets"]),
    )
    return Phrase(told, "plain" if asked else "quiet")


def _curve(one: Snapshot) -> str:
    margins = [value - one["needed_c_n0_dbhz"] for value in one["predicted"]["c_n0_dbhz"]]
    low, high = min(margins), max(margins)
    if high - low < 0.05:
        return _BLOCKS[3] * len(margins)
    steps = [round((value - low) / (high - low) * (len(_BLOCKS) - 1)) for value in margins]
    return "".join(_BLOCKS[step] for step in steps)


def _now_column(one: Snapshot, now_ns: int) -> int | None:
    if not one["start_ns"] <= now_ns < one["end_ns"]:
        return None
    share = (now_ns - one["start_ns"]) / (one["end_ns"] - one["start_ns"])
    return int(share * len(one["predicted"]["times_ns"]))


def _queue_head(queue: Snapshot) -> str:
    more = int(queue["waiting"]) - len(queue["first"])
    shown = tr(", the first {first} of them", first=len(queue["first"])) if more > 0 else ""
    return tr(
        "{waiting} wait for this pass{shown}; {under_way} under way",
        waiting=queue["waiting"],
        shown=shown,
        under_way=queue["under_way"],
    )


def _queued(one: Snapshot) -> QueueRow:
    state = str(one["state"])
    tone: Tone = "plain" if state == "queued" else "notice"
    return QueueRow(
        id=str(one["id"]),
        craft=str(one["spacecraft"]),
        name=str(one["name"]),
        state=Phrase(tr(state), tone),
        earliest=clock_text_without_year(one["not_before_ns"]),
    )
