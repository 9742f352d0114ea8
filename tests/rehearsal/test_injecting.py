"""Wishes of the desks' people, brought to the simulators by whoever keeps the mission clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.mission import load_mission
from groundsys.rehearsal.flying.injecting import Injector
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step

SHORT = load_mission().scenarios["short"]
START = SHORT.span.start
AT_START = {"fault": "clean_air"}


class Listener:
    """Writes down what it is told, and looks each ten minutes."""

    def __init__(self, name: str, heard: dict[str, list[tuple[float, dict[str, Any]]]]) -> None:
        self.name, self._heard = name, heard

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        for one in inbox:
            self._heard[self.name].append((now.seconds_since(START), dict(one.body)))
        return Step(wake_at=now.plus_seconds(600.0))

    def close(self) -> None:
        pass


def wished(number: int, by: str = "fay", **fault: Any) -> dict[str, Any]:
    return {"wish": number, "fault": fault, "by": by, "injected": False}


def test_each_wish_is_brought_once_to_whoever_simulates(tmp_path: Path) -> None:
    heard: dict[str, list[tuple[float, dict[str, Any]]]] = defaultdict(list)
    names = ("desks", "hub", "space", *SHORT.spacecraft)
    carrier = LocalCarrier([Listener(name, heard) for name in names])
    exchange = Exchange(carrier, start=START, quantum_s=SHORT.quantum_s)
    run = RunDirectory(tmp_path)
    injector = Injector(exchange, SHORT, run, [AT_START])
    exchange.run_until(START.plus_seconds(700.0))
    now_s = exchange.now.seconds_since(START)
    late = wished(1, fault="silent_cube", after_s=650.0, until_s=950.0)
    ahead = wished(2, fault="safe_mode", spacecraft="otv", after_s=1_000.0)

    injected = injector.follow([late, ahead])
    assert injector.follow([late, ahead]) == []  # until the desks have heard of it
    begins_s = now_s + SHORT.quantum_s
    moved = {"fault": "silent_cube", "after_s": begins_s, "until_s": begins_s + 300.0}
    assert injected == [
        {**moved, "injected_by": "fay"}, {**ahead["fault"], "injected_by": "fay"},
    ]  # fmt: skip
    exchange.run_until(START.plus_seconds(1_300.0))
    for name in ("space", *SHORT.spacecraft):
        # not after the moment at which it begins
        assert [at <= begins_s for at, _ in heard[name]] == [True, True]
        assert [body["fault"] for _, body in heard[name]] == injected
    assert not heard["hub"]
    told = heard["desks"][-1][1]["faults"]
    assert [one["wish"] for one in told] == [0, 1, 2]
    assert injector.under_way == tuple(injected)
    assert run.injected_faults() == [AT_START, *injected]
