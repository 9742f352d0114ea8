"""What operators ask for in a rehearsal: drawn by its seed from what the scenario calls harmless.

Each wish is one request, or a few that belong together: a hazardous command and its approval by
somebody else, a command and the one that takes its place.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from groundsys.authority import needs_two_people
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import DrawnCommand, Traffic
from groundsys.values.instants import Instant

#: what becomes of a wish: it leaves, or its issuer or approver sees to it that it does not
Fate = Literal["leaves", "declined", "unapproved", "replaced"]

#: from a hazardous draft until somebody else has looked at it
_APPROVED_WITHIN_S = (60.0, 900.0)
#: a command that must arrive before something has so long
_BEFORE_WITHIN_S = (3_600.0, 18_000.0)
#: one that must leave at a certain moment is asked for so long ahead
_AHEAD_S = (120.0, 5_400.0)


@dataclass(frozen=True, slots=True)
class Wish:
    """One command that an operator wants, and when; `why` tells it from all others."""

    why: str
    time: Instant
    spacecraft: str
    command: str
    arguments: Mapping[str, Any]
    operator: str
    #: who looks at a hazardous one, and when; "" if nobody does
    approver: str
    approved_at: Instant
    fate: Fate = "leaves"
    #: it must leave exactly then
    at: Instant | None = None
    #: it must reach the craft before then
    before: Instant | None = None


def draw_traffic(traffic: Traffic, mission: Mission, seed: int) -> tuple[Wish, ...]:
    """The wishes in order of time: `traffic.commands` that are to leave, and those that are not.

    A share of 0.1 of `declined` means one more in ten, which is declined, and so on.
    """
    draw = random.Random(f"traffic {seed}")
    wishes: list[Wish] = []
    for number in range(traffic.commands):
        why = f"wish {number + 1}"
        wishes.append(_draw_one(draw, traffic, mission, why))
        for fate in ("declined", "unapproved", "replaced"):
            if draw.random() < traffic.shares.get(fate, 0.0):
                hazardous = {"unapproved": True, "replaced": False}.get(fate)
                extra = _draw_one(draw, traffic, mission, f"{why}, {fate}", fate, hazardous)
                wishes.append(extra)
    return tuple(sorted(wishes, key=lambda one: (one.time, one.why)))


def _draw_one(
    draw: random.Random,
    traffic: Traffic,
    mission: Mission,
    why: str,
    fate: Fate = "leaves",
    hazardous: bool | None = None,
) -> Wish:
    choices = [
        one for one in traffic.draws if hazardous is None or _hazardous(mission, one) == hazardous
    ]
    chosen = draw.choices(choices, [one.weight for one in choices])[0]
    time = traffic.span.start.plus_seconds(draw.uniform(0.0, traffic.span.seconds))
    operator, approver = draw.sample(traffic.people, 2)
    at = before = None
    if fate == "leaves":
        way = draw.random()
        if way < traffic.shares.get("before", 0.0):
            before = time.plus_seconds(draw.uniform(*_BEFORE_WITHIN_S))
        elif way > 1.0 - traffic.shares.get("exactly", 0.0):
            at = time.plus_seconds(draw.uniform(*_AHEAD_S))
    return Wish(
        why=why,
        time=time,
        spacecraft=draw.choice(chosen.spacecraft),
        command=chosen.command,
        arguments={name: _value(draw, among) for name, among in chosen.arguments.items()},
        operator=operator,
        approver=approver if _hazardous(mission, chosen) and fate != "unapproved" else "",
        approved_at=time.plus_seconds(draw.uniform(*_APPROVED_WITHIN_S)),
        fate=fate,
        at=at,
        before=before,
    )


def _hazardous(mission: Mission, one: DrawnCommand) -> bool:
    models = [mission.spacecraft[id].model for id in one.spacecraft]
    return any(needs_two_people(model.command(one.command)) for model in models)


def _value(draw: random.Random, among: Any) -> Any:
    """One of a list, or a number in a range; anything else is the value itself."""
    if isinstance(among, Mapping):
        low, high = among["from"], among["to"]
        if isinstance(low, int) and isinstance(high, int):
            return draw.randint(low, high)
        return round(draw.uniform(low, high), 2)
    return draw.choice(among) if isinstance(among, list) else among
