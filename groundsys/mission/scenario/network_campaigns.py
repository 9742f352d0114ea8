"""Campaigns of a network: several sites sample faster in one and the same window.

A part `network_campaigns` of a scenario, each with `id`, `start`, `duration_min`, `spacecraft`,
`sample_interval_s`, and `told_h`: so many hours ahead the ground begins to tell the sites.
"""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.scenario_model import NetworkCampaign
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import flown_commands
from groundsys.values.instants import Interval

#: what a site is told
COMMAND = "PAYLOAD_CAMPAIGN"


def read_network_campaigns(
    section: Section, span: Interval, flown: Mapping[str, Spacecraft]
) -> tuple[NetworkCampaign, ...]:
    """The campaigns of a scenario; checked against its span and craft."""
    found: list[NetworkCampaign] = []
    for entry in section.sections("network_campaigns", optional=True):
        start = entry.instant("start")
        end = start.plus_seconds(60.0 * entry.number("duration_min", above=0, maximum=1440))
        one = NetworkCampaign(
            id=entry.text("id"),
            window=Interval(start, end),
            spacecraft=entry.references("spacecraft", "spacecraft of the scenario", flown),
            sample_interval_s=entry.number("sample_interval_s", minimum=0.01, maximum=60),
            told_from=max(span.start, start.plus_seconds(-3600.0 * entry.number("told_h", 48.0))),
        )
        if start.tai_ns and span.seconds and not (span.contains(start) and span.contains(end)):
            entry.note("start", "the window is outside the scenario", "move it inside")
        if any(one.id == other.id for other in found):
            entry.note("id", f"campaign {one.id!r} stands twice", "give each its own id")
        for craft in one.spacecraft:
            if craft in flown:
                names = [command.name for command in flown_commands(flown[craft])]
                note_unknown(
                    entry.findings, entry.place("spacecraft"), f"command of {craft}", COMMAND, names
                )
        entry.finish()
        found.append(one)
    return tuple(found)
