"""Whether conditions hold, by the latest values and how old they are: yes, no, or unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.procedures.definitions import Condition
from groundsys.values.instants import Instant

#: a value counts this long in a gate or branch if the condition does not say
USUAL_AGE_S = 900.0

#: parameters that the ground knows by itself begin so
GROUND = "ground."
#: their labels; none: a number or a text
GROUND_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "ground.lock": ("LOCKED", "UNLOCKED"),
    "ground.uplink": ("OPEN", "CLOSED"),
    "ground.antenna": (),
    "ground.clock_uncertainty_ms": (),
    "ground.bioburden": ("WITHIN_LIMITS", "NOT_SHOWN"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A parameter's latest value: when it was so, as well as the ground knows, and why, if told.

    `light_time_s` is what it takes home: a value is never younger than that on Earth.  `stamp` is
    the craft's own stamp, by which it is earlier or later than what else the craft has stamped.
    """

    value: Any
    at: Instant
    light_time_s: float = 0.0
    why: str = ""
    stamp: Instant | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A condition as it stands: `holds` is None while that is unknown."""

    text: str
    holds: bool | None
    found: str


Samples = Mapping[tuple[str, str], Sample]


def judge(
    condition: Condition,
    craft: str,
    bound: Mapping[str, Any],
    samples: Samples,
    now: Instant,
    *,
    since: Instant | None = None,
    usual_age_s: float | None = USUAL_AGE_S,
) -> Judgement:
    """How a condition on `craft` stands at `now`.

    `bound` are the procedure's parameters.  A value stamped before `since`, or older than the
    condition (else `usual_age_s`) allows beyond the light time, tells nothing.
    """
    text = describe(condition, bound)
    sample = samples.get((craft, condition.parameter))
    if sample is None:
        return Judgement(text, None, "never heard")
    age_s = now.seconds_since(sample.at) - sample.light_time_s
    found = f"{_shown(sample.value)}{f', {sample.why}' if sample.why else ''}"
    limit_s = condition.within_s if condition.within_s is not None else usual_age_s
    if since is not None and (sample.stamp or sample.at) < since:
        return Judgement(text, None, f"{found}, of before the last command")
    if limit_s is not None and age_s > limit_s:
        return Judgement(text, None, f"{found}, {age_s:.0f} s old")
    return Judgement(text, _holds(condition, bound, sample.value), found)


def all_hold(judgements: Iterable[Judgement]) -> bool | None:
    """True if all do, False if one surely does not, else None: unknown."""
    known = [one.holds for one in judgements]
    if False in known:
        return False
    return None if None in known else True


def describe(condition: Condition, bound: Mapping[str, Any]) -> str:
    """A condition as an operator reads it."""
    parts = []
    if condition.equals is not None:
        parts.append(f"= {_bound(condition.equals, bound)}")
    if condition.minimum is not None:
        parts.append(f"≥ {_bound(condition.minimum, bound)}")
    if condition.maximum is not None:
        parts.append(f"≤ {_bound(condition.maximum, bound)}")
    return f"{condition.parameter} {' and '.join(parts)}"


def _holds(condition: Condition, bound: Mapping[str, Any], value: Any) -> bool:
    if condition.equals is not None and not _same(value, _bound(condition.equals, bound)):
        return False
    for limit, sign in ((condition.minimum, 1.0), (condition.maximum, -1.0)):
        if limit is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not sign * value >= sign * float(_bound(limit, bound)):  # NaN never holds
            return False
    return True


def _same(value: Any, wanted: Any) -> bool:
    numbers = int | float
    if isinstance(value, numbers) and isinstance(wanted, numbers):
        return float(value) == float(wanted)
    return str(value) == str(wanted)


def _bound(value: Any, bound: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return bound[value[1:]]
    return value


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
