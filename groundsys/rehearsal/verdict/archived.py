"""What Yamcs' archive tells of a flight, read once through one connection."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundsys.backend import Yamcs, YamcsServer
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.rehearsal.truth.record import CraftTruth
from groundsys.rehearsal.verdict.descent_verdict import Histories, descent_histories
from groundsys.rehearsal.verdict.safe_modes import SafeModes, safe_modes
from groundsys.rehearsal.verdict.surface import CHARGE, BatterySeen, asks_of_batteries
from groundsys.values.instants import Interval
from groundsys.values.records import ArchivedPacket

#: no clock that has not been reset is farther off than this
_CLOCK_S = 600.0


@dataclass(frozen=True, slots=True)
class Archived:
    """By craft; of what a scenario does not ask about, nothing."""

    #: without their octets
    packets: Mapping[str, Sequence[ArchivedPacket]]
    #: of craft that enter: with their octets, and how many there are
    entered: Mapping[str, tuple[Sequence[ArchivedPacket], int]]
    batteries: Mapping[str, BatterySeen]
    descents: Mapping[str, Histories]
    safe_modes: Mapping[str, SafeModes]


def read_archive(
    server: YamcsServer, mission: Mission, scenario: Scenario, truths: Mapping[str, CraftTruth]
) -> Archived:
    """Everything that the verdict asks of the archive."""
    craft = {id: mission.spacecraft[id] for id in scenario.spacecraft}
    with contextlib.closing(server.connect()) as yamcs:
        return Archived(
            packets={
                id: yamcs.packets_since(one, "", with_binary=False)[0] for id, one in craft.items()
            },
            entered={
                id: (yamcs.packets_since(craft[id], "")[0], yamcs.count_packets(craft[id]))
                for id, truth in truths.items()
                if truth.entry is not None
            },
            batteries={
                id: seen
                for id, one in craft.items()
                if asks_of_batteries(scenario.criteria)
                and one.relay is not None
                and (seen := _battery(yamcs, one, scenario)) is not None
            },
            descents=descent_histories(mission, scenario, yamcs),
            safe_modes={
                id: _safe_modes(yamcs, one, truths[id], scenario.span)
                for id, one in craft.items()
                if "x_band" in one.radios and "min_safe_modes_recovered" in scenario.criteria
            },
        )


def _battery(yamcs: Yamcs, craft: Spacecraft, scenario: Scenario) -> BatterySeen | None:
    """By every packet that came home, stamped by a clock that may be some minutes wrong."""
    if CHARGE not in {field.name for packet in craft.model.packets for field in packet.fields}:
        return None
    span = scenario.span
    readings = yamcs.parameter_history(
        craft, CHARGE, span.start.plus_seconds(-_CLOCK_S), span.end.plus_seconds(_CLOCK_S)
    )
    percents = [float(one.value) for one in readings]
    return BatterySeen(min(percents), percents[-1]) if percents else None


def _safe_modes(yamcs: Yamcs, craft: Spacecraft, truth: CraftTruth, span: Interval) -> SafeModes:
    around = (span.start.plus_seconds(-_CLOCK_S), span.end.plus_seconds(_CLOCK_S))
    told = yamcs.parameter_history(craft, "obc_mode", *around)
    return safe_modes(truth.modes, str(told[-1].value) if told else "")
