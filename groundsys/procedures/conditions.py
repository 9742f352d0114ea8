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
#: whether a sub-schedule holds what the run has loaded; the only one that is told by sub-schedule
GROUND_SCHEDULE = f"{GROUND}schedule"
#: when a craft is nearest to the body that it passes, as its pictures tell
CLOSEST_APPROACH = f"{GROUND}closest_approach"
#: how long what is said to a craft on its way down still counts: an order to turn back, a go to
#: go lower.  By what its telemetry tells of the time left, light time, and relay sessions.
ABORT_MARGIN, GO_MARGIN = f"{GROUND}abort_margin_s", f"{GROUND}go_margin_s"
#: those that are a text, and those of them that are an instant of UTC
GROUND_TEXTS = frozenset({"ground.antenna", CLOSEST_APPROACH})
GROUND_INSTANTS = frozenset({CLOSEST_APPROACH})
#: their labels; none: a number or a text
GROUND_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "ground.lock": ("LOCKED", "UNLOCKED"),
    "ground.uplink": ("OPEN", "CLOSED"),
    "ground.antenna": (),
    "ground.clock_uncertainty_ms": (),
    CLOSEST_APPROACH: (),
    "ground.closest_approach_sigma_s": (),
    "ground.place_sigma_km": (),
    ABORT_MARGIN: (),
    GO_MARGIN: (),
    "ground.bioburden": ("WITHIN_LIMITS", "NOT_SHOWN"),
    "ground.corridor": ("WITHIN_LIMITS", "OUTSIDE"),
    "ground.custody": ("WHOLE", "BROKEN"),
    GROUND_SCHEDULE: ("AS_LOADED", "DIFFERENT", "NOT_SHOWN"),
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
    parameters: Mapping[str, Any],
    samples: Samples,
    now: Instant,
    *,
    since: Instant | None = None,
    usual_age_s: float | None = USUAL_AGE_S,
) -> Judgement:
    """How a condition on `craft` stands at `now`.

    `parameters` are the procedure's.  A value stamped before `since`, or older than the
    condition (else `usual_age_s`) allows beyond the light time, tells nothing.
    """
    text = describe(condition, parameters)
    sample = samples.get((craft, sample_name(condition, parameters)))
    if sample is None:
        return Judgement(text, None, "never heard")
    age_s = now.seconds_since(sample.at) - sample.light_time_s
    found = f"{_shown(sample.value)}{f', {sample.why}' if sample.why else ''}"
    limit_s = condition.within_s if condition.within_s is not None else usual_age_s
    if since is not None and (sample.stamp or sample.at) < since:
        return Judgement(text, None, f"{found}, of before the last command")
    if limit_s is not None and age_s > limit_s:
        return Judgement(text, None, f"{found}, {age_s:.0f} s old")
    return Judgement(text, _holds(condition, parameters, sample.value), found)


def all_hold(judgements: Iterable[Judgement]) -> bool | None:
    """True if all do, False if one surely does not, else None: unknown."""
    known = [one.holds for one in judgements]
    if False in known:
        return False
    return None if None in known else True


def sample_name(condition: Condition, parameters: Mapping[str, Any]) -> str:
    """What the value that a condition asks for is kept under."""
    if condition.sub_schedule is None:
        return condition.parameter
    return f"{condition.parameter} of {bound(condition.sub_schedule, parameters)}"


def describe(condition: Condition, parameters: Mapping[str, Any]) -> str:
    """A condition as an operator reads it."""
    parts = []
    if condition.equals is not None:
        parts.append(f"= {bound(condition.equals, parameters)}")
    if condition.minimum is not None:
        parts.append(f"≥ {bound(condition.minimum, parameters)}")
    if condition.maximum is not None:
        parts.append(f"≤ {bound(condition.maximum, parameters)}")
    return f"{sample_name(condition, parameters)} {' and '.join(parts)}"


def _holds(condition: Condition, parameters: Mapping[str, Any], value: Any) -> bool:
    if condition.equals is not None and not _same(value, bound(condition.equals, parameters)):
        return False
    for limit, sign in ((condition.minimum, 1.0), (condition.maximum, -1.0)):
        if limit is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not sign * value >= sign * float(bound(limit, parameters)):  # NaN never holds
            return False
    return True


def _same(value: Any, wanted: Any) -> bool:
    numbers = int | float
    if isinstance(value, numbers) and isinstance(wanted, numbers):
        return float(value) == float(wanted)
    return str(value) == str(wanted)


def bound(value: Any, parameters: Mapping[str, Any]) -> Any:
    """A value, or what the parameter is that it names."""
    if isinstance(value, str) and value.startswith("$"):
        return parameters[value[1:]]
    return value


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
