"""Requests about rehearsals of procedures: what one is flown with, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker
from groundsys.desks.procedures.procedure_preparing import Prepared
from groundsys.desks.rehearsing.rehearsal_snapshots import plan_ahead
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.planning.exchange.fields import to_plain
from groundsys.store import RehearsalRecord
from groundsys.values.errors import CommandRefusedError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class RehearsalRequests:
    """Answers `procedure_rehearse`, `procedure_rehearsed` and `procedure_rehearsal`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._desk = desks.procedures
        self.verbs: dict[str, Verb] = {
            "procedure_rehearse": Verb(Action.RUN_PROCEDURE, self._rehearse),
            "procedure_rehearsed": Verb(Action.RUN_PROCEDURE, self._rehearsed),
            "procedure_rehearsal": Verb(Action.WATCH, self._show),
        }

    def _rehearse(self, request: Request, asker: Asker) -> Answer:
        """Hand out what a rehearsal is to be flown with."""
        room = self._desks.room
        prepared = self._desk.prepare(
            str(request.get("procedure", "")),
            str(request.get("spacecraft") or ""),
            dict(request.get("parameters") or {}),
        )
        plan = plan_ahead(self._desks.passes.all, self._desks.relay.all, room.scenario.id, room.now)
        record = self._desk.rehearsals.hand_out(
            prepared, plan, self._also_assumed(prepared), asker.name
        )
        detail = {"digest": record.digest, "spacecraft": record.spacecraft}
        self._audit(asker, "rehearse", record, detail)
        return {
            "rehearsal": record.id,
            "digest": record.digest,
            "snapshot": to_plain(record.snapshot, "snapshot"),
            "texts": dict(prepared.texts),
        }

    def _rehearsed(self, request: Request, asker: Asker) -> Answer:
        """Take in what came of a rehearsal."""
        record = self._desk.rehearsals.take(
            text_of(request, "rehearsal"),
            text_of(request, "digest"),
            request.get("verdict"),
            asker.name,
        )
        assert record.verdict is not None
        detail = {
            "digest": record.digest,
            "verdict": record.verdict_digest,
            "ok": record.verdict.ok,
        }
        self._audit(asker, "rehearsed", record, detail)
        word = "passed" if record.verdict.ok else f"failed: {record.verdict.faults[0]}"
        text = f"{record.id} has {word} (brought by {asker.name})"
        severity = "info" if record.verdict.ok else "warning"
        self._desks.room.log(record.spacecraft, severity, "procedure", text)
        return rehearsal_for_watchers(record)

    def _show(self, request: Request, _: Asker) -> Answer:
        name = text_of(request, "rehearsal")
        record = self._desk.rehearsals.get(name)
        if record is None:
            known = [one.id for one in self._desk.rehearsals.all]
            raise CommandRefusedError(
                f"there is no rehearsal '{name}'", expected=", ".join(known) or "none was flown"
            )
        verdict = record.verdict
        return {
            **rehearsal_for_watchers(record),
            "snapshot": to_plain(record.snapshot, "snapshot"),
            "verdict": None if verdict is None else to_plain(verdict, "verdict"),
        }

    def _also_assumed(self, prepared: Prepared) -> tuple[str, ...]:
        """What is under way on the ground and is not flown along."""
        told = []
        for name in sorted(prepared.spoken_of):
            waiting = [one for one in self._desks.ledger.of_craft(name) if not one.is_settled]
            if waiting:
                names = ", ".join(dict.fromkeys(one.name for one in waiting))
                told.append(f"{name}: {len(waiting)} commands under way are not flown: {names}")
        for notice in self._desks.room.store.plans.notices():
            if notice.kind == "trajectory" and notice.content.get("spacecraft"):
                told.append(
                    f"{notice.content['spacecraft']} flies by its orbit as defined, not by the "
                    f"trajectory told at {notice.told_at.utc_iso(0)}"
                )
        return tuple(told)

    def _audit(self, asker: Asker, what: str, record: RehearsalRecord, detail: Answer) -> None:
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action=f"procedure.{what}",
            subject=record.id,
            detail=detail,
        )


def rehearsal_for_watchers(record: RehearsalRecord) -> Answer:
    """A rehearsal in short."""
    verdict = record.verdict
    return {
        "rehearsal": record.id,
        "procedure": record.procedure,
        "spacecraft": record.spacecraft,
        "taken_ns": record.taken_at.tai_ns,
        "state_ns": record.snapshot.state_at.tai_ns,
        "asked_by": record.asked_by,
        "digest": record.digest,
        "passed": None if verdict is None else verdict.ok,
        "faults": [] if verdict is None else list(verdict.faults),
        "margins": [] if verdict is None else [to_plain(one, "margin") for one in verdict.margins],
        "took_s": None if verdict is None else verdict.took_s,
        "brought_by": record.brought_by,
        "brought_ns": None if record.brought_at is None else record.brought_at.tai_ns,
        "verdict_digest": record.verdict_digest,
    }
