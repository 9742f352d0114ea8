"""What planning has been told beside the mission's files: outages, weather, lost passes, needs.

A notice's content is plain values, as it travels and is kept; here it is read and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from groundsys.mission.scenario.planning_data import ContactNeed, NeedKind
from groundsys.planning.situation import Outage, Weather
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """All that has been told, as planning takes it."""

    outages: tuple[Outage, ...] = ()
    weather: tuple[Weather, ...] = ()
    lost: frozenset[str] = frozenset()
    needs: tuple[ContactNeed, ...] = ()
    #: files of the latest trajectories by craft
    trajectories: Mapping[str, str] = field(default_factory=dict)
    #: files of the latest tables of small bodies by body
    ephemerides: Mapping[str, str] = field(default_factory=dict)


def read_notices(notices: Iterable[tuple[str, Content]]) -> Known:
    """What (kind, content) of each notice, in the order of telling, come to.

    A later need of the same id, and a later trajectory of the same craft, replace earlier ones.
    """
    outages: list[Outage] = []
    weather: list[Weather] = []
    lost: set[str] = set()
    needs: dict[str, ContactNeed] = {}
    trajectories: dict[str, str] = {}
    ephemerides: dict[str, str] = {}
    for kind, content in notices:
        match kind:
            case "antenna_out":
                outages.append(Outage(_text(content, "antenna"), _interval(content)))
            case "weather":
                loss_db = _number(content, "loss_db")
                weather.append(Weather(_text(content, "antenna"), _interval(content), loss_db))
            case "pass_lost":
                lost.add(_text(content, "pass_id"))
                # whoever has taken the antenna from this pass has it for as long
                outages.append(Outage(_text(content, "antenna"), _interval(content)))
            case "need":
                need = read_need(content.get("need") or {})
                needs[need.id] = need
            case "trajectory":
                trajectories[_text(content, "spacecraft")] = _text(content, "path")
            case "ephemeris":
                ephemerides[_text(content, "body")] = _text(content, "path")
            case _:
                raise PlanError(
                    f"nobody knows what a notice '{kind}' tells",
                    expected="antenna_out, weather, pass_lost, need, trajectory or ephemeris",
                )
    return Known(
        tuple(outages),
        tuple(weather),
        frozenset(lost),
        tuple(needs.values()),
        trajectories,
        ephemerides,
    )


def check_notice(
    kind: str, content: Content, antennas: Collection[str], spacecraft: Collection[str]
) -> None:
    """Raise `PlanError` if planning could make nothing of a notice as it is told.

    A trajectory, and a small body's ephemeris, is told as the text of an `oem`, and kept as the
    path of a file.  A trajectory may tell of a `burn` in it (its stretch of time, `delta_v_m_s`,
    `time_limit_s`, the `mass_share` that it leaves of the craft, and how much of it is `given`
    there: 1, or 0 if the trajectory goes past it) and where the craft goes `without_burn`, as
    another OEM.
    """
    if kind in ("trajectory", "ephemeris"):
        content = {**content, "path": _text(content, "oem")}
        if "burn" in content:
            _check_burn(content["burn"])
        if "without_burn" in content:
            _text(content, "without_burn")
    known = read_notices([(kind, content)])
    for antenna in (
        *(one.antenna for one in known.outages),
        *(one.antenna for one in known.weather),
    ):
        _one_of("antenna", antenna, antennas)
    for need in known.needs:
        _one_of("spacecraft", need.spacecraft, spacecraft)
        for antenna in need.among:
            _one_of("antenna", antenna, antennas)
    for craft in known.trajectories:
        _one_of("spacecraft", craft, spacecraft)


def describe_notice(kind: str, content: Content) -> str:
    """A notice in one line for operators."""
    match kind:
        case "antenna_out":
            return f"{content['antenna']} is out {_span_text(content)}"
        case "weather":
            loss = f"{content['loss_db']:g} dB"
            return f"weather over {content['antenna']} costs {loss} {_span_text(content)}"
        case "pass_lost":
            return f"{content['pass_id']} will not take place"
        case "need":
            return f"need {content['need']['id']} of {content['need']['spacecraft']}"
        case "ephemeris":
            return f"new ephemeris of {content['body']}"
    return f"new trajectory of {content['spacecraft']}"


def read_need(content: Content) -> ContactNeed:
    """A need from plain values; `PlanError` for one that contradicts itself."""
    duration_s = _number(content, "duration_s")
    minimum_s = _number(content, "minimum_s") if "minimum_s" in content else duration_s
    kind = content.get("kind", "track")
    need = ContactNeed(
        id=_text(content, "id"),
        spacecraft=_text(content, "spacecraft"),
        kind=kind,
        duration_s=duration_s,
        minimum_s=minimum_s,
        every_s=_number(content, "every_s") if content.get("every_s") else None,
        window=_interval(content) if content.get("start_ns") is not None else None,
        antennas=int(content.get("antennas", 1)),
        among=tuple(str(one) for one in content.get("among", ())),
        attended=bool(content.get("attended", False)),
        priority=_number(content, "priority") if "priority" in content else 1.0,
        split_minimum_s=(
            _number(content, "split_minimum_s") if content.get("split_minimum_s") else None
        ),
        mission=str(content.get("mission", "")),
    )
    part_s = need.split_minimum_s
    contradictions: list[tuple[Callable[[], bool], str]] = [
        (lambda: kind not in get_args(NeedKind), f"kind is {kind!r}"),
        (lambda: not 0.0 < minimum_s <= duration_s, "the least time is more than the whole"),
        (
            lambda: need.window is not None and need.window.seconds < minimum_s,
            "its window is shorter than the least time",
        ),
        (
            lambda: need.every_s is not None and need.every_s < duration_s,
            "it comes again before it is over",
        ),
        (
            lambda: bool(need.among) and len(need.among) < need.antennas,
            "it asks for more antennas at once than it names",
        ),
        (
            lambda: part_s is not None and not 0.0 < part_s <= min(minimum_s, duration_s / 2.0),
            "a part is more than the least in all, or than half of the whole",
        ),
        (
            lambda: part_s is not None and (need.antennas > 1 or kind in ("command", "critical")),
            "several antennas at once, commands and critical events are not split",
        ),
    ]
    wrong = [text for holds, text in contradictions if holds()]
    if wrong:
        raise PlanError(
            f"need '{need.id}' contradicts itself",
            expected="one of " + ", ".join(get_args(NeedKind)) + "; least ≤ whole ≤ window",
            found="; ".join(wrong),
        )
    return need


def _check_burn(burn: Any) -> None:
    if not isinstance(burn, Mapping):
        raise PlanError("a notice's burn says nothing", expected="a mapping", found=repr(burn))
    _interval(burn)
    parts = burn.get("delta_v_m_s")
    numbers = isinstance(parts, list) and [one for one in parts if isinstance(one, int | float)]
    if numbers != parts or len(parts) != 3 or not any(parts):
        raise PlanError(
            "a burn needs its Δv", expected="delta_v_m_s along x, y and z", found=repr(parts)
        )
    for key, least, most in (("time_limit_s", 0.0, 1e6), ("mass_share", 0.0, 1.0)):
        if not least < _number(burn, key) < most:
            raise PlanError(
                f"a burn's {key} cannot be", expected=f"{least:g} to {most:g}",
                found=f"{burn[key]:g}",
            )  # fmt: skip
    if _number(burn, "given") not in (0.0, 1.0):
        raise PlanError(
            "a burn is in it or not", expected="given: 1 or 0", found=f"{burn['given']:g}"
        )


def _span_text(content: Content) -> str:
    span = _interval(content)
    return f"{span.start.utc_iso(0)} … {span.end.utc_iso(0)}"


def _one_of(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise PlanError(
            f"there is no {what} '{name}' in this scenario", expected=", ".join(sorted(known))
        )


def _interval(content: Content) -> Interval:
    start, end = content.get("start_ns"), content.get("end_ns")
    if not isinstance(start, int) or not isinstance(end, int) or end <= start:
        raise PlanError(
            "a notice needs a stretch of time",
            expected="start_ns before end_ns, in TAI nanoseconds",
            found=f"{start!r}, {end!r}",
        )
    return Interval(Instant(start), Instant(end))


def _text(content: Content, key: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise PlanError(f"a notice needs '{key}'", expected="text", found=repr(value))
    return value


def _number(content: Content, key: str) -> float:
    value = content.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PlanError(f"a notice needs '{key}'", expected="a number", found=repr(value))
    return float(value)
