"""A long answer that a pane shows, and asks for again whenever there is a reason to."""

from __future__ import annotations

import time
from collections.abc import Callable

from ops_tui.feed import Answer
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import Picture, Snapshot


class RenewedAnswer:
    """What `verb` was answered with last, for whoever may watch.

    It is asked for when what `moves` sees in the picture has changed, when the feed has come back,
    and each so many wall seconds; never twice at a time.  `then` is called with every answer.
    """

    def __init__(
        self,
        pane: ConsolePane,
        verb: str,
        moves: Callable[[Picture], Snapshot],
        then: Callable[[], None],
    ) -> None:
        self.content: Snapshot | None = None
        #: the mission clock when it was told
        self.told_ns: int | None = None
        self._pane, self._verb, self._moves, self._then = pane, verb, moves, then
        self._asked_for: Snapshot | None = None
        self._asked_at = float("-inf")
        self._is_asking = self._was_live = False

    def renew(self, every_s: float, *, at_once: bool = False) -> None:
        """Ask for it if there is a reason to, and nobody has asked yet."""
        report = self._pane.report
        came_back = report.link.is_live and not self._was_live
        self._was_live = report.link.is_live
        if not report.link.is_live or "watch" not in report.picture.may:
            return
        moves = self._moves(report.picture)
        is_old = time.monotonic() - self._asked_at > every_s
        if self._is_asking or not (moves != self._asked_for or came_back or is_old or at_once):
            return
        self._asked_for, self._asked_at, self._is_asking = moves, time.monotonic(), True
        self._pane.ask(self._verb, {}, self._take)

    def _take(self, answer: Answer) -> None:
        self._is_asking = False
        if answer.ok:
            self.content = answer.content
            self.told_ns = self._pane.report.picture.clock.get("now_ns")
        else:
            self._asked_for = None  # the next report asks again
        self._then()
