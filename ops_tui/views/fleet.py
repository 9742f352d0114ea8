"""Each craft's clock there and here, its link, and how old what we know of it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.alarms import wants_somebody
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text_without_year,
    count_text,
    counter_text,
    duration_text,
    percent_text,
)

#: how often housekeeping comes while in lock, where the feed does not say it (`cadence_s`)
DEFAULT_CADENCE_S = 120.0


class Freshness(StrEnum):
    """How far the values of a craft may be trusted to describe it."""

    LIVE = "live"
    AGED = "aged"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class CraftView:
    """One craft as a card shows it.

    *there* is what its clock shows at this moment, far away; *here* what it showed when the
    signal that now reaches the antenna left it.  Its counter is carried on from the last time
    correlation at its nominal rate.
    """

    id: str
    freshness: Freshness
    age: Phrase
    clock_there: str
    counter_there: str
    clock_here: str
    counter_here: str
    light_time: str
    lock: Phrase
    mode: Phrase
    battery: Phrase
    recorder: Phrase
    last_received: str
    frames: str
    alarms: Phrase | None


def fleet_view(picture: Picture, link: Link) -> tuple[CraftView, ...]:
    """One view a craft, in the order of their names."""
    craft = picture.fleet.get("craft", {})
    return tuple(_craft_view(name, craft[name], picture, link) for name in sorted(craft))


def freshness_of(craft: Snapshot, now_ns: int | None, link: Link) -> tuple[Freshness, float | None]:
    """Whether values are live, and their age in seconds of mission time (None: never heard).

    Live is what is younger than light time + cadence, on a feed that is itself live: what has
    left the craft and cannot yet have been overtaken by a newer value.
    """
    described_ns = craft.get("last_scet_ns")
    if described_ns is None or now_ns is None:
        return Freshness.NEVER, None
    age_s = (now_ns - described_ns) / NANOSECONDS_PER_SECOND
    light_time_s = craft.get("light_time_s") or 0.0
    limit_s = light_time_s + (craft.get("cadence_s") or DEFAULT_CADENCE_S)
    is_live = link.is_live and age_s < limit_s
    return (Freshness.LIVE if is_live else Freshness.AGED), age_s


def _craft_view(name: str, craft: Snapshot, picture: Picture, link: Link) -> CraftView:
    now_ns = picture.clock.get("now_ns")
    freshness, age_s = freshness_of(craft, now_ns, link)
    light_time_s = craft.get("light_time_s")
    there_ns, counter_there_ns = _clock_there(craft, now_ns)
    tone: Tone = "plain" if freshness is Freshness.LIVE else "quiet"
    return CraftView(
        id=name,
        freshness=freshness,
        age=_age(freshness, age_s),
        clock_there=clock_text_without_year(there_ns),
        counter_there=counter_text(counter_there_ns),
        clock_here=clock_text_without_year(_earlier(there_ns, light_time_s)),
        counter_here=counter_text(_earlier(counter_there_ns, light_time_s)),
        light_time=UNKNOWN if light_time_s is None else duration_text(light_time_s),
        lock=_lock(craft, link),
        mode=Phrase(str(craft.get("mode") or UNKNOWN), tone),
        battery=Phrase(percent_text(craft.get("battery_percent")), tone),
        recorder=Phrase(percent_text(craft.get("recorder_percent")), tone),
        last_received=clock_text_without_year(craft.get("last_ert_ns")),
        frames=count_text(craft.get("frames")),
        alarms=_alarms(name, picture),
    )


def _clock_there(craft: Snapshot, now_ns: int | None) -> tuple[int | None, int | None]:
    scet_ns, sclk_ns = craft.get("last_scet_ns"), craft.get("last_sclk_ns")
    if now_ns is None or scet_ns is None or sclk_ns is None:
        return now_ns, None
    return now_ns, sclk_ns + (now_ns - scet_ns)


def _earlier(instant_ns: int | None, seconds: float | None) -> int | None:
    if instant_ns is None or seconds is None:
        return None
    return instant_ns - round(seconds * NANOSECONDS_PER_SECOND)


def _age(freshness: Freshness, age_s: float | None) -> Phrase:
    if age_s is None:
        return Phrase("○ never heard", "quiet")
    if freshness is Freshness.LIVE:
        return Phrase("● live", "good")
    return Phrase(f"◐ {duration_text(age_s)} old", "caution")


def _lock(craft: Snapshot, link: Link) -> Phrase:
    if not craft.get("lock"):
        return Phrase("none", "quiet")
    antenna = craft.get("antenna") or "an antenna"
    if not link.is_live:
        return Phrase(f"◐ {antenna}", "caution")
    return Phrase(f"▲ {antenna}", "active")


def _alarms(name: str, picture: Picture) -> Phrase | None:
    alarms: list[dict[str, Any]] = [
        alarm
        for alarm in picture.alarms.get("alarms", ())
        if alarm.get("spacecraft") == name and alarm.get("state") != "shelved"
    ]
    if not alarms:
        return None
    waiting = sum(wants_somebody(alarm) for alarm in alarms)
    noun = "alarm" if len(alarms) == 1 else "alarms"
    if waiting:
        return Phrase(f"▲ {len(alarms)} {noun}, {waiting} to acknowledge", "bad")
    return Phrase(f"△ {len(alarms)} {noun}, acknowledged", "caution")
