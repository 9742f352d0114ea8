"""What of each craft is where is counted by craft and by state, and nobody's twice."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from groundsys.commanding.ledger import Command
from groundsys.desks.watching.whereabouts import whereabouts
from groundsys.mission.model import Mission
from groundsys.passes.execution import Pass
from groundsys.store import FileRecord
from groundsys.values.instants import Instant

NOW = Instant.from_utc_iso("2031-08-20T06:00:00Z")
FILE = FileRecord("418:1", "cube-polar", 418, 1, 1, "a.dat", 1000, 400, "open", NOW, NOW)


def _command(craft: str, state: str) -> Command:
    return cast(Command, SimpleNamespace(spacecraft=craft, state=state))


def _contact(craft: str, after_h: float, hours: float = 1.0) -> Pass:
    start = NOW.plus_seconds(3600.0 * after_h)
    end = start.plus_seconds(3600.0 * hours)
    return cast(Pass, SimpleNamespace(spacecraft=craft, start=start, end=end))


def test_everything_is_counted_with_its_craft(mission: Mission) -> None:
    craft = [mission.spacecraft[id] for id in ("otv", "cube-polar")]
    commands = [
        *(_command("otv", state) for state in ("queued", "drafted", "radiated", "completed")),
        *(_command("cube-polar", state) for state in ("completed", "expired", "completed")),
        _command("cube-tharsis", "completed"),
    ]
    files = [
        FILE,
        replace(FILE, id="418:2", octets_received=1000, completion="complete"),
        replace(FILE, id="418:3", octets_received=900, completion="complete", delivered_at=NOW),
        replace(FILE, id="420:1", spacecraft="cube-tharsis"),
    ]
    contacts = [_contact("otv", -3.0), _contact("otv", 2.0), _contact("otv", 1.0)]
    found: dict[str, dict[str, Any]] = whereabouts(craft, commands, files, contacts, NOW)
    assert found["otv"] == {
        "files": {
            "arriving": 0, "arriving_bytes": 0, "in_the_making": 0,
            "delivered": 0, "delivered_bytes": 0,
        },
        "commands": {"waiting": 2, "under_way": 1, "completed": 1},
        "next_contact_ns": NOW.plus_seconds(3600.0).tai_ns,
    }  # fmt: skip
    assert found["cube-polar"] == {
        "files": {
            "arriving": 1, "arriving_bytes": 400, "in_the_making": 1,
            "delivered": 1, "delivered_bytes": 900,
        },
        "commands": {"waiting": 0, "under_way": 0, "completed": 2, "expired": 1},
        "next_contact_ns": None,
    }  # fmt: skip
    assert set(found) == {"otv", "cube-polar"}


def test_a_contact_under_way_is_the_next(mission: Mission) -> None:
    craft = [mission.spacecraft["otv"]]
    contacts = [_contact("otv", -0.5), _contact("otv", 4.0)]
    found = whereabouts(craft, [], [], contacts, NOW)
    assert found["otv"]["next_contact_ns"] == contacts[0].start.tai_ns
