"""A window passes in contact and stands still out of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.procedures.windows import window_end
from groundsys.values.instants import Instant, Interval


def at(second: int) -> Instant:
    return Instant(second * 10**9)


SPANS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 60)).map(
        lambda pair: Interval(at(pair[0]), at(pair[0] + pair[1]))
    ),
    max_size=8,
)


@given(SPANS, st.integers(0, 200), st.integers(1, 150))
def test_it_ends_once_so_many_seconds_of_contact_have_passed(
    contacts: list[Interval], begun: int, window: int
) -> None:
    second, left = begun, window
    while left and second < 400:
        left -= any(one.contains(at(second)) for one in contacts)
        second += 1
    assert window_end(at(begun), window, contacts) == (None if left else at(second))


def test_out_of_contact_it_stands_still() -> None:
    passes = [Interval(at(0), at(100)), Interval(at(1000), at(1100))]
    assert window_end(at(40), 60, passes) == at(100)
    assert window_end(at(40), 61, passes) == at(1001)
    assert window_end(at(500), 10, passes) == at(1010)
    assert window_end(at(40), 161, passes) is None
