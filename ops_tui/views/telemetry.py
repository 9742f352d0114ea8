"""Parameter values as rows: what was, in which limits, when it was so, and how it went lately."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from groundsys.locales import tr
from groundsys.telemetry.live_values import LiveValue
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import CraftTelemetry, Link, Picture
from ops_tui.views.catalogue import Catalogue, Limit, Parameter
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text_without_year,
    count_text,
    rough_duration_text,
)

#: signs and tones of the limits' levels
LEVEL_SIGNS: dict[str, tuple[str, Tone]] = {
    "watch": ("△", "notice"),
    "warning": ("▲", "caution"),
    "distress": ("▲", "bad"),
    "critical": ("▲", "bad"),
    "severe": ("▲", "bad"),
}
_BLOCKS = "▁▂▃▄▅▆▇█"
#: characters of a sparkline
SPARK_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One parameter of one craft as a row of the table."""

    craft: str
    name: str
    value: Phrase
    limit: Phrase
    age: Phrase
    recent: Phrase


def value_row(
    picture: Picture,
    link: Link,
    catalogue: Catalogue,
    craft: str,
    name: str,
    *,
    with_recent: bool = True,
) -> ValueRow:
    """The row of one parameter."""
    parameter = catalogue.parameter(craft, name)
    known = picture.telemetry.get(craft, CraftTelemetry())
    wire = known.values.get(name)
    if wire is None or parameter is None:
        never = Phrase(tr("○ never heard"), "quiet")
        return ValueRow(craft, name, Phrase(UNKNOWN, "quiet", True), Phrase(""), never, Phrase(""))
    live = LiveValue.from_wire(wire)
    recent = known.recent.get(name, ())
    light_time_s = _light_time_s(picture, craft)
    age = age_phrase(picture, link, live, light_time_s, cadence_s(parameter, recent))
    is_live = age.tone == "good"
    limit = _limit(live, parameter, is_live=is_live)
    tone: Tone = "quiet" if not is_live else limit.tone if live.level else "plain"
    text = f"{value_text(live.value)} {parameter.unit}".rstrip()
    spark = sparkline([value for _, value in recent]) if with_recent else ""
    return ValueRow(
        craft,
        name,
        Phrase(text, tone, True),
        limit,
        age,
        Phrase(spark, "active" if is_live else "quiet"),
    )


def detail_text(picture: Picture, catalogue: Catalogue, craft: str, name: str) -> str:
    """All about the parameter under the cursor, in two lines: its limits, and when it was so."""
    parameter = catalogue.parameter(craft, name)
    if parameter is None:
        return ""
    about = f"{craft} {name}: {parameter.description or parameter.group}"
    known = picture.telemetry.get(craft, CraftTelemetry())
    parts = [limit_text(limit) for limit in parameter.limits]
    if parameter.cadence_s:
        parts.append(tr("each {cadence}", cadence=rough_duration_text(parameter.cadence_s)))
    if (wire := known.values.get(name)) is not None:
        live = LiveValue.from_wire(wire)
        parts.insert(0, tr("SCET {time}", time=clock_text_without_year(live.at)))
        if live.received is not None:
            parts.append(tr("received {time}", time=clock_text_without_year(live.received)))
    return f"{about}\n{'  '.join(parts)}"


def limit_text(limit: Limit) -> str:
    """A level and where it begins: `watch < 45`, `warning < 23 > 33.6`."""
    edges = [
        f"{sign} {value_text(edge)}"
        for sign, edge in (("<", limit.minimum), (">", limit.maximum))
        if edge is not None
    ]
    return " ".join((limit.level, *edges))


def age_phrase(
    picture: Picture, link: Link, value: LiveValue, light_time_s: float | None, cadence_s: float
) -> Phrase:
    """Whether a value is live, else how old it is, also in light times.

    Live is what is younger than light time + cadence, on a feed that is itself live: nothing newer
    can have come.  What comes on occasion alone has no cadence, and is never live once it is here.
    """
    now_ns = picture.clock.get("now_ns")
    if now_ns is None:
        return Phrase(tr("○ no clock yet"), "quiet")
    age_s = (now_ns - value.at) / NANOSECONDS_PER_SECOND
    if link.is_live and age_s < (light_time_s or 0.0) + cadence_s:
        return Phrase(tr("● live"), "good")
    text = f"◐ {rough_duration_text(age_s)}"
    if light_time_s:
        text = tr(
            "{text}, {light_times} OWLT",
            text=text,
            light_times=light_times_text(age_s / light_time_s),
        )
    return Phrase(text, "caution")


def light_times_text(count: float) -> str:
    """An age in light times: `1.2`, `14`."""
    return f"{count:.1f}" if count < 10 else f"{count:.0f}"


def cadence_s(parameter: Parameter, recent: tuple[tuple[int, float], ...]) -> float:
    """How often a parameter comes: as defined, or as it has come lately."""
    if parameter.cadence_s:
        return parameter.cadence_s
    steps = [after - before for (before, _), (after, _) in pairwise(recent)]
    return sorted(steps)[len(steps) // 2] / NANOSECONDS_PER_SECOND if steps else 0.0


def value_text(value: Any) -> str:
    """A value in few characters: counts in groups, other numbers to six digits."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, int):
        return count_text(value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def sparkline(values: list[float]) -> str:
    """The last values as heights between their least and greatest; in the middle if all alike."""
    last = values[-SPARK_COLUMNS:]
    if len(last) < 2:
        return ""
    least, greatest = min(last), max(last)
    if least == greatest:
        return _BLOCKS[3] * len(last)
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round((one - least) / (greatest - least) * top)] for one in last)


def situation(picture: Picture, link: Link, craft: str) -> Phrase:
    """Light time of the craft shown; or, on a lost feed, since when everything stands."""
    if link.state == "lost":
        return Phrase(
            tr(
                "stands as of {time}",
                time=clock_text_without_year(picture.clock.get("now_ns")),
            ),
            "bad",
        )
    light_time_s = _light_time_s(picture, craft)
    if light_time_s is None:
        return Phrase("")
    return Phrase(tr("OWLT {light_time}", light_time=rough_duration_text(light_time_s)), "quiet")


def _limit(value: LiveValue, parameter: Parameter, *, is_live: bool) -> Phrase:
    if not value.is_valid:
        return Phrase(tr("✖ invalid"), "bad" if is_live else "quiet")
    if value.level:
        sign, tone = LEVEL_SIGNS.get(value.level, ("▲", "bad"))
        return Phrase(f"{sign} {value.level}", tone)
    return Phrase("✔" if parameter.limits else "", "quiet")


def _light_time_s(picture: Picture, craft: str) -> float | None:
    told = picture.fleet.get("craft", {}).get(craft, {}).get("light_time_s")
    return None if told is None else float(told)
