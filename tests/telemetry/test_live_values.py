"""Values on their way to watchers, numbers made of them, and long histories made short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.bus.wire import pack, unpack
from groundsys.mission.parsing.expressions import read_expression
from groundsys.mission.spacecraft.packet_model import AlarmRange
from groundsys.mission.telemetry.telemetry_model import DerivedParameter
from groundsys.telemetry.decimation import decimate
from groundsys.telemetry.live_values import (
    LEVELS,
    LiveValue,
    craft_of,
    derive,
    level_of,
    topic_of,
)
from groundsys.values.instants import Instant, Interval
from groundsys.values.records import ParameterReading

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
VALUES = st.one_of(
    st.integers(-(2**40), 2**40), st.floats(allow_nan=False), st.text(max_size=9), st.booleans()
)
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)


@given(
    st.builds(
        LiveValue,
        VALUES,
        st.integers(0, 2**62),
        st.none() | st.integers(0, 2**62),
        st.sampled_from(("", *LEVELS)),
        st.booleans(),
    )
)
def test_a_value_comes_over_the_wire_as_it_was(value: LiveValue) -> None:
    assert LiveValue.from_wire(unpack(pack(value.to_wire()))) == value


@given(NAMES, NAMES)
def test_who_follows_one_craft_gets_no_other(one: str, other: str) -> None:
    assert craft_of(topic_of(one)) == one
    assert topic_of(one).startswith(topic_of(other)) == (one == other)
    assert craft_of(one) is None


def reading(name: str, value: object, after_s: float = 0.0) -> ParameterReading:
    made = START.plus_seconds(after_s)
    return ParameterReading(name, value, made, made.plus_seconds(800.0))


POWER = DerivedParameter(
    "power", read_expression("volts * amps"), "W", "", (AlarmRange("warning", maximum=50.0),)
)


def test_a_derived_value_is_as_old_as_the_oldest_it_is_made_of() -> None:
    made = derive([POWER], {"volts": reading("volts", 20, 60.0), "amps": reading("amps", 3.0)})
    assert made["power"] == ParameterReading(
        "power", 60.0, START, START.plus_seconds(860.0), "warning"
    )


def test_nothing_is_derived_of_what_lacks_or_is_no_number() -> None:
    assert derive([POWER], {"volts": reading("volts", 20)}) == {}
    assert derive([POWER], {"volts": reading("volts", 20), "amps": reading("amps", "ON")}) == {}
    share = DerivedParameter("share", read_expression("amps / volts"))
    none = {"volts": reading("volts", 0), "amps": reading("amps", 1)}
    assert derive([share], none) == {}


def test_the_gravest_limit_counts() -> None:
    alarms = [AlarmRange("watch", 40.0), AlarmRange("critical", 10.0, 95.0)]
    assert [level_of(alarms, value) for value in (50, 39, 9, 96)] == [
        "", "watch", "critical", "critical"
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 999_999), st.floats(-1e6, 1e6)), max_size=200),
    st.integers(1, 50),
)
def test_decimation_loses_no_peak_and_no_count(
    history: list[tuple[int, float]], count: int
) -> None:
    ordered = sorted((START.plus_seconds(after / 1000), value) for after, value in history)
    samples = decimate(ordered, Interval(START, START.plus_seconds(1000.0)), count)
    assert len(samples) <= count
    assert sum(one.count for one in samples) == len(ordered)
    left = list(ordered)
    for sample in samples:
        piece, left = left[: sample.count], left[sample.count :]
        values = [value for _, value in piece]
        assert (sample.minimum, sample.maximum) == (min(values), max(values))
        assert (sample.first, sample.last) == (piece[0][0], piece[-1][0])
