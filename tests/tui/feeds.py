"""Feeds for the console's tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ops_tui.feed import Answer, Report
from ops_tui.picture import Link, Picture


class StillFeed:
    """Reports one picture and no more; remembers what was asked and answers as told."""

    def __init__(self, picture: Picture, link: Link | None = None) -> None:
        self._report = Report(picture, link or Link("live"))
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.answer = Answer(True, {})
        self.is_stopped = False

    def start(self, on_report: Callable[[Report], None]) -> None:
        on_report(self._report)

    def ask(
        self, verb: str, arguments: Mapping[str, Any], on_answer: Callable[[Answer], None]
    ) -> None:
        self.asked.append((verb, arguments))
        on_answer(self.answer)

    def stop(self) -> None:
        self.is_stopped = True
