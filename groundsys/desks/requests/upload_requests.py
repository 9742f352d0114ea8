"""Requests about uploads: foresee, draft, approve, cancel, list, show."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker, check_two_people, may
from groundsys.commanding.packets import packet_octets
from groundsys.commanding.uplink import radiation_seconds
from groundsys.desks.commanding.upload_desk import PACE
from groundsys.desks.requests.command_requests import flown
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.store import UploadContent
from groundsys.uploads.packets import area_octets, command_of, require_uploads
from groundsys.uploads.progress import Progress, word_of
from groundsys.uploads.standing import foresee_completion, pieces_left, pieces_sent
from groundsys.uploads.upload import SETTLED, Upload, draft_upload, taken_back
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: while an uplink is open the desks look round, and give pieces to it, so often
_LOOK_ROUND_S = 20.0


class UploadRequests:
    """Answers the verbs that begin with `upload_`.

    A file leaves once a second person has approved the very octets whose SHA-256 was shown.
    """

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._desk = desks.uploads
        self.verbs: dict[str, Verb] = {
            "upload_foresee": Verb(Action.DRAFT_UPLOAD, self._foresee),
            "upload_draft": Verb(Action.DRAFT_UPLOAD, self._draft),
            "upload_approve": Verb(Action.APPROVE_UPLOAD, self._approve),
            "upload_cancel": Verb(Action.DRAFT_UPLOAD, self._cancel),
            "upload_list": Verb(Action.WATCH, self._list),
            "upload_show": Verb(Action.WATCH, self._show),
        }

    def _foresee(self, request: Request, asker: Asker) -> Answer:
        upload, content = self._wish(request, asker)
        return {"upload": self._told(upload, content)}

    def _draft(self, request: Request, asker: Asker) -> Answer:
        upload, content = self._wish(request, asker)
        store = self._desks.room.store
        with store.writing():
            store.uploads.put_content(UploadContent(upload.sha256, content))
            self._audit(asker, "draft", upload, upload.why)
            self._desk.keep(upload)
        return {"upload": self._told(upload, content)}

    def _approve(self, request: Request, asker: Asker) -> Answer:
        upload = self._upload(request)
        if upload.state != "drafted":
            raise CommandRefusedError(
                f"{upload.id} {upload.name} waits for nobody's approval",
                expected="a drafted upload",
                found=upload.state,
            )
        check_two_people(upload.operator, asker.name)
        sha256 = text_of(request, "sha256")
        if sha256 != upload.sha256:
            raise CommandRefusedError(
                f"{upload.id} is another file than the one approved",
                expected=f"SHA-256 {upload.sha256}",
                found=sha256,
            )
        now = self._desks.room.now
        approved = replace(upload, approver=asker.name, approved_at=now, state="approved")
        with self._desks.room.store.writing():
            self._audit(asker, "approve", approved, str(request.get("why", "")))
            self._desk.keep(approved)
        return {"upload": self._told(approved)}

    def _cancel(self, request: Request, asker: Asker) -> Answer:
        """Anybody may stop what is his own; others', whoever might approve it."""
        upload = self._upload(request)
        if upload.operator != asker.name:
            may(asker, Action.APPROVE_UPLOAD)
        if upload.state in SETTLED or upload.state == "received":
            raise CommandRefusedError(
                f"{upload.id} {upload.name} cannot be stopped any more",
                expected="an upload that is drafted, approved or under way",
                found=upload.state,
                remedy=f"to free its memory: groundsys command send {upload.spacecraft} "
                f"FILE_DELETE file_number={upload.number}",
            )
        why = text_of(request, "why")
        declined = upload.approved_at is None and upload.operator != asker.name
        ended = taken_back(upload, asker.name, why, self._desks.room.now, declined=declined)
        with self._desks.room.store.writing():
            self._audit(asker, "decline" if declined else "cancel", ended, why)
            self._desk.keep(ended)
        return {"upload": self._told(ended)}

    def _list(self, request: Request, _: Asker) -> Answer:
        spacecraft = str(request.get("spacecraft", ""))
        found = [one for one in self._desk.all if not spacecraft or one.spacecraft == spacecraft]
        return {"uploads": [self._told(one) for one in found]}

    def _show(self, request: Request, _: Asker) -> Answer:
        upload = self._upload(request)
        entries = self._desks.room.store.audit.all(subject=upload.id)
        return {
            "upload": self._told(upload),
            "log": [
                {
                    "time_ns": one.time.tai_ns,
                    "event": one.action.partition(".")[2],
                    "who": one.actor,
                    "why": one.reason,
                }
                for one in entries
            ],
        }

    # --- within --------------------------------------------------------------------------------

    def _wish(self, request: Request, asker: Asker) -> tuple[Upload, bytes]:
        craft = flown(self._desks, text_of(request, "spacecraft"))
        require_uploads(craft)
        try:
            content = base64.b64decode(str(request.get("content_base64", "")), validate=True)
        except binascii.Error as error:
            raise CommandRefusedError(
                "the octets of an upload cannot be read", expected="base64", found=str(error)
            ) from error
        upload = draft_upload(
            self._desk.next_number,
            craft.id,
            text_of(request, "kind"),
            text_of(request, "name"),
            content,
            why=str(request.get("why", "")),
            operator=asker.name,
            now=self._desks.room.now,
            limit=area_octets(craft),
        )
        return upload, content

    def _upload(self, request: Request) -> Upload:
        name = text_of(request, "upload_id")
        upload = self._desk.get(name)
        if upload is None:
            raise CommandRefusedError(
                f"there is no upload '{name}'", remedy="see `groundsys upload list`"
            )
        return upload

    def _audit(self, asker: Asker, what: str, upload: Upload, reason: str) -> None:
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action=f"upload.{what}",
            subject=upload.id,
            reason=reason,
            detail={
                "spacecraft": upload.spacecraft,
                "kind": upload.kind,
                "name": upload.name,
                "size": upload.size,
                "sha256": upload.sha256,
            },
        )

    def _told(self, upload: Upload, content: bytes | None = None) -> Answer:
        """An upload as maps of plain values; times in ns of TAI."""
        progress, sent = self._desk.progress(upload), self._desk.sent(upload)
        pieces = self._desk.pieces(upload)
        left = pieces_left(progress, pieces)
        report = progress.report
        passes = {
            attempt.foreseen.pass_id: None
            for command in self._desk.commands(upload)
            for attempt in command.attempts
            if attempt.foreseen is not None
        }
        foreseen = self._foreseen(upload, progress, content) if _is_open(upload) else None
        return {
            "id": upload.id,
            "number": upload.number,
            "spacecraft": upload.spacecraft,
            "kind": upload.kind,
            "name": upload.name,
            "size": upload.size,
            "sha256": upload.sha256,
            "why": upload.why,
            "operator": upload.operator,
            "approver": upload.approver,
            "state": upload.state,
            "settled": upload.state in SETTLED,
            "waits_for_approval": upload.state == "drafted",
            "message": upload.message,
            "drafted_ns": upload.drafted_at.tai_ns,
            "approved_ns": _nanoseconds(upload.approved_at),
            "settled_ns": _nanoseconds(upload.settled_at),
            "octets_acknowledged": progress.octets_acknowledged,
            "pieces": len(pieces),
            "pieces_acknowledged": len(pieces) - left,
            "pieces_sent": pieces_sent(sent),
            "naks": len(progress.asked),
            "passes": list(passes),
            "completion_ns": _nanoseconds(foreseen),
            "on_board": None
            if report is None
            else {
                "state": report.state,
                "sha256": report.sha256,
                "octets_received": report.octets_received,
                "reported_ns": report.made_at.tai_ns,
            },
        }

    def _foreseen(
        self, upload: Upload, progress: Progress, content: bytes | None
    ) -> Instant | None:
        """When it is foreseen to be known whole on board; None: not in the uplinks booked."""
        desks = self._desks
        craft = desks.room.mission.spacecraft[upload.spacecraft]
        way = desks.foresight.way(craft)
        octets = content or desks.room.store.uploads.content(upload.sha256)
        lacking = [one for one in self._desk.pieces(upload) if not progress.has(one)]
        durations_s = [
            radiation_seconds(
                packet_octets(command_of(upload, craft.entity_id, word_of(one), octets)[1]),
                way.uplink_rate_bps,
                way.security_octets,
            )
            for one in lacking
        ]
        share = _share(max(durations_s, default=0.0))
        light_time_s = desks.passes.light_time(craft.id).seconds
        windows = [one.transmit for one in way.windows]
        return foresee_completion(sum(durations_s), windows, light_time_s, share, desks.room.now)


def _share(piece_s: float) -> float:
    """The part of an uplink that pieces get: so many each time that the desks look round."""
    return min(1.0, PACE.not_radiated * piece_s / _LOOK_ROUND_S) if piece_s else 1.0


def _is_open(upload: Upload) -> bool:
    return upload.state in ("drafted", "approved", "sending")


def _nanoseconds(instant: Instant | None) -> int | None:
    return None if instant is None else instant.tai_ns
