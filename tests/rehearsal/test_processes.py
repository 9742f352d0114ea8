"""Signals that come while a process is being started."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundsys.cli.flights import end_on_terminate
from groundsys.rehearsal.flying.processes import ProcessGroup, ProcessSpecification, interrupts_wait

#: hooks stay for good, so there is one, which does what the test at hand wants
_after_fork: list[int] = []


def _signal_ourselves() -> None:
    for number in _after_fork:
        os.kill(os.getpid(), number)


os.register_at_fork(after_in_parent=_signal_ourselves)


@pytest.fixture
def term_is_ctrl_c() -> Iterator[None]:
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    end_on_terminate()
    # whoever starts the tests in the background may have had it ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    _after_fork.clear()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("term_is_ctrl_c")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_that_comes_while_a_child_is_forked_is_not_forgotten(
    number: int, tmp_path: Path
) -> None:
    _after_fork.append(number)
    program = ProcessSpecification("sleeper", ("-c", "import time; time.sleep(60)"))
    with ProcessGroup(tmp_path) as group:
        with pytest.raises(KeyboardInterrupt):
            group.start([program])
        # it was started all the same, and is known
        assert list(group.process_ids) == ["sleeper"]
        assert group.ended() == {}
    assert group.ended() == {"sleeper": -signal.SIGTERM}


@pytest.mark.usefixtures("term_is_ctrl_c")
def test_afterwards_they_count_at_once_again() -> None:
    with interrupts_wait():
        pass
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
