"""Every start of a run's Yamcs is a life of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.backend.lives import begin_life
from groundsys.values.errors import EnvironmentLackError


def test_lives_are_counted_in_the_runs_folder(tmp_path: Path) -> None:
    assert [begin_life(tmp_path / "one") for _ in range(3)] == [0, 1, 2]
    assert begin_life(tmp_path / "other") == 0
    assert begin_life(tmp_path / "one") == 3
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["yamcs-lives"]


@pytest.mark.parametrize("harmed", ["", "three", "-1"])
def test_a_damaged_count_is_no_first_life(tmp_path: Path, harmed: str) -> None:
    begin_life(tmp_path)
    (tmp_path / "yamcs-lives").write_text(harmed)
    with pytest.raises(EnvironmentLackError, match="damaged"):
        begin_life(tmp_path)
