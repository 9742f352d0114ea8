"""Secrets on the disk: whole or not at all, their owner's alone, and never replaced."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groundsys.values.private_files import write_once
from tests.full_disk import full_disk


def test_only_its_owner_may_read_it_and_it_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_of_many_that_write_at_once_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    contents = [bytes([number]) * 4096 for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_once(path, content), contents))
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    with full_disk(), pytest.raises(OSError, match="too large"):
        write_once(tmp_path / "a.key", b"a key")
    assert list(tmp_path.iterdir()) == []
