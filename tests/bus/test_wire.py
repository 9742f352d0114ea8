"""Messages and steps survive the socket."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.bus.wire import (
    message_from_wire,
    message_to_wire,
    pack,
    step_from_wire,
    step_to_wire,
    unpack,
)
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step

instants = st.integers(-(2**62), 2**62).map(Instant)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=40)
)
bodies = st.dictionaries(
    st.text(max_size=10),
    st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    max_size=5,
)
names = st.text(max_size=12)
messages = st.builds(Message, names, names, names, instants, bodies)
steps = st.builds(Step, st.lists(messages, max_size=3).map(tuple), st.none() | instants)


@given(messages)
def test_a_message_survives(message: Message) -> None:
    assert message_from_wire(unpack(pack(message_to_wire(message)))) == message


@given(steps)
def test_a_step_survives(step: Step) -> None:
    assert step_from_wire(unpack(pack(step_to_wire(step)))) == step


def test_maps_may_have_numbers_for_keys() -> None:
    assert unpack(pack({1: b"\x00", "two": "2"})) == {1: b"\x00", "two": "2"}
