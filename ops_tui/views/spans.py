"""A span of time as an operator types it: `90 min`, `2h`, `1 d`."""

from __future__ import annotations

import re

from groundsys.locales import tr

_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|d)\s*", re.IGNORECASE)
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}


def seconds_of(text: str) -> float | None:
    """The seconds that a text names, or None if it names none."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    seconds = float(found[1]) * _SECONDS[found[2].lower()]
    return seconds if seconds > 0.0 else None


def span_problem(text: str) -> str:
    """What is wrong with a span as it was typed; nothing if it is one."""
    return (
        "" if seconds_of(text) is not None else tr("write a span of time, such as 30 min, 2 h, 1 d")
    )
