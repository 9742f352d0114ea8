"""A strike falls while a command stands in the very state that it is meant for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from groundsys.rehearsal.flying.killing import Killer, Strike
from groundsys.store import Store
from tests.rehearsal.commanding_writer import WAY
from tests.yamcs.craft import wait_for

PATIENCE_S = 20.0


@contextmanager
def child(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with child("-m", "tests.rehearsal.commanding_writer", str(tmp_path / "store.sqlite")) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"ready\n"
        yield one


def killer(tmp_path: Path, strike: Strike, process_ids: Callable[[], dict[str, int]]) -> Killer:
    store = tmp_path / "store.sqlite"
    return Killer((strike,), process_ids, lambda _: None, lambda: Store(store, read_only=True))


@pytest.mark.parametrize("state", [one for one in WAY if one != "completed"])
def test_desks_die_while_a_command_stands_in_the_state(
    tmp_path: Path, desks: subprocess.Popen[bytes], state: str
) -> None:
    with killer(tmp_path, Strike("desks", state), lambda: {"desks": desks.pid}) as struck:
        assert desks.wait(PATIENCE_S) == -9
    assert struck.struck == [Strike("desks", state)]
    if state in ("drafted", "approved", "issuing", "accepted", "started"):
        # stopped after it has put the next state into SQLite's log (WAL), and before it has told
        # the others of that, a writer stands for them where it stood; what it wrote holds
        following = WAY[WAY.index(state) + 1]
        with Store(tmp_path / "store.sqlite", read_only=True) as store:
            assert store.commands.all()[-1].state in (state, following)


def test_while_another_is_struck_the_desks_stand_still_and_then_go_on(
    tmp_path: Path, desks: subprocess.Popen[bytes]
) -> None:
    seen: list[tuple[str, bool]] = []
    with child("-c", "input()") as hub:

        def process_ids() -> dict[str, int]:
            if hub.poll() is None:
                with Store(tmp_path / "store.sqlite", read_only=True) as store:
                    approved = "approved" in store.commands.states()
                    seen.append((psutil.Process(desks.pid).status(), approved))
            return {"desks": desks.pid, "hub": hub.pid}

        with killer(tmp_path, Strike("hub", "approved"), process_ids) as struck:
            assert hub.wait(PATIENCE_S) == -9
            wait_for(lambda: struck.struck)
    assert (psutil.STATUS_STOPPED, True) in seen
    with Store(tmp_path / "store.sqlite", read_only=True) as store:
        wait_for(store.has_changed)
        wait_for(store.has_changed)
    assert psutil.Process(desks.pid).status() != psutil.STATUS_STOPPED
