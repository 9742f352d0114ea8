"""`python -m groundsys.geometry.small_bodies`: tables whole, and of sound definitions alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from groundsys.geometry.small_bodies import __main__ as making
from groundsys.mission import default_mission_db

TEXT = "CCSDS_OEM_VERS = 2.0\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(default_mission_db() / "bodies", tmp_path / "bodies")
    monkeypatch.setenv("GROUNDSYS_MISSION_DB", str(tmp_path))
    monkeypatch.setattr(making, "propagated", lambda *_: SimpleNamespace(evaluations=1))
    monkeypatch.setattr(making, "oem_of", lambda *_: TEXT)
    return tmp_path


def test_a_table_that_is_not_there_is_made(root: Path) -> None:
    table = root / "bodies" / "apophis.oem"
    table.unlink()
    making.main([])
    assert table.read_text() == TEXT


def test_without_room_the_table_before_stays(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = root / "bodies" / "apophis.oem"
    before = table.read_text()

    def half(path: Path, text: str, **_: Any) -> int:
        path.write_bytes(text[: len(text) // 2].encode())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(OSError, match="No space"):
        making.main(["apophis"])
    assert table.read_text() == before


def test_of_a_definition_that_is_not_sound_none_is_made(root: Path) -> None:
    definition = root / "bodies" / "apophis.yaml"
    text = definition.read_text()
    definition.write_text(text.replace("a2_au_d2: -2.901092102547e-14", "a2_au_d2: small"))
    before = (root / "bodies" / "apophis.oem").read_text()
    with pytest.raises(SystemExit, match=r"bodies/apophis\.yaml:\d+: a2_au_d2"):
        making.main(["apophis"])
    assert (root / "bodies" / "apophis.oem").read_text() == before
