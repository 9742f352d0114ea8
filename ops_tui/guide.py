"""The user's guide of the console, made of what the console itself says: `python -m ops_tui.guide`.

Titles, purposes and keys are the panes' own; what a screen is good for is told here.  The pictures
are those that the tests compare the screens with, so they show what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from textual.binding import Binding, BindingType

from ops_tui.app import OperationsConsole
from ops_tui.panes import PANES, ConsolePane

GUIDE = Path(__file__).with_name("GUIDE.md")
_PICTURES = "../tests/tui/__snapshots__"

#: by pane: its picture, and what one does there
_TOLD: dict[str, tuple[str, str]] = {
    "fleet": (
        "test_snapshots/test_nominal[fleet-160x45].svg",
        "Begin here. A craft's data are *live* only while they are younger than the light "
        "time and one report; else the row says how old they are, in light times (OWLT). "
        "Choose a craft with ↑ ↓: below stands all that is known of it, and the clock bar "
        "tells what its clock shows *there*, now, and *here*, in what we receive now.",
    ),
    "contacts": (
        "test_snapshots_contacts/test_nominal[contacts-160x45].svg",
        "Stations and relayed craft by time; the line through all is the mission clock. "
        "Nothing is changed at once: the desks first work out what would become of every "
        "contact, customer and command, the console shows it, and only what was shown is "
        "done. If the plan has changed meanwhile, it is refused.",
    ),
    "pass": (
        "test_snapshots_contacts/test_nominal[pass-160x45].svg",
        "What the antenna was to do and when it did it, from configuration to loss of "
        "signal; the signal beside its prediction; what waits to leave, what came home, and "
        "what is still to be asked for.",
    ),
    "telemetry": (
        "test_snapshots_telemetry/test_nominal[160x45].svg",
        "Pages are data of the mission (`mission_db/telemetry/`). A value past a limit "
        "carries a sign and a word; one that is no longer live carries its age. The plot's "
        "history comes from the archive, gaps and all.",
    ),
    "commanding": (
        "test_snapshots_commanding/test_shown[board-hazard-160x45].svg",
        "Everything that is on its way, hop by hop, foreseen beside actual. A new command "
        "is checked by the desks while you fill it in, and its way is shown before it is "
        "sent. What is hazardous says so, must be typed out by name, and waits until a "
        "second person has approved it; your own you cannot approve.",
    ),
    "procedures": (
        "test_snapshots_commanding/test_shown[procedures-160x45].svg",
        "A procedure radiates only after a rehearsal on simulators that still counts: the "
        "list says whether it does, and why not. An open run shows its steps, what it waits "
        "for, and its gates, at which you vote; it can be held, resumed and aborted.",
    ),
    "alarms": (
        "test_snapshots_alarms/test_every_state[160x45].svg",
        "By ISA-18.2: an alarm is acknowledged with a comment, put into somebody's hands, "
        "shelved for a while with a reason, and cleared once its condition is over. The "
        "ground's own alarms stand here too. Events below.",
    ),
    "data": (
        "test_snapshots_data/test_nominal[160x45].svg",
        "For each customer, where the bytes are between the instrument and its folder, when "
        "the rest is to come, how late data were and through whom, and whether the service "
        "level is met.",
    ),
    "rehearsal": (
        "test_snapshots_rehearsal/test_injected[160x45].svg",
        "On a simulated mission alone, which the bars above and below say on every screen: "
        "let the clock pause or go faster, and see which criteria hold so far. A flight director "
        "lets faults strike while it flies: choose one, say whom it strikes and since when; the "
        "desks check it, write down who did it, and show it with its time.",
    ),
}


def guide_text() -> str:
    """The guide as Markdown."""
    return "\n".join(_lines())


def pictures() -> tuple[Path, ...]:
    """The pictures that the guide shows, as they lie beside it."""
    return tuple((GUIDE.parent / _PICTURES / picture).resolve() for picture, _ in _TOLD.values())


def _lines() -> Iterator[str]:
    yield "# The operator's console"
    yield ""
    yield "<!-- made by `python -m ops_tui.guide`; a test compares both -->"
    yield ""
    yield "`groundsys tui` opens it beside a running ground segment, over ssh too, from 80×24"
    yield "up, without a mouse. It may be left, die or be opened ten times: nothing in the"
    yield "ground segment changes. What your role may not do is not offered. If nothing is heard"
    yield "any more, the screen says so within two seconds, and since when it stands."
    yield ""
    yield "It speaks English or Japanese, and its clocks show UTC or JST: `--language ja`,"
    yield "`--time-zone JST`, the variables `GROUNDSYS_LANGUAGE` and `GROUNDSYS_TIME_ZONE`, or the"
    yield "palette (`^p`) while it runs. A time in JST carries a `J`, and mission time in UTC"
    yield "stands beside it. What you type, and what is logged, stored or sent, is UTC. Without a"
    yield "choice it speaks as the machine does (`LANG`), in UTC."
    yield ""
    yield "On every screen:"
    yield ""
    yield from _keys(OperationsConsole.BINDINGS)
    for number, pane in enumerate(PANES, start=1):
        yield ""
        yield from _screen(number, pane)
    yield ""


def _screen(number: int, pane: type[ConsolePane]) -> Iterator[str]:
    picture, told = _TOLD[pane.NAME]
    yield f"## {number} {pane.TITLE}"
    yield ""
    yield f"*{pane.PURPOSE}.*"
    yield ""
    yield told
    yield ""
    escaped = picture.replace("[", "%5B").replace("]", "%5D")
    yield f"![{pane.TITLE}]({_PICTURES}/{escaped})"
    if pane.BINDINGS:
        yield ""
        yield from _keys(pane.BINDINGS)


def _keys(bindings: Sequence[BindingType]) -> Iterator[str]:
    yield "| key | what it does |"
    yield "|---|---|"
    for binding in bindings:
        if isinstance(binding, Binding):
            key = binding.key_display or _KEY_NAMES.get(binding.key, binding.key)
            yield f"| `{key}` | {binding.tooltip} |"


_KEY_NAMES = {"slash": "/", "escape": "Esc"}


if __name__ == "__main__":
    GUIDE.write_text(guide_text(), encoding="utf-8")
