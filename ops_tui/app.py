"""The operators' console: what the ground segment tells, a screen a subject, on one terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.compose import compose
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import TabbedContent, TabPane

from groundsys.bus.curve import ClientKeys
from groundsys.bus.token_file import Credential, HeldToken
from groundsys.locales import Locale, tr, tr_later, use_locale
from ops_tui.feed import Answer, Endpoints, Feed, LiveFeed, Report
from ops_tui.palette import palette_commands
from ops_tui.panes import PANES, ConsolePane
from ops_tui.panes.alarms import AlarmsPane
from ops_tui.panes.pane import EMPTY_REPORT
from ops_tui.panes.procedures import ProceduresPane
from ops_tui.picture import Picture
from ops_tui.rehearser import Rehearsed, Rehearser
from ops_tui.theme import CONSOLE_THEME
from ops_tui.views.alarms import ringing_alarms
from ops_tui.views.clock import clock_view, window_title
from ops_tui.views.fields import Field
from ops_tui.views.spans import span_of
from ops_tui.widgets.clock_bar import ClockBar
from ops_tui.widgets.form import Answers, FormScreen
from ops_tui.widgets.help import HelpScreen
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.log_in import LogInScreen
from ops_tui.widgets.report import ReportScreen

P = TypeVar("P", bound=ConsolePane)

#: by an action of the console itself, the action of `groundsys.authority` that it asks for
_NEEDS: Mapping[str, str] = {"write_log": "write_logbook", "hand_over": "watch"}

#: in a browser, wall seconds between two looks whether anybody is there
_LOOK_ROUND_S = 1.0

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

    BINDINGS: ClassVar[list[BindingType]] = [
        *_TAB_BINDINGS,
        Binding(
            "question_mark,f1",
            "show_help",
            tr_later("Help"),
            id="console.help",
            key_display="?",
            tooltip=tr_later("This page"),
        ),
        Binding(
            "l",
            "write_log",
            tr_later("Log"),
            id="console.log",
            tooltip=tr_later("Write an entry into the log-book"),
        ),
        Binding(
            "ctrl+p",
            "command_palette",
            tr_later("Palette"),
            id="console.palette",
            key_display="^p",
            show=False,
            tooltip=tr_later("Find a screen, a craft or a key by its name"),
        ),
        Binding(
            "H",
            "hand_over",
            tr_later("Hand over"),
            id="console.handover",
            show=False,
            tooltip=tr_later("The report of a shift, for whoever comes next"),
        ),
        Binding(
            "q",
            "quit",
            tr_later("Quit"),
            id="console.quit",
            tooltip=tr_later("Leave; nothing on board stops"),
        ),
    ]

    class Reported(Message):
        """The feed has something new."""

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

    def __init__(
        self,
        feed: Feed,
        rehearser: Rehearser | None = None,
        locale: Locale | None = None,
        seat: HeldToken | None = None,
    ) -> None:
        """With a `seat`, whoever sits there logs in first; its token is what `feed` shows."""
        use_locale(locale or Locale())
        super().__init__()
        self._opens_with = PANES[0].NAME
        self._seat = seat
        self._feed = feed
        self.report = self._newest = EMPTY_REPORT
        self._is_told = threading.Event()
        self._rehearser = rehearser or Rehearser(())
        self._craft = ""
        self._has_heard = False
        self._shown_title = ""

    def compose(self) -> ComposeResult:
        yield ClockBar(id="clock-bar")
        with TabbedContent(initial=self._opens_with, id="tabs"):
            for number, pane in enumerate(PANES, start=1):
                with TabPane(f"{number} {tr(pane.SHORT_TITLE)}", id=pane.NAME):
                    yield pane()
        yield KeyBar(show_command_palette=False)

    def on_mount(self) -> None:
        self.register_theme(CONSOLE_THEME)
        self.theme = CONSOLE_THEME.name
        self._show(self.report)
        if self.is_web:
            self.set_interval(_LOOK_ROUND_S, partial(self._leave_without, os.getppid()))
        if self._seat is None:
            self._feed.start(self._take_report)
        else:
            self.push_screen(LogInScreen(self._ask), self._sit_down)

    def on_unmount(self) -> None:
        self._feed.stop()
        self.write_title("")

    def on_operations_console_reported(self, _: Reported) -> None:
        self._is_told.clear()
        before, self.report = self.report, self._newest
        if self.is_running:  # while the console closes, its widgets go one after the other
            self._ring_for(before.picture)
            self._show(self.report)

    def on_operations_console_answered(self, message: Answered) -> None:
        if self.is_running:
            message.then(message.answer)

    def _leave_without(self, server: int) -> None:
        """A page's console has nobody to show anything to once its server has died."""
        if os.getppid() != server:
            self.exit()

    def _sit_down(self, token: str | None) -> None:
        """Whoever sits here has logged in, or leaves."""
        if token is None or self._seat is None:
            self.exit()
            return
        self._seat.keep(token)
        self._feed.start(self._take_report)

    def on_console_pane_asks(self, message: ConsolePane.Asks) -> None:
        self._ask(message.verb, message.arguments, message.then)

    def _ask(self, verb: str, arguments: Mapping[str, Any], then: Callable[[Answer], None]) -> None:
        """Ask the desks; `then` is called on the console's own thread."""
        self._feed.ask(verb, arguments, lambda answer: self._post(self.Answered(then, answer)))

    def on_procedures_pane_rehearses(self, message: ProceduresPane.Rehearses) -> None:
        stated, pane = message.stated, message.pane
        if not self._rehearser.is_able:
            self.notify(tr("this console cannot rehearse: use `groundsys procedure rehearse`"))
            return
        self._rehearser.start(
            *(stated.procedure, stated.spacecraft, stated.parameters),
            lambda rehearsed: self._post(self.Flown(pane, rehearsed)),
        )
        self.notify(
            tr(
                "rehearsal of {procedure} begun; it goes on if you leave",
                procedure=stated.procedure,
            ),
            markup=False,
        )

    def on_operations_console_flown(self, message: Flown) -> None:
        message.pane.take_rehearsed(message.rehearsed)

    def on_console_pane_wants(self, _: ConsolePane.Wants) -> None:
        if self.is_running:
            self._feed.want(self.seen.topics)

    def on_console_pane_selects(self, message: ConsolePane.Selects) -> None:
        self._craft = message.craft
        if self.is_running:  # a table may still say it while the console is being closed
            self._show_clock(self.report)

    def on_tabbed_content_tab_activated(self, _: TabbedContent.TabActivated) -> None:
        self._feed.want(self.seen.topics)
        self.seen.tell(self.report)
        self.seen.query_one(self.seen.FOCUS).focus()
        self.refresh_bindings()

    def on_resize(self, _: Resize) -> None:
        self.screen_stack[0].set_class(self.size.width >= FULL_TITLES_FROM, "-wide")
        self._label_tabs()

    def action_show_tab(self, tab: str) -> None:
        self._tabs.active = tab

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        return palette_commands(self, screen)

    async def read_in(self, locale: Locale) -> None:
        """Show everything in another language or time zone from now on; what is typed is lost."""
        use_locale(locale)
        self._opens_with = self._tabs.active
        is_muted = self.pane(AlarmsPane).is_muted
        main = self.screen_stack[0]
        async with main.batch():
            await main.query("*").exclude(".-textual-system").remove()
            await main.mount_all(compose(self))
        self.pane(AlarmsPane).is_muted = is_muted
        self._show(self.report)

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            asked = tr("Search for commands…")
            self.push_screen(CommandPalette(placeholder=asked, id="--command-palette"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What a role may not do is not offered; the desks refuse it all the same."""
        needed = _NEEDS.get(action)
        if needed is not None and needed not in self.report.picture.may:
            return False
        return super().check_action(action, parameters)

    def action_write_log(self) -> None:
        """An entry of the log-book, from whatever screen is seen."""

        def send(asked: Answers | None) -> None:
            if asked is not None:
                self.seen.ask(
                    "log_entry", asked, lambda answer: self.seen.tell_outcome(answer, tr("written"))
                )

        operator = str(self.report.picture.asker.get("name") or tr("nobody"))
        lines = (
            tr("as {operator}", operator=operator),
            tr("What the next shift should know. It stays, and everybody sees it."),
        )
        fields = (Field("text", tr("entry")),)
        enter = tr("write it down")
        self.push_screen(FormScreen(tr("Log-book"), lines, fields, _entry, enter), send)

    def action_hand_over(self) -> None:
        """The report of a shift that ends now."""

        def show(answer: Answer) -> None:
            if not answer.ok:
                self.seen.tell_outcome(answer, tr("reported"))
                return
            name = f"handover-{answer.content['until']}".replace(":", "")
            text = str(answer.content["report"])
            self.push_screen(ReportScreen(tr("Hand-over"), text, name))

        def send(last_s: float | None) -> None:
            if last_s is not None:
                self.seen.ask("handover", {"last_s": last_s}, show)

        lines = (tr("The report of a shift that ends now, in mission time."),)
        fields = (Field("last", tr("how long it was"), "8 h", tr("such as 30 min, 8 h, 1 d")),)

        def check(answers: Answers) -> float:
            return span_of(answers["last"])

        enter = tr("show it")
        self.push_screen(FormScreen(tr("Hand-over"), lines, fields, check, enter), send)

    def action_show_help(self) -> None:
        bindings = [*self.seen.BINDINGS, *self.BINDINGS]
        self.push_screen(HelpScreen([one for one in bindings if isinstance(one, Binding)]))

    @property
    def _tabs(self) -> TabbedContent:
        return self.screen_stack[0].query_one("#tabs", TabbedContent)

    @property
    def seen(self) -> ConsolePane:
        """The pane whose tab is open."""
        return self.screen_stack[0].query_one(f"#{self._tabs.active}-pane", ConsolePane)

    def pane(self, kind: type[P]) -> P:
        """The pane of this kind, seen or not."""
        return self.screen_stack[0].query_one(kind)

    def _ring_for(self, before: Picture) -> None:
        """The terminal's bell for a critical alarm that is new and that nobody has seen."""
        ringing = ringing_alarms(self.report.picture)
        is_new = bool(ringing - ringing_alarms(before))
        if is_new and self._has_heard and not self.pane(AlarmsPane).is_muted:
            self.bell()
        self._has_heard = self._has_heard or bool(self.report.picture.snapshots)

    def write_title(self, title: str) -> None:
        """The title of the terminal's window (OSC 2), which says whether this is real."""
        if title != self._shown_title and self._driver is not None:
            self._shown_title = title
            self._driver.write(f"\x1b]2;{title}\x07")

    def _take_report(self, report: Report) -> None:
        """From the feed's thread: the newest report alone waits, however slow the terminal is.

        A queue of them would keep the keys waiting behind what nobody will see.
        """
        self._newest = report
        if not self._is_told.is_set():
            self._is_told.set()
            self._post(self.Reported())

    def _post(self, message: Message) -> None:
        """Hand a message over from the feed's threads; too late is no harm."""
        self.post_message(message)

    def _label_tabs(self) -> None:
        is_narrow = self.size.width < FULL_TITLES_FROM
        for number, pane in enumerate(PANES, start=1):
            title = pane.SHORT_TITLE if is_narrow else pane.TITLE
            label = f"{number} {tr(title)}{pane.badge(self.report.picture)}"
            tab = self._tabs.get_tab(pane.NAME)
            if tab.label_text != label:  # each new label lays the whole screen out
                tab.label = label

    def _show_clock(self, report: Report) -> None:
        view = clock_view(report.picture, report.link, self._craft)
        self.screen_stack[0].query_one(ClockBar).show(view)

    def _show(self, report: Report) -> None:
        main = self.screen_stack[0]
        self._show_clock(report)
        self.seen.tell(report)
        self._label_tabs()
        self.title = window_title(report.picture)
        self.write_title(self.title)
        main.set_class(bool(report.picture.clock.get("simulated")), "-simulated")
        main.set_class(report.link.state == "lost", "-feed-lost")


def _entry(answers: Answers) -> Answers:
    if not answers["text"]:
        raise ValueError(tr("an entry needs a text"))
    return answers


def run_console(
    events_endpoint: str,
    requests_endpoint: str,
    *,
    credential: Credential | None = None,
    log_in: bool = False,
    keys: ClientKeys | None = None,
    locate: Callable[[], Mapping[str, Any]] | None = None,
    rehearse: Sequence[str] = (),
    locale: Locale | None = None,
) -> None:
    """Run the console on this terminal until the operator quits, as whom `credential` tells.

    With `log_in` it asks for name and password instead, and keeps the session nowhere.
    `locate`, if given, is asked on a loss for `{"events": …, "requests": …}`: a ground segment
    that was started anew listens elsewhere.  `rehearse` are the words by which one rehearses a
    procedure of this run at a command line, up to the procedure's name.  `locale`: how the operator
    reads, by default in English and UTC.
    """

    def endpoints() -> Endpoints:
        if locate is None:
            return Endpoints(events_endpoint, requests_endpoint)
        found = locate()
        return Endpoints(str(found["events"]), str(found["requests"]))

    seat = HeldToken() if log_in else None
    feed = LiveFeed(endpoints, seat or credential, keys)
    OperationsConsole(feed, Rehearser(rehearse), locale, seat).run()
