"""Voyages: scenarios that are flown one after another, each with its own craft, dates and criteria.

    id: there-and-back
    title: There, and back again
    legs: [going-there, coming-back]

A scenario whose `legs` are other scenarios' names is a voyage, and has nothing of its own but what
it asks of all legs together (`all_legs`).  `NAME@2` is its second leg.  One leg hands the next the
ledgers of what it brings home (`planetary_protection/returns.yaml`); everything else of a leg – its
orbits, what its craft have left – is as its own file states it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.identifiers import read_id
from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Interval

#: What a scenario may expect of all its legs together.
CRITERIA_OF_ALL = (
    "min_passes",
    "min_passes_missed",
    "min_relay_sessions",
    "min_commands_of_people",
    "max_wall_seconds",
)


def is_voyage(section: Section) -> bool:
    """Whether a scenario's file names others instead of stating who flies, and when."""
    return "legs" in section and "start" not in section and "spacecraft" not in section


def read_voyage(
    section: Section, scenarios: Mapping[str, Scenario], voyages: Collection[str]
) -> Scenario | None:
    """A voyage, checked against the scenarios that it names; None if it names none that is known.

    `voyages` are the ids of all voyages, of which none is a leg.
    """
    id, title = read_id(section), section.text("title")
    description = section.text("description", "")
    all_legs = read_all_legs(section.optional_section("all_legs"))
    legs: list[Scenario] = []
    named = section.texts("legs")
    if not named:
        section.note("legs", "a voyage that names no leg", "name the scenarios that it is flown as")
    for name, place in named:
        if name in voyages:
            section.findings.add(
                place, f"leg {name!r} is itself a voyage", "name its legs in its place"
            )
        elif name in scenarios and scenarios[name].legs:
            section.findings.add(
                place, f"leg {name!r} is flown at several dates", "name a scenario flown at one"
            )
        elif name in scenarios:
            legs.append(scenarios[name])
        else:
            note_unknown(section.findings, place, "scenario", name, scenarios)
    for before, after in pairwise(legs):
        if after.span.start < before.span.end:
            section.note(
                "legs",
                f"leg {after.id} starts {after.span.start.utc_iso(0)}, before {before.id} ends "
                f"({before.span.end.utc_iso(0)})",
                "name the legs in order of time, or move one",
            )
    section.finish()
    if not legs:
        return None
    end = legs[-1].span.end
    return Scenario(
        id=id,
        title=title,
        description=description,
        span=Interval(legs[0].span.start, max(end, legs[0].span.start)),
        cut_off=end,
        quiet_from=end,
        spacecraft=_each_once([one.spacecraft for one in legs]),
        antennas=_each_once([one.antennas for one in legs]),
        customers=_each_once([one.customers for one in legs]),
        commands=(),
        truth={},
        criteria={},
        voyage=tuple(one.id for one in legs),
        all_legs=all_legs,
    )


def read_all_legs(section: Section) -> dict[str, float]:
    """What is asked of all legs together."""
    for name in section.names:
        note_unknown(section.findings, section.place(name), "criterion", name, CRITERIA_OF_ALL)
    return {name: section.number(name, minimum=0) for name in section.names}


def _each_once(parts: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part))
