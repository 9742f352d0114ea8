"""`planetary_protection/returns.yaml` of a mission's definitions: what is filed of its samples."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from groundsys.entry.sample_custody import (
    EVENTS,
    Determination,
    EarthReturn,
    Receiving,
    SampleReturn,
    Transfer,
)
from groundsys.mission.findings import Findings
from groundsys.mission.model import Mission
from groundsys.mission.reading import Section, read_file
from groundsys.procedures.bioburden_files import FOLDER

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
    arriving = [id for id, one in mission.spacecraft.items() if one.arrival is not None]
    found = [_read_one(section, arriving) for section in file.sections("returns")]
    file.finish()
    return {one.spacecraft: one for one in found}


def _read_one(section: Section, arriving: list[str]) -> SampleReturn:
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
        transfers=tuple(_read_transfer(each) for each in section.sections("transfers")),
    )
    determination.finish()
    receiving.finish()
    section.finish()
    return one


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
