"""`planetary_protection/returns.yaml` of a mission's definitions: what is filed of its samples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast, get_args

from groundsys.entry.sample_custody import (
    EVENTS,
    Determination,
    EarthReturn,
    Receiving,
    Recording,
    SampleReturn,
    Shown,
    Transfer,
)
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.parsing.reading import Section, read_file
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.procedures.bioburden_files import FOLDER
from groundsys.procedures.library import default_procedures

_FILE = "returns.yaml"


def read_returns(mission: Mission, findings: Findings) -> dict[str, SampleReturn]:
    """By capsule; a mission that returns nothing has no such file."""
    root = Path(mission.root)
    path = root / FOLDER / _FILE
    if not path.is_file():
        return {}
    file = read_file(path, root, findings)
    if file is None:
        return {}
    procedures = {one.stem for one in default_procedures(mission).glob("*.yaml")}
    found = [
        _read_one(section, mission.spacecraft, procedures) for section in file.sections("returns")
    ]
    file.finish()
    return {one.spacecraft: one for one in found}


def _read_one(
    section: Section, spacecraft: Mapping[str, Spacecraft], procedures: Collection[str]
) -> SampleReturn:
    arriving = [id for id, one in spacecraft.items() if one.arrival is not None]
    determination = section.section("determination")
    receiving = section.section("receiving")
    one = SampleReturn(
        spacecraft=section.reference("id", "craft with an arrival", arriving),
        category=section.choice("category", ("V",)),
        source=section.text("source"),
        outbound=section.text("outbound"),
        container=section.text("container"),
        determination=Determination(
            earth_return=cast(
                EarthReturn, determination.choice("earth_return", get_args(EarthReturn))
            ),
            by=determination.text("by"),
            at=determination.instant("at"),
            document=determination.text("document"),
        ),
        receiving=Receiving(
            facility=receiving.text("facility"),
            place=receiving.text("place"),
            opened_by=receiving.text("opened_by"),
            containment=receiving.text("containment", ""),
        ),
        recorded=tuple(
            _read_recording(each, spacecraft, procedures)
            for each in section.sections("recorded", optional=True)
        ),
        assumed=tuple(_read_transfer(each) for each in section.sections("assumed", optional=True)),
    )
    determination.finish()
    receiving.finish()
    section.finish()
    return one


def _read_recording(
    section: Section, spacecraft: Mapping[str, Spacecraft], procedures: Collection[str]
) -> Recording:
    id = section.reference("spacecraft", "spacecraft", spacecraft)
    packets = spacecraft[id].model.packets if id in spacecraft else ()
    fields = {field.name: field for packet in packets for field in packet.fields}
    recording = Recording(
        event=section.choice("event", EVENTS),
        procedure=section.reference("procedure", "procedure", procedures),
        spacecraft=id,
        shows=tuple(_read_shown(each, fields) for each in section.sections("shows")),
        place=section.text("place"),
        by=section.text("by"),
        holder=section.text("holder"),
        giver=section.text("giver", ""),
    )
    if not recording.shows and "shows" in section:
        section.note(
            "shows", "nothing is asked of telemetry: no record would rest on anything",
            "name at least one parameter",
        )  # fmt: skip
    section.finish()
    return recording


def _read_shown(section: Section, fields: Mapping[str, Field]) -> Shown:
    shown = Shown(
        parameter=section.reference("parameter", "parameter", fields),
        equals=section.text("equals", ""),
        **{key: section.number(key) for key in ("minimum", "maximum") if key in section},
    )
    labels = fields[shown.parameter].enumeration if shown.parameter in fields else None
    if bool(shown.equals) == (shown.minimum is not None or shown.maximum is not None):
        section.note(
            "parameter", f"{shown.parameter} is to show a label or a number, one of them",
            "write equals, or minimum and maximum",
        )  # fmt: skip
    elif labels and not shown.equals:
        section.note("parameter", f"{shown.parameter} shows labels, no numbers", "write equals")
    elif shown.equals and shown.equals not in (labels or {}).values():
        known = ", ".join((labels or {}).values()) or "it has no labels"
        section.note("equals", f"{shown.parameter} never shows {shown.equals!r}", known)
    section.finish()
    return shown


def _read_transfer(section: Section) -> Transfer:
    transfer = Transfer(
        event=section.choice("event", EVENTS),
        at=section.instant("at"),
        place=section.text("place"),
        by=section.text("by"),
        holder=section.text("holder"),
        giver=section.text("giver", ""),
        evidence=section.text("evidence"),
    )
    section.finish()
    return transfer
