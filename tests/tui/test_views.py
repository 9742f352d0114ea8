"""The view models: a picture in, rows out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Link, Picture
from ops_tui.views.alarms import event_rows
from ops_tui.views.clock import clock_view
from ops_tui.views.fleet import DEFAULT_CADENCE_S, Freshness, fleet_view
from ops_tui.views.phrases import (
    count_text,
    counter_text,
    duration_text,
    light_times_text,
    percent_text,
    rough_duration_text,
    volume_text,
)
from tests.tui import pictures

LIVE, LOST = Link("live"), Link("lost", 5)


def fleet_of(**craft: dict[str, object]) -> Picture:
    return pictures.picture(fleet={"craft": craft})


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3.0, "0 s"),
        (59.9, "59 s"),
        (60.0, "1 min 00 s"),
        (751.4, "12 min 31 s"),
        (3_599.0, "59 min 59 s"),
        (11_110.0, "3 h 05 min"),
        (187_200.0, "2 d 04 h"),
    ],
)
def test_durations_read_in_two_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
    assert rough_duration_text(seconds) == " ".join(text.split()[:2])


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (4_230, "4.23 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (5_310_000, "5.31 MB"),
        (7_000_000_000_000, "7000 GB"),
    ],
)
def test_volumes_read_in_decimal_units(count: int, text: str) -> None:
    assert volume_text(count) == text


@given(st.integers(0, 10**15))
def test_a_volume_never_turns_to_exponents(count: int) -> None:
    assert "e" not in volume_text(count)


def test_what_is_unknown_reads_as_a_dash() -> None:
    assert {count_text(None), counter_text(None), percent_text(None)} == {"–"}


@pytest.mark.parametrize("is_fresh", [True, False])
def test_live_means_younger_than_light_time_and_cadence(is_fresh: bool) -> None:
    limit_s = pictures.LIGHT_TIME_S + DEFAULT_CADENCE_S
    craft = pictures.craft(limit_s - 1 if is_fresh else limit_s + 1)
    (view,) = fleet_view(fleet_of(otv=craft), LIVE)
    assert view.freshness is (Freshness.LIVE if is_fresh else Freshness.AGED)
    assert view.age.text == ("● live" if is_fresh else "◐ 1.2 OWLT")


def test_a_craft_may_name_its_own_cadence() -> None:
    craft = pictures.craft(pictures.LIGHT_TIME_S + 500.0, cadence_s=600.0)
    (view,) = fleet_view(fleet_of(otv=craft), LIVE)
    assert view.freshness is Freshness.LIVE


def test_nothing_is_live_on_a_lost_feed() -> None:
    craft = pictures.craft(1.0, lock=True, antenna="usuda-64")
    (view,) = fleet_view(fleet_of(otv=craft), LOST)
    assert view.freshness is Freshness.AGED
    assert view.lock.text == "◐ usuda-64"


def test_the_clock_here_is_a_light_time_behind_the_clock_there() -> None:
    (view,) = fleet_view(fleet_of(otv=pictures.craft(775.0)), LIVE)
    assert (view.clock_there, view.clock_here) == ("08-20 14:12:33", "08-20 14:00:01")
    there, here = (int(c.replace(" ", "")) for c in (view.counter_there, view.counter_here))
    assert there - here == pytest.approx(pictures.LIGHT_TIME_S, abs=1.0)
    true_ns = pictures.NOW.tai_ns - pictures.SCLK_EPOCH.tai_ns + 1_250_000_000
    assert there == true_ns // NANOSECONDS_PER_SECOND


def test_a_craft_never_heard_claims_nothing() -> None:
    craft = pictures.craft(
        0.0, last_scet_ns=None, last_sclk_ns=None, last_ert_ns=None, light_time_s=None, mode=None
    )
    (view,) = fleet_view(fleet_of(otv=craft), LIVE)
    assert view.freshness is Freshness.NEVER
    assert {view.clock_here, view.counter_there, view.light_time, view.mode.text} == {"–"}


def test_a_row_tells_its_craft_s_alarms_by_the_gravest() -> None:
    views = fleet_view(pictures.picture(alarms=pictures.ALARMS), LIVE)
    assert {view.id: view.alarms.text for view in views} == {
        "cube-polar": "1 ✖ critical",
        "cube-tharsis": "none",
        "otv": "2 ▲ warning",
    }
    assert {view.id: view.alarms_in_words.text for view in views} == {
        "cube-polar": "▲ 1 alarm, 1 to acknowledge",
        "cube-tharsis": "no alarm",
        "otv": "▲ 2 alarms, 1 to acknowledge",
    }


def test_an_age_is_told_in_light_times_where_light_takes_its_time() -> None:
    near = pictures.craft(4_000.0, light_time_s=1.3)
    far = pictures.craft(1_502.8)
    views = {view.id: view for view in fleet_view(fleet_of(near=near, far=far), LIVE)}
    assert views["far"].age.text == "◐ 2.0 OWLT"
    assert views["near"].age.text == "◐ 1 h 06 min"


@given(st.floats(0.0, 1e9), st.floats(0.001, 3e4))
def test_an_age_always_says_its_unit(age_s: float, light_time_s: float) -> None:
    text = light_times_text(age_s, light_time_s)
    assert text.endswith((" OWLT", " s", " min", " h"))


def test_a_row_says_what_comes_next_and_what_left_last() -> None:
    views = {view.id: view for view in fleet_view(pictures.picture(), LIVE)}
    assert [views[id].next_in.text for id in ("otv", "cube-polar")] == ["▶ now", "6h18"]
    assert views["cube-polar"].next_with == "otv"
    assert views["otv"].command.text == "▶ radiated SET_HOUSEKEEPING_PERIOD"
    assert views["cube-polar"].command.text == "✔ completed HEATER_ON"
    assert views["cube-tharsis"].command.text == "none yet"
    (lone,) = fleet_view(fleet_of(otv=pictures.craft(1.0)), LIVE)
    assert (lone.next_in.text, lone.next_with) == ("none", "–")


def test_the_clock_bar_shows_the_selected_craft_s_clock_or_the_first_speaker_s() -> None:
    first = clock_view(pictures.picture(), LIVE).craft
    chosen = clock_view(pictures.picture(), LIVE, "cube-polar").craft
    gone = clock_view(pictures.picture(), LIVE, "a craft that is not there any more").craft
    assert first is not None
    assert first == gone
    assert (first.craft, first.there, first.here) == ("otv", "08-20 14:12:33", "14:00:01")
    assert chosen is not None
    assert (chosen.craft, chosen.age.text) == ("cube-polar", "◐ 14.8 OWLT")
    assert clock_view(Picture(), LIVE).craft is None


def test_the_clock_bar_says_what_is_real() -> None:
    simulated = clock_view(pictures.picture(), LIVE)
    clock = {"now_ns": pictures.NOW.tai_ns, "rate": 1.0, "scenario": "mars", "simulated": False}
    flown = clock_view(pictures.picture(clock=clock), LIVE)
    unknown = clock_view(Picture(), Link("connecting"))
    assert [v.kind.text for v in (simulated, flown, unknown)] == [
        "SIMULATED",
        "FLIGHT",
        "NO DATA YET",
    ]
    assert [v.rate for v in (simulated, flown, unknown)] == ["×312", "×1", "×–"]


def test_a_lost_feed_says_for_how_long_and_what_still_stands() -> None:
    view = clock_view(pictures.picture(), Link("lost", 75))
    assert view.warning is not None
    assert "FEED LOST for 1 min 15 s" in view.warning.text
    assert "2031-08-20 14:12:33 UTC" in view.warning.text
    assert clock_view(pictures.picture(), LIVE).warning is None


def test_events_come_newest_first() -> None:
    assert [row.time for row in event_rows(pictures.picture())] == [
        "08-20 14:03:00",
        "08-20 13:40:00",
        "08-20 13:21:00",
    ]
