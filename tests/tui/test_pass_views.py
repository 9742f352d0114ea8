"""The pass console's view: steps, signal against prediction, and what is not here yet."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ops_tui.picture import Link, Picture
from ops_tui.views.pass_console import PassView, pass_view, watched_ids
from tests.tui import pictures

LIVE, LOST = Link("live"), Link("lost", 5)


def view_of(link: Link = LIVE, **changes: Any) -> PassView:
    watched = {"passes": {"pass-004": pictures.watched(**changes)}}
    view = pass_view(pictures.picture(pass_watch=watched), link, None)
    assert view is not None
    return view


def figure(view: PassView, label: str) -> str:
    return dict(view.figures)[label].text


def tone(view: PassView, label: str) -> str:
    return dict(view.figures)[label].tone


def test_each_step_has_its_planned_and_its_actual_time() -> None:
    steps = {step.name: step for step in view_of().steps}
    assert (steps["Lock"].planned, steps["Lock"].actual.text) == ("13:21:00", "✔ 13:21:12 +12 s")
    assert steps["Uplink up"].actual.text == "✔ 13:21:00"
    late = steps["AD service"].actual
    assert (late.text, late.tone) == ("✔ 13:47:05 +25 min", "caution")
    assert steps["LOS"].actual.text == "in 3 h 27 min"


def test_a_step_that_is_overdue_says_for_how_long() -> None:
    steps = [
        {"step": "lock", "planned_ns": pictures.before_now(600.0), "actual_ns": None},
        {"step": "uplink_sweep", "planned_ns": pictures.before_now(30.0), "actual_ns": None},
    ]
    lock, uplink = view_of(steps=steps).steps
    assert (lock.actual.text, lock.actual.tone) == ("▲ 10 min 00 s late", "bad")
    assert uplink.actual.text == "due"


def test_signal_and_margin_stand_beside_their_prediction() -> None:
    view = view_of()
    assert figure(view, "C/N0") == "54.1 dBHz (predicted 54.4)"
    assert figure(view, "Eb/N0") == "8.1 dB (4.5 at 40 kbit/s)"
    assert (figure(view, "margin"), tone(view, "margin")) == ("✔ +3.6 dB (predicted +3.9)", "good")


def test_a_signal_far_below_its_prediction_is_marked() -> None:
    weak = view_of(c_n0_dbhz=51.0)
    assert (figure(weak, "C/N0"), tone(weak, "C/N0")) == ("▼ 51.0 dBHz (predicted 54.4)", "caution")
    assert tone(weak, "margin") == "caution"
    lost = view_of(c_n0_dbhz=50.0)
    assert (figure(lost, "margin"), tone(lost, "margin")) == ("✖ −0.5 dB (predicted +3.9)", "bad")


def test_told_weather_lowers_what_is_predicted() -> None:
    assert figure(view_of(weather_db=1.0), "C/N0") == "54.1 dBHz (predicted 53.4)"


def test_without_lock_there_is_no_signal_to_show() -> None:
    view = view_of(state="searching", c_n0_dbhz=None, lock_since_ns=None)
    assert figure(view, "C/N0") == "none (predicted 54.4 dBHz)"
    assert (figure(view, "Eb/N0"), figure(view, "lock")) == ("–", "none")
    assert view.state.text == "◎ searching"


def test_lock_counts_on_and_losses_are_told() -> None:
    assert figure(view_of(), "lock") == "▲ for 51 min 21 s"
    again = view_of(lock_s=600.0, losses_of_lock=2)
    assert (figure(again, "lock"), tone(again, "lock")) == (
        "▲ for 1 h 01 min, lost 2×", "caution",
    )  # fmt: skip
    gone = view_of(lock_s=600.0, losses_of_lock=1, lock_since_ns=None)
    assert (figure(gone, "lock"), tone(gone, "lock")) == ("none now, lost 1×", "bad")


def test_bad_frames_stand_out() -> None:
    bad = view_of(frames_bad=12)
    assert (figure(bad, "frames"), tone(bad, "frames")) == ("812 good, ✖ 12 bad", "caution")
    assert figure(view_of(), "frames") == "812 good, 0 bad"


def test_what_came_home_and_what_lacks() -> None:
    view = view_of()
    assert figure(view, "home") == "905 kB of 5.25 MB (17 %)"
    assert figure(view, "lacking") == "12 packets, 1 file"
    assert figure(view, "asked") == "2 requests, 20.5 kB to come"
    nothing = {"packets": 0, "replays_asked": 0, "files": 0, "file_octets": 0, "file_requests": 0}
    assert figure(view_of(lacking=nothing), "lacking") == "nothing that was sent"


def test_the_recorder_is_the_craft_s_word_and_as_old_as_that() -> None:
    assert figure(view_of(), "aboard") == "● recorder 12 %"
    fleet = {"craft": {"otv": pictures.craft(3_757.0)}}
    old = pass_view(pictures.picture(fleet=fleet), LIVE, None)
    assert old is not None
    assert figure(old, "aboard") == "◐ recorder 12 %, 5.0 OWLT"
    silent = pass_view(pictures.picture(fleet={"craft": {}}), LIVE, None)
    assert silent is not None
    assert figure(silent, "aboard") == "○ recorder never heard"


def test_on_a_lost_feed_nothing_is_shown_as_true_now() -> None:
    view = view_of(LOST)
    for label in ("lock", "C/N0", "Eb/N0", "margin", "aboard"):
        assert figure(view, label).startswith("◐ ")
        assert tone(view, label) == "caution"
    assert view.state.text == "◐ ▶ locked"


def test_the_foremost_pass_is_the_one_in_lock() -> None:
    passes = {
        "a": pictures.watched(id="a", state="planned", start_ns=pictures.at("15:00")),
        "b": pictures.watched(id="b", state="searching"),
        "c": pictures.watched(id="c", start_ns=pictures.at("13:50")),
    }
    shown = pictures.picture(pass_watch={"passes": passes})
    assert watched_ids(shown) == ("c", "b", "a")
    first = pass_view(shown, LIVE, "one that is over")
    assert first is not None
    assert (first.id, first.place) == ("c", "1 of 3")
    chosen = pass_view(shown, LIVE, "a")
    assert chosen is not None
    assert chosen.time.text == "15:00–17:40  begins in 47 min 27 s"
    assert pass_view(Picture(), LIVE, None) is None


def test_a_long_queue_says_how_much_of_it_is_shown() -> None:
    queue = pictures.watched()["uplink_queue"]
    assert view_of().queue_head == "2 wait for this pass; 1 under way"
    long = view_of(uplink_queue={**queue, "waiting": 40})
    assert long.queue_head == "40 wait for this pass, the first 2 of them; 1 under way"
    assert [row.name for row in view_of().queue] == ["RELAY_SESSION_ADD", "HEATER_OFF"]


@given(
    values=st.lists(st.floats(20.0, 90.0), min_size=2, max_size=40),
    after_s=st.floats(-1e5, 1e5),
    measured=st.none() | st.floats(20.0, 90.0),
)
def test_any_prediction_can_be_drawn(
    values: list[float], after_s: float, measured: float | None
) -> None:
    start, end = pictures.at("13:20"), pictures.at("17:40")
    step = (end - start) // (len(values) - 1)
    predicted = {
        "times_ns": [start + step * n for n in range(len(values))],
        "c_n0_dbhz": values,
    }
    clock = {"now_ns": start + round(after_s * 1e9), "rate": 1.0, "simulated": True}
    watched = {"pass-004": pictures.watched(predicted=predicted, c_n0_dbhz=measured)}
    view = pass_view(pictures.picture(clock=clock, pass_watch={"passes": watched}), LIVE, None)
    assert view is not None
    assert len(view.margin_curve) == len(values)
    assert view.now_column is None or 0 <= view.now_column < len(values)
