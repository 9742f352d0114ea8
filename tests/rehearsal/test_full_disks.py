"""A process finds its disk full for a while, also the one that is started in its place."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from groundsys.assembly import issue_tokens
from groundsys.customers import token_hash
from groundsys.mission import load_mission
from groundsys.rehearsal.flying.full_disks import FullDisks
from groundsys.rehearsal.flying.killing import Killer, Strike, tally
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.verdict.strikes import Strikes
from groundsys.store import Store
from tests.full_disk import full_disk
from tests.rehearsal.command_line import awaited
from tests.yamcs.craft import wait_for

#: writes a file whenever it is asked to, and says what came of it
_WRITER = """
import errno, sys
for line in sys.stdin:
    try:
        with open(sys.argv[1], "w") as file:
            file.write("x")
        print("written", flush=True)
    except OSError as error:
        print(errno.errorcode[error.errno], flush=True)
"""


class Writer:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def write(self) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("write\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def writer(path: Path) -> Iterator[Writer]:
    arguments = [sys.executable, "-c", _WRITER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield Writer(process)
        finally:
            process.kill()


def test_it_lasts_as_long_as_is_said_and_over_the_death_of_the_process(tmp_path: Path) -> None:
    with writer(tmp_path / "a") as first, writer(tmp_path / "b") as second:
        running = {"hub": first.process.pid}
        disks = FullDisks(lambda: running)
        assert first.write() == "written"
        begun = time.monotonic()
        disks.fill("hub", for_s=1.0)
        assert first.write() == "EFBIG"
        first.process.kill()
        first.process.wait()
        disks.keep()
        running["hub"] = second.process.pid
        disks.keep()
        assert disks
        assert second.write() == "EFBIG"

        def over() -> bool:
            disks.keep()
            return not disks

        wait_for(over)
        assert time.monotonic() - begun >= 1.0
        assert second.write() == "written"


@pytest.mark.parametrize("ends", [True, False])
def test_a_strike_fills_a_disk_and_kills_nobody(tmp_path: Path, ends: bool) -> None:
    """Whoever strikes makes room at the end, also before the time is over."""
    strike = Strike("desks", "queued", disk_full_s=0.5 if ends else 1_000.0)
    states = {"queued"}
    commands = SimpleNamespace(states=lambda: states)

    @contextmanager
    def store() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(commands=commands)

    with writer(tmp_path / "a") as one:
        ids = {"desks": one.process.pid}
        with Killer((strike,), lambda: ids, lambda _: None, store) as killer:  # type: ignore[arg-type]
            wait_for(lambda: killer.struck)
            if ends:
                wait_for(lambda: one.write() == "written")
            else:
                assert one.write() == "EFBIG"
        assert one.write() == "written"
        assert one.process.poll() is None
    assert killer.struck == [strike]
    assert tally((strike, Strike("hub", "")), killer.struck, kills=False) == Strikes(1, 1)
    assert tally((strike, Strike("hub", "")), killer.struck, kills=True) == Strikes(1, 0)


def test_a_portal_that_finds_no_room_to_begin_waits_and_starts_anew(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.write_facts({})
    run.announce("desks", dict.fromkeys(("requests", "events"), "tcp://127.0.0.1:9"))
    arguments = [sys.executable, "-m", "groundsys", "node", "portal", "--run", str(tmp_path)]
    with (tmp_path / "log").open("wb") as log:
        portal = subprocess.Popen(arguments, stdout=log, stderr=log)
    disks = FullDisks(lambda: {"portal": portal.pid})
    try:
        disks.fill("portal", for_s=1_000.0)
        unwritten = tmp_path / "endpoints" / f".portal.json.{portal.pid}"
        awaited(unwritten.exists, "a portal that listens")
        assert portal.poll() is None
        assert not run.endpoints("portal")
        disks.make_room()
        awaited(lambda: run.endpoints("portal"), "a portal that says where")
        assert portal.poll() is None
        told = (tmp_path / "log").read_text()
        assert "the disk was full: make more room" in told
        assert "Traceback" not in told
    finally:
        portal.kill()
        portal.wait()


def test_a_run_s_folder_has_room_or_not(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    assert run.has_room()
    with full_disk():
        assert not run.has_room()
    assert list(tmp_path.iterdir()) == []


def test_what_stands_in_a_run_s_folder_stays_whole_on_a_full_disk(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.keep_notary_key(b"a key")
    run.announce("hub", {"at": 1})
    with full_disk():
        for write in (
            lambda: run.keep_notary_key(b"a key"),
            lambda: run.announce("hub", {"at": 2}),
        ):
            with pytest.raises(OSError, match="too large"):
                write()
    assert run.notary_key.read_bytes() == b"a key"
    assert json.loads((tmp_path / "endpoints" / "hub.json").read_text()) == {"at": 1}


def test_a_customer_s_token_that_was_not_kept_is_kept_by_the_next_start(tmp_path: Path) -> None:
    """The disk may be full between the file and the store."""
    run, scenario = RunDirectory(tmp_path), load_mission().scenarios["short"]
    with Store(run.store) as store:
        with full_disk(), pytest.raises(OSError, match="too large"):
            issue_tokens(run, store, scenario)
        issue_tokens(run, store, scenario)
        first = {name: (run.tokens / name).read_text() for name in scenario.customers}
    run.store.unlink()
    with Store(run.store) as store:
        issue_tokens(run, store, scenario)
        issue_tokens(run, store, scenario)
        for name, text in first.items():
            assert (run.tokens / name).read_text() == text
            kept = store.tokens.get(token_hash(text.strip()))
            assert kept is not None
            assert kept.customer == name
        assert len(list(store.audit.all())) == len(scenario.customers)
