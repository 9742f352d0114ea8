"""The operators' console: fleet, passes, alarms and deliveries on one terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Footer, TabbedContent, TabPane

from groundsys.bus.curve import ClientKeys
from groundsys.bus.token_file import Credential
from ops_tui.feed import Answer, Endpoints, Feed, LiveFeed, Report
from ops_tui.picture import Link, Picture
from ops_tui.theme import CONSOLE_THEME
from ops_tui.views.alarms import AlarmRow, waiting_alarms
from ops_tui.views.clock import clock_view
from ops_tui.views.fleet import fleet_view
from ops_tui.widgets.acknowledge import AcknowledgeScreen
from ops_tui.widgets.alarms import AlarmsPane
from ops_tui.widgets.clock_bar import ClockBar
from ops_tui.widgets.deliveries import DeliveriesPane
from ops_tui.widgets.fleet import FleetPane
from ops_tui.widgets.help import HelpScreen
from ops_tui.widgets.passes import PassesPane

#: the focus of each tab, so that the arrow keys work at once
_FOCUS_OF_TAB = {
    "fleet": "#fleet-pane",
    "passes": "#passes-table",
    "alarms": "#alarms-table",
    "deliveries": "#customers-table",
}


class OperationsConsole(App[None]):
    """Shows what a feed reports and sends what an operator asks for."""

    TITLE = "groundsys"
    CSS_PATH = "console.tcss"
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show_tab('fleet')", "Fleet", id="tab.fleet", tooltip="Every craft's state"),
        Binding(
            "2",
            "show_tab('passes')",
            "Passes",
            id="tab.passes",
            tooltip="Passes and relay sessions, with their verdicts",
        ),
        Binding(
            "3",
            "show_tab('alarms')",
            "Alarms",
            id="tab.alarms",
            tooltip="Alarms that stand, and events",
        ),
        Binding(
            "4",
            "show_tab('deliveries')",
            "Deliveries",
            id="tab.deliveries",
            tooltip="What each customer has got",
        ),
        Binding(
            "a",
            "acknowledge",
            "Acknowledge",
            id="alarm.acknowledge",
            tooltip="Acknowledge the selected alarm, with a comment",
        ),
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
        """The desk has answered an acknowledgement, or has not."""

        def __init__(self, alarm: AlarmRow, answer: Answer) -> None:
            super().__init__()
            self.alarm = alarm
            self.answer = answer

    def __init__(self, feed: Feed, *, operator: str) -> None:
        super().__init__()
        self._feed = feed
        self._operator = operator
        self._report = Report(Picture(), Link())
        self._active_tab = "fleet"

    def compose(self) -> ComposeResult:
        yield ClockBar(id="clock-bar")
        with TabbedContent(initial="fleet", id="tabs"):
            with TabPane("Fleet", id="fleet"):
                yield FleetPane(id="fleet-pane")
            with TabPane("Passes", id="passes"):
                yield PassesPane()
            with TabPane("Alarms", id="alarms"):
                yield AlarmsPane()
            with TabPane("Deliveries", id="deliveries"):
                yield DeliveriesPane()
        yield Footer()

    def on_mount(self) -> None:
        self.register_theme(CONSOLE_THEME)
        self.theme = CONSOLE_THEME.name
        self._show(self._report)
        self.query_one(_FOCUS_OF_TAB["fleet"]).focus()
        self._feed.start(lambda report: self._post(self.Reported(report)))

    def on_unmount(self) -> None:
        self._feed.stop()

    def on_operations_console_reported(self, message: Reported) -> None:
        self._report = message.report
        self._show(message.report)

    def on_operations_console_answered(self, message: Answered) -> None:
        if message.answer.ok:
            self.notify(f"acknowledged: {message.alarm.title}", markup=False)
        else:
            self.notify(
                message.answer.trouble,
                title=f"NOT acknowledged: {message.alarm.title}",
                severity="error",
                markup=False,
            )

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        self._active_tab = str(event.pane.id)
        self.refresh_bindings()
        self.query_one(_FOCUS_OF_TAB[self._active_tab]).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Acknowledging is offered only where alarms are."""
        if action == "acknowledge":
            return self._active_tab == "alarms"
        return True

    def action_show_tab(self, tab: str) -> None:
        self._tabs.active = tab

    def action_acknowledge(self) -> None:
        alarm = self.query_one(AlarmsPane).selected
        if alarm is None:
            self.notify("no alarm to acknowledge")
        elif alarm.is_acknowledged:
            self.notify(f"already acknowledged: {alarm.acknowledgement.text}", markup=False)
        elif not self._report.link.is_live:
            self.notify("the feed is lost: nothing can be sent", severity="error")
        else:
            self._ask_for_comment(alarm)

    def action_show_help(self) -> None:
        self.push_screen(HelpScreen([b for b in self.BINDINGS if isinstance(b, Binding)]))

    @property
    def _tabs(self) -> TabbedContent:
        return self.screen_stack[0].query_one("#tabs", TabbedContent)

    def _ask_for_comment(self, alarm: AlarmRow) -> None:
        def send(comment: str | None) -> None:
            if comment is None:
                return
            self._feed.ask(
                "acknowledge_alarm",
                {"alarm_id": alarm.id, "comment": comment},
                lambda answer: self._post(self.Answered(alarm, answer)),
            )

        self.push_screen(AcknowledgeScreen(alarm, self._operator), send)

    def _post(self, message: Message) -> None:
        """Hand a message over from the feed's threads; too late is no harm."""
        self.post_message(message)

    def _show(self, report: Report) -> None:
        picture, link = report.picture, report.link
        main = self.screen_stack[0]
        main.query_one(ClockBar).show(clock_view(picture, link))
        main.query_one(FleetPane).show(fleet_view(picture, link))
        main.query_one(PassesPane).show(picture)
        main.query_one(AlarmsPane).show(picture)
        main.query_one(DeliveriesPane).show(picture)
        waiting = waiting_alarms(picture)
        self._tabs.get_tab("alarms").label = f"Alarms ▲{waiting}" if waiting else "Alarms"
        main.set_class(link.state == "lost", "-feed-lost")


def run_console(
    events_endpoint: str,
    requests_endpoint: str,
    *,
    operator: str,
    credential: Credential | None = None,
    keys: ClientKeys | None = None,
    locate: Callable[[], Mapping[str, Any]] | None = None,
) -> None:
    """Run the console on this terminal until the operator quits, as whom `credential` tells.

    `locate`, if given, is asked on a loss for `{"events": …, "requests": …}`: a ground segment
    that was started anew listens elsewhere.
    """

    def endpoints() -> Endpoints:
        if locate is None:
            return Endpoints(events_endpoint, requests_endpoint)
        found = locate()
        return Endpoints(str(found["events"]), str(found["requests"]))

    OperationsConsole(LiveFeed(endpoints, credential, keys), operator=operator).run()
