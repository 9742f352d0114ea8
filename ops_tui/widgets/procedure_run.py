"""One run of a procedure: its steps, what it waits for, votes, and what one may do about it."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Answer, Report
from ops_tui.picture import Snapshot
from ops_tui.theme import GREY, TONE_COLOURS
from ops_tui.views.phrases import Phrase
from ops_tui.views.procedure_run import RunView, actions_on, run_view
from ops_tui.widgets.command_search import Ask
from ops_tui.widgets.confirm import ConfirmScreen, Question
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable

#: action → (what is asked before it is done, what doing it is called)
_ASKED: dict[str, tuple[str, str]] = {
    "hold": (tr_later("Hold {run}?"), tr_later("hold it")),
    "resume": (tr_later("Resume {run}?"), tr_later("resume it")),
    "retry": (tr_later("Retry {run}?"), tr_later("retry it")),
    "skip": (tr_later("Skip {run}?"), tr_later("skip it")),
    "abort": (tr_later("Abort {run}?"), tr_later("abort it")),
}
#: action → (what it needs, the desks' verb, what they are told beside the run, a word of it)
_DEEDS: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "go": ("vote_at_gate", "procedure_vote", {"go": True}, tr_later("go")),
    "no_go": ("vote_at_gate", "procedure_vote", {"go": False}, tr_later("no-go")),
    "hold": ("run_procedure", "procedure_hold", {}, tr_later("held")),
    "resume": ("run_procedure", "procedure_resume", {"how": "again"}, tr_later("resumed")),
    "retry": (
        "run_procedure",
        "procedure_resume",
        {"how": "retry"},
        tr_later("resumed, commanded anew"),
    ),
    "skip": (
        "run_procedure",
        "procedure_resume",
        {"how": "skip"},
        tr_later("resumed past the step"),
    ),
    "abort": ("run_procedure", "procedure_abort", {}, tr_later("aborted")),
}
#: an action that is offered where another one fits
_FITS = {"retry": "resume", "skip": "resume"}


class RunScreen(ModalScreen[None]):
    """Follows a run as the desks tell of it; Escape leaves it, and the run goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "do('go')", tr_later("Go"), id="run.go", tooltip=tr_later("Say go at the gate")
        ),
        Binding(
            "n",
            "do('no_go')",
            tr_later("No-go"),
            id="run.no_go",
            tooltip=tr_later("Say no-go, and why"),
        ),
        Binding(
            "h",
            "do('hold')",
            tr_later("Hold"),
            id="run.hold",
            tooltip=tr_later("Stop the run where it is, and why"),
        ),
        Binding(
            "r",
            "do('resume')",
            tr_later("Resume"),
            id="run.resume",
            tooltip=tr_later("Look at the step again, go on"),
        ),
        Binding(
            "t",
            "do('retry')",
            tr_later("Retry"),
            id="run.retry",
            tooltip=tr_later("Go on by doing the step's commands once more"),
        ),
        Binding(
            "k",
            "do('skip')",
            tr_later("Skip"),
            id="run.skip",
            tooltip=tr_later("Go on with the next step"),
        ),
        Binding(
            "b",
            "do('abort')",
            tr_later("Abort"),
            id="run.abort",
            tooltip=tr_later("Leave the steps for the abort path; once more ends it where it is"),
        ),
        Binding(
            "escape",
            "close",
            tr_later("Close"),
            id="run.close",
            tooltip=tr_later("Back to the list; the run goes on by itself"),
        ),
    ]

    def __init__(self, told: Snapshot, report: Report, ask: Ask) -> None:
        super().__init__()
        self._told, self._report, self._ask = told, report, ask

    @property
    def run_id(self) -> str:
        return str(self._told["run"])

    @property
    def is_over(self) -> bool:
        return bool(self._told["state"] == "ended")

    def compose(self) -> ComposeResult:
        with Vertical(id="run-box", classes="dialogue"):
            yield Static(id="run-head")
            yield RowsTable(
                "",
                tr_later("Step"),
                tr_later("Kind"),
                tr_later("Says"),
                "",
                id="run-steps",
                stretch=3,
            )
            with VerticalScroll(id="run-now", can_focus=True):
                yield Static(id="run-at")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#run-steps", RowsTable).focus()
        self._draw()

    def show(self, told: Snapshot, report: Report) -> None:
        """Show the run as it is told now."""
        self._told, self._report = told, report
        if self.is_mounted:
            self._draw()

    def show_report(self, report: Report) -> None:
        """Show the run as it was told last, by another report: the feed may be lost."""
        if report.link != self._report.link or report.picture.may != self._report.picture.may:
            self.show(self._told, report)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What does not fit how the run stands, or the role, is not offered."""
        if action != "do":
            return True
        deed = str(parameters[0])
        asker = self._report.picture.asker
        fits = actions_on(self._told, str(asker.get("name", "")), str(asker.get("role", "")))
        return _FITS.get(deed, deed) in fits and _DEEDS[deed][0] in self._report.picture.may

    def action_close(self) -> None:
        self.dismiss(None)

    def action_do(self, deed: str) -> None:
        _, verb, more, word = _DEEDS[deed]
        word = tr(word)
        if not self._report.link.is_live:
            self.app.notify(tr("the feed is lost: nothing can be sent"), severity="error")
            return

        def answered(answer: Answer) -> None:
            if answer.ok:
                self.app.notify(f"{word}: {self.run_id}", markup=False)
                self.show(answer.content, self._report)
            else:
                self.app.notify(
                    answer.trouble,
                    title=tr("NOT {word}", word=word),
                    severity="error",
                    markup=False,
                )

        def said(reason: str | None) -> None:
            if reason is not None:
                self._ask(verb, {"run": self.run_id, "reason": reason, **more}, answered)

        self.app.push_screen(ConfirmScreen(self._question(deed)), said)

    def _question(self, deed: str) -> Question:
        view = run_view(self._told, self._report.picture, self._report.link)
        parts: list[RenderableType] = [Text(f"{view.id}  {view.title}", "bold")]
        parts += map(Text, view.waits)
        if deed in ("go", "no_go"):
            if view.rehearsal is not None:
                parts.append(phrase_text(view.rehearsal))
            parts.append(_conditions(view))
            is_stale = bool((self._told["rehearsal"] or {}).get("stale"))
            needs_reason = deed == "no_go" or is_stale
            word = tr("go") if deed == "go" else tr("no-go")
            title = tr("Say {word} at this gate?", word=word)
            return Question(
                title,
                Group(*parts),
                tr("say {word}", word=word),
                reason="needed" if needs_reason else "optional",
                is_dangerous=deed == "go",
            )
        consequence = {
            "hold": tr("It stops where it is; what it has commanded goes on."),
            "resume": tr(
                "It looks at the step again. You run it too then, and have no vote in it."
            ),
            "retry": tr("It does the step's commands ONCE MORE. You run it too then."),
            "skip": tr("It passes the step over, whatever that was for. You run it too then."),
            "abort": tr("It goes to its abort path; what has not left yet is taken back."),
        }[deed]
        if deed == "abort" and self._told["abort"] is not None:
            consequence = tr("It ends where it is, in the middle of its abort path.")
        parts.append(Text(consequence, TONE_COLOURS["caution"]))
        question, doing = _ASKED[deed]
        return Question(
            tr(question, run=view.id),
            Group(*parts),
            tr(doing),
            reason="needed" if deed in ("hold", "abort") else "optional",
            word=self.run_id if deed == "abort" else "",
            is_dangerous=deed in ("abort", "retry", "skip"),
        )

    def _draw(self) -> None:
        view = run_view(self._told, self._report.picture, self._report.link)
        self.query_one("#run-head", Static).update(_head(view))
        table = self.query_one("#run-steps", RowsTable)
        before = table.selected_key
        table.show(
            [
                Row(str(place), (row.sign, row.name, row.kind, row.says, row.visits))
                for place, row in enumerate(view.steps)
            ]
        )
        if before is None or not table.has_focus:
            table.select(str(view.under_way))
        self.query_one("#run-at", Static).update(_at(view))
        self.refresh_bindings()


def _head(view: RunView) -> RenderableType:
    head = Text(no_wrap=True, overflow="ellipsis")
    head.append_text(phrase_text(view.state, bold=True)).append("  ").append(view.id, "bold")
    head.append("  ").append_text(phrase_text(view.told_at))
    title = Text(view.title, no_wrap=True, overflow="ellipsis")
    more = [one for one in (view.stopped, view.rehearsal) if one is not None]
    return Group(head, title, *map(_cut, more))


def _cut(phrase: Phrase) -> Text:
    text = phrase_text(phrase)
    text.overflow = "ellipsis"
    return text


def _at(view: RunView) -> RenderableType:
    parts: list[RenderableType] = [Text(line, "bold" if not n else GREY) for n, line in
                                   enumerate(view.waits)]  # fmt: skip
    if view.votes:
        table = Table.grid(padding=(0, 2, 0, 0))
        for vote in view.votes:
            table.add_row(vote.role, phrase_text(vote.says), vote.who)
        parts.append(table)
    if view.conditions:
        parts.append(_conditions(view))
    if view.commands:
        table = Table.grid(padding=(0, 2, 0, 0))
        for id, name, state in view.commands[-6:]:
            table.add_row(Text(id, GREY), name, phrase_text(state))
        parts.append(table)
    journal = Table.grid(padding=(0, 2, 0, 0))
    for when, text in reversed(view.journal):
        journal.add_row(Text(when, GREY), Text(text, GREY))
    return Group(*parts, journal)


def _conditions(view: RunView) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    for one in view.conditions:
        table.add_row(
            phrase_text(one.holds), one.text, Text(tr("found {found}", found=one.found), GREY)
        )
    return table
