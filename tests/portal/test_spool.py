"""What a portal has shown reaches the desks, all of it and each thing once, whatever happens."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from groundsys.portal import spool as module
from groundsys.portal.spool import AccessSpool
from groundsys.values.errors import NoAnswerError
from tests.portal.fake_desks import FakeDesks


def line(number: int) -> dict[str, Any]:
    """An access of a product of that number."""
    shown = [{"product": f"p{number}", "octets": number, "complete": True}]
    return {"customer": "polar-weather", "accesses": shown, "what": "download", "shown_s": 1.9e9}


class PortalAndDesks(RuleBasedStateMachine):
    """Lines are written, handed over, and handed over again where the answer got lost; portals
    die at any moment, some with half a line on the disk."""

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.desks = FakeDesks()
        self.folder = Path(tempfile.mkdtemp(dir=self.desks._folder))
        self.spool = AccessSpool(self.folder)
        self.written = 0

    @rule(count=st.integers(1, 4))
    def show(self, count: int) -> None:
        for _ in range(count):
            self.written += 1
            self.spool.write(line(self.written))

    @rule(answered=st.booleans())
    def hand_over(self, answered: bool) -> None:
        lines = [dict(one) for one in self.spool.waiting()]
        answer = self.desks.ask("hand_over_accesses", portal=self.spool.portal, lines=lines)
        if answered:
            self.spool.handed_over(int(answer["up_to"]))

    @rule(torn=st.sampled_from([b"", b"{", b'{"number": 99, "accesses": [']))
    def die(self, torn: bytes) -> None:
        with (self.folder / "accesses.jsonl").open("ab") as stream:
            stream.write(torn)
        self.spool.close()
        self.spool = AccessSpool(self.folder)

    @invariant()
    def each_is_there_once_and_in_order(self) -> None:
        there = [one.product for one in self.desks.accesses("polar-weather")]
        assert there == [f"p{number}" for number in range(1, len(there) + 1)]

    def teardown(self) -> None:
        self.hand_over(answered=True)
        assert len(self.desks.accesses("polar-weather")) == self.written
        self.spool.close()


TestPortalAndDesks = PortalAndDesks.TestCase
TestPortalAndDesks.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


def test_the_file_begins_anew_once_everything_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BEGIN_ANEW_OCTETS", 200)
    spool = AccessSpool(tmp_path)
    for number in range(1, 4):
        spool.write(line(number))
    spool.handed_over(2)
    assert [one["number"] for one in spool.waiting()] == [3]
    spool.handed_over(3)
    assert (tmp_path / "accesses.jsonl").read_text() == '{"number": 3}\n'
    spool.write(line(4))
    spool.close()
    again = AccessSpool(tmp_path)
    assert [one["number"] for one in again.waiting()] == [4]
    again.write(line(5))
    assert [one["number"] for one in again.waiting()] == [4, 5]
    assert again.portal == spool.portal
    again.close()


def test_what_cannot_be_written_down_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = AccessSpool(tmp_path)
    spool.write(line(1))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(NoAnswerError, match="nothing is shown"):
            spool.write(line(2))
    spool.write(line(2))
    assert [one["number"] for one in spool.waiting()] == [1, 2]
    spool.close()
    kept = (tmp_path / "accesses.jsonl").read_text().splitlines()
    assert [json.loads(one)["number"] for one in kept] == [1, 2]


def test_half_a_line_for_want_of_room_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = AccessSpool(tmp_path)
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, octets: write(file, octets[:5]))
        with pytest.raises(NoAnswerError):
            spool.write(line(1))
    spool.write(line(1))
    spool.close()
    again = AccessSpool(tmp_path)
    assert [one["number"] for one in again.waiting()] == [1]
    again.close()
