"""Times as an operator types them: `90 min`, `2h`, `1 d`; `2031-08-21 03:05`."""

from __future__ import annotations

import re

from groundsys.locales import tr
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import Instant

_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|d)\s*", re.IGNORECASE)
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}


def span_of(text: str) -> float:
    """The seconds that a text names; `ValueError` if it names none."""
    found = _SPAN.fullmatch(text)
    seconds = 0.0 if found is None else float(found[1]) * _SECONDS[found[2].lower()]
    if seconds <= 0.0:
        raise ValueError(tr("write a span of time, such as 30 min, 2 h, 1 d"))
    return seconds


def instant_of(text: str) -> Instant:
    """UTC to the minute, such as `2031-08-21 03:05`; `ValueError` for anything else."""
    try:
        return Instant.from_utc_iso(f"{text.strip().replace(' ', 'T')}:00Z")
    except (GroundsysError, ValueError):
        raise ValueError(tr("{text!r} is no time: YYYY-MM-DD HH:MM in UTC", text=text)) from None
