"""Procedures written in a test, and the mission that they are checked against."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.procedures import Library, read_library

Write = Callable[..., Library]


@pytest.fixture(scope="session")
def mission() -> Mission:
    return load_mission()


@pytest.fixture
def write(tmp_path: Path, mission: Mission) -> Write:
    """Writes texts as `NAME.yaml` and reads the folder."""

    def write(other_mission: Mission | None = None, /, **texts: str) -> Library:
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        return read_library(tmp_path, other_mission or mission)

    return write
