"""The procedure desk: keeps runs of procedures going, each written down before it acts.

A run is a value in the store.  What it commands goes into the command ledger under a key of its
own, so that after a crash the ledger tells what had been queued and what had not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from groundsys.ccsds.requests import SCHEDULE_SOURCE
from groundsys.commanding.ledger import Command
from groundsys.commanding.verification import Stage, StageReport, read_report, reported_attempt
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.commanding.schedule_desk import ScheduleDesk
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.procedures.procedure_observing import ProcedureObserver
from groundsys.desks.procedures.procedure_preparing import Prepared, prepare
from groundsys.desks.rehearsing.rehearsal_book import RehearsalBook
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.mission import mdb_version
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.procedures import Library, advance_run, default_procedures, read_library, start_run
from groundsys.procedures.checking import HAZARDOUS
from groundsys.procedures.definitions import Procedure
from groundsys.procedures.reading import read_procedure
from groundsys.procedures.run import (
    Book,
    CommandKnown,
    Effects,
    Fate,
    Note,
    QueueCommand,
    ReleaseKnown,
    Run,
    RunCommand,
    RunEvent,
    WithdrawCommand,
)
from groundsys.procedures.standing import awaits_command, gate_of
from groundsys.store import JournalLine, ProcedureText
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

_FATES: Mapping[Stage, Fate] = {
    "acceptance": "released",
    "start": "started",
    "completion": "completed",
}
#: looks in a row at one run, each by what it has come to; more come with the next time round
_LOOKS_AT_ONCE = 20


class ProcedureDesk:
    """Starts runs, and lets everything happen to them that does."""

    def __init__(
        self,
        room: ControlRoom,
        ledger: CommandLedger,
        observer: ProcedureObserver,
        clocks: ClockDesk,
        schedules: ScheduleDesk,
        folder: Path | None = None,
    ) -> None:
        self._room = room
        self._ledger = ledger
        self._observer = observer
        self._clocks = clocks
        self._schedules = schedules
        self._folder = folder or default_procedures(room.mission)
        self._runs: dict[str, Run] = {run.id: run for run in room.store.procedures.runs()}
        self._books: dict[str, Book] = {}
        self._library: tuple[frozenset[tuple[str, int, int, int]], Library] | None = None
        self.rehearsals = RehearsalBook(room, observer)
        #: by command id: the craft's stamp on its report of completion; told again after a restart
        self._completed_at: dict[str, Instant] = {}

    # --- what others ask -----------------------------------------------------------------------

    @property
    def all(self) -> list[Run]:
        """In the order in which they were started."""
        return list(self._runs.values())

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def library(self) -> Library:
        """The folder of procedures as it is now; read anew when a file of it has changed."""
        seen = frozenset(
            (path.name, (stat := path.stat()).st_mtime_ns, stat.st_size, stat.st_ino)
            for path in self._folder.glob("*.yaml")
        )
        if self._library is None or self._library[0] != seen:
            self._library = seen, read_library(self._folder, self._room.mission)
        return self._library[1]

    def book(self, run: Run) -> Book:
        """What a run is read by: the texts that it started with, whatever the files say now."""
        if run.id not in self._books:
            procedures = {
                name: self._procedure_of(name, digest) for name, digest in run.texts.items()
            }
            self._books[run.id] = self._book_of(procedures)
        return self._books[run.id]

    def prepare(self, name: str, craft: str, stated: Mapping[str, Any]) -> Prepared:
        """What a run of a procedure would be started with, by the files as they are now."""
        return prepare(self._room, self.library(), name, craft, stated)

    def snapshot(self, recent: int = 10) -> dict[str, Any]:
        """Runs that have not ended and the last that have, and rehearsals: what moves, in short."""
        ended = [run for run in self.all if not run.is_open][-recent:]
        return {
            "runs": [
                {
                    "run": run.id,
                    "state": run.state,
                    "outcome": run.outcome,
                    "step": run.stack[-1].step if run.stack else "",
                    "waits_for_people": run.is_open
                    and (run.state == "held" or gate_of(run, self.book(run)) is not None),
                    "votes": len(run.votes),
                }
                for run in [*(run for run in self.all if run.is_open), *ended]
            ],
            "rehearsals": [
                {"rehearsal": one.id, "passed": None if one.verdict is None else one.verdict.ok}
                for one in self.rehearsals.all[-recent:]
            ],
        }

    # --- what happens --------------------------------------------------------------------------

    def start(self, name: str, craft: str, stated: Mapping[str, Any], who: str) -> Run:
        """Start a run; `DefinitionError` or `CommandRefusedError` says why it may not be."""
        prepared = self.prepare(name, craft, stated)
        craft = prepared.spacecraft
        if not who:
            raise CommandRefusedError(f"nobody runs {name}", expected="an operator's name")
        for other in self.all:
            if other.is_open and (other.procedure, other.spacecraft) == (name, craft):
                raise CommandRefusedError(
                    f"{other.id} is under way for {craft}",
                    remedy="let it end, or abort it",
                )
        rehearsal = self.rehearsals.require(prepared)
        texts = prepared.digests
        for called, text in prepared.texts.items():
            self._room.store.procedures.keep_text(ProcedureText(texts[called], called, text))
        number = 1 + sum(run.procedure == name for run in self.all)
        run = start_run(
            *(f"{name}-{number:03d}", prepared.procedure, craft, prepared.parameters),
            who=who,
            now=self._room.now,
            texts=texts,
            mdb_version=mdb_version(self._room.mission.spacecraft[craft]),
            rehearsal=rehearsal,
        )
        self._keep(run, "started", [f"started by {who} for {craft}"])
        self._say(run, Note("info", f"started by {who}: {prepared.procedure.title}"))
        self.look(run.id)
        return self._runs[run.id]

    def give(self, run_id: str, event: RunEvent) -> Run:
        """Let something happen to a run, write it down, and act on it."""
        before = self._runs[run_id]
        after, effects = advance_run(before, event, self._room.now, self.book(before))
        if after == before and not effects:
            return before
        told = [effect.text for effect in effects if isinstance(effect, Note)]
        step = after.stack[-1].step if after.stack else ""
        if before.stack and step and before.stack[-1].step != step:
            told.append(f"at '{step}'")
        durable = any(isinstance(effect, QueueCommand) for effect in effects)
        self._keep(after, type(event).__name__.lower(), told, durable=durable)
        self._act(after, effects)
        return self._runs[run_id]

    def look(self, run_id: str) -> Run:
        """Take in how the run's commands stand, and let it go on as far as it can."""
        self._take_commands(self._runs[run_id])
        for _ in range(_LOOKS_AT_ONCE):
            before = self._runs[run_id]
            book = self.book(before)
            if before.state != "running" or awaits_command(before, book):
                break
            self.give(run_id, self._observer.observe(before, book))
            if self._runs[run_id] == before:
                break
        return self._runs[run_id]

    def work(self) -> None:
        """Look at every run that goes on."""
        for run in self.all:
            if run.is_open:
                self.look(run.id)

    def take_report(self, craft: Spacecraft, packet: ArchivedPacket, made_at: Instant) -> None:
        """A craft's report on a command is in the archive: when a run's command was completed."""
        report = read_report(craft.model, packet, made_at)
        if report is None:
            return
        if report.source == SCHEDULE_SOURCE:
            self._take_release(craft, report)
        if (report.stage, report.outcome) != ("completion", "ok"):
            return
        found = reported_attempt(self._ledger.of_craft(craft.id), report)
        if found is not None and found[0].purpose == "procedure":
            self._completed_at[found[0].id] = packet.generation

    def _take_release(self, craft: Spacecraft, report: StageReport) -> None:
        """A command that the craft has released by itself is told to the run that loaded it.

        Told again after a restart, it says nothing new.
        """
        insertion = self._schedules.inserted_as(craft, report)
        if insertion is None or insertion.purpose != "procedure":
            return
        run_id = insertion.subject.partition("/")[0]
        if run_id in self._runs:
            fate: Fate = "failed" if report.outcome == "failed" else _FATES[report.stage]
            event = ReleaseKnown(insertion.subject, fate, report.made_at, report.failure)
            self.give(run_id, event)

    # --- within --------------------------------------------------------------------------------

    def _take_commands(self, run: Run) -> None:
        """How the run's commands stand; after a crash, what the ledger lacks is given to it."""
        for one in run.unqueued:
            self._queue(run.id, one)
        for one in self._runs[run.id].commands:
            known = self._ledger.get(one.command_id)
            if known is not None and known.state != one.state:
                self._tell(run.id, one.key, known)

    def _tell(self, run_id: str, key: str, command: Command) -> None:
        effective_at = self._completed_at.get(command.id)
        if effective_at is None and command.settled_at is not None:
            light_time_s = self._observer.light_time_s(command.spacecraft)
            effective_at = command.settled_at.plus_seconds(-light_time_s)
        self.give(
            run_id, CommandKnown(key, command.id, command.state, command.message, effective_at)
        )

    def _act(self, run: Run, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case QueueCommand():
                    self._queue(run.id, effect.command)
                case WithdrawCommand():
                    command = self._find(effect.key)
                    if command is not None:
                        self._ledger.withdraw(command, f"{run.id} was aborted")
                case Note():
                    self._say(run, effect)

    def _queue(self, run_id: str, command: RunCommand) -> None:
        """Put a command into the ledger, unless it is there under its key."""
        found = self._find(command.key)
        if found is not None:
            self._tell(run_id, command.key, found)
            return
        try:
            arguments = self._arguments(command)
        except CommandRefusedError as error:  # a scheduled command that Yamcs cannot encode
            self.give(run_id, CommandKnown(command.key, "", "failed", str(error)))
            return
        queued = self._ledger.queue(
            command.spacecraft,
            command.name,
            arguments,
            purpose="procedure",
            subject=command.key,
            not_after=command.not_after,
            operator=", ".join(_people(self._runs[run_id])),
        )
        self._tell(run_id, command.key, queued)

    def _find(self, key: str) -> Command | None:
        return next((one for one in self._ledger.of("procedure") if one.subject == key), None)

    def _arguments(self, command: RunCommand) -> dict[str, Any]:
        craft = self._room.mission.spacecraft[command.spacecraft]
        if command.scheduled is not None and command.at is not None:
            scheduled = command.scheduled
            return self._schedules.insertion(
                craft,
                scheduled.schedule_id,
                command.at,
                scheduled.name,
                with_defaults(craft, scheduled.name, scheduled.arguments),
            )
        arguments = with_defaults(craft, command.name, command.arguments)
        if command.at is not None:
            sclk_s = self._clocks.believed(craft).sclk_s(command.at)
            arguments[command.time_argument] = round(sclk_s)
        return arguments

    def _keep(self, run: Run, event: str, texts: Sequence[str], *, durable: bool = False) -> None:
        now = self._room.now
        lines = [JournalLine(run.id, now, event, text) for text in texts]
        self._room.store.procedures.put(run, lines, durable=durable)
        self._runs[run.id] = run

    def _say(self, run: Run, note: Note) -> None:
        self._room.log(run.spacecraft, note.severity, "procedure", f"{run.id}: {note.text}")

    def _procedure_of(self, name: str, digest: str) -> Procedure:
        text = self._room.store.procedures.text(digest)
        procedure = read_procedure(text, f"{name}.yaml", Findings())
        assert procedure is not None  # it was read before the run started
        return procedure

    def _book_of(self, procedures: Mapping[str, Procedure]) -> Book:
        craft = self._room.mission.spacecraft.values()
        return Book(
            procedures,
            relay_of={one.id: one.relay for one in craft if one.relay},
            scid_of={one.id: one.framing.spacecraft_id for one in craft},
            hazardous=frozenset(
                (one.id, command.name)
                for one in craft
                for command in one.model.commands
                if command.significance in HAZARDOUS
            ),
        )


def with_defaults(craft: Spacecraft, name: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    """A command's arguments, those that are not stated as the model has them."""
    definition = craft.command(name)
    defaults = {one.name: one.default for one in definition.arguments if one.default is not None}
    return {**defaults, **stated}


def _people(run: Run) -> Iterable[str]:
    """Whoever stands for what a run commands: its runners, and who has said go in it."""
    return dict.fromkeys((*run.runners, *(vote.who for vote in run.votes if vote.go)))
