"""The frame journal at a disk that takes nothing more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from groundsys.hub.journal import FrameJournal, JournalFrame, Taken, read_journal
from groundsys.values.errors import DiskFullError, EnvironmentLackError
from tests.full_disk import full_disk

FRAME = JournalFrame("otv", 1, 7, 10, 11, "usuda-64", 0, b"a frame")


def test_a_full_disk_leaves_whole_records_and_takes_more_once_there_is_room(tmp_path: Path) -> None:
    journal = FrameJournal(tmp_path / "journal")
    journal.append(FRAME)
    size = (tmp_path / "journal").stat().st_size
    with full_disk(), pytest.raises(DiskFullError, match="cannot grow"):
        journal.append(FRAME)
    assert (tmp_path / "journal").stat().st_size == size
    journal.append(Taken("otv"))
    journal.append(FRAME)
    journal.close()
    assert read_journal(tmp_path / "journal") == [FRAME, FRAME]


def test_a_record_that_found_room_for_a_part_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = FrameJournal(tmp_path / "journal")
    journal.append(FRAME)
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, octets: write(file, octets[:9]))
    with pytest.raises(DiskFullError, match="9 of"):
        journal.append(FRAME)
    monkeypatch.undo()
    journal.append(FRAME)
    journal.close()
    assert read_journal(tmp_path / "journal") == [FRAME, FRAME]


def test_a_disk_that_breaks_is_not_taken_for_a_full_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise OSError(5, "Input/output error")

    journal = FrameJournal(tmp_path / "journal")
    monkeypatch.setattr(os, "write", broken)
    with pytest.raises(EnvironmentLackError, match="cannot be written") as caught:
        journal.append(FRAME)
    assert not isinstance(caught.value, DiskFullError)
    journal.close()
