"""The time zones that moments are shown in; what is logged, stored or sent is always UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundsys.locales.locale import current_locale
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class TimeZone:
    """A zone without summer time: `ahead` of UTC.

    `mark` stands behind every moment that is shown in it, so that none is taken for UTC.
    """

    name: str
    ahead: timedelta = timedelta(0)
    mark: str = ""

    def moment(self, tai_ns: int) -> datetime:
        """The clock on the wall there, to the microsecond; a leap second repeats the one before."""
        return Instant(tai_ns).to_utc().replace(tzinfo=None) + self.ahead

    def iso_text(self, tai_ns: int) -> str:
        """Date and time to the second, `2031-08-20T06:12:33`, with neither a zone nor a mark."""
        if not self.ahead:
            return Instant(tai_ns).utc_iso(0).removesuffix("Z")
        return self.moment(tai_ns).isoformat(timespec="seconds")


UTC = TimeZone("UTC")
JST = TimeZone("JST", timedelta(hours=9), "J")

#: by the name of each, as it is chosen
TIME_ZONES: Mapping[str, TimeZone] = {one.name: one for one in (UTC, JST)}


def time_zone() -> TimeZone:
    """The zone of whoever reads this now."""
    return TIME_ZONES[current_locale().time_zone]
