"""What the command palette offers: every screen, every craft, and the keys of the screen seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from groundsys.locales import LANGUAGES, TIME_ZONES, current_locale, tr
from ops_tui.panes import PANES
from ops_tui.panes.alarms import AlarmsPane

if TYPE_CHECKING:
    from ops_tui.app import OperationsConsole

_FLEET, _ALARMS = PANES[0].NAME, AlarmsPane.NAME


def palette_commands(console: OperationsConsole, screen: Screen[object]) -> Iterable[SystemCommand]:
    """Commands that this operator may use now, each with what it does."""
    del screen
    for pane in PANES:
        title = _known_as(tr("Go to {screen}", screen=tr(pane.TITLE)), f"Go to {pane.TITLE}")
        yield SystemCommand(title, tr(pane.PURPOSE), _going_to(console, pane.NAME))
    for craft in sorted(console.report.picture.fleet.get("craft", {})):
        title = _known_as(tr("Craft {craft}", craft=craft), f"Craft {craft}")
        yield SystemCommand(title, tr("Show it in the fleet"), _showing(console, craft))
        title = _known_as(tr("Alarms of {craft}", craft=craft), f"Alarms of {craft}")
        yield SystemCommand(title, tr("Show its alarms alone"), _alarms_of(console, craft))
    seen = console.seen
    for node in (seen, console):
        for binding in node.BINDINGS:
            if not isinstance(binding, Binding) or binding.id is None or "tab." in binding.id:
                continue
            if node.check_action(binding.action, ()):
                title = _known_as(tr(binding.description), binding.description)
                does = _doing(console, node, binding.action)
                yield SystemCommand(title, tr(binding.tooltip), does)
    yield from _locale_commands(console)


def _locale_commands(console: OperationsConsole) -> Iterable[SystemCommand]:
    """How this operator may read instead."""
    read = current_locale()
    for language, name in LANGUAGES.items():
        if language != read.language:
            title = _known_as(
                tr("Language: {name} ({code})", name=name, code=language), f"Language {language}"
            )
            does = partial(console.read_in, replace(read, language=language))
            yield SystemCommand(title, tr("Show the console in this language"), does)
    for zone in TIME_ZONES:
        if zone != read.time_zone:
            title = _known_as(tr("Time zone: {name}", name=zone), f"Time zone {zone}")
            does = partial(console.read_in, replace(read, time_zone=zone))
            yield SystemCommand(title, tr("Show times in this zone; UTC is what is stored"), does)


def _known_as(title: str, english: str) -> str:
    """A title that is also found by its English, for keyboards that cannot type it otherwise."""
    return title if current_locale().language == "en" else f"{title} · {english}"


def _going_to(console: OperationsConsole, tab: str) -> Callable[[], None]:
    return lambda: console.action_show_tab(tab)


def _showing(console: OperationsConsole, craft: str) -> Callable[[], None]:
    def show() -> None:
        console.action_show_tab(_FLEET)
        console.seen.look_for(craft)

    return show


def _alarms_of(console: OperationsConsole, craft: str) -> Callable[[], None]:
    def show() -> None:
        console.action_show_tab(_ALARMS)
        console.pane(AlarmsPane).show_only(craft)

    return show


def _doing(console: OperationsConsole, node: object, action: str) -> Callable[[], None]:
    def do() -> None:
        console.run_worker(console.run_action(action, node))  # type: ignore[arg-type]

    return do
