"""The upload desk: brings approved files on board, a few pieces at a time, over as many passes.

It decides from what the ledger, the archive and the store hold, and remembers nothing else: killed
at any moment, it goes on.  A piece is a command of purpose `upload`, in the ledger before it
leaves, behind everything that people have asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundsys.commanding.events import DeadlinePassed, Overtaken
from groundsys.commanding.ledger import UNSENT, Command
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.commanding.upload_answers import UploadAnswers
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.telemetry.telemetry_desk import TelemetryDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.onboard_files import ENABLE_COMMAND
from groundsys.uploads.packets import (
    DELETE_COMMAND,
    FILE_NUMBER,
    PDU_PACKET,
    command_of,
    longest_piece,
)
from groundsys.uploads.progress import (
    CANCEL,
    REPORT,
    VERIFY,
    Fate,
    Progress,
    Sent,
    pieces_of,
    progress_of,
)
from groundsys.uploads.standing import standing_of
from groundsys.uploads.transfer import ANSWERED_WITHIN, Decision, Pace, decide
from groundsys.uploads.upload import Upload, enable_problem
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant, Interval
from groundsys.values.records import ArchivedPacket

#: a CLTU of which no antenna has told for so long is not waited for with the next pieces
_AT_THE_ANTENNA = timedelta(seconds=120)
#: words that the ledger may say again by itself
_SAID_AGAIN = {VERIFY: 4, REPORT: 4, CANCEL: 4}
PACE = Pace()


class UploadDesk:
    """Knows every upload and how far it has come."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        ledger: CommandLedger,
        telemetry: TelemetryDesk,
    ) -> None:
        self._room = room
        self._passes = passes
        self._ledger = ledger
        self._telemetry = telemetry
        self._uploads = {one.id: one for one in room.store.uploads.all()}
        self._answers = UploadAnswers(room, telemetry)

    # --- what others ask -----------------------------------------------------------------------

    @property
    def all(self) -> list[Upload]:
        """In order of their numbers."""
        return list(self._uploads.values())

    def get(self, upload_id: str) -> Upload | None:
        return self._uploads.get(upload_id)

    @property
    def next_number(self) -> int:
        """Of the next upload: no transaction number is used twice."""
        return max((one.number for one in self._uploads.values()), default=0) + 1

    def check_command(self, craft: Spacecraft, name: str, arguments: Mapping[str, Any]) -> None:
        """Raise `CommandRefusedError` for FILE_ENABLE of a file that is not verified on board."""
        if name != ENABLE_COMMAND:
            return
        problem = self._enable_problem(craft.id, arguments)
        if problem:
            raise CommandRefusedError(
                f"{name} is refused: {problem}",
                expected="a file whose SHA-256 has been compared on board and agrees",
                remedy="see `groundsys upload list`; `groundsys upload send` sends it anew",
            )

    def progress(self, upload: Upload) -> Progress:
        """What the ground knows of its transfer."""
        heard, reports = self._answers.on(upload)
        return progress_of(upload.size, self.sent(upload), heard, reports)

    def pieces(self, upload: Upload) -> tuple[tuple[int, int], ...]:
        """How it is cut."""
        craft = self._room.mission.spacecraft[upload.spacecraft]
        return pieces_of(upload.size, longest_piece(craft))

    def commands(self, upload: Upload) -> list[Command]:
        """Everything that was queued for it and not taken back before it left."""
        mine = f"{upload.id}:"
        return [
            one
            for one in self._ledger.of("upload")
            if one.subject.startswith(mine) and (one.was_issued or not one.is_settled)
        ]

    def sent(self, upload: Upload) -> list[Sent]:
        return [self._sent(one) for one in self.commands(upload)]

    # --- what happens --------------------------------------------------------------------------

    def keep(self, upload: Upload) -> None:
        """Write an upload down, and go by it from now on."""
        self._room.store.uploads.put(upload)
        self._uploads[upload.id] = upload

    def take_packets(self, craft: Spacecraft, packets: Sequence[ArchivedPacket]) -> None:
        """A craft's own packets are in the archive."""
        self._answers.take_packets(craft, packets)

    def work(self) -> None:
        """See how each upload stands, and say what is to be said next."""
        waiting = sum(self._fate(one) == "waiting" for one in self._ledger.of("upload"))
        for upload in self.all:
            waiting += self._follow(upload, waiting)
        self._stop_enabling()

    def _follow(self, upload: Upload, waiting: int) -> int:
        """Look at one upload, and say what is to be said; how much that is.

        So many words of all uploads together have not been radiated.
        """
        progress, sent = self.progress(upload), self.sent(upload)
        stands = standing_of(
            upload, progress, sent, self._room.now, deleted=self._is_deleted(upload)
        )
        if stands != upload:
            self.keep(stands)
            if stands.state != upload.state or stands.message != upload.message:
                self._tell(stands)
        craft = self._room.mission.spacecraft[upload.spacecraft]
        if upload.approved_at is None or stands.state in ("failed", "enabled", "deleted"):
            self._withdraw_waiting(upload)
            return 0
        of_others = waiting - sum(one.fate == "waiting" for one in sent)
        pace = replace(PACE, not_radiated=PACE.not_radiated - of_others)
        decision = decide(
            *(self.pieces(upload), progress, sent, pace),
            cancelled=stands.ended_at is not None,
            silent=self._silent(craft, sent),
        )
        self._carry_out(stands, craft, decision)
        return len(decision.say)

    def _carry_out(self, upload: Upload, craft: Spacecraft, decision: Decision) -> None:
        for name in decision.lost:
            if (command := self._ledger.get(name)) is not None:
                self._ledger.advance(command, DeadlinePassed(absent=True))
        for name in decision.withdraw:
            if (command := self._ledger.get(name)) is not None:
                self._ledger.withdraw(command, "the craft has it already, or nobody wants it")
        content = self._room.store.uploads.content(upload.sha256) if decision.say else b""
        for what in decision.say:
            name, arguments = command_of(upload, craft.entity_id, what, content)
            self._ledger.queue(
                craft.id,
                name,
                arguments,
                purpose="upload",
                subject=f"{upload.id}:{what}",
                attempt_limit=_SAID_AGAIN.get(what),
            )

    def _withdraw_waiting(self, upload: Upload) -> None:
        for command in self.commands(upload):
            if command.state == "queued":
                self._ledger.withdraw(command, f"{upload.id} goes no further")

    def _stop_enabling(self) -> None:
        """Nothing enables a file whose hash has not been compared, whoever has asked for it."""
        for command in self._ledger.all:
            if command.name != ENABLE_COMMAND or command.state not in UNSENT:
                continue
            problem = self._enable_problem(command.spacecraft, command.arguments)
            if problem:
                self._ledger.advance(command, Overtaken(problem))

    def _enable_problem(self, spacecraft: str, arguments: Mapping[str, Any]) -> str:
        number = int(arguments.get(FILE_NUMBER, 0))
        found = next((one for one in self.all if one.number == number), None)
        if found is not None and found.spacecraft != spacecraft:
            found = None
        return enable_problem(found, number, spacecraft)

    def _is_deleted(self, upload: Upload) -> bool:
        return any(
            one.name == DELETE_COMMAND
            and one.state == "completed"
            and one.arguments.get(FILE_NUMBER) == upload.number
            for one in self._ledger.of_craft(upload.spacecraft)
        )

    def _tell(self, upload: Upload) -> None:
        severity = "warning" if upload.state == "failed" or upload.message else "info"
        text = f"{upload.id} {upload.name}: {upload.state}"
        text += f": {upload.message}" if upload.message else ""
        self._room.log(upload.spacecraft, severity, "upload", text)

    # --- within --------------------------------------------------------------------------------

    def _sent(self, command: Command) -> Sent:
        last = command.attempts[-1] if command.attempts else None
        arrives_at: Instant | None = None
        if last is not None:
            light_time_s = self._passes.light_time(command.spacecraft).seconds
            arrives_at = last.arrives_at or last.issued_at.plus_seconds(light_time_s)
        what = command.subject.partition(":")[2]
        return Sent(command.id, what, self._fate(command), arrives_at, command.message)

    def _silent(self, craft: Spacecraft, sent: Sequence[Sent]) -> frozenset[str]:
        """The commands whose answer would be in the archive by now, if there were one."""
        apid = craft.model.packet(PDU_PACKET).apid
        archived = self._telemetry.coverage(craft, {apid})
        if archived is None:
            return frozenset()
        return frozenset(
            one.command
            for one in sent
            if one.arrives_at is not None
            and archived.is_whole(Interval(one.arrives_at, one.arrives_at + ANSWERED_WITHIN))
        )

    def _fate(self, command: Command) -> Fate:
        match command.state:
            case "completed":
                return "done"
            case "failed":
                return "refused"
            case "expired" | "cancelled" | "superseded":
                absent = bool(command.attempts) and command.attempts[-1].absent
                return "absent" if absent else "lost"
            case "issued":
                late = self._room.now > command.attempts[-1].issued_at + _AT_THE_ANTENNA
                return "under_way" if late else "waiting"
            case "radiated" | "accepted" | "started":
                return "under_way"
        return "waiting"
