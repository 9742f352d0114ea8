"""Simulators' data, as read from `models/<model>/simulator.yaml`, and the states of scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.parsing.reading import Section, read_file
from groundsys.mission.scenario.simulator_data import (
    STATES,
    CraftState,
    Margin,
    SimulatedState,
    SimulatorData,
)
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import SpacecraftModel

_FILE = "simulator.yaml"
_USUAL_AGE_S = 86_400.0


def read_simulators(
    root: Path, models: Mapping[str, SpacecraftModel], findings: Findings
) -> dict[str, SimulatorData]:
    """By model, for those that have the file: others cannot be begun from telemetry."""
    found = {}
    for name, model in models.items():
        path = root / "models" / name / _FILE
        section = read_file(path, root, findings) if path.is_file() else None
        if section is not None:
            found[name] = _read(section, model)
    return found


def read_initial(section: Section, flown: Mapping[str, Spacecraft]) -> Mapping[str, CraftState]:
    """By craft: the state in which a scenario has its simulator begin."""
    found: dict[str, CraftState] = {}
    for craft in section.names:
        note_unknown(section.findings, section.place(craft), "spacecraft", craft, flown)
        inner = section.section(craft)
        state: dict[str, float | str] = {}
        for name in inner.names:
            note_unknown(section.findings, inner.place(name), "state", name, STATES)
            labelled = STATES.get(name) is str
            state[name] = inner.text(name) if labelled else inner.number(name)
        found[craft] = state
    return found


def _read(section: Section, model: SpacecraftModel) -> SimulatorData:
    known = {field.name for packet in model.packets for field in packet.fields}
    usual_age_s = section.number("max_age_s", _USUAL_AGE_S, above=0)
    data = SimulatorData(
        states=tuple(_state(one, known, usual_age_s) for one in section.sections("state")),
        assumed=tuple(text for text, _ in section.texts("assumed", optional=True)),
        margins=tuple(_margin(one) for one in section.sections("margins", optional=True)),
    )
    named = [one.state for one in data.states]
    if len(set(named)) < len(named):
        section.note("state", "a state stands twice", "keep one")
    section.finish()
    return data


def _state(section: Section, known: set[str], usual_age_s: float) -> SimulatedState:
    state = section.reference("state", "state", STATES)
    limits: dict[str, Any] = {
        name: section.number(name, minimum=least)
        for name, least in (("tolerance", 0.0), ("tells_nothing", None))
        if name in section
    }
    if STATES.get(state) is str and limits.get("tolerance"):
        section.note("tolerance", f"{state} is a label", "write 0, or nothing")
    found = SimulatedState(
        state=state,
        parameter=section.reference("parameter", "parameter", known),
        max_age_s=section.number("max_age_s", usual_age_s, above=0),
        **limits,
    )
    section.finish()
    return found


def _margin(section: Section) -> Margin:
    """Its parameters need not exist: a model that lacks one is told so in the verdict."""
    margin = Margin(section.text("name"), section.text("parameter"), section.text("floor", ""))
    section.finish()
    return margin
