"""Passes and relay sessions in words, the time that is looked at, and what is in their way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from groundsys.locales import tr
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from ops_tui.picture import Picture, Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    count_text,
    day_text,
    minute_text,
    volume_text,
)

HOUR_NS = 3600 * NANOSECONDS_PER_SECOND

#: hours that the chart may span, and how many of them are past where it follows the clock
SPANS_H = (2, 6, 12, 24, 72, 168, 672)
DEFAULT_SPAN = SPANS_H.index(24)
_PAST_SHARE = 0.25
#: of the span, how far one step moves it
STEP_SHARE = 0.25

#: state or verdict → (sign, tone); the sign also draws the chart
SIGNS: dict[str, tuple[str, Tone]] = {
    "planned": ("·", "quiet"),
    "configuring": ("◌", "notice"),
    "searching": ("◎", "notice"),
    "loading": ("◌", "notice"),
    "loaded": ("◍", "quiet"),
    "open": ("▶", "active"),
    "locked": ("▶", "active"),
    "closed": ("■", "quiet"),
    "executed": ("✔", "good"),
    "degraded": ("◐", "caution"),
    "missed": ("✖", "bad"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """What stretch of time is looked at: `span` is an index into `SPANS_H`.

    `moved_h` is how far it was moved away from the clock, which it follows otherwise.
    """

    span: int = DEFAULT_SPAN
    moved_h: float = 0.0

    @property
    def hours(self) -> int:
        return SPANS_H[self.span]

    def zoomed(self, steps: int) -> Window:
        """Farther (+) or nearer (-), about the same middle."""
        span = min(max(self.span + steps, 0), len(SPANS_H) - 1)
        hours = SPANS_H[span]
        # the middle lies so far behind the clock's place on the chart
        middle_h = self.moved_h + self.hours * (0.5 - _PAST_SHARE)
        return Window(span, 0.0 if not self.moved_h else middle_h - hours * (0.5 - _PAST_SHARE))

    def moved(self, steps: int) -> Window:
        return Window(self.span, self.moved_h + steps * STEP_SHARE * self.hours)

    def start_ns(self, now: Instant) -> int:
        """Its beginning, at a whole hour of UTC."""
        begin = now.to_utc() + timedelta(hours=self.moved_h - _PAST_SHARE * self.hours)
        return Instant.from_utc(begin.replace(minute=0, second=0, microsecond=0)).tai_ns

    def end_ns(self, now: Instant) -> int:
        return self.start_ns(now) + self.hours * HOUR_NS


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One pass or relay session as a row of the table."""

    id: str
    day: str
    span: str
    path: str
    state: Phrase
    frames: Phrase
    volume: Phrase
    expected: Phrase
    serves: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The plan that is flown, in one line."""

    version: str
    until: str
    shortfalls: Phrase
    obstacles: Phrase


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that the plan could not do, or that is in its way."""

    what: Phrase
    subject: str
    text: str


def contact_rows(picture: Picture, window: Window) -> tuple[ContactRow, ...]:
    """Passes and relay sessions in the window together, by their start."""
    now = picture.now
    if now is None:
        return ()
    start_ns, end_ns = window.start_ns(now), window.end_ns(now)
    found = [
        (path, item)
        for path, item in _contacts(picture)
        if item["end_ns"] > start_ns and item["start_ns"] < end_ns
    ]
    found.sort(key=lambda each: (each[1]["start_ns"], str(each[1]["id"])))
    clashing = conflicts(picture)
    return tuple(_row(path, item, clashing) for path, item in found)


def contact(picture: Picture, id: str | None) -> Snapshot | None:
    """The pass or session of this id, or None."""
    return next((item for _, item in _contacts(picture) if item["id"] == id), None)


def current_row(picture: Picture) -> str | None:
    """The id of the pass or session under way, else of the next one, else of the last."""
    now_ns = picture.clock.get("now_ns")
    items = [item for _, item in _contacts(picture)]
    if not items or now_ns is None:
        return None
    ahead = [item for item in items if item["end_ns"] > now_ns]
    if ahead:
        return str(min(ahead, key=lambda item: (item["start_ns"], str(item["id"])))["id"])
    return str(max(items, key=lambda item: (item["start_ns"], str(item["id"])))["id"])


def conflicts(picture: Picture) -> Mapping[str, str]:
    """By id of a pass ahead what is in its way: its antenna is closed, or booked twice at once.

    Antennas that hear several craft in one beam are booked together with purpose: only passes of
    one craft, or such as no plan would book, are told.
    """
    now_ns = picture.clock.get("now_ns") or 0
    ahead = sorted(
        (item for item in picture.passes.get("passes", ()) if _is_ahead(item, now_ns)),
        key=lambda item: int(item["start_ns"]),
    )
    found: dict[str, str] = {}
    for out in picture.plan.get("outages", ()):
        for item in ahead:
            if item["antenna"] == out["antenna"] and _overlap(item, out):
                found[str(item["id"])] = tr("{antenna} is out", antenna=out["antenna"])
    before: dict[tuple[str, str], Snapshot] = {}
    for item in ahead:
        place = (str(item["antenna"]), str(item["spacecraft"]))
        last = before.get(place)
        if last is not None and _overlap(last, item):
            for one, other in ((last, item), (item, last)):
                found[str(one["id"])] = tr("overlaps {id}", id=other["id"])
        if last is None or item["end_ns"] > last["end_ns"]:
            before[place] = item
    return found


def plan_line(picture: Picture) -> PlanLine | None:
    """The plan in one line; None before the first word of it."""
    plan = picture.plan
    if not plan:
        return None
    short = len(plan.get("changes", {}).get("shortfalls", ()))
    in_way = [one for one in obstacles(picture) if one.what.text.startswith(("╳", "≈", "!"))]
    return PlanLine(
        version=str(plan.get("version", UNKNOWN)),
        until=day_text(plan["until_ns"]) if plan.get("until_ns") else UNKNOWN,
        shortfalls=Phrase(tr("▲ {short} not met", short=short) if short else tr("all met"),
                          "caution" if short else "good"),
        obstacles=_in_the_way(in_way),
    )  # fmt: skip


def _in_the_way(obstacles: Sequence[Obstacle]) -> Phrase:
    if not obstacles:
        return Phrase(tr("nothing in the way"), "quiet")
    return Phrase(tr("╳ {count} in the way", count=len(obstacles)), "caution")


def obstacles(picture: Picture) -> tuple[Obstacle, ...]:
    """Conflicts, outages and weather ahead, then needs and customers that get less than asked."""
    now_ns = picture.clock.get("now_ns") or 0
    found = [
        Obstacle(Phrase(tr("! conflict"), "bad"), id, text)
        for id, text in sorted(conflicts(picture).items())
    ]
    for out in picture.plan.get("outages", ()):
        if out["end_ns"] > now_ns:
            found.append(Obstacle(Phrase(tr("╳ out"), "caution"), out["antenna"], _stretch(out)))
    for one in picture.plan.get("weather", ()):
        if one["end_ns"] > now_ns:
            text = f"{_stretch(one)}, {one['loss_db']:g} dB"
            found.append(Obstacle(Phrase(tr("≈ weather"), "notice"), one["antenna"], text))
    for short in picture.plan.get("changes", {}).get("shortfalls", ()):
        text = tr(
            "{granted} of {asked}: {reason}",
            granted=short["granted"],
            asked=short["asked"],
            reason=short["reason"],
        )
        found.append(Obstacle(Phrase(tr("▲ not met"), "caution"), short["subject"], text))
    return tuple(found)


def _contacts(picture: Picture) -> Iterable[tuple[str, Snapshot]]:
    for item in picture.passes.get("passes", ()):
        yield f"{item['antenna']} → {item['spacecraft']}", item
    for item in picture.passes.get("relay_sessions", ()):
        yield tr("relay ⇄ {spacecraft}", spacecraft=item["spacecraft"]), item


def _row(path: str, item: Snapshot, clashing: Mapping[str, str]) -> ContactRow:
    frames, volume, bits = item.get("frames"), item.get("bytes"), item.get("volume_bits")
    return ContactRow(
        id=str(item["id"]),
        day=day_text(item["start_ns"]),
        span=f"{minute_text(item['start_ns'])}–{minute_text(item['end_ns'])}",
        path=path,
        state=_state(item, clashing),
        frames=Phrase(count_text(frames), right=True),
        volume=Phrase(UNKNOWN if volume is None else volume_text(volume), right=True),
        expected=Phrase(volume_text(bits / 8.0) if bits else UNKNOWN, right=True),
        serves=", ".join(item.get("serves", ())) or UNKNOWN,
    )


def _state(item: Snapshot, clashing: Mapping[str, str]) -> Phrase:
    """The verdict once there is one, else a conflict, else the state."""
    if item["id"] in clashing:
        return Phrase(tr("! conflict"), "bad")
    word = word_of(item)
    sign, tone = SIGNS.get(word, ("?", "plain"))
    return Phrase(f"{sign} {tr(word)}", tone)


def word_of(item: Snapshot) -> str:
    return str(item.get("verdict") or item.get("state") or UNKNOWN)


def _is_ahead(item: Snapshot, now_ns: int) -> bool:
    return bool(item["start_ns"] > now_ns and item.get("state") == "planned")


def _overlap(one: Snapshot, other: Snapshot) -> bool:
    return bool(one["start_ns"] < other["end_ns"] and other["start_ns"] < one["end_ns"])


def _stretch(one: Snapshot) -> str:
    start, end = one["start_ns"], one["end_ns"]
    first = f"{day_text(start)} {minute_text(start)}"
    last = f"{day_text(end)} {minute_text(end)}"
    return tr("{first} to {last}", first=first, last=last)
