"""Commanding: the custody board, new commands, and the second person's word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.panes.renewed import RenewedAnswer
from ops_tui.picture import Picture, Snapshot
from ops_tui.theme import GREY
from ops_tui.views.commands import (
    CommandRow,
    board_view,
    command_of,
    named,
    story_view,
    waiting_commands,
)
from ops_tui.views.drafting import way_rows
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.command_form import CommandFormScreen
from ops_tui.widgets.command_pictures import (
    hazard_banner,
    hops_table,
    story_head,
    story_people,
    way_table,
)
from ops_tui.widgets.command_search import CommandSearchScreen
from ops_tui.widgets.command_story import CommandStoryScreen
from ops_tui.widgets.confirm import ConfirmScreen, Question
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable

#: the board is asked for when commands have moved, and so often (wall seconds) in any case:
#: what is foreseen of a command may change while its state does not
RENEWED_EVERY_S = 5.0


class CommandingPane(ConsolePane):
    """Every command under way, the selected one's hops, and what one may do about it."""

    NAME = "commanding"
    TITLE = tr_later("Commanding")
    SHORT_TITLE = tr_later("TC")
    PURPOSE = tr_later("Commands: ask for one, approve one, and where each is")
    FOCUS = "#commands-table"
    NEEDS: ClassVar[Mapping[str, str]] = {
        "new": "draft_command",
        "approve": "approve_command",
        "decline": "draft_command",
        "tell_story": "watch",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n",
            "new",
            tr_later("New"),
            id="command.new",
            tooltip=tr_later("Find a command, fill it in, send it"),
        ),
        Binding(
            "a",
            "approve",
            tr_later("Approve"),
            id="command.approve",
            tooltip=tr_later("Approve the selected command that another person asked for"),
        ),
        Binding(
            "x",
            "decline",
            tr_later("Refuse"),
            id="command.decline",
            tooltip=tr_later(
                "Refuse the selected command, or take your own back, before it leaves"
            ),
        ),
        Binding(
            "f",
            "filter_craft",
            tr_later("Craft"),
            id="command.craft",
            tooltip=tr_later("Show the next craft alone"),
        ),
        Binding(
            "p",
            "filter_people",
            tr_later("People's"),
            id="command.people",
            tooltip=tr_later(
                "Show what people asked for alone, or what the ground says by itself, too"
            ),
        ),
        Binding(
            "s",
            "tell_story",
            tr_later("Story"),
            id="command.story",
            tooltip=tr_later("All that is known of the selected command (Enter, too)"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._board = RenewedAnswer(
            self, "command_board", lambda picture: picture.commands, self._draw
        )
        self._rows: dict[str, CommandRow] = {}
        self._craft, self._of_people = "", False
        self._select_next = ""
        self._offered: tuple[bool, bool] | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="commands-summary")
        yield RowsTable(
            tr_later("State"),
            tr_later("Id"),
            tr_later("Command"),
            tr_later("Who"),
            tr_later("Next"),
            Phrase(tr_later("Age"), right=True),
            id="commands-table",
            stretch=2,
            if_roomy=(3,),
        )
        yield Static(id="command-detail")

    @staticmethod
    def badge(picture: Picture) -> str:
        waiting = waiting_commands(picture)
        return f"▲{waiting}" if waiting else ""

    @property
    def selected(self) -> Snapshot | None:
        """The command under the cursor."""
        return command_of(self._board.content, self.query_one(RowsTable).selected_key)

    def show(self, report: Report) -> None:
        self._draw()
        self._board.renew(RENEWED_EVERY_S)

    # --- the board -----------------------------------------------------------------------------

    def _draw(self) -> None:
        report = self.report
        board = board_view(
            *(self._board.content, report.picture, report.link),
            craft=self._craft,
            of_people=self._of_people,
        )
        self._rows = {row.id: row for row in board.rows}
        self.query_one("#commands-summary", Static).update(phrase_text(board.summary))
        table = self.query_one(RowsTable)
        table.show(
            [
                Row(row.id, (row.state, row.id, row.command, row.who, row.next, row.age))
                for row in board.rows
            ]
        )
        if self._select_next in self._rows:
            table.select(self._select_next)
            self._select_next = ""
        self._draw_detail()

    def on_data_table_row_highlighted(self, _: DataTable.RowHighlighted) -> None:
        self._draw_detail()

    def on_data_table_row_selected(self, _: DataTable.RowSelected) -> None:
        self.action_tell_story()

    def _draw_detail(self) -> None:
        command = self.selected
        detail = self.query_one("#command-detail", Static)
        if command is None:
            detail.update(Text(tr("No command here."), GREY))
        else:
            detail.update(_detail(command, self.report.picture))
        row = self._selected_row
        offered = None if row is None else (row.may_approve, row.may_decline)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    # --- what one may do -----------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nobody is offered to approve what is his own, or what has left."""
        if not super().check_action(action, parameters):
            return False
        if action in ("approve", "decline", "tell_story"):
            row = self._selected_row
            if row is None:
                return False
            return {"approve": row.may_approve, "decline": row.may_decline}.get(action, True)
        return True

    @property
    def _selected_row(self) -> CommandRow | None:
        if not self.is_mounted:
            return None
        key = self.query_one(RowsTable).selected_key
        return None if key is None else self._rows.get(key)

    def action_filter_craft(self) -> None:
        names = ["", *sorted(self.report.picture.fleet.get("craft", {}))]
        at = names.index(self._craft) if self._craft in names else 0
        self._craft = names[(at + 1) % len(names)]
        self._draw()

    def action_filter_people(self) -> None:
        self._of_people = not self._of_people
        self._draw()

    def action_new(self) -> None:
        craft = sorted(self.report.picture.fleet.get("craft", {}))
        if not self._can_send() or not craft:
            return
        selected = self.selected
        first = self._craft or (str(selected["spacecraft"]) if selected is not None else "")
        self.app.push_screen(CommandSearchScreen(craft, first, self.ask), self._fill_in)

    def _fill_in(self, found: tuple[str, Snapshot] | None) -> None:
        if found is None:
            return
        craft, command = found
        form = CommandFormScreen(
            craft, command, self.ask, lambda: self.report.picture.clock.get("now_ns")
        )
        self.app.push_screen(form, self._sent)

    def _sent(self, command: Snapshot | None) -> None:
        if command is None:
            return
        self._select_next = str(command["id"])
        what = f"{command['id']} {named(command)}"
        if command["waits_for_approval"]:
            self.app.notify(
                tr("{what} waits for another person's approval", what=what), markup=False
            )
        else:
            self.app.notify(tr("{what} is queued", what=what), markup=False)
        self._board.renew(RENEWED_EVERY_S, at_once=True)

    def action_approve(self) -> None:
        command = self.selected
        if command is None or not self._can_send():
            return
        picture = self.report.picture
        story = story_view(command, picture)
        banner = hazard_banner(story.hazard, needs_two=False)
        way = way_table(way_rows(command["way"], picture.clock.get("now_ns") or 0))
        parts: list[RenderableType] = [Text(named(command), "bold"), story_people(story)]
        question = Question(
            title=tr(
                "Approve {id} for {spacecraft}?", id=command["id"], spacecraft=command["spacecraft"]
            ),
            consequence=Group(*([banner] if banner is not None else []), *parts, way),
            action=tr("approve it; it leaves with its pass"),
            reason="optional",
            word=str(command["name"]),
            is_dangerous=True,
        )
        self._ask_first("command_approve", command, question, tr("approved"))

    def action_decline(self) -> None:
        command = self.selected
        if command is None or not self._can_send():
            return
        story = story_view(command, self.report.picture)
        question = Question(
            title=tr("Refuse {id}?", id=command["id"]),
            consequence=Group(
                Text(named(command), "bold"), story_people(story), Text(tr("It will never leave."))
            ),
            action=tr("refuse it, or take it back"),
            reason="needed",
        )
        self._ask_first("command_decline", command, question, tr("refused"))

    def _ask_first(self, verb: str, command: Snapshot, question: Question, done: str) -> None:
        def answered(answer: Answer) -> None:
            self.tell_outcome(answer, f"{done}: {command['id']} {command['name']}")
            self._board.renew(RENEWED_EVERY_S, at_once=True)

        def said(why: str | None) -> None:
            if why is not None:
                self.ask(verb, {"command_id": command["id"], "why": why}, answered)

        self.app.push_screen(ConfirmScreen(question), said)

    def action_tell_story(self) -> None:
        command = self.selected
        if command is None or not self._can_send():
            return

        def answered(answer: Answer) -> None:
            if not answer.ok:
                self.app.notify(answer.trouble, severity="error", markup=False)
                return
            told: dict[str, Any] = dict(answer.content["command"])
            story = story_view(told, self.report.picture)
            self.app.push_screen(CommandStoryScreen(story, told, answer.content["log"]))

        self.ask("command_show", {"command_id": command["id"]}, answered)

    def _can_send(self) -> bool:
        """Whether anything can be asked; says so where nothing can."""
        if self.report.link.is_live:
            return True
        self.app.notify(tr("the feed is lost: nothing can be sent"), severity="error")
        return False


def _detail(command: Snapshot, picture: Picture) -> RenderableType:
    story = story_view(command, picture)
    parts: list[RenderableType] = [story_head(story), story_people(story)]
    if story.hazard is not None:
        hazard = phrase_text(story.hazard, bold=True)
        hazard.overflow = "ellipsis"
        parts.append(hazard)
    return Group(*parts, hops_table(story))
