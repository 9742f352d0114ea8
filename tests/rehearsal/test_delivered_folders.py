"""Whose files lie in whose folder, once everybody has fetched."""

from __future__ import annotations

from pathlib import Path

from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.verdict.delivered_folders import foreign_files
from groundsys.rehearsal.verdict.verdict import FileEvidence


def test_foreign_is_what_no_payload_of_the_customer_made_and_what_nobody_was_to_have(
    tmp_path: Path,
) -> None:
    made = [FileEvidence("one", "one-1.dat", 3, "aa", True, "aa", 10.0)]
    run = RunDirectory(tmp_path)
    assert foreign_files(run, [], made) == 0
    for name in ("one/cube/one-1.dat", "one/cube/one-1.cdf", "partner/one/cube/one-1.dat"):
        _put(run, name)
    assert foreign_files(run, ["partner"], made) == 0
    _put(run, "two/cube/one-1.dat")
    assert foreign_files(run, ["partner"], made) == 1
    _put(run, "one/cube/one-2.dat")
    assert foreign_files(run, ["partner"], made) == 2


def _put(run: RunDirectory, name: str) -> None:
    path = run.deliveries / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"abc")
