"""One flight on a real Yamcs in which two files go up; one is altered in the craft's memory.

The uplink loses frames, the first file needs two passes, and the desks are killed in the middle of
each and between them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from groundsys.bus.live import Requester
from groundsys.bus.token_file import HeldToken, TokenFile
from groundsys.commanding.ledger import Command
from groundsys.desks.people.token_files import owner_name
from groundsys.mission import default_mission_db
from groundsys.mission.spacecraft.onboard_files import software_image
from groundsys.passes.execution import Pass
from groundsys.rehearsal.flying.flight import Flight, flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions
from groundsys.store import Store
from groundsys.uploads.upload import Upload
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import Instant

SECOND_PERSON = "grace"
PASSWORD = "a dozen of letters"
VERSION = 7
#: no pattern in it, so that a piece in the wrong place shows
SOFTWARE = software_image(VERSION, b"".join(
    hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(640)
))  # fmt: skip
ALTERED = software_image(9, hashlib.sha256(b"altered").digest() * 90)
#: so long before the first uplink ends the first file is approved
_TOO_LATE_S = 55.0


@dataclass
class Flown:
    """The flight, and what was seen while it flew."""

    flight: Flight
    #: asks as the run's owner
    owner: Requester
    #: asks as the second person
    second: Requester
    display: ProgressDisplay
    #: what `upload_show` told of the first file, by the moment
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    kills: int = 0

    @property
    def store_path(self) -> Path:
        return self.flight.run.store

    def passes(self) -> list[Pass]:
        with Store(self.store_path, read_only=True) as store:
            return sorted(store.passes.all(), key=lambda one: one.start)

    def uploads(self) -> dict[str, Upload]:
        with Store(self.store_path, read_only=True) as store:
            return {one.id: one for one in store.uploads.all()}

    def commands(self, purpose: str = "upload") -> list[Command]:
        with Store(self.store_path, read_only=True) as store:
            return [one for one in store.commands.all() if one.purpose == purpose]

    def truth(self, record: str, **wanted: Any) -> list[dict[str, Any]]:
        """Lines of the craft's own record; to be read once the flight has ended."""
        lines = (self.flight.run.truth / "otv.jsonl").read_text().splitlines()
        wanted = {"record": record, **wanted}
        return [line for line in map(json.loads, lines) if wanted.items() <= line.items()]

    def until(self, moment: Instant) -> None:
        self.flight.advance(moment, self.display)

    def kill_desks(self) -> None:
        os.kill(self.flight.processes.process_ids["desks"], signal.SIGKILL)
        self.kills += 1

    def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        return dict(self.owner.ask(verb, timeout_s=60.0, **arguments))

    def send(self, name: str, content: bytes) -> dict[str, Any]:
        """Draft an upload; it is not approved yet."""
        return dict(self.ask(
            "upload_draft", spacecraft="otv", kind="software", name=name, why="a test",
            content_base64=base64.b64encode(content).decode(),
        )["upload"])  # fmt: skip

    def approve(self, upload: Mapping[str, Any]) -> None:
        self.second.ask(
            "upload_approve", timeout_s=60.0, upload_id=upload["id"], sha256=upload["sha256"]
        )

    def look(self, when: str, upload_id: str = "upload-1") -> dict[str, Any]:
        self.seen[when] = self.ask("upload_show", upload_id=upload_id)["upload"]
        return self.seen[when]

    def refused(self, what: str, verb: str, **arguments: Any) -> None:
        """Ask for what must be refused."""
        try:
            self.ask(verb, **arguments)
            self.refusals[what] = ""
        except GroundsysError as error:
            self.refusals[what] = str(error)

    def command(self, name: str, **arguments: Any) -> str:
        wish = {"spacecraft": "otv", "command": name, "arguments": arguments, "why": "a test"}
        answer = self.ask("command_draft", **wish)
        command_id = str(answer["command"]["id"])
        if answer["command"]["waits_for_approval"]:
            self.second.ask("command_approve", timeout_s=60.0, command_id=command_id)
        return command_id


def mission_with_losses(folder: Path, uplink_loss: float) -> Path:
    """The mission, whose scenario `short` loses so much of its uplink and alters file 2."""
    root = folder / "mission_db"
    shutil.copytree(default_mission_db(), root)
    shutil.copytree(default_mission_db().parent / "procedures", folder / "procedures")
    scenario = root / "scenarios" / "short.yaml"
    text = scenario.read_text()
    before = "uplink_loss_probability: 0.02"
    assert before in text
    text = text.replace(before, f"uplink_loss_probability: {uplink_loss}")
    text = text.replace("quiet_from: 2031-08-20T04:00:00Z", "quiet_from: 2031-08-20T05:55:00Z")
    fault = "{fault: upset_upload, spacecraft: otv, sequence: 2}"
    scenario.write_text(f"{text}\nfaults: [{fault}]\n")
    return root


@contextlib.contextmanager
def flown_uploads(folder: Path, uplink_loss: float = 0.08) -> Iterator[Flown]:
    options = FlightOptions(
        "short",
        data_directory=folder,
        run_path=folder / "run",
        mission_db=mission_with_losses(folder, uplink_loss),
        revive=True,
    )
    with contextlib.ExitStack() as stack:
        display = ProgressDisplay(Console(file=io.StringIO()), "uploads", None)
        flying = stack.enter_context(flight(options, display))
        endpoint = str(flying.run.endpoints("desks")["requests"])
        token = TokenFile(flying.run.people / owner_name(), kept_by_others=True)
        owner = stack.enter_context(contextlib.closing(Requester(endpoint, token)))
        owner.ask("user_add", name=SECOND_PERSON, role="operator", password=PASSWORD)
        session = HeldToken("")
        second = stack.enter_context(contextlib.closing(Requester(endpoint, session)))
        told = second.ask("log_in", name=SECOND_PERSON, password=PASSWORD)
        session.keep(str(told["token"]))
        flown = Flown(flying, owner, second, display)
        _fly(flown)
        yield flown


def _fly(flown: Flown) -> None:
    first, second = [one for one in flown.passes() if one.uplink_from < one.uplink_until][:2]
    start = flown.flight.scenario.span.start
    flown.until(start.plus_seconds(600.0))
    whole = flown.send("fsw-7.img", SOFTWARE)
    flown.refused("own approval", "upload_approve", upload_id="upload-1", sha256=whole["sha256"])
    flown.refused(
        "enabling a draft", "command_draft",
        spacecraft="otv", command="FILE_ENABLE", arguments={"file_number": 1},
    )  # fmt: skip
    flown.until(first.uplink_until.plus_seconds(-_TOO_LATE_S))
    flown.approve(whole)
    flown.until(first.uplink_until.plus_seconds(-_TOO_LATE_S + 22.0))
    flown.kill_desks()
    flown.until(first.end.plus_seconds(600.0))
    flown.look("between the passes")
    flown.kill_desks()
    flown.until(second.uplink_from.plus_seconds(300.0))
    flown.approve(flown.send("fsw-9.img", ALTERED))
    flown.until(second.uplink_from.plus_seconds(600.0))
    flown.kill_desks()
    moment = Instant(second.uplink_from.plus_seconds(900.0).tai_ns)
    while moment < second.uplink_until:
        moment = moment.plus_seconds(120.0)
        flown.until(moment)
        state = flown.uploads()["upload-1"].state
        if state == "verified" and "verified" not in flown.seen:
            flown.look("verified")
            flown.command("FILE_ENABLE", file_number=1)
        if state == "enabled" and "enabled" not in flown.seen:
            flown.look("enabled")
            flown.command("RESET_SUBSYSTEM", subsystem="OBC")
    flown.refused(
        "enabling an altered file", "command_draft",
        spacecraft="otv", command="FILE_ENABLE", arguments={"file_number": 2},
    )  # fmt: skip
    flown.until(flown.flight.scenario.span.end)
    flown.look("after the reboot")
    flown.look("altered", "upload-2")
