"""The pager's watch: looks at the desks, sends what is due, and remembers what it has sent.

What was sent is in a journal, one JSON line a page, so that a pager that is started anew pages
nobody twice and goes on with the escalation where it was.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundsys.pager.duty import Duty
from groundsys.pager.escalation import Concern, Page, due_pages
from groundsys.pager.hooks import Send
from groundsys.values.errors import GroundsysError, RequestError

#: a hook that failed is tried again this much later, twice as late each time, at most so late
_RETRY_S = 15.0
_RETRY_AT_MOST_S = 600.0
DESKS = "desks"
#: states in which an alarm waits for somebody; one that is shelved does not
_WANT_SOMEBODY = ("unacknowledged", "latched")


class Journal:
    """When each concern was first seen and each page sent (wall seconds, UNIX)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._half_a_line = False
        self.since: dict[str, float] = {}
        self.sent: dict[tuple[str, str, int], float] = {}
        #: what could not be written, for whoever runs the pager
        self.trouble = ""
        if path.exists():
            text = path.read_text(encoding="utf-8", errors="replace")
            self._half_a_line = not text.endswith("\n") and bool(text)
            for line in text.splitlines():
                self._take(line)

    def _take(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:  # half a line, of a pager that was killed while it wrote
            return
        match entry["what"]:
            case "concern":
                self.since[entry["concern"]] = entry["at_s"]
            case "over":
                self._forget(entry["concern"])
            case "page":
                self.sent[entry["concern"], entry["person"], entry["step"]] = entry["at_s"]

    def begins(self, concern: str, text: str, at_s: float) -> None:
        self.since[concern] = at_s
        self._write({"what": "concern", "concern": concern, "at_s": at_s, "text": text})

    def is_over(self, concern: str, at_s: float) -> None:
        self._forget(concern)
        self._write({"what": "over", "concern": concern, "at_s": at_s})

    def paged(self, page: Page, at_s: float) -> None:
        self.sent[page.key] = at_s
        told = {"concern": page.concern, "person": page.person, "step": page.step}
        self._write({"what": "page", **told, "at_s": at_s, "text": page.text})

    def _forget(self, concern: str) -> None:
        self.since.pop(concern, None)
        self.sent = {key: at for key, at in self.sent.items() if key[0] != concern}

    def _write(self, entry: Mapping[str, Any]) -> None:
        """On the disk; if it takes nothing more, the pager goes on by what it knows itself."""
        before = "\n" if self._half_a_line else ""
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(before + json.dumps(entry, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self._half_a_line = True
            self.trouble = f"{self._path} cannot be written: {error.strerror}"
        else:
            self._half_a_line, self.trouble = False, ""


@dataclass(slots=True)
class Watch:
    """One look after the other; `status` asks the desks, `send` a person, `say` tells whoever runs
    the pager."""

    duty: Duty
    journal: Journal
    status: Callable[[], Mapping[str, Any]]
    send: Send
    say: Callable[[str], None]
    #: since when the desks have been silent; None: they answer
    silent_since_s: float | None = None
    _failures: dict[tuple[str, str, int], tuple[int, float]] = field(default_factory=dict)

    def look(self, now_s: float) -> None:
        """Ask the desks what stands, and page whom it is time to page."""
        standing = self._standing(now_s)
        for page in due_pages(self.duty, standing, self.journal.sent, now_s):
            self._page(page, now_s)
        if self.journal.trouble:
            self.say(f"{self.journal.trouble}; started anew, the pager would page again")

    def _standing(self, now_s: float) -> list[Concern]:
        try:
            told = self.status()
        except GroundsysError as error:  # whatever it is: a pager goes on
            return [*self._known_alarms(), *self._silence(now_s, error.message)]
        if self.silent_since_s is not None:
            self.silent_since_s = None
            self._over(DESKS, now_s)
        if "alarms" not in told:  # desks that have just been started say nothing of them yet
            return self._known_alarms()
        alarms = {
            f"alarm:{one['id']}": f"{one['spacecraft']}: {one['parameter']} is {one['value']} "
            f"({one['level']})"
            for one in told["alarms"]["alarms"]
            if one["state"] in _WANT_SOMEBODY and one["level"] in self.duty.levels
        }
        for gone in set(self.journal.since) - set(alarms) - {DESKS}:
            self._over(gone, now_s)
        return [self._concern(id_, text, now_s) for id_, text in alarms.items()]

    def _known_alarms(self) -> list[Concern]:
        """While the desks are silent, what stood goes on: nobody can have acknowledged it."""
        return [
            Concern(id_, f"{id_.removeprefix('alarm:')}, as last known", since_s)
            for id_, since_s in self.journal.since.items()
            if id_ != DESKS
        ]

    def _silence(self, now_s: float, words: str) -> list[Concern]:
        self.silent_since_s = self.silent_since_s if self.silent_since_s is not None else now_s
        if now_s - self.silent_since_s < self.duty.desks_silent_s:
            return []
        return [self._concern(DESKS, f"ground segment: {words}", now_s)]

    def _concern(self, id_: str, text: str, now_s: float) -> Concern:
        if id_ not in self.journal.since:
            self.journal.begins(id_, text, now_s)
            self.say(f"{text}: not acknowledged")
        return Concern(id_, text, self.journal.since[id_])

    def _over(self, id_: str, now_s: float) -> None:
        if id_ in self.journal.since:
            self.journal.is_over(id_, now_s)
            self.say(f"{id_}: acknowledged, shelved, or over")

    def _page(self, page: Page, now_s: float) -> None:
        failures, not_before_s = self._failures.get(page.key, (0, 0.0))
        if now_s < not_before_s:
            return
        try:
            self.send(self.duty.people[page.person], page)
        except RequestError as error:
            pause_s = min(_RETRY_AT_MOST_S, _RETRY_S * 2**failures)
            self._failures[page.key] = (failures + 1, now_s + pause_s)
            self.say(f"{error.message}; again in {pause_s:.0f} s")
            return
        self._failures.pop(page.key, None)
        self.journal.paged(page, now_s)
        self.say(f"paged {page.person}: {page.text}")
