"""Interpolated geometry against geometry itself, and views as changes."""

from __future__ import annotations

import numpy as np

from groundsys.geometry import Geometry, view_periods
from sims.space.histories import Agenda, History
from sims.space.paths import Overflight, Path
from tests.geometry.missions import DAY, MISSION

GEOMETRY = Geometry(MISSION)
SECOND_NS = 1_000_000_000


def some_times(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    seconds = np.sort(np.random.default_rng(3).uniform(0.0, 86_400.0, count))
    return (DAY.start.tai_ns + seconds * 1e9).astype(np.int64)


def test_interpolated_light_time_is_true_within_a_nanosecond() -> None:
    path = Path(GEOMETRY, "usuda-64", "otv", DAY.start.tai_ns)
    times = some_times(500)
    true_s = GEOMETRY.emission_light_time_s("usuda-64", "otv", times)
    interpolated = path.arrivals_ns(times) - times
    assert np.abs(interpolated - true_s * 1e9).max() < 1.5  # and half a nanosecond of rounding
    assert abs(path.downlink_ns(int(times[7])) - true_s[7] * 1e9) < 1.5
    up_s = GEOMETRY.uplink_light_time_s("usuda-64", "otv", times[9:10])[0]
    assert abs(path.uplink_ns(int(times[9])) - up_s * 1e9) < 1.5
    received = int(times[7])
    assert abs(path.emission_ns(received) + path.downlink_ns(path.emission_ns(received))
               - received) <= 1  # fmt: skip


def test_interpolated_overflights_are_true() -> None:
    overflight = Overflight(GEOMETRY, "otv", "cube-polar")
    times = some_times(300)
    elevation, distance = GEOMETRY.overflight("otv", "cube-polar", times)
    mask_deg = GEOMETRY.elevation_mask_deg("cube-polar")
    for ns, true_deg, true_km in zip(times.tolist(), elevation, distance, strict=True):
        assert abs(overflight.range_km(ns) - true_km) < 0.001
        assert abs(overflight.elevation_deg(ns) - true_deg) < 0.001
        if abs(true_deg - mask_deg) > 0.001:
            assert overflight.is_seen(ns) == (true_deg >= mask_deg)


def test_a_view_changes_where_view_periods_begin_and_end() -> None:
    view = Path(GEOMETRY, "malargue-35", "otv", DAY.start.tai_ns).downlink_view
    periods = view_periods(GEOMETRY, "malargue-35", "otv", DAY)
    ns = DAY.start.tai_ns
    assert view.at(ns) == periods[0].receive.contains(DAY.start)
    for period in periods:
        middle = (period.receive.start.tai_ns + period.receive.end.tai_ns) // 2
        assert view.at(middle)
        change = view.next_change(middle)
        if period.receive.end < DAY.end:
            assert abs(change - period.receive.end.tai_ns) < 20_000_000
            assert not view.at(change)
        assert view.at(change - 1)


def test_a_history_keeps_its_order_and_lets_a_late_word_win() -> None:
    history = History("before")
    history.set(10, "ten")
    history.set(20, "twenty")
    assert [history.at(ns) for ns in (9, 10, 19, 20)] == ["before", "ten", "ten", "twenty"]
    history.set(15, "fifteen")
    assert history.at(30) == "fifteen"
    for ns in range(100, 300):
        history.set(ns, str(ns))
    assert history.at(299) == "299"


def test_an_agenda_runs_in_order_and_takes_new_entries_on_the_way() -> None:
    agenda = Agenda()
    done: list[int] = []

    def ask_for_more(ns: int) -> None:
        done.append(ns)
        agenda.at(15, done.append)

    agenda.at(20, done.append)
    agenda.at(10, ask_for_more)
    agenda.at(30, done.append)
    agenda.run_until(20)
    assert done == [10, 15, 20]
    assert agenda.next_ns == 30
