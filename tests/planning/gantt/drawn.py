"""Charts put together by hand, so that every cell of them is known."""

from __future__ import annotations

from groundsys.planning.gantt.chart import Bar, Chart, Obstacle, Row
from groundsys.values.instants import Instant, Interval

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")


def hours(start: float, end: float) -> Interval:
    return Interval(START.plus_seconds(3600.0 * start), START.plus_seconds(3600.0 * end))


def a_pass(
    id: str, start: float, end: float, uplink: float | None = None, craft: str = "otv"
) -> Bar:
    transmitting = None if uplink is None else hours(start, uplink)
    return Bar(id, "pass", craft, hours(start, end), transmitting, 128_000.0)


def a_session(id: str, start: float, end: float, craft: str) -> Bar:
    return Bar(id, "session", craft, hours(start, end), hours(start, end), 32_000.0)


def one_day() -> Chart:
    return Chart(
        title="A day",
        span=hours(0, 24),
        rows=(
            Row(
                "dss-25", "Goldstone", "antenna",
                windows=(hours(2, 10), hours(20, 24)),
                bars=(a_pass("pass-01", 3, 8, 7), a_pass("pass-03", 21, 22, 21.5)),
            ),
            Row(
                "usuda-64", "Usuda", "antenna",
                windows=(hours(9, 16),),
                bars=(a_pass("pass-02", 10, 12, 11.5), a_pass("pass-04", 11, 13, None, "second")),
                obstacles=(
                    Obstacle("outage", hours(13, 15), "out of order"),
                    Obstacle("weather", hours(15, 16), "weather costs 3 dB"),
                ),
            ),
            Row("new-norcia", "New Norcia", "antenna", windows=(), bars=()),
            Row(
                "cube", "Cube", "craft",
                windows=(hours(5, 6), hours(17, 18)),
                bars=(a_session("relay-01", 5.25, 5.5, "cube"),),
            ),
        ),
        spacecraft=("otv", "second", "cube"),
        now=START.plus_seconds(16.5 * 3600.0),
    )  # fmt: skip
