"""Rehearsals at the desks: what each is flown with is handed out and kept, its verdict taken in.

A verdict is taken only for a snapshot that was handed out here, once, and only if it names that
snapshot's digest.  Who brought it is written down, and whether it passed is concluded from what
it tells.  The rehearsal itself is flown where it was asked for: whoever may run procedures could
bring a made-up verdict, under the own name, in the audit log, before the eyes of all who are asked
at the gates, none of whom runs the procedure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.procedures.procedure_observing import ProcedureObserver
from groundsys.desks.procedures.procedure_preparing import Prepared
from groundsys.desks.rehearsing.rehearsal_snapshots import take_snapshot
from groundsys.mission import mdb_version
from groundsys.planning.plan import Plan
from groundsys.procedures.conditions import Sample
from groundsys.procedures.library import rehearsal_valid_h
from groundsys.procedures.rehearsing import (
    Snapshot,
    digest_of,
    read_verdict,
    stale_reasons,
)
from groundsys.procedures.rehearsing.verdict import visit_of
from groundsys.procedures.run import Book, Run
from groundsys.procedures.standing import gate_of
from groundsys.store import RehearsalRecord
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Standing:
    """A rehearsal, and why it does not count; empty if it does."""

    record: RehearsalRecord | None
    reasons: tuple[str, ...]


class RehearsalBook:
    """Keeps every rehearsal that was asked for."""

    def __init__(self, room: ControlRoom, observer: ProcedureObserver) -> None:
        self._room = room
        self._observer = observer
        self._records = {one.id: one for one in room.store.procedures.rehearsals()}

    @property
    def all(self) -> list[RehearsalRecord]:
        """In the order in which they were asked for."""
        return list(self._records.values())

    def get(self, name: str) -> RehearsalRecord | None:
        return self._records.get(name)

    # --- handed out, and brought back ----------------------------------------------------------

    def hand_out(
        self, prepared: Prepared, plan: Plan, also_assumed: tuple[str, ...], who: str
    ) -> RehearsalRecord:
        """What a rehearsal is to be flown with; `CommandRefusedError` if the craft is not known."""
        number = 1 + sum(one.procedure == prepared.procedure.id for one in self.all)
        name = f"{prepared.procedure.id}-r{number:03d}"
        snapshot = take_snapshot(self._room, self._observer, name, prepared, plan, also_assumed)
        record = RehearsalRecord(
            *(name, snapshot.procedure, snapshot.spacecraft, snapshot.taken_at, who),
            *(snapshot, digest_of(snapshot)),
        )
        self._keep(record)
        return record

    def take(self, name: str, digest: str, plain: Any, who: str) -> RehearsalRecord:
        """Take in what came of a rehearsal; `CommandRefusedError` if it is none of ours."""
        record = self._records.get(name)
        if record is None:
            raise CommandRefusedError(
                f"no rehearsal '{name}' was asked for",
                expected=", ".join(self._records) or "one that these desks have handed out",
                remedy="rehearse with `groundsys procedure rehearse`",
            )
        if record.verdict is not None:
            raise CommandRefusedError(
                f"{name} has its verdict, which {record.brought_by} brought",
                remedy="rehearse again",
            )
        verdict = read_verdict(plain)
        if {digest, verdict.basis} != {record.digest} or verdict.rehearsal != name:
            raise CommandRefusedError(
                f"this verdict does not rest on what was handed out for {name}",
                expected=record.digest,
                found=verdict.basis,
                remedy="rehearse again",
            )
        record = replace(
            record,
            verdict=verdict,
            verdict_digest=digest_of(verdict),
            brought_by=who,
            brought_at=Instant(self._room.now.tai_ns),
        )
        self._keep(record)
        return record

    # --- whether it counts ---------------------------------------------------------------------

    def require(self, prepared: Prepared) -> str:
        """The rehearsal that a start may rest on; "" if it needs none.

        `CommandRefusedError` says why there is none, and how to get one.  A flight that is itself
        a rehearsal runs the procedure that it rehearses, and no other; a scenario's flight
        may be that of procedures that its file says so of.
        """
        procedure = prepared.procedure.id
        rehearsed_here = self._room.scenario.rehearses
        if rehearsed_here:
            if rehearsed_here != procedure:
                raise CommandRefusedError(
                    f"this flight rehearses {rehearsed_here}, and runs nothing else"
                )
            return ""
        if prepared.rehearsal_valid_h is None:
            return ""
        if self._room.scenario.is_itself_rehearsal_of(procedure, prepared.spacecraft):
            return ""
        standing = self.standing(prepared)
        if standing.record is not None and not standing.reasons:
            return standing.record.id
        raise CommandRefusedError(
            f"{procedure} is critical, and no rehearsal of it counts",
            expected="a passed rehearsal with these texts, definitions and parameters, and with "
            "the craft much as it is now",
            found="; ".join(standing.reasons),
            remedy=command_line(prepared),
        )

    def standing(self, prepared: Prepared) -> Standing:
        """The latest rehearsal of this procedure for this craft.

        One of the same texts and parameters comes first: once a later one has failed, an earlier
        one of the same does not count either.
        """
        mine = [
            one
            for one in self.all
            if (one.procedure, one.spacecraft) == (prepared.procedure.id, prepared.spacecraft)
            and one.verdict is not None
        ]
        same = [
            one
            for one in mine
            if one.snapshot.texts == prepared.digests
            and one.snapshot.parameters == prepared.parameters
        ]
        for latest in reversed(same or mine):
            return Standing(latest, self._reasons_at_start(latest, prepared))
        return Standing(None, ("it was never rehearsed for this craft",))

    def standing_in(self, run: Run, book: Book) -> Standing | None:
        """How the rehearsal stands that a run rests on; None if it needs none.

        The craft are compared at gates, with how the rehearsal had them there: in between the
        procedure itself changes them.
        """
        record = self._records.get(run.rehearsal)
        if record is None or record.verdict is None:
            return None
        gate = gate_of(run, book)
        visit = visit_of(gate[1]) if gate is not None else ""
        at_gate = next((one for one in record.verdict.gates if one.gate == visit), None)
        if gate is not None and at_gate is None:
            return Standing(record, (f"the rehearsal never came to '{gate[0].id}'",))
        reasons = stale_reasons(
            record.snapshot,
            texts=run.texts,
            mdb_versions=self._versions(record.snapshot),
            parameters=run.parameters,
            samples=self._samples(record.snapshot) if at_gate is not None else {},
            simulators=self._simulators(record.snapshot) if at_gate is not None else {},
            valid_h=rehearsal_valid_h(book.procedures.values()) or 0.0,
            now=self._room.now,
            at_gate=at_gate,
        )
        return Standing(record, reasons)

    def _reasons_at_start(self, record: RehearsalRecord, prepared: Prepared) -> tuple[str, ...]:
        assert record.verdict is not None
        if record.verdict.faults:
            return tuple(f"{record.id} failed: {fault}" for fault in record.verdict.faults)
        reasons = stale_reasons(
            record.snapshot,
            texts=prepared.digests,
            mdb_versions=self._versions(record.snapshot),
            parameters=prepared.parameters,
            samples=self._samples(record.snapshot),
            simulators=self._simulators(record.snapshot),
            valid_h=prepared.rehearsal_valid_h or 0.0,
            now=self._room.now,
        )
        return tuple(f"{record.id} counts no more: {reason}" for reason in reasons)

    # --- within --------------------------------------------------------------------------------

    def _versions(self, snapshot: Snapshot) -> dict[str, str]:
        fleet = self._room.mission.spacecraft
        return {
            one.spacecraft: mdb_version(fleet[one.spacecraft])
            for one in snapshot.craft
            if one.spacecraft in fleet
        }

    def _simulators(self, snapshot: Snapshot) -> dict[str, Any]:
        mission = self._room.mission
        return {
            one.spacecraft: mission.simulators[mission.spacecraft[one.spacecraft].model.id]
            for one in snapshot.craft
            if one.spacecraft in mission.spacecraft
            and mission.spacecraft[one.spacecraft].model.id in mission.simulators
        }

    def _samples(self, snapshot: Snapshot) -> dict[tuple[str, str], Sample]:
        return {
            (one.spacecraft, name): sample
            for one in snapshot.craft
            if one.spoken_of and one.spacecraft in self._room.mission.spacecraft
            for name, sample in self._observer.telemetry(
                self._room.mission.spacecraft[one.spacecraft],
                {reading.parameter for reading in one.readings},
            ).items()
        }

    def _keep(self, record: RehearsalRecord) -> None:
        self._room.store.procedures.put_rehearsal(record)
        self._records[record.id] = record


def command_line(prepared: Prepared) -> str:
    """What one types to rehearse this."""
    words = ["groundsys procedure rehearse", prepared.procedure.id]
    if prepared.procedure.craft != prepared.spacecraft:
        words += ["--spacecraft", prepared.spacecraft]
    defaults = {one.name: one.default for one in prepared.procedure.parameters}
    for name, value in prepared.parameters.items():
        if value != defaults[name]:
            words += ["--set", f"{name}={json.dumps(value) if isinstance(value, str) else value}"]
    return " ".join(words)
