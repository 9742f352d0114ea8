"""The mission as it is, and a copy of its definitions that a test may spoil."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from groundsys.mission import default_mission_db, load_mission
from groundsys.mission.model import Mission

_FOLDERS = (
    *("bodies", "models", "spacecraft", "stations", "payloads", "customers", "partners"),
    *("scenarios", "telemetry"),
)


@dataclass(frozen=True)
class Definitions:
    """A copy of `mission_db/` to spoil."""

    root: Path

    def replace(self, file: str, old: str, new: str) -> int:
        """Replace the one `old` of a file by `new`; the line that it began on, from 1."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def spoil(self, file: str, old: str, new: str, told: str) -> tuple[int, str]:
        """Replace, and say on which line (from 1) a finding with which message is to stand.

        `told` is the message alone, for a finding where `old` was; "message|beginning" for one
        on the last line that begins so.
        """
        line = self.replace(file, old, new)
        message, _, beginning = told.partition("|")
        return self.line(file, beginning) if beginning else line, message

    def line(self, file: str, beginning: str) -> int:
        """The last line of a file that begins with `beginning`, from 1."""
        lines = (self.root / file).read_text(encoding="utf-8").splitlines()
        return max(n for n, line in enumerate(lines, 1) if line.startswith(beginning))


@pytest.fixture(scope="session")
def mission() -> Mission:
    return load_mission()


@pytest.fixture
def definitions(tmp_path: Path) -> Definitions:
    for folder in _FOLDERS:
        shutil.copytree(default_mission_db() / folder, tmp_path / folder)
    shutil.copy(default_mission_db() / "mission.yaml", tmp_path)
    return Definitions(tmp_path)
