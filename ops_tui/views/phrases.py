"""How numbers read on the screen: durations, volumes, clocks, and the tone of a cell.

Clocks are shown in the time zone of whoever sits at the console (`groundsys.locales.time_zone`);
one that is not UTC carries its mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundsys.locales import time_zone
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

Tone = Literal["good", "active", "notice", "caution", "bad", "quiet", "plain", "simulated"]

#: below this light time an age in light times would only confuse
NEAR_LIGHT_TIME_S = 5.0

#: stands where nothing is known
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of text and its tone; `right` asks for right alignment, as numbers want."""

    text: str
    tone: Tone = "plain"
    right: bool = False


def duration_text(seconds: float) -> str:
    """The two largest units that matter: `8 s`, `12 min 31 s`, `3 h 05 min`, `2 d 04 h`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600:02d} h"


def rough_duration_text(seconds: float) -> str:
    """The largest unit alone, cut: `8 s`, `12 min`, `3 h`, `2 d`."""
    return " ".join(duration_text(seconds).split()[:2])


def short_duration_text(seconds: float) -> str:
    """The two largest units, without their space, for narrow columns: `8 s`, `31 min`, `3h05`."""
    whole = max(0, int(seconds))
    if whole < 3600:
        return rough_duration_text(whole)
    if whole < 86_400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}"
    return f"{whole // 86_400}d{whole % 86_400 // 3600:02d}"


def light_times_text(seconds: float, light_time_s: float | None) -> str:
    """An age in one-way light times: `1.3 OWLT`; near Earth, where that says nothing, as it is."""
    if light_time_s is None or light_time_s < NEAR_LIGHT_TIME_S:
        return duration_text(seconds)
    count = seconds / light_time_s
    return f"{count:.1f} OWLT" if count < 100 else f"{count:.0f} OWLT"


def volume_text(count: float) -> str:
    """Bytes in decimal units: `812 B`, `4.2 kB`, `5.31 MB`."""
    value = float(count)
    if value < 1000:
        return f"{value:.0f} B"
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"
    raise AssertionError("unreachable: GB takes what is left")


def count_text(count: int | None) -> str:
    """A count with thin groups: `12 345`."""
    return UNKNOWN if count is None else f"{count:,}".replace(",", " ")


def percent_text(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.0f} %"


def clock_text(tai_ns: int | None) -> str:
    """A clock with its date, to the second: `2031-08-20 06:12:33`, `2031-08-20 15:12:33J`."""
    if tai_ns is None:
        return UNKNOWN
    return time_zone().iso_text(tai_ns).replace("T", " ") + time_zone().mark


def named_clock_text(tai_ns: int | None) -> str:
    """As `clock_text`, with the name of its zone: `2031-08-20 06:12:33 UTC`."""
    return f"{clock_text(tai_ns).removesuffix(time_zone().mark)} {time_zone().name}"


def clock_text_without_year(tai_ns: int | None) -> str:
    """To the second for narrow columns: `08-20 06:12:33`."""
    return UNKNOWN if tai_ns is None else clock_text(tai_ns)[5:]


def minute_text(tai_ns: int) -> str:
    """Hour and minute: `06:12`, `15:12J`."""
    return time_zone().iso_text(tai_ns)[11:16] + time_zone().mark


def utc_minute_text(tai_ns: int) -> str:
    """As operators type a time, always UTC: `2031-08-20 06:12`."""
    return Instant(tai_ns).utc_iso(0)[:16].replace("T", " ")


def day_and_minute_text(tai_ns: int) -> str:
    """Day of the month, hour and minute: `20 14:36`."""
    return f"{day_text(tai_ns)[3:]} {minute_text(tai_ns)}"


def day_text(tai_ns: int) -> str:
    """Month and day: `08-20`."""
    return time_zone().iso_text(tai_ns)[5:10]


def counter_text(sclk_ns: int | None) -> str:
    """A spacecraft clock's whole seconds, grouped: `51 689 553`."""
    return UNKNOWN if sclk_ns is None else count_text(sclk_ns // NANOSECONDS_PER_SECOND)
