"""Operators of a rehearsal: they ask the running desks for their drawn wishes, as people would.

Whoever gets no answer, as the desks were killed over the request, looks whether the command is
there before asking again.  Whoever is refused is told the next time at which it would work, and
asks for that.
"""

from __future__ import annotations

import heapq
import itertools
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from groundsys.bus.live import Requester
from groundsys.rehearsal.flying.traffic import Wish
from groundsys.values.errors import NoAnswerError, RequestError
from groundsys.values.instants import Instant

Answer = dict[str, Any]
Ask = Callable[..., Answer]

#: after no answer, and after a refusal that names no time, it is tried again
_SOON_S = 20.0
_LATER_S = 900.0
_NEXT_TIME = re.compile(r"let it leave at (\S+) or later")
#: the time is told in whole seconds
_TOLD_WITHIN_S = 1.0


def log_in_all(owner: Requester, people: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Accounts for all of a rehearsal's people, and a session of each.

    `people` gives the role of each, and the customer of who speaks for one.
    """
    tokens: dict[str, str] = {}
    for name, (role, customer) in people.items():
        password = secrets.token_urlsafe(18)
        owner.ask("user_add", name=name, role=role, customer=customer, password=password)
        tokens[name] = str(owner.ask("log_in", name=name, password=password)["token"])
    return tokens


class Operators:
    """All of them together; `act` between two steps of the mission clock."""

    def __init__(self, wishes: Sequence[Wish], ask: Ask) -> None:
        self._ask = ask
        self._order = itertools.count()
        self._agenda: list[tuple[int, int, Wish]] = []
        #: of wishes that the desks have taken: the command
        self._drafted: dict[str, str] = {}
        self.done: Counter[str] = Counter()
        for wish in wishes:
            self._plan(wish, wish.time)

    @property
    def waiting(self) -> int:
        """Wishes that nothing has come of yet."""
        return len(self._agenda)

    def act(self, now: Instant) -> None:
        """Ask for everything whose time has come."""
        while self._agenda and self._agenda[0][0] <= now.tai_ns:
            _, _, wish = heapq.heappop(self._agenda)
            try:
                self._pursue(wish, now)
            except NoAnswerError:
                self.done["unanswered"] += 1
                self._plan(wish, now.plus_seconds(_SOON_S))
                return  # nobody else will be answered before the clock has gone on
            except RequestError as refusal:
                self.done["refused"] += 1
                self._take_refusal(wish, str(refusal), now)

    def _plan(self, wish: Wish, time: Instant) -> None:
        heapq.heappush(self._agenda, (time.tai_ns, next(self._order), wish))

    def _pursue(self, wish: Wish, now: Instant) -> None:
        """The next request that the wish needs."""
        command_id = self._drafted.get(wish.why) or self._found(wish)
        if not command_id:
            answer = self._draft(wish)
            command_id = str(answer["command"]["id"])
            self._drafted[wish.why] = command_id
            self.done["drafted"] += 1
        command = self._ask("command_show", command_id=command_id)["command"]
        match wish.fate:
            case "declined" if not _has_gone(command):
                self._ask(
                    "command_decline", command_id=command_id,
                    operator=wish.operator, why="no longer wanted",
                )  # fmt: skip
                self.done["declined"] += 1
            case "replaced" if not _has_gone(command):
                instead = replace(wish, why=f"{wish.why} by this", fate="leaves", approver="")
                if not self._found(instead):
                    self._draft(instead, replaces=command_id)
                self.done["replaced"] += 1
            case "leaves" if command["waits_for_approval"]:
                if now < wish.approved_at:
                    self._plan(wish, wish.approved_at)
                    return
                self._ask(
                    "command_approve", command_id=command_id,
                    operator=wish.approver, why="looked at",
                )  # fmt: skip
                self.done["approved"] += 1

    def _draft(self, wish: Wish, replaces: str = "") -> Answer:
        return self._ask(
            "command_draft",
            spacecraft=wish.spacecraft,
            command=wish.command,
            arguments=dict(wish.arguments),
            operator=wish.operator,
            why=wish.why,
            at_ns=wish.at.tai_ns if wish.at else None,
            before_ns=wish.before.tai_ns if wish.before else None,
            replaces=replaces,
        )

    def _found(self, wish: Wish) -> str:
        """The command, if a request that was never answered has put it down; "" if not."""
        if not self.done["unanswered"]:
            return ""
        listed = self._ask("command_list", spacecraft=wish.spacecraft, of_people=True, limit=10_000)
        return next((str(one["id"]) for one in listed["commands"] if one["why"] == wish.why), "")

    def _take_refusal(self, wish: Wish, text: str, now: Instant) -> None:
        """Ask again at the time that was told; without one, later, and in no haste."""
        told = _NEXT_TIME.search(text)
        if told is None:
            self._plan(replace(wish, at=None, before=None), now.plus_seconds(_LATER_S))
            return
        at = Instant.from_utc_iso(told[1]).plus_seconds(_TOLD_WITHIN_S)
        self.done["asked_at_the_time_told"] += 1
        self._plan(replace(wish, at=at), now)


def _has_gone(command: Answer) -> bool:
    return command["state"] not in ("drafted", "prepared", "approved", "queued")
