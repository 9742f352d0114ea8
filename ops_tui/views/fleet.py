"""Each craft as a row and in detail: clocks there and here, link, and how old what we know is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundsys.locales import tr, tr_plural
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.alarms import level_of, wants_somebody
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text_without_year,
    count_text,
    counter_text,
    duration_text,
    light_times_text,
    percent_text,
    short_duration_text,
)

#: how often housekeeping comes while in lock, where the feed does not say it (`cadence_s`)
DEFAULT_CADENCE_S = 120.0

#: how far a command has come → (sign, tone)
_COMMAND_SIGNS: dict[str, tuple[str, Tone]] = {
    "completed": ("✔", "good"),
    "failed": ("✖", "bad"),
    "expired": ("✖", "bad"),
    "cancelled": ("■", "quiet"),
    "superseded": ("■", "quiet"),
    "drafted": ("·", "plain"),
    "prepared": ("·", "plain"),
    "approved": ("·", "plain"),
    "queued": ("·", "plain"),
}


class Freshness(StrEnum):
    """How far the values of a craft may be trusted to describe it."""

    LIVE = "live"
    AGED = "aged"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class CraftView:
    """One craft, as its row and the detail area show it.

    *there* is what its clock shows at this moment, far away; *here* what it showed when the
    signal that now reaches the antenna left it.  Its counter is carried on from the last time
    correlation at its nominal rate.
    """

    id: str
    #: the craft that carries its data, empty if antennas speak to it
    relay: str
    freshness: Freshness
    age: Phrase
    #: how old the newest data are, in light times, live or not
    light_times: str
    clock_there: str
    counter_there: str
    clock_here: str
    counter_here: str
    light_time: str
    lock: Phrase
    mode: Phrase
    battery: Phrase
    recorder: Phrase
    #: event time and receive time of the newest data
    described: str
    last_received: str
    frames: str
    command: Phrase
    command_at: str
    #: when the next contact is, in a word, and with whom
    next_in: Phrase
    next_with: str
    #: sign and count, and the same in words
    alarms: Phrase
    alarms_in_words: Phrase


def fleet_view(picture: Picture, link: Link) -> tuple[CraftView, ...]:
    """One view a craft, in the order of their names."""
    craft = picture.fleet.get("craft", {})
    alarms: dict[str, list[Snapshot]] = {}
    for alarm in picture.alarms.get("alarms", ()):
        alarms.setdefault(str(alarm.get("spacecraft")), []).append(alarm)
    now_ns = picture.clock.get("now_ns")
    return tuple(
        _craft_view(name, craft, now_ns, link, alarms.get(name, [])) for name in sorted(craft)
    )


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


def _craft_view(
    name: str,
    fleet: Snapshot,
    now_ns: int | None,
    link: Link,
    alarms: list[Snapshot],
) -> CraftView:
    craft: Snapshot = fleet[name]
    freshness, age_s = freshness_of(craft, now_ns, link)
    light_time_s = craft.get("light_time_s")
    there_ns, counter_there_ns = _clock_there(craft, now_ns)
    tone: Tone = "plain" if freshness is Freshness.LIVE else "quiet"
    relay = str(craft.get("antenna") or "")
    command = craft.get("last_command") or {}
    return CraftView(
        id=name,
        relay=relay if relay in fleet else "",
        freshness=freshness,
        age=_age(freshness, age_s, light_time_s),
        light_times=UNKNOWN if age_s is None else light_times_text(age_s, light_time_s),
        clock_there=clock_text_without_year(there_ns),
        counter_there=counter_text(counter_there_ns),
        clock_here=clock_text_without_year(_earlier(there_ns, light_time_s)),
        counter_here=counter_text(_earlier(counter_there_ns, light_time_s)),
        light_time=UNKNOWN if light_time_s is None else duration_text(light_time_s),
        lock=_lock(craft, link),
        mode=Phrase(str(craft.get("mode") or UNKNOWN), tone),
        battery=Phrase(percent_text(craft.get("battery_percent")), tone, right=True),
        recorder=Phrase(percent_text(craft.get("recorder_percent")), tone, right=True),
        described=clock_text_without_year(craft.get("last_scet_ns")),
        last_received=clock_text_without_year(craft.get("last_ert_ns")),
        frames=count_text(craft.get("frames")),
        command=_command(command),
        command_at=clock_text_without_year(command.get("time_ns")),
        next_in=_next_in(craft.get("next_contact"), now_ns),
        next_with=str((craft.get("next_contact") or {}).get("with") or UNKNOWN),
        alarms=_alarms(alarms),
        alarms_in_words=_alarms_in_words(alarms),
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


def _age(freshness: Freshness, age_s: float | None, light_time_s: float | None) -> Phrase:
    if age_s is None:
        return Phrase(tr("○ never heard"), "quiet")
    if freshness is Freshness.LIVE:
        return Phrase(tr("● live"), "good")
    return Phrase(f"◐ {light_times_text(age_s, light_time_s)}", "caution")


def _lock(craft: Snapshot, link: Link) -> Phrase:
    if not craft.get("lock"):
        return Phrase(tr("none"), "quiet")
    antenna = craft.get("antenna") or tr("an antenna")
    if not link.is_live:
        return Phrase(f"◐ {antenna}", "caution")
    return Phrase(f"▲ {antenna}", "active")


def _command(command: Snapshot) -> Phrase:
    if not command:
        return Phrase(tr("none yet"), "quiet")
    state = str(command.get("state") or UNKNOWN)
    sign, tone = _COMMAND_SIGNS.get(state, ("▶", "active"))
    return Phrase(f"{sign} {tr(state)} {command.get('name') or UNKNOWN}", tone)


def _next_in(contact: Snapshot | None, now_ns: int | None) -> Phrase:
    if not contact:
        return Phrase(tr("none"), "caution", right=True)
    if now_ns is None:
        return Phrase(UNKNOWN, right=True)
    seconds = (contact["start_ns"] - now_ns) / NANOSECONDS_PER_SECOND
    if seconds <= 0:
        return Phrase(tr("▶ now"), "active", right=True)
    return Phrase(short_duration_text(seconds), right=True)


def _alarms(alarms: list[Snapshot]) -> Phrase:
    if not alarms:
        return Phrase(tr("none"), "quiet", right=True)
    _, sign, word, tone = _gravest(alarms)
    waits = any(wants_somebody(alarm) for alarm in alarms)
    return Phrase(f"{len(alarms)} {sign} {tr(word)}", tone if waits else "quiet", right=True)


def _alarms_in_words(alarms: list[Snapshot]) -> Phrase:
    if not alarms:
        return Phrase(tr("no alarm"), "quiet")
    waiting = sum(wants_somebody(alarm) for alarm in alarms)
    standing = tr_plural("{count} alarm", "{count} alarms", len(alarms))
    if waiting:
        told = tr("▲ {alarms}, {waiting} to acknowledge", alarms=standing, waiting=waiting)
        return Phrase(told, "bad")
    return Phrase(tr("△ {alarms}, acknowledged", alarms=standing), "caution")


def _gravest(alarms: list[Snapshot]) -> tuple[int, str, str, Tone]:
    return min((level_of(alarm) for alarm in alarms), key=lambda level: level[0])
