"""Changes of the plan by keyboard: seen before they are asked for, and asked for as seen."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from groundsys.authority import Asker, Role, actions_of
from ops_tui.feed import Answer
from ops_tui.panes.contacts import ContactsPane
from ops_tui.picture import Link
from ops_tui.widgets.form import FormScreen
from ops_tui.widgets.obstacles import ObstaclesScreen
from ops_tui.widgets.proposal import ProposalScreen
from ops_tui.widgets.rows_table import RowsTable
from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.playing import operate
from tests.tui.tabs import key_of
from tests.tui.waiting import until, until_on, until_shown

CONTACTS = key_of("contacts")


def asked_of(feed: StillFeed, *verbs: str) -> list[dict[str, Any]]:
    return [dict(arguments) for verb, arguments in feed.asked if verb in verbs]


def test_a_pass_is_cancelled_only_after_its_consequence_was_shown() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS, "ctrl+end", "c")
        await until_on(pilot, ProposalScreen)
        await until_shown(pilot, "otv, polar-weather, tharsis-seismo")
        await until_shown(pilot, "9 h 30 min, later")
        assert asked_of(feed, "plan_confirm") == []
        await pilot.press(*"no need", "enter")
        await until_shown(pilot, "Cancel pass-005: plan 5 is flown")

    operate(feed, play)
    assert asked_of(feed, "plan_propose") == [{"change": "cancel", "pass_id": "pass-005"}]
    assert asked_of(feed, "plan_confirm") == [{"proposal": "cafe0123", "reason": "no need"}]


def test_what_was_thought_better_of_is_not_done() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS, "r")
        await until_on(pilot, ProposalScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ProposalScreen), "closed")

    operate(feed, play)
    assert asked_of(feed, "plan_propose") == [{"change": "make"}]
    assert asked_of(feed, "plan_confirm") == []


def test_a_plan_that_changes_under_the_dialogue_is_said_and_its_refusal_too() -> None:
    feed = StillFeed(pictures.picture())
    why = "the plan has changed since this was shown"
    feed.answers["plan_confirm"] = Answer(False, {}, why)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS, "r")
        await until_on(pilot, ProposalScreen)
        feed.tell(pictures.picture(plan=pictures.PLAN_IN_TROUBLE))
        await until_shown(pilot, "The plan is version 5 now")
        await pilot.press("enter")
        await until_shown(pilot, "the plan has changed")

    operate(feed, play)


def test_a_pass_is_shifted_to_the_time_and_antenna_that_were_typed() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS, "ctrl+end", "s")
        await until_on(pilot, FormScreen)
        pilot.app.screen.query_one("#field-start", Input).value = "soon"
        await pilot.press("enter")
        await until_shown(pilot, "'soon' is no time")
        pilot.app.screen.query_one("#field-start", Input).value = "2031-08-21 03:20"
        await pilot.press("down")
        await until(
            pilot, lambda: getattr(pilot.app.focused, "id", "") == "field-antenna", "next field"
        )
        pilot.app.screen.query_one("#field-antenna", Input).value = "dss-63"
        await pilot.press("enter")
        await until_on(pilot, ProposalScreen)

    operate(feed, play)
    assert asked_of(feed, "plan_propose") == [
        {
            "change": "shift",
            "pass_id": "pass-005",
            "antenna": "dss-63",
            "start_ns": pictures.at("2031-08-21T03:20:00Z"),
        }
    ]


def test_a_contact_is_booked_as_a_need_in_a_stretch_of_time() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS, "b")
        await until_on(pilot, FormScreen)
        pilot.app.screen.query_one("#field-minutes", Input).value = "900"
        await pilot.press("enter")
        await until_shown(pilot, "900 minutes do not fit")
        pilot.app.screen.query_one("#field-minutes", Input).value = "45"
        await pilot.press("enter")
        await until_on(pilot, ProposalScreen)

    operate(feed, play)
    (asked,) = asked_of(feed, "plan_propose")
    assert asked["change"] == "book"
    assert asked["need"] == {
        "id": "booking-otv-2031-08-20T1740",
        "spacecraft": "otv",
        "kind": "track",
        "duration_s": 2700.0,
        "minimum_s": 2700.0,
        "start_ns": pictures.at("17:40"),
        "end_ns": pictures.at("2031-08-21T05:40:00Z"),
        "among": [],
    }


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ((), "pass-004 has begun"),
        (("down",), "a relay session follows"),
    ],
)
def test_what_cannot_be_changed_is_said_and_not_asked_for(keys: tuple[str, ...], says: str) -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS, *keys, "c")
        await until_shown(pilot, says)

    operate(feed, play)
    assert asked_of(feed, "plan_propose") == []


def test_nothing_is_proposed_on_a_lost_feed() -> None:
    feed = StillFeed(pictures.picture(), Link("lost", 3))

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS, "r")
        await until_shown(pilot, "the feed is lost")

    operate(feed, play)
    assert feed.asked == []


def test_who_may_not_change_the_plan_is_not_offered_it() -> None:
    asker = {"name": "ole", "role": "observer", "customer": ""}
    may = actions_of(Asker("ole", Role.OBSERVER))
    feed = StillFeed(pictures.picture(asker={**asker, "may": may}))

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS)
        pane = pilot.app.query_one(ContactsPane)
        assert {pane.check_action(action, ()) for action in pane.NEEDS} == {False}
        await pilot.press("ctrl+end", "c", "r", "b", "s")
        assert not isinstance(pilot.app.screen, ProposalScreen | FormScreen)
        await pilot.press("w")
        await until_on(pilot, ObstaclesScreen)

    operate(feed, play)
    assert asked_of(feed, "plan_propose") == []


def test_time_is_moved_and_zoomed_and_comes_back() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS)
        table = pilot.app.query_one("#contacts-table", RowsTable)
        await until(pilot, lambda: table.row_count == 7, "the day's contacts")
        await pilot.press("right", "right", "right", "right")
        await until(pilot, lambda: table.row_count == 0, "tomorrow's contacts")
        await until_shown(pilot, "No contact in this time")
        await pilot.press("n")
        await until(pilot, lambda: table.selected_key == "pass-004", "now")
        await pilot.press("plus", "plus")
        await until_shown(pilot, "span 6 h")
        await pilot.press("minus", "minus", "minus")
        await until(pilot, lambda: table.row_count == 8, "three days' contacts")

    operate(feed, play)


def test_the_selected_contact_is_asked_about_once_and_again_when_the_plan_changes() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS)
        await until_shown(pilot, "205 kB for polar-weather")
        feed.tell(pictures.picture())
        await pilot.press("down")
        await until_shown(pilot, "home with pass-005")
        feed.tell(pictures.picture(plan=pictures.PLAN_IN_TROUBLE))
        await until(pilot, lambda: len(asked_of(feed, "contact_show")) == 3, "asked again")

    operate(feed, play)
    assert [one["contact"] for one in asked_of(feed, "contact_show")] == [
        "pass-004",
        "relay-002",
        "relay-002",
    ]


def test_one_of_several_passes_is_chosen() -> None:
    passes = {
        "pass-004": pictures.watched(),
        "pass-007": pictures.watched(id="pass-007", antenna="dss-63", state="searching"),
    }
    feed = StillFeed(pictures.picture(pass_watch={"passes": passes}))

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("pass"))
        assert feed.wanted == {"pass_watch"}
        await until_shown(pilot, "1 of 2")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "pass-007  dss-63")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "pass-004  usuda-64")
        await pilot.press("1")
        await until(pilot, lambda: feed.wanted == frozenset(), "the topic let go")

    operate(feed, play)


def test_the_clock_bar_follows_the_selected_craft() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "otv  there 08-20 14:12:33 here 14:00:01")
        await pilot.press("ctrl+home")
        await until_shown(pilot, "cube-polar  there")
        await pilot.press(CONTACTS)
        await until_shown(pilot, "cube-polar  there")

    operate(feed, play)


def test_the_cursor_stays_where_its_contact_has_gone() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(CONTACTS)
        table = pilot.app.query_one("#contacts-table", RowsTable)
        await until(pilot, lambda: table.selected_key == "pass-004", "the pass under way")
        passes = [one for one in pictures.PASSES["passes"] if one["id"] != "pass-004"]
        feed.tell(pictures.picture(passes={**pictures.PASSES, "passes": passes}))
        await until(pilot, lambda: table.selected_key == "relay-002", "what came after it")

    operate(feed, play)
