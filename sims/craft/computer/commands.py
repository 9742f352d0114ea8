"""Telecommands on board: read, checked, executed, and reported on at each stage (PUS service 1).

A command's life (ECSS-E-ST-70-41C §6.1.5): accepted or refused when it arrives; started or not,
as the craft's state allows, once the command before it is done; completed or failed, when its
effect is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from groundsys.ccsds.fields import decode_fields, encode_fields, engineering
from groundsys.ccsds.space_packets import TcPacket, decode_tc_packet
from groundsys.mission.spacecraft.packet_model import CommandDefinition, SpacecraftModel
from groundsys.values.errors import DefinitionError, FrameError
from sims.craft.computer.agenda import Agenda

FailureCode = Literal[
    "BAD_CHECKSUM",
    "UNKNOWN_COMMAND",
    "ARGUMENT_OUT_OF_RANGE",
    "WRONG_MODE",
    "TABLE_FULL",
    "NOT_FOUND",
    "LOW_POWER",
    "HARDWARE_FAULT",
    "NO_SPACE",
    "FILE_INCOMPLETE",
    "HASH_MISMATCH",
    "FILE_NOT_VERIFIED",
    "FILE_IN_USE",
    "BAD_IMAGE",
    "NOT_ARMED",
    "NOT_POINTED",
]
_START_DELAY_NS = 100_000_000


class CommandFailure(Exception):  # noqa: N818 - an outcome that the ground is told, not our error
    """A command cannot start or complete; carries the code that its report shows."""

    def __init__(self, code: FailureCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Command:
    """A command as read on board; `arguments` are engineering values (labels for enumerations)."""

    definition: CommandDefinition
    arguments: Mapping[str, Any]
    packet: TcPacket


@dataclass(frozen=True, slots=True)
class Execution:
    """How a started command goes on: how long it takes, and what is done at its end."""

    seconds: float | None = None
    finish: Callable[[int], None] | None = None


#: begins a command's effect at a true time, or raises `CommandFailure`
Effect = Callable[[Mapping[str, Any], int], Execution]
#: sends a report: packet name, field values, true time, and the source of the command that it is on
Report = Callable[[str, Mapping[str, Any], int, int], None]


def read_command(model: SpacecraftModel, packet: TcPacket) -> Command:
    """The command in `packet`; `CommandFailure` if it is unknown or an argument is out of range."""
    definition = next(
        (
            candidate
            for candidate in model.commands
            if packet.data
            and (candidate.apid, candidate.service, candidate.subtype, candidate.function)
            == (packet.apid, packet.service, packet.subtype, packet.data[0])
        ),
        None,
    )
    if definition is None:
        raise CommandFailure("UNKNOWN_COMMAND")
    try:
        raw = decode_fields(definition.arguments, packet.data[1:])
        if len(encode_fields(definition.arguments, raw)) != len(packet.data) - 1:
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
    except FrameError as error:
        raise CommandFailure("ARGUMENT_OUT_OF_RANGE") from error
    arguments: dict[str, Any] = {}
    for argument in definition.arguments:
        value = engineering(argument, raw[argument.name])
        if argument.kind == "enum" and raw[argument.name] not in argument.enumeration:
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        if argument.kind in ("uint", "int", "float") and not (
            (argument.minimum is None or value >= argument.minimum)
            and (argument.maximum is None or value <= argument.maximum)
        ):
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        arguments[argument.name] = value
    return Command(definition, arguments, packet)


def failing(effects: Mapping[str, Effect]) -> Mapping[str, Effect]:
    """The same commands, none of which can be started: the hardware has a fault."""

    def fail(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        raise CommandFailure("HARDWARE_FAULT")

    return dict.fromkeys(effects, fail)


class CommandExecutor:
    """Takes command packets through their life; counts them; tells the truth record of each."""

    def __init__(
        self,
        model: SpacecraftModel,
        effects: Mapping[str, Effect],
        agenda: Agenda,
        report: Report,
        note: Callable[..., None],
        *,
        execution_s: float,
        repeat_every: int = 0,
    ) -> None:
        """One in `repeat_every` of the accepted commands is executed twice; 0: none."""
        if idle := sorted({command.name for command in model.commands} - effects.keys()):
            raise DefinitionError(
                f"simulated craft of model {model.id} do not know {', '.join(idle)}",
                expected=f"commands among: {', '.join(sorted(effects))}",
                remedy="give the command an effect in sims.craft, or take it out of the model",
            )
        self._model = model
        self._effects = effects
        self._agenda = agenda
        self._report = report
        self._note = note
        self._execution_s = execution_s
        self._repeat_every = repeat_every
        self._waiting: deque[Command] = deque()
        self._busy = False
        self.accepted = 0
        self.rejected = 0

    def receive(self, octets: bytes, now_ns: int) -> None:
        """Take one telecommand packet as it comes out of a frame."""
        try:
            packet = decode_tc_packet(octets)
        except FrameError:
            self.rejected += 1
            self._note("command", name="", outcome="harmed", time_ns=now_ns)
            return
        try:
            command = read_command(self._model, packet)
        except CommandFailure as failure:
            self.rejected += 1
            self._tell("ACCEPTANCE_FAILURE", packet, now_ns, failure.code)
            self._note_outcome(packet, "", "refused", now_ns)
            return
        self.accepted += 1
        self._tell("ACCEPTANCE_SUCCESS", packet, now_ns)
        self._note_outcome(packet, command.definition.name, "received", now_ns)
        again = self._repeat_every > 0 and self.accepted % self._repeat_every == 0
        self._waiting.extend((command,) * (2 if again else 1))
        self._start_next_soon(now_ns)

    def _start_next_soon(self, now_ns: int) -> None:
        if self._waiting and not self._busy:
            self._busy = True
            command = self._waiting.popleft()
            self._agenda.at(now_ns + _START_DELAY_NS, lambda time_ns: self._start(command, time_ns))

    def _done(self, now_ns: int) -> None:
        self._busy = False
        self._start_next_soon(now_ns)

    def _start(self, command: Command, now_ns: int) -> None:
        try:
            execution = self._effects[command.definition.name](command.arguments, now_ns)
        except CommandFailure as failure:
            self._tell("START_FAILURE", command.packet, now_ns, failure.code)
            self._note_outcome(command.packet, command.definition.name, "failed", now_ns)
            self._done(now_ns)
            return
        self._tell("START_SUCCESS", command.packet, now_ns)
        seconds = self._execution_s if execution.seconds is None else execution.seconds
        self._agenda.at(
            now_ns + round(seconds * 1e9),
            lambda time_ns: self._complete(command, execution, time_ns),
        )

    def _complete(self, command: Command, execution: Execution, now_ns: int) -> None:
        outcome = "completed"
        try:
            if execution.finish is not None:
                execution.finish(now_ns)
            self._tell("COMPLETION_SUCCESS", command.packet, now_ns)
        except CommandFailure as failure:
            outcome = "failed"
            self._tell("COMPLETION_FAILURE", command.packet, now_ns, failure.code)
        self._note_outcome(command.packet, command.definition.name, outcome, now_ns)
        self._done(now_ns)

    def _tell(
        self, report: str, packet: TcPacket, now_ns: int, code: FailureCode | None = None
    ) -> None:
        values: dict[str, Any] = {
            "request_apid": packet.apid,
            "request_sequence_count": packet.sequence_count,
        }
        if code is not None:
            values["failure_code"] = code
        self._report(report, values, now_ns, packet.source_id)

    def _note_outcome(self, packet: TcPacket, name: str, outcome: str, now_ns: int) -> None:
        self._note(
            "command",
            apid=packet.apid,
            source=packet.source_id,
            count=packet.sequence_count,
            name=name,
            outcome=outcome,
            time_ns=now_ns,
        )
