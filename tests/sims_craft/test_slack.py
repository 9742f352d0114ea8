"""What nobody can see yet wakes no node, and happens at its own instant all the same."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from groundsys.mission import load_mission
from groundsys.mission.spacecraft.keys import make_keys
from groundsys.values.instants import Instant
from sims.craft import OrbiterNode
from sims.craft.computer.agenda import Agenda

_MISSION = load_mission()
_SCENARIO = _MISSION.scenarios["surface-network"]
_START = _SCENARIO.span.start
_MINUTE_NS = 60_000_000_000


def test_an_action_with_slack_is_due_later_and_runs_at_its_time() -> None:
    agenda = Agenda(0)
    done: list[tuple[str, int]] = []
    agenda.at(10, lambda ns: done.append(("lazy", ns)), slack_ns=100)
    agenda.at(50, lambda ns: done.append(("prompt", ns)))
    assert (agenda.next_ns, agenda.latest_ns) == (10, 50)
    agenda.run_until(50)
    assert done == [("lazy", 10), ("prompt", 50)]
    assert (agenda.next_ns, agenda.latest_ns) == (None, None)
    agenda.at(60, lambda ns: None, slack_ns=100)
    assert agenda.latest_ns == 160


def test_an_orbiter_that_nobody_calls_wakes_seldom_and_sends_every_minute(tmp_path: Path) -> None:
    craft = _MISSION.spacecraft["otv"]
    make_keys(tmp_path / "keys", [craft])
    node = OrbiterNode(craft, _MISSION, _SCENARIO, 1, tmp_path, tmp_path / "keys")
    node.orbiter.housekeeping.set_period(600.0, _START.tai_ns)
    sent: list[Instant] = []
    now, wakes = _START, 0
    while now < _START.plus_seconds(3_600.0):
        step = node.advance(now, ())
        for message in step.outbox:
            if message.kind == "x_down":
                # each is told by itself, at its own time, before light could have come to Earth
                assert len(message.body["frames"]) == 1
                assert now.seconds_since(message.time) <= 180.0
                sent.append(message.time)
        assert step.wake_at is not None
        now, wakes = step.wake_at, wakes + 1
    node.close()
    gaps = [later.tai_ns - earlier.tai_ns for earlier, later in pairwise(sent)]
    assert len(sent) >= 55
    assert set(gaps) == {_MINUTE_NS}
    assert wakes < 40
