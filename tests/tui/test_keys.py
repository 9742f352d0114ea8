"""Everything by keyboard, from 80×24 on."""

from __future__ import annotations

from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from ops_tui.app import OperationsConsole
from ops_tui.feed import Answer
from ops_tui.panes import PANES
from ops_tui.picture import Link
from ops_tui.widgets.acknowledge import AcknowledgeScreen
from ops_tui.widgets.command_form import CommandFormScreen
from ops_tui.widgets.command_search import CommandSearchScreen
from ops_tui.widgets.command_story import CommandStoryScreen
from ops_tui.widgets.confirm import ConfirmScreen
from ops_tui.widgets.fault_form import FaultChoiceScreen
from ops_tui.widgets.form import FormScreen
from ops_tui.widgets.form_field import ChoiceInput
from ops_tui.widgets.help import HelpScreen
from ops_tui.widgets.log_in import LogInScreen
from ops_tui.widgets.report import ReportScreen
from ops_tui.widgets.rows_table import RowsTable
from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.playing import operate
from tests.tui.tabs import key_of
from tests.tui.waiting import until, until_shown


def with_alarms(link: Link | None = None) -> StillFeed:
    return StillFeed(pictures.picture(alarms=pictures.ALARMS), link)


def test_every_binding_has_an_id_and_a_tooltip() -> None:
    screens = (
        *(AcknowledgeScreen, HelpScreen, ConfirmScreen, CommandSearchScreen, CommandFormScreen),
        *(CommandStoryScreen, ChoiceInput, FormScreen, ReportScreen, FaultChoiceScreen),
        LogInScreen,
    )
    for owner in (OperationsConsole, *PANES, *screens):
        for binding in owner.BINDINGS:
            assert isinstance(binding, Binding)
            assert binding.id
            assert binding.tooltip


def test_each_tab_has_a_key_and_takes_the_focus() -> None:
    async def play(pilot: Pilot[None]) -> None:
        tabs = pilot.app.query_one(TabbedContent)
        for pane in (*PANES[1:], PANES[0]):
            await pilot.press(key_of(pane.NAME))
            assert tabs.active == pane.NAME
            focus = pane.FOCUS.removeprefix("#")
            await until(
                pilot,
                lambda focus=focus: getattr(pilot.app.focused, "id", None) == focus,  # type: ignore[misc]
                f"focus on {focus}",
            )

    operate(with_alarms(), play)


def test_acknowledging_takes_the_selected_alarm_and_the_comment() -> None:
    feed = with_alarms()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("alarms"), "down", "a", *"seen", "enter")
        await until(pilot, lambda: bool(feed.asked), "the request")

    operate(feed, play)
    assert feed.asked == [
        (
            "acknowledge_alarm",
            {"alarm_id": "otv/mode/3", "comment": "seen"},
        )
    ]
    assert feed.is_stopped


def test_escape_sends_nothing() -> None:
    feed = with_alarms()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("alarms"), "a", *"no", "escape")
        assert not isinstance(pilot.app.screen, AcknowledgeScreen)

    operate(feed, play)
    assert not feed.asked


def test_an_acknowledged_alarm_is_not_acknowledged_again() -> None:
    feed = with_alarms()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("alarms"), "down", "down", "a")
        await until_shown(pilot, "already acknowledged: ✔ mika")

    operate(feed, play)
    assert not feed.asked


def test_nothing_is_sent_on_a_lost_feed() -> None:
    feed = with_alarms(Link("lost", 3))

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("alarms"), "a")
        await until_shown(pilot, "the feed is lost")

    operate(feed, play)
    assert not feed.asked


def test_acknowledging_is_offered_where_alarms_are_and_only_there() -> None:
    feed = with_alarms()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        assert not isinstance(pilot.app.screen, AcknowledgeScreen)
        await pilot.press(key_of("alarms"))
        await until_shown(pilot, "Acknowledge")

    operate(feed, play)


def test_a_failed_request_is_said() -> None:
    feed = with_alarms()
    feed.answer = Answer(False, {}, "no answer to 'acknowledge_alarm' within 5 s")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("alarms"), "a", "enter")
        await until_shown(pilot, "no answer to 'acknowledge_alarm'")

    operate(feed, play)


def test_help_opens_and_closes() -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        await until_shown(pilot, "Keys and signs")
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, HelpScreen)

    operate(with_alarms(), play)


def test_the_cursor_stays_with_its_alarm_when_the_list_changes() -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("alarms"), "down")
        table = pilot.app.query_one("#alarms-table", RowsTable)
        assert table.selected_key == "otv/mode/3"
        newer = {
            "id": "otv/link/4",
            "spacecraft": "otv",
            "parameter": "/OTV/comm_uplink_lock",
            "level": "severe",
            "value": 0,
            "since_ns": pictures.NOW.tai_ns,
            "state": "unacknowledged",
            "acknowledged": False,
            "acknowledged_by": "",
        }
        feed.tell(pictures.picture(alarms={"alarms": [newer, *pictures.ALARMS["alarms"]]}))
        await until(pilot, lambda: table.row_count == 4, "the new alarm")
        assert table.selected_key == "otv/mode/3"

    feed = with_alarms()
    operate(feed, play)
