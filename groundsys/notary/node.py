"""The notary as a participant of the mission clock.

Whoever keeps an audit log says `audit_entries`: those after the head that was countersigned last
(none asks which that is).  The answer, `audit_head`, is always the newest countersigned head, and
in `refused` what speaks against signing a newer one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.audit import entry_of
from groundsys.notary.notary import Notary
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step

NAME = "notary"


class NotaryNode:
    """The node `notary`."""

    def __init__(self, notary: Notary) -> None:
        self._notary = notary

    @property
    def name(self) -> str:
        return NAME

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        """Answer each offer."""
        return Step(
            tuple(
                Message(NAME, message.source, "audit_head", now, self._answer(message.body, now))
                for message in inbox
                if message.kind == "audit_entries"
            )
        )

    def close(self) -> None:
        self._notary.close()

    def _answer(self, body: Mapping[str, Any], now: Instant) -> dict[str, Any]:
        findings = self._notary.countersign([entry_of(one) for one in body["entries"]], now)
        return {
            "number": self._notary.head.number,
            "digest": self._notary.head.digest,
            "refused": "; ".join(map(str, findings[:3])),
        }
