"""Feeds for the console's tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ops_tui.feed import Answer, Report
from ops_tui.picture import Link, Picture
from tests.tui import pictures

#: the board of a ground segment that commands nothing
NO_COMMANDS: dict[str, Any] = {"now_ns": 0, "of_open": 0, "open": [], "ended": []}
NO_PROCEDURES: dict[str, Any] = {"procedures": [], "runs": [], "rehearsals": []}


class StillFeed:
    """Reports what it is told to, when told; remembers what was asked."""

    def __init__(self, picture: Picture, link: Link | None = None) -> None:
        self._report = Report(picture, link or Link("live"))
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.answer = Answer(True, {})
        #: by verb, for those that are not answered with `answer`
        self.answers: dict[str, Answer] = {
            "plan_propose": Answer(True, pictures.PROPOSAL),
            "plan_confirm": Answer(True, {"version": 5, "adopted": True}),
            "custody": Answer(True, pictures.CUSTODY),
            "rehearsal_standing": Answer(True, {"criteria": pictures.CRITERIA}),
            "command_board": Answer(True, NO_COMMANDS),
            "procedure_list": Answer(True, NO_PROCEDURES),
        }
        self.is_stopped = False
        self.wanted: frozenset[str] = frozenset()

    def start(self, on_report: Callable[[Report], None]) -> None:
        self._on_report = on_report
        on_report(self._report)

    def tell(self, picture: Picture, link: Link | None = None) -> None:
        self._on_report(Report(picture, link or Link("live")))

    def want(self, topics: frozenset[str]) -> None:
        self.wanted = topics

    def ask(
        self, verb: str, arguments: Mapping[str, Any], on_answer: Callable[[Answer], None]
    ) -> None:
        self.asked.append((verb, arguments))
        if verb == "contact_show" and verb not in self.answers:
            on_answer(Answer(True, pictures.contact_shown(arguments["contact"])))
        else:
            on_answer(self.answers.get(verb, self.answer))

    def sent(self, verb: str) -> list[dict[str, Any]]:
        """What was asked by a verb, one after the other."""
        return [dict(arguments) for asked, arguments in self.asked if asked == verb]

    def stop(self) -> None:
        self.is_stopped = True
