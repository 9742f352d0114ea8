"""Property: whatever antennas, UDP and crashes do, Yamcs gets what the frames hold, each once."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundsys.hub import FrameHub, read_journal
from groundsys.mission.model import Mission
from tests.hub.conftest import CRAFT
from tests.hub.ground import START, Craft, FakeYamcs, frames_message, readable, timed

_SETTINGS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def days(draw: st.DrawFn) -> tuple[list[int], list[list[bool]], list[tuple[int, int]], int]:
    """Packet lengths; what each antenna hears; batches (antenna, frames); when the hub dies."""
    lengths = draw(st.lists(st.integers(10, 2500), min_size=5, max_size=60))
    heard = [draw(st.lists(st.booleans(), min_size=20, max_size=150)) for _ in range(2)]
    batches = draw(
        st.lists(st.tuples(st.integers(0, 1), st.integers(1, 40)), min_size=4, max_size=25)
    )
    return lengths, heard, batches, draw(st.integers(0, 25))


@_SETTINGS
@given(day=days(), lost=st.sets(st.integers(0, 200), max_size=40))
def test_yamcs_gets_what_the_frames_hold(
    mission: Mission,
    day: tuple[list[int], list[list[bool]], list[tuple[int, int]], int],
    lost: set[int],
) -> None:
    lengths, heard, batches, killed_after = day
    otv = Craft(mission.spacecraft["otv"])
    frames = timed(otv.frames("RELAY", [otv.packet(length) for length in lengths]))
    waiting = [
        [
            (ert_ns + antenna * 12_000_000, data)
            for index, (ert_ns, data) in enumerate(frames)
            if heard[antenna][index % len(heard[antenna])]
        ]
        for antenna in range(2)
    ]
    scenario = mission.scenarios["quickstart"]
    given_to_hub: set[bytes] = set()
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        yamcs = stack.enter_context(contextlib.closing(FakeYamcs(mission, CRAFT)))
        yamcs.loses = lambda arrival: arrival in lost
        hub = FrameHub(mission, scenario, yamcs, yamcs.links, Path(directory), Path())
        for step, (antenna, count) in enumerate(batches):
            if step == killed_after:
                hub.close()
                hub = FrameHub(mission, scenario, yamcs, yamcs.links, Path(directory), Path())
            batch, waiting[antenna] = waiting[antenna][:count], waiting[antenna][count:]
            given_to_hub |= {data for _, data in batch}
            message = frames_message(f"antenna-{antenna}", "otv", batch)
            hub.advance(START.plus_seconds(step), [message])
        hub.advance(START.plus_seconds(1000), [])
        hub.close()
        journaled = [one.data for one in read_journal(Path(directory) / "frames.journal")]
    assert Counter(journaled) == Counter(given_to_hub)
    known = [data for _, data in frames if data in given_to_hub]
    assert yamcs.archive["otv"] == readable(known)
