"""What the craft itself reports of a command, read from its archived packets (PUS service 1).

Yamcs' verifiers hear the same reports and come first; but a verifier listens, while the archive
remembers.  So a command never stays open whose report is in the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from groundsys.ccsds.calibration import engineering
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.requests import GROUND_SOURCE
from groundsys.ccsds.space_packets import decode_tm_packet
from groundsys.commanding.ledger import Attempt, Command
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.values.errors import FrameError
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket, CommandRecord, Outcome

Stage = Literal["acceptance", "start", "completion"]

#: the packets that report on a command
REPORTS: Mapping[str, tuple[Stage, Outcome]] = {
    "ACCEPTANCE_SUCCESS": ("acceptance", "ok"),
    "ACCEPTANCE_FAILURE": ("acceptance", "failed"),
    "START_SUCCESS": ("start", "ok"),
    "START_FAILURE": ("start", "failed"),
    "COMPLETION_SUCCESS": ("completion", "ok"),
    "COMPLETION_FAILURE": ("completion", "failed"),
}
#: a clock that is not measured yet may date a report this much too early
_CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StageReport:
    """One report: the command packet's sequence count, what became of it, and when it was made."""

    sequence_count: int
    stage: Stage
    outcome: Outcome
    failure: str
    made_at: Instant
    #: the source whose count it is: of what was radiated as it is, or released on board
    source: int = GROUND_SOURCE

    @property
    def request(self) -> tuple[int, int]:
        """Source ID and sequence count of the command that it is about."""
        return self.source, self.sequence_count


def report_apids(model: SpacecraftModel) -> frozenset[int]:
    """The APIDs whose packets report on commands: what others lack proves nothing."""
    return frozenset(model.packet(name).apid for name in REPORTS)


def read_report(
    model: SpacecraftModel, packet: ArchivedPacket, made_at: Instant
) -> StageReport | None:
    """The report in an archived packet; None if it is none, or none that can be read."""
    if packet.name not in REPORTS or not packet.binary:
        return None
    fields = model.packet(packet.name).fields
    try:
        read = decode_tm_packet(packet.binary)
        values = decode_fields(fields, read.data)
    except FrameError:
        return None
    failure = next((field for field in fields if field.name == "failure_code"), None)
    stage, outcome = REPORTS[packet.name]
    return StageReport(
        sequence_count=values["request_sequence_count"],
        stage=stage,
        outcome=outcome,
        failure="" if failure is None else str(engineering(failure, values[failure.name])),
        made_at=made_at,
        source=read.destination_id,
    )


def reported_attempt(
    commands: Iterable[Command], report: StageReport
) -> tuple[Command, CommandRecord] | None:
    """Which of a craft's commands a report is about, and the report as a record of it.

    A Yamcs of ours is another source in each of its lives, and a source's counts are its own.
    They come round again, and a Yamcs that somebody else runs counts anew as the same source: of
    several attempts it is the newest that can have arrived before the report was made.  What a
    craft reports of commands that it released from its schedule is on no attempt.
    """
    newest: tuple[Command, Attempt] | None = None
    for command in commands:
        for attempt in command.attempts:
            fits = (
                attempt.request == report.request
                and (attempt.arrives_at or attempt.issued_at) <= report.made_at + _CLOCK_SLACK
            )
            if fits and (newest is None or attempt.issued_at > newest[1].issued_at):
                newest = (command, attempt)
    if newest is None:
        return None
    command, attempt = newest
    record = CommandRecord(
        id=attempt.yamcs_id,
        name=command.name,
        generation=attempt.issued_at,
        sent=True,
        acceptance=report.outcome if report.stage == "acceptance" else None,
        start=report.outcome if report.stage == "start" else None,
        completion=report.outcome if report.stage == "completion" else None,
        sequence_count=attempt.sequence_count,
        message=report.failure,
        source=attempt.source,
    )
    return command, record
