"""The operators' console: what the ground segment tells, a screen a subject, on one terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.message import Message
from textual.widgets import Footer, TabbedContent, TabPane

from groundsys.bus.curve import ClientKeys
from groundsys.bus.token_file import Credential
from ops_tui.feed import Answer, Endpoints, Feed, LiveFeed, Report
from ops_tui.panes import PANES, ConsolePane
from ops_tui.panes.pane import EMPTY_REPORT
from ops_tui.panes.procedures import ProceduresPane
from ops_tui.rehearser import Rehearsed, Rehearser
from ops_tui.theme import CONSOLE_THEME
from ops_tui.views.clock import clock_view
from ops_tui.widgets.clock_bar import ClockBar
from ops_tui.widgets.help import HelpScreen

#: columns of a terminal on which all tabs have room for their full titles
FULL_TITLES_FROM = 120

_TAB_BINDINGS: list[BindingType] = [
    Binding(
        str(number),
        f"show_tab('{pane.NAME}')",
        pane.TITLE,
        id=f"tab.{pane.NAME}",
        tooltip=pane.PURPOSE,
        show=False,
    )
    for number, pane in enumerate(PANES, start=1)
]


class OperationsConsole(App[None]):
    """Shows what a feed reports and sends what an operator asks for."""

    TITLE = "groundsys"
    CSS_PATH = "console.tcss"
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        *_TAB_BINDINGS,
        Binding(
            "question_mark,f1",
            "show_help",
            "Help",
            id="console.help",
            key_display="?",
            tooltip="This page",
        ),
        Binding("q", "quit", "Quit", id="console.quit", tooltip="Leave; nothing on board stops"),
    ]

    class Reported(Message):
        """The feed has something new."""

        def __init__(self, report: Report) -> None:
            super().__init__()
            self.report = report

    class Answered(Message):
        """The desks have answered a request, or have not."""

        def __init__(self, then: Callable[[Answer], None], answer: Answer) -> None:
            super().__init__()
            self.then, self.answer = then, answer

    class Flown(Message):
        """A rehearsal that was begun here has ended."""

        def __init__(self, pane: ProceduresPane, rehearsed: Rehearsed) -> None:
            super().__init__()
            self.pane, self.rehearsed = pane, rehearsed

    def __init__(self, feed: Feed, rehearser: Rehearser | None = None) -> None:
        super().__init__()
        self._feed = feed
        self._rehearser = rehearser or Rehearser(())
        self._report = EMPTY_REPORT
        self._craft = ""

    def compose(self) -> ComposeResult:
        yield ClockBar(id="clock-bar")
        with TabbedContent(initial=PANES[0].NAME, id="tabs"):
            for number, pane in enumerate(PANES, start=1):
                with TabPane(f"{number} {pane.SHORT_TITLE}", id=pane.NAME):
                    yield pane()
        yield Footer()

    def on_mount(self) -> None:
        self.register_theme(CONSOLE_THEME)
        self.theme = CONSOLE_THEME.name
        self._show(self._report)
        self._feed.start(lambda report: self._post(self.Reported(report)))

    def on_unmount(self) -> None:
        self._feed.stop()

    def on_operations_console_reported(self, message: Reported) -> None:
        self._report = message.report
        if self.screen_stack:  # what comes when the console is being left is shown no more
            self._show(message.report)

    def on_operations_console_answered(self, message: Answered) -> None:
        if self.screen_stack:
            message.then(message.answer)

    def on_console_pane_asks(self, message: ConsolePane.Asks) -> None:
        then = message.then
        self._feed.ask(
            message.verb,
            message.arguments,
            lambda answer: self._post(self.Answered(then, answer)),
        )

    def on_procedures_pane_rehearses(self, message: ProceduresPane.Rehearses) -> None:
        stated, pane = message.stated, message.pane
        if not self._rehearser.is_able:
            self.notify("this console cannot rehearse: use `groundsys procedure rehearse`")
            return
        self._rehearser.start(
            *(stated.procedure, stated.spacecraft, stated.parameters),
            lambda rehearsed: self._post(self.Flown(pane, rehearsed)),
        )
        self.notify(f"rehearsal of {stated.procedure} begun; it goes on if you leave", markup=False)

    def on_operations_console_flown(self, message: Flown) -> None:
        message.pane.take_rehearsed(message.rehearsed)

    def on_console_pane_wants(self, _: ConsolePane.Wants) -> None:
        self._feed.want(self._seen.topics)

    def on_console_pane_selects(self, message: ConsolePane.Selects) -> None:
        self._craft = message.craft
        if self.screen_stack:  # a table may still say it while the console is being closed
            self._show_clock(self._report)

    def on_tabbed_content_tab_activated(self, _: TabbedContent.TabActivated) -> None:
        self._feed.want(self._seen.topics)
        self._seen.tell(self._report)
        self._seen.query_one(self._seen.FOCUS).focus()
        self.refresh_bindings()

    def on_resize(self, _: Resize) -> None:
        self._label_tabs()

    def action_show_tab(self, tab: str) -> None:
        self._tabs.active = tab

    def action_show_help(self) -> None:
        bindings = [*self._seen.BINDINGS, *self.BINDINGS]
        self.push_screen(HelpScreen([one for one in bindings if isinstance(one, Binding)]))

    @property
    def _tabs(self) -> TabbedContent:
        return self.screen_stack[0].query_one("#tabs", TabbedContent)

    @property
    def _seen(self) -> ConsolePane:
        """The pane whose tab is open."""
        return self.screen_stack[0].query_one(f"#{self._tabs.active}-pane", ConsolePane)

    def _post(self, message: Message) -> None:
        """Hand a message over from the feed's threads; too late is no harm."""
        self.post_message(message)

    def _label_tabs(self) -> None:
        is_narrow = self.size.width < FULL_TITLES_FROM
        for number, pane in enumerate(PANES, start=1):
            title = pane.SHORT_TITLE if is_narrow else pane.TITLE
            label = f"{number} {title}{pane.badge(self._report.picture)}"
            self._tabs.get_tab(pane.NAME).label = label

    def _show_clock(self, report: Report) -> None:
        view = clock_view(report.picture, report.link, self._craft)
        self.screen_stack[0].query_one(ClockBar).show(view)

    def _show(self, report: Report) -> None:
        main = self.screen_stack[0]
        self._show_clock(report)
        self._seen.tell(report)
        self._label_tabs()
        main.set_class(report.link.state == "lost", "-feed-lost")


def run_console(
    events_endpoint: str,
    requests_endpoint: str,
    *,
    credential: Credential | None = None,
    keys: ClientKeys | None = None,
    locate: Callable[[], Mapping[str, Any]] | None = None,
    rehearse: Sequence[str] = (),
) -> None:
    """Run the console on this terminal until the operator quits, as whom `credential` tells.

    `locate`, if given, is asked on a loss for `{"events": …, "requests": …}`: a ground segment
    that was started anew listens elsewhere.  `rehearse` are the words by which one rehearses a
    procedure of this run at a command line, up to the procedure's name.
    """

    def endpoints() -> Endpoints:
        if locate is None:
            return Endpoints(events_endpoint, requests_endpoint)
        found = locate()
        return Endpoints(str(found["events"]), str(found["requests"]))

    feed = LiveFeed(endpoints, credential, keys)
    OperationsConsole(feed, Rehearser(rehearse)).run()
