"""What operators ask for in a rehearsal: the part `traffic` of a scenario."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from groundsys.mission.parsing.arguments import argument_complaints
from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.scenario_model import DrawnCommand, Traffic
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import flown_commands
from groundsys.values.instants import Interval

#: Chances that one command is asked for in a special way.
SHARES = ("before", "exactly", "declined", "unapproved", "replaced")


def read_traffic(
    section: Section, span: Interval, flown: Mapping[str, Spacecraft]
) -> Traffic | None:
    """The traffic, or None; every value that may be drawn is checked against the models."""
    if section.absent:
        return None
    shares = section.optional_section("shares")
    for name in shares.names:
        note_unknown(section.findings, shares.place(name), "share of traffic", name, SHARES)
    hours = tuple(section.number(key, minimum=0) for key in ("from_h", "until_h"))
    if not hours[0] < hours[1] <= span.seconds / 3600.0:
        section.note("until_h", "the traffic's time is not within the scenario", "correct it")
    traffic = Traffic(
        commands=section.integer("commands", minimum=1),
        span=Interval(*(span.start.plus_seconds(3600.0 * one) for one in sorted(hours))),
        people=tuple(name for name, _ in section.texts("people")),
        draws=tuple(_read_draw(entry, flown) for entry in section.sections("draws")),
        shares={name: shares.number(name, minimum=0, maximum=1) for name in shares.names},
    )
    if len(set(traffic.people)) < 2:
        section.note("people", "nobody is there to approve", "name two people or more")
    if not traffic.draws:
        section.note("draws", "there is nothing to draw", "name a command")
    section.finish()
    return traffic


def _read_draw(entry: Section, flown: Mapping[str, Spacecraft]) -> DrawnCommand:
    arguments = entry.plain("arguments", {})
    if not isinstance(arguments, Mapping):
        entry.note("arguments", "arguments should be a mapping", "write {name: values}")
        arguments = {}
    draw = DrawnCommand(
        spacecraft=entry.references("spacecraft", "spacecraft of the scenario", flown),
        command=entry.text("command"),
        arguments=arguments,
        weight=entry.number("weight", 1.0, above=0),
    )
    for id in draw.spacecraft:
        if id not in flown:
            continue
        commands = {command.name: command for command in flown_commands(flown[id])}
        note_unknown(
            entry.findings, entry.place("command"), f"command of {id}", draw.command, commands
        )
        if draw.command in commands:
            complaints = {
                complaint
                for values in _extremes(arguments)
                for complaint in argument_complaints(commands[draw.command], values)
            }
            for complaint in sorted(complaints):
                entry.note("arguments", complaint)
    entry.finish()
    return draw


def _extremes(arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Values of which all may be drawn only if each of these may."""
    ends = [
        [values.get("from"), values.get("to")] if isinstance(values, Mapping) else list(values)
        for values in arguments.values()
        if isinstance(values, Mapping | list)
    ]
    names = [name for name, values in arguments.items() if isinstance(values, Mapping | list)]
    return [dict(zip(names, drawn, strict=True)) for drawn in itertools.product(*ends)]
