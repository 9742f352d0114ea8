"""`python -m groundsys.geometry.small_bodies`: tables whole, and of sound definitions alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from groundsys.geometry.small_bodies import __main__ as making
from groundsys.geometry.small_bodies.tabulating import stretches
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission import default_mission_db
from groundsys.mission.celestial.body_model import Table

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


def test_states_stand_at_the_whole_seconds_that_their_epochs_tell() -> None:
    """Half a second beside its epoch a state would be 15 km beside its place."""

    def far(times: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.full((3, times.size), 1e12), np.zeros((3, times.size))

    propagation: Any = SimpleNamespace(state=far)
    table = Table(2462196.123456, 2462198.123456, 10_800.0, 300.0, 600_000.0)
    [times] = stretches(table, propagation)
    assert times.size == 17
    assert np.array_equal(times, np.round(times))
