"""Keys of the space links: drawn once, their owner's alone, refused if they are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.keys import KEY_LENGTH, key_path, make_keys, read_keys
from groundsys.values.errors import EnvironmentLackError


def test_each_association_of_each_craft_has_a_key_of_its_own(
    mission: Mission, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    make_keys(folder, mission.spacecraft.values())
    keys = [read_keys(folder, one) for one in mission.spacecraft.values()]
    assert [set(of_craft) for of_craft in keys] == [{1, 2}] * len(keys)
    drawn = [key for of_craft in keys for key in of_craft.values()]
    assert {len(key) for key in drawn} == {KEY_LENGTH}
    assert len(set(drawn)) == len(drawn)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    make_keys(folder, mission.spacecraft.values())
    assert [read_keys(folder, one) for one in mission.spacecraft.values()] == keys


def test_a_craft_in_clear_needs_none(mission: Mission, tmp_path: Path) -> None:
    clear = replace(mission.spacecraft["otv"], security=None)
    make_keys(tmp_path, [clear])
    assert read_keys(tmp_path, clear) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_can_read_or_that_is_cut_is_refused(
    mission: Mission, tmp_path: Path
) -> None:
    otv = mission.spacecraft["otv"]
    with pytest.raises(EnvironmentLackError, match="missing"):
        read_keys(tmp_path, otv)
    make_keys(tmp_path, [otv])
    path = key_path(tmp_path, "otv", 2)
    path.chmod(0o640)
    with pytest.raises(EnvironmentLackError, match="not fit for use"):
        read_keys(tmp_path, otv)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(EnvironmentLackError, match="5 octets"):
        read_keys(tmp_path, otv)
