"""Procedures by keyboard: stated, started, voted on, held and aborted; and what is not offered."""

from __future__ import annotations

import copy
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from groundsys.authority import Asker, Role, actions_of
from groundsys.bus.token_file import HeldToken
from ops_tui.feed import Answer, LiveFeed
from ops_tui.picture import Link, Picture
from ops_tui.rehearser import Rehearsed, Rehearser
from ops_tui.views.procedure_run import actions_on, run_view
from ops_tui.views.procedures import (
    parameter_fields,
    procedure_rows,
    read_parameters,
    run_rows,
    standing_lines,
    summary_of,
    waiting_runs,
)
from ops_tui.widgets.confirm import ConfirmScreen
from ops_tui.widgets.procedure_run import RunScreen
from tests.tui import pictures, playing
from tests.tui import procedures_told as told
from tests.tui.desk import TOKEN, Desk
from tests.tui.feeds import StillFeed
from tests.tui.playing import Play, at_screen
from tests.tui.tabs import key_of
from tests.tui.waiting import until, until_gone, until_shown

PROC = key_of("procedures")
LIVE, LOST = Link("live"), Link("lost", 4)


def picture_of(name: str = "aiko", role: Role = Role.OPERATOR) -> Picture:
    asker = {"name": name, "role": str(role), "may": actions_of(Asker(name, role))}
    return pictures.picture(procedures=told.MOVING, asker=asker)


def seen_by(name: str, role: Role = Role.OPERATOR) -> StillFeed:
    feed = StillFeed(picture_of(name, role))
    feed.answers |= {
        "procedure_list": Answer(True, told.LIST),
        "procedure_show": Answer(True, told.AT_GATE),
    }
    return feed


def operate(feed: StillFeed, play: Play, rehearser: Rehearser | None = None) -> None:
    playing.operate(feed, at_screen(PROC, "Rehearsal", play), rehearser=rehearser)


# --- views ----------------------------------------------------------------------------------------


def test_what_goes_on_comes_first_and_says_whom_it_waits_for() -> None:
    rows = run_rows(told.LIST, picture_of())
    assert [(row.id, row.state.text, row.since.text) for row in rows] == [
        ("safe-mode-recovery-001", "▲ at a gate", "10 min"),
        ("key-change-001", "■ held", "2 min"),
        ("cruise-check-out-001", "✔ completed", "2 h ago"),
    ]
    assert waiting_runs(picture_of()) == 2
    assert run_rows(None, Picture()) == ()


def test_each_procedure_says_its_risk_and_whether_a_rehearsal_counts() -> None:
    said = {row.id: (row.risk.text, row.rehearsal.text) for row in procedure_rows(told.LIST)}
    assert said == {
        "cruise-check-out": ("·", "not needed"),
        "cube-release": ("✖ critical", "✖ never rehearsed"),  # for one of its craft
        "key-change": ("▲ hazardous", "not needed"),
        "safe-mode-recovery": ("✖ critical", "▲ passed, stale"),
        "timed-warm-up": ("·", "✖ 1 findings"),
    }


def test_a_rehearsal_that_counts_no_more_says_why() -> None:
    lines = [one.text for one in standing_lines(told.LIST["procedures"][0])]
    assert lines[0] == "otv: ▲ passed, stale"
    assert "the state is 26 h old" in lines[1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"under_way": True}, "◌ being flown"),
        ({"passed": False, "rehearsal": "x-r001"}, "✖ failed"),
        ({"passed": True, "rehearsal": "x-r001", "stale": []}, "✔ passed"),
    ],
)
def test_a_rehearsal_is_told_in_a_word(changes: dict[str, Any], said: str) -> None:
    one = told.procedure(
        "x", "X", needs_rehearsal=True, standing=[told.standing("otv", "", None) | changes]
    )
    assert procedure_rows({"procedures": [one]})[0].rehearsal.text == said


def test_a_lost_feed_says_of_when_the_list_is() -> None:
    assert "as of 2031-08-20 14:12:33 UTC" in summary_of(told.LIST, pictures.NOW.tai_ns, LOST).text
    assert "as of" not in summary_of(told.LIST, pictures.NOW.tai_ns, LIVE).text


def test_a_run_tells_its_steps_and_what_it_waits_for() -> None:
    view = run_view(told.AT_GATE, picture_of(), LIVE)
    assert [row.sign.text for row in view.steps] == ["✔"] * 6 + ["▶"] + ["·"] * 3
    assert view.steps[view.under_way].name == "recover"
    assert view.steps[3].visits == "×2"
    assert view.waits == (
        "recover (gate): May the craft return to nominal mode?",
        "since 08-20 14:02:00, 10 min ago",
    )
    assert [one.holds.text for one in view.conditions] == ["✔ holds", "✖ does not", "? unknown"]
    assert [(one.role, one.says.text, one.who) for one in view.votes] == [
        ("operator", "· nothing yet", ""),
        ("flight director", "✔ go", "grace: agreed"),
    ]
    assert view.rehearsal is not None
    assert "counts no more: the state is 26 h old" in view.rehearsal.text


def test_the_abort_path_is_shown_once_the_run_is_on_it() -> None:
    aborted = {**told.AT_GATE, "abort": {"who": "mika", "why": "weather", "at": 0}}
    view = run_view(aborted, picture_of(), LIVE)
    assert view.steps[-1].name == "abort: left"
    assert view.stopped is not None
    assert view.stopped.text == "✖ aborted by mika: weather"


def test_a_wait_says_until_when_or_that_its_time_stands_still() -> None:
    def waits(until_ns: int | None) -> str:
        at = {
            "step": "known",
            "kind": "wait",
            "says": "",
            "conditions": [],
            "deadline_ns": until_ns,
        }
        return run_view({**told.AT_GATE, "at": at}, picture_of(), LIVE).waits[-1]

    assert waits(pictures.at("14:40")) == "waits until 08-20 14:40:00 at most"
    assert waits(None) == "its time stands still: the contact planned does not suffice"


@pytest.mark.parametrize(
    ("name", "role", "votes"),
    [
        ("aiko", "operator", True),
        ("mika", "operator", False),  # who runs it has no vote
        ("pia", "payload_operator", False),  # the gate does not ask her role
    ],
)
def test_only_whom_a_gate_asks_is_offered_a_vote(name: str, role: str, votes: bool) -> None:
    assert ("go" in actions_on(told.AT_GATE, name, role)) is votes
    held = {**told.AT_GATE, "state": "held"}
    assert {"resume", "abort"} <= actions_on(held, name, role)
    assert actions_on({**told.AT_GATE, "state": "ended"}, name, role) == frozenset()


def test_parameters_say_what_they_take_and_are_read_by_their_kind() -> None:
    asked = told.procedure(
        "x", "X",
        parameters=[
            told.parameter("least", "number", default=45, minimum=35.0, maximum=100.0),
            told.parameter("count", "integer"),
            told.parameter("start", "instant"),
            told.parameter("to", "text", choices=["usuda", "misasa"]),
        ],
    )  # fmt: skip
    fields = parameter_fields(asked, craft=["cube-polar", "cube-tharsis"])
    assert [(one.name, one.hint, one.default) for one in fields] == [
        ("spacecraft", "cube-polar | cube-tharsis", "cube-polar"),
        ("least", "35 to 100", "45"),
        ("count", "whole number", ""),
        ("start", "UTC, such as 2031-08-20T06:00:00Z", ""),
        ("to", "usuda | misasa", ""),
    ]
    texts = {"least": "45.5", "count": "3", "start": "soon", "to": ""}
    assert read_parameters(asked, texts) == {"least": 45.5, "count": 3, "start": "soon"}


@given(kind=st.sampled_from(["number", "integer", "text", "instant"]), text=st.text(max_size=30))
def test_whatever_is_typed_is_told_the_desks(kind: str, text: str) -> None:
    asked = told.procedure("x", "X", parameters=[told.parameter("one", kind)])
    found = read_parameters(asked, {"one": text})
    assert ("one" in found) is bool(text.strip())


# --- by keyboard ----------------------------------------------------------------------------------


def test_a_critical_procedure_is_started_only_after_its_name_has_been_typed() -> None:
    feed = seen_by("aiko")
    feed.answers["procedure_start"] = Answer(True, told.AT_GATE)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "down", "s")
        await until_shown(pilot, "Charge in %")
        await pilot.press(*["backspace"] * 2, *"50", "enter")
        await until_shown(pilot, "type safe-mode-recovery to confirm")
        await until_shown(pilot, "the state is 26 h old")
        await pilot.press("enter")
        assert not feed.sent("procedure_start")
        await pilot.press(*"safe-mode-recovery", "enter")
        await until_shown(pilot, "May the craft return to nominal mode?")

    operate(feed, play)
    assert feed.sent("procedure_start") == [
        {
            "procedure": "safe-mode-recovery",
            "spacecraft": "otv",
            "parameters": {"least_battery": 50},
        }
    ]


def test_a_procedure_with_findings_tells_them_and_is_not_started() -> None:
    feed = seen_by("aiko")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*["down"] * 4, "s")
        await until_shown(pilot, "It is not sound")
        assert len(pilot.app.screen_stack) == 1

    operate(feed, play)
    assert not feed.sent("procedure_start")


def test_a_go_over_a_stale_rehearsal_needs_a_reason() -> None:
    feed = seen_by("aiko")
    feed.answers["procedure_vote"] = Answer(True, told.AT_GATE)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until_shown(pilot, "No-go")
        await pilot.press("g")
        await until_shown(pilot, "Say go at this gate?")
        await pilot.press("enter")
        await until_shown(pilot, "give a reason first")
        await pilot.press(*"seen", "enter")
        await until_shown(pilot, "go: safe-mode-recovery-001")

    operate(feed, play)
    assert feed.sent("procedure_vote") == [
        {"run": "safe-mode-recovery-001", "reason": "seen", "go": True}
    ]


def test_an_abort_needs_a_reason_and_the_run_s_name() -> None:
    feed = seen_by("aiko")
    feed.answers["procedure_abort"] = Answer(True, {**told.AT_GATE, "state": "ended", "at": None})

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until_shown(pilot, "Abort")
        await pilot.press("b")
        await until_shown(pilot, "It goes to its abort path")
        await pilot.press(*"weather", "enter")
        assert not feed.sent("procedure_abort")
        await pilot.press(*"safe-mode-recovery-001", "enter")
        await until_shown(pilot, "aborted: safe-mode-recovery-001")

    operate(feed, play)
    assert feed.sent("procedure_abort") == [{"run": "safe-mode-recovery-001", "reason": "weather"}]


def test_a_held_run_is_resumed_and_not_held_again() -> None:
    feed = seen_by("aiko")
    held = {**told.AT_GATE, "state": "held", "stop": {"who": "ben", "why": "lunch", "at": 0}}
    feed.answers["procedure_show"] = Answer(True, held)
    feed.answers["procedure_resume"] = Answer(True, told.AT_GATE)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until_shown(pilot, "■ held by ben: lunch")
        await until_gone(pilot, "Hold")
        await pilot.press("r")
        await until_shown(pilot, "You run it too then")
        await pilot.press("enter")
        await until_shown(pilot, "resumed: safe-mode-recovery-001")

    operate(feed, play)
    assert feed.sent("procedure_resume") == [
        {"run": "safe-mode-recovery-001", "reason": "", "how": "again"}
    ]


def test_whoever_runs_it_is_offered_no_vote() -> None:
    feed = seen_by("mika")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until_shown(pilot, "Abort")
        await until_gone(pilot, "No-go")
        await pilot.press("g", "n")
        assert not isinstance(pilot.app.screen, ConfirmScreen)

    operate(feed, play)


def test_an_observer_is_offered_nothing_but_to_look() -> None:
    feed = seen_by("obi", Role.OBSERVER)

    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "Open run")
        for word in ("s Start", "r Rehearse"):
            await until_gone(pilot, word)
        await pilot.press("s", "r", "enter")
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen), "the run's page")
        for word in ("Hold", "Abort", "No-go"):
            await until_gone(pilot, word)
        await pilot.press("g", "h", "b")
        assert not isinstance(pilot.app.screen, ConfirmScreen)

    operate(feed, play)
    assert {verb for verb, _ in feed.asked} <= {"command_board", "procedure_list", "procedure_show"}


def test_nothing_is_sent_on_a_lost_feed() -> None:
    feed = seen_by("aiko")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until_shown(pilot, "No-go")
        feed.tell(picture_of(), LOST)
        await until_shown(pilot, "✖ as of 2031-08-20 14:12:33 UTC")
        asked = len(feed.asked)
        await pilot.press("h")
        await until_shown(pilot, "the feed is lost")
        assert len(feed.asked) == asked

    operate(feed, play)


# --- rehearsing -----------------------------------------------------------------------------------

REHEARSES = """
import json, pathlib, sys
pathlib.Path(sys.argv[1]).write_text(json.dumps(sys.argv[2:]))
print("no contact is planned", file=sys.stderr)
sys.exit(int(sys.argv[2] != "cube-release"))
"""


@pytest.mark.parametrize(("name", "ok"), [("cube-release", True), ("key-change", False)])
def test_a_rehearsal_is_a_process_that_is_told_all_that_was_stated(
    tmp_path: Path, name: str, ok: bool
) -> None:
    script = tmp_path / "rehearse.py"
    script.write_text(REHEARSES)
    ended: list[Rehearsed] = []
    is_over = threading.Event()

    def then(rehearsed: Rehearsed) -> None:
        ended.append(rehearsed)
        is_over.set()

    rehearser = Rehearser([sys.executable, str(script), str(tmp_path / "told")])
    rehearser.start(name, "otv", {"least": 50, "to": "usuda"}, then)
    assert is_over.wait(60)
    assert ended == [Rehearsed(name, ok, "no contact is planned")]
    words = (tmp_path / "told").read_text()
    assert words == (
        f'["{name}", "--craft", "otv", "--json", "--set", "least=50", "--set", "to=\\"usuda\\""]'
    )


def test_a_rehearsal_is_begun_from_the_screen_and_its_failure_told(tmp_path: Path) -> None:
    script = tmp_path / "rehearse.py"
    script.write_text(REHEARSES)
    rehearser = Rehearser([sys.executable, str(script), str(tmp_path / "told")])

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        await until_shown(pilot, "Rehearse cruise-check-out")
        await pilot.press("enter")
        await until_shown(pilot, "nothing radiates")
        await pilot.press("enter")
        await until_shown(pilot, "NOT passed")
        await until_shown(pilot, "no contact is planned")

    operate(seen_by("aiko"), play, rehearser)


# --- over real sockets ----------------------------------------------------------------------------


def test_the_screens_follow_the_truth() -> None:
    with Desk(pictures.status(procedures=told.MOVING)) as desk:
        desk.answers |= {"procedure_list": told.LIST, "procedure_show": told.AT_GATE}

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "feed live")
            await pilot.press(PROC)
            await until_shown(pilot, "▲ at a gate")
            await pilot.press("o")
            await until_shown(pilot, "· nothing yet")
            agreed = copy.deepcopy(told.AT_GATE)
            vote = {"who": "ben", "role": "operator", "go": True, "why": "fine"}
            agreed["at"]["votes"].append(vote)
            desk.answers["procedure_show"] = agreed
            await until(pilot, lambda: _ticked(desk), "the run asked for anew")
            await until_shown(pilot, "ben: fine")
            await pilot.press("escape")
            later = copy.deepcopy(told.LIST)
            later["runs"][1] |= {"state": "ended", "outcome": "completed", "kind": "", "step": ""}
            desk.answers["procedure_list"] = later
            desk.truth["procedures"] = {"runs": [], "rehearsals": []}
            desk.publish("procedures")
            await until_gone(pilot, "▲ at a gate")

        feed = LiveFeed(lambda: desk.endpoints, HeldToken(TOKEN))
        playing.operate(feed, play, size=(120, 40))


def test_a_forced_hold_is_refused_by_the_desk_and_said() -> None:
    feed = seen_by("aiko")
    feed.answers["procedure_hold"] = Answer(False, {}, "obi may not run procedure")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until_shown(pilot, "Hold")
        await pilot.press("h", *"wait", "enter")
        await until_shown(pilot, "obi may not run procedure")

    operate(feed, play)


def _ticked(desk: Desk) -> bool:
    """Let the mission clock go on by a second."""
    clock = desk.truth["clock"]
    desk.truth["clock"] = clock | {"now_ns": clock["now_ns"] + 1_000_000_000}
    desk.publish("clock")
    return desk.count("procedure_show") > 1
