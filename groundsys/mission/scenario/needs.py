"""What a scenario tells the planner, and what happens to antennas in it.

A need under `planning.needs` has the keys `id`, `spacecraft`, `kind`, `duration_min`, `minimum_min`
(the least in all), `split_min` (may be given in several tracks, each at least so long), `every_h`,
`start` and `end`, `antennas` (at once), `among`, `attended`, `priority` (the higher is served
first) and `mission` (whose request it is; missions of one priority share antennas fairly; the
spacecraft if left out).  Those in `_min` are minutes, in `_h` hours.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import cast, get_args

from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.planning_data import (
    ContactNeed,
    Maintenance,
    NeedKind,
    Notice,
    NoticeKind,
    PlanningData,
    Shift,
)
from groundsys.values.instants import Interval

#: What a scenario may replace; each is a field of `groundsys.planning.PlanningRules`.
RULES = (
    "pass_minimum_s", "pass_maximum_s", "pass_gap_s", "view_margin_s", "closing_s",
    "uplink_margin_s", "load_s", "session_maximum_s", "session_minimum_s", "session_gap_s",
    "session_stretch_s", "margin_db", "booking_horizon_s", "planned_ahead_s", "solution_sigmas",
    "value_per_megabyte", "half_value_s",
    "value_per_need", "value_of_fairness", "value_per_contact_hour", "cost_per_pass",
    "sessions_per_craft",
)  # fmt: skip

_NEED_KINDS: tuple[str, ...] = get_args(NeedKind)
_NOTICE_KINDS: tuple[str, ...] = get_args(NoticeKind)
_CLOCK = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")


def read_planning_data(
    section: Section, span: Interval, spacecraft: Collection[str], antennas: Collection[str]
) -> PlanningData:
    """The part `planning` of a scenario; all of it may be left out."""
    if section.absent:
        return PlanningData()
    rules = section.optional_section("rules")
    for name in rules.names:
        note_unknown(section.findings, rules.place(name), "planning rule", name, RULES)
    needs = tuple(
        _read_need(entry, span, spacecraft, antennas)
        for entry in section.sections("needs", optional=True)
    )
    for need in needs:
        if sum(other.id == need.id for other in needs) > 1:
            section.note("needs", f"need {need.id!r} stands twice", "give each its own id")
    data = PlanningData(
        rules={name: rules.number(name, minimum=0) for name in rules.names},
        needs=needs,
        maintenance=tuple(
            _read_maintenance(entry, antennas)
            for entry in section.sections("maintenance", optional=True)
        ),
        shifts=tuple(_read_shift(entry) for entry in section.sections("shifts", optional=True)),
    )
    section.finish()
    return data


def _read_need(
    entry: Section, span: Interval, spacecraft: Collection[str], antennas: Collection[str]
) -> ContactNeed:
    duration_s = 60.0 * entry.number("duration_min", above=0, maximum=10_080)
    need = ContactNeed(
        id=entry.text("id"),
        spacecraft=entry.reference("spacecraft", "spacecraft of the scenario", spacecraft),
        kind=cast(NeedKind, entry.choice("kind", _NEED_KINDS, "track")),
        duration_s=duration_s,
        minimum_s=60.0 * entry.number("minimum_min", duration_s / 60.0, above=0),
        every_s=3600.0 * entry.number("every_h", above=0) if "every_h" in entry else None,
        window=_read_interval(entry) if "start" in entry or "end" in entry else None,
        antennas=entry.integer("antennas", 1, minimum=1, maximum=4),
        among=entry.references("among", "antenna", antennas, optional=True),
        attended=bool(entry.plain("attended", False)),
        priority=entry.number("priority", 1.0, above=0, maximum=1000),
        split_minimum_s=60.0 * entry.number("split_min", above=0) if "split_min" in entry else None,
        mission=entry.text("mission") if "mission" in entry else "",
    )
    if need.split_minimum_s is not None:
        _check_split(entry, need, need.split_minimum_s)
    if need.minimum_s > need.duration_s:
        entry.note("minimum_min", "the least is more than the whole", "lower minimum_min")
    if need.among and len(need.among) < need.antennas:
        entry.note("among", f"{need.antennas} antennas at once, {len(need.among)} named")
    if need.window is not None and need.window.seconds < need.minimum_s:
        entry.note("start", "the window is shorter than the least time asked for", "widen it")
    if need.window is not None and not need.window.overlaps(span):
        entry.note("start", "the window is outside the scenario", "move it")
    if need.every_s is not None and need.every_s < need.duration_s:
        entry.note("every_h", "it comes again before it is over", "ask for less, or less often")
    entry.finish()
    return need


def _check_split(entry: Section, need: ContactNeed, split_minimum_s: float) -> None:
    if need.antennas > 1 or need.kind in ("command", "critical"):
        entry.note(
            "split_min",
            "several antennas at once, commands and critical events are not split",
            "leave split_min out, or ask for a track",
        )
    if split_minimum_s > need.minimum_s:
        entry.note("split_min", "a part is more than the least in all", "lower split_min")
    if 2.0 * split_minimum_s > need.duration_s:
        entry.note("split_min", "two such parts are more than the whole", "lower split_min")


def _read_maintenance(entry: Section, antennas: Collection[str]) -> Maintenance:
    maintenance = Maintenance(
        entry.reference("antenna", "antenna", antennas), _read_interval(entry)
    )
    entry.finish()
    return maintenance


def _read_shift(entry: Section) -> Shift:
    shift = Shift(_read_clock(entry, "start"), _read_clock(entry, "end"))
    if shift.end_s <= shift.start_s:
        entry.note("end", "the shift ends before it starts", "write one over midnight as two")
    entry.finish()
    return shift


def _read_clock(entry: Section, key: str) -> float:
    text = entry.text(key)
    match = _CLOCK.match(text)
    if match is None:
        if text:
            entry.note(key, f"{key} is {text!r}", 'write a time of day in UTC: "08:30"')
        return 0.0
    return 3600.0 * int(match[1]) + 60.0 * int(match[2])


def read_notices(section: Section, span: Interval, antennas: Collection[str]) -> tuple[Notice, ...]:
    """The outages and weather of a scenario, in the order in which they become known."""
    notices = []
    for entry in section.sections("notices", optional=True):
        notice = Notice(
            kind=cast(NoticeKind, entry.choice("kind", _NOTICE_KINDS)),
            at=entry.instant("at"),
            antenna=entry.reference("antenna", "antenna", antennas),
            interval=_read_interval(entry),
            loss_db=entry.number("loss_db", 0.0, minimum=0, maximum=60),
        )
        if not span.contains(notice.at) and notice.at.tai_ns:
            entry.note("at", "nobody is told within the scenario", "move it inside")
        if notice.kind == "weather" and not notice.loss_db:
            entry.note("loss_db", "weather that costs nothing", "state loss_db")
        entry.finish()
        notices.append(notice)
    return tuple(sorted(notices, key=lambda notice: notice.at))


def _read_interval(entry: Section) -> Interval:
    start, end = entry.instant("start"), entry.instant("end")
    if end <= start:
        if start.tai_ns and end.tai_ns:
            entry.note("end", "it ends before it starts", "move end after start")
        return Interval(start, start)
    return Interval(start, end)
