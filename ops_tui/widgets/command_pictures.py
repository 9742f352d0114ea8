"""Commands as people see them on this terminal: hazard, way, hops, and the whole story."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from groundsys.locales import time_zone, tr
from ops_tui.picture import Snapshot
from ops_tui.theme import BACKGROUND, GREY, TONE_COLOURS
from ops_tui.views.commands import Story
from ops_tui.views.drafting import WayRow, approvers_text
from ops_tui.views.phrases import Phrase, clock_text_without_year
from ops_tui.widgets.phrase_text import phrase_text


def hazard_banner(hazard: Phrase | None, *, needs_two: bool) -> RenderableType | None:
    """What the mission database warns of, as loud as it is, and who must stand for it."""
    if hazard is None:
        return None
    colour = TONE_COLOURS[hazard.tone]
    style = f"bold {BACKGROUND} on {colour}" if needs_two else f"bold {colour}"
    lines = [Text(f" {hazard.text} ", style)]
    if needs_two:
        lines.append(Text(approvers_text(), f"bold {colour}"))
    return Group(*lines)


def way_table(rows: Sequence[WayRow]) -> RenderableType:
    """The way that is foreseen, hop by hop."""
    if not rows:
        return Text(tr("△ no way is booked now; it waits for the plan"), TONE_COLOURS["notice"])
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(Text(row.name, GREY), phrase_text(row.time), Text(row.note, GREY))
    return table


def hops_table(story: Story) -> Table:
    """Every hop as it was foreseen and as it came."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=GREY)
    zone = time_zone().name
    for heading in (
        tr("hop"),
        tr("where"),
        tr("foreseen ({zone})", zone=zone),
        tr("actual ({zone})", zone=zone),
    ):
        table.add_column(heading, no_wrap=True)
    table.add_column(tr("against foresight"), justify="right", no_wrap=True)
    for hop in story.hops:
        actual, late = phrase_text(hop.actual), phrase_text(hop.late)
        table.add_row(hop.name, hop.where, hop.foreseen, actual, late)
    return table


def story_head(story: Story) -> Text:
    """One line: which command, and its state."""
    head = Text(no_wrap=True, overflow="ellipsis")
    head.append_text(phrase_text(story.state, bold=True)).append("  ")
    head.append(story.title, "bold")
    return head


def story_people(story: Story) -> Text:
    """One line: who wants it and why, and what was said of its end."""
    said = "; ".join(text for text in (story.people, story.why, story.message) if text)
    return Text(said, GREY, no_wrap=True, overflow="ellipsis")


def log_table(log: Sequence[Snapshot]) -> Table:
    """All that was written down of a command."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=GREY)
    for heading in (tr("written down ({zone})", zone=time_zone().name), tr("what"), tr("state")):
        table.add_column(heading, no_wrap=True)
    for line in log:
        event, state = str(line["event"]), str(line["state"])
        table.add_row(clock_text_without_year(line["time_ns"]), tr(event), tr(state))
    return table
