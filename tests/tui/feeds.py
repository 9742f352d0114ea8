"""Feeds for the console's tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ops_tui.feed import Answer, Report
from ops_tui.picture import Link, Picture


class StillFeed:
    """Reports what it is told to, when told; remembers what was asked."""

    def __init__(self, picture: Picture, link: Link | None = None) -> None:
        self._report = Report(picture, link or Link("live"))
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.answer = Answer(True, {})
        #: instead of `answer`, by verb
        self.answers: dict[str, Answer] = {}
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
        on_answer(self.answers.get(verb, self.answer))

    def stop(self) -> None:
        self.is_stopped = True
