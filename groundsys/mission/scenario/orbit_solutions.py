"""A scenario's orbit solutions: when who tells of which craft, and whether a person decides."""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.procedure_runs import read_at
from groundsys.mission.scenario.scenario_model import AgencySolution, OrbitSolution, PlannedBurn
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Interval


def read_solutions(
    section: Section, span: Interval, spacecraft: Mapping[str, Spacecraft], flown: tuple[str, ...]
) -> tuple[OrbitSolution, ...]:
    """When navigation tells of which craft, in order of time."""
    moving = [id for id in flown if id in spacecraft and spacecraft[id].orbit is not None]
    found = []
    for entry in section.sections("solutions", optional=True):
        craft = entry.reference("spacecraft", "spacecraft with an orbit", moving)
        told_at = read_at(entry, span)
        cut_off = told_at.plus_seconds(-3600.0 * entry.number("after_h", 1.0, minimum=0))
        burn = _read_planned_burn(entry.section("with_burn")) if "with_burn" in entry else None
        if burn is not None and burn.ignition < told_at:
            entry.note(
                "with_burn", "the burn is not ahead when this is told", "tell of it before ignition"
            )
        agency = _read_agency(entry.section("agency")) if "agency" in entry else None
        if agency is not None and burn is not None:
            entry.note("agency", "burns are our own navigation's to foresee", "leave one out")
        uncertainty = entry.number("uncertainty", 1.0, above=0, maximum=1000)
        found.append(OrbitSolution(craft, cut_off, told_at, burn, uncertainty, agency))
        entry.finish()
    return tuple(sorted(found, key=lambda one: one.told_at))


def _read_agency(section: Section) -> AgencySolution:
    agency = AgencySolution(name=section.text("name"), decides=section.text("decides"))
    section.finish()
    return agency


def _read_planned_burn(section: Section) -> PlannedBurn:
    parts = section.numbers("delta_v_m_s")
    if len(parts) != 3 or not any(parts):
        section.note("delta_v_m_s", f"{list(parts)} is no Δv", "write [x, y, z] along ICRF in m/s")
        parts = (0.0, 0.0, 1.0)
    x, y, z = parts
    limit_s = section.number("time_limit_s", above=0)
    burn = PlannedBurn(section.instant("ignition"), (x, y, z), limit_s)
    section.finish()
    return burn
