"""The audit desk: has the audit log's head countersigned by the notary, outside the store.

After each step that wrote to the log, the entries that no countersigned head covers go to the
notary, one message at a time; its answer is compared with the store, and what does not agree is
told to the operators; after that nothing is offered until the desks are started again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from groundsys.audit import GENESIS, AuditEntry, fields_of
from groundsys.desks.control_room import ControlRoom
from groundsys.values.instants import Instant

#: who countersigns
NOTARY = "notary"
#: entries of one message
_AT_ONCE = 500
#: an answer comes within a second or two of mission time; after this long we ask again
_PATIENCE = timedelta(minutes=10)


class AuditDesk:
    """Offers what is new to the notary, which is asked at the start how far it has come."""

    def __init__(self, room: ControlRoom) -> None:
        self._room = room
        self._countersigned: int | None = None
        self._asked_at: Instant | None = None
        self._disputed = False
        self._told = ""

    def work(self) -> None:
        """Offer entries that are not countersigned yet, unless an answer is awaited."""
        now, audit = self._room.now, self._room.store.audit
        head = audit.head.number if audit.head else 0
        if head == self._countersigned or self._disputed:
            return
        if self._asked_at is not None:
            if now < self._asked_at + _PATIENCE:
                return
            text = f"the notary is silent: nothing after entry {self._countersigned or 0} is signed"
            self._tell("warning", text)
        entries: list[AuditEntry] = []
        if self._countersigned is not None:
            audit.make_durable()
            entries = audit.after(self._countersigned, _AT_ONCE)
        self._asked_at = now
        self._room.say(NOTARY, "audit_entries", {"entries": [fields_of(one) for one in entries]})

    def take_head(self, body: Mapping[str, Any]) -> None:
        """The notary's answer: how far it has countersigned, and why no further."""
        number, digest = int(body["number"]), str(body["digest"])
        ours = self._room.store.audit.get(number)
        found = ours.digest if ours else (GENESIS if number == 0 else "no such entry")
        if found != digest:
            text = f"entry {number} was countersigned with digest {digest}; the store has {found}"
            self._dispute(text)
        elif body["refused"]:
            self._dispute(f"the notary does not countersign: {body['refused']}")
        else:
            self._countersigned, self._asked_at = number, None

    def _dispute(self, text: str) -> None:
        """Somebody has meddled with the store or with the notary: from here on people decide."""
        self._disputed = True
        self._tell("critical", f"{text}; see `groundsys audit verify`")

    def _tell(self, severity: str, text: str) -> None:
        """Tell the operators, once."""
        if text != self._told:
            self._told = text
            self._room.log("", severity, "audit", text)
