"""How often a run's Yamcs has been started: each of its lives counts commands anew."""

from __future__ import annotations

import os
from pathlib import Path

from groundsys.values.errors import EnvironmentLackError

#: the file in the run's folder that holds the number of the next life
_NEXT_LIFE = "yamcs-lives"


def begin_life(run_directory: Path) -> int:
    """The number of a life that begins now, from 0 on; no other of the run has or will have it.

    It is on the disk before this returns, so that a life whose beginning fails uses up its number.
    """
    path = run_directory / _NEXT_LIFE
    try:
        run_directory.mkdir(parents=True, exist_ok=True)
        number = _read(path)
        following = path.with_suffix(".following")
        with following.open("w", encoding="utf-8") as file:
            file.write(f"{number + 1}\n")
            file.flush()
            os.fsync(file.fileno())
        following.replace(path)
        folder = os.open(run_directory, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise EnvironmentLackError(
            "the number of Yamcs' lives cannot be kept",
            expected=f"a folder {run_directory} with room in it",
            found=str(error),
            remedy="free some disk space, or choose another folder for the run",
        ) from error
    return number


def _read(path: Path) -> int:
    if not path.exists():
        return 0
    text = path.read_text(encoding="utf-8").strip()
    if not text.isdecimal():
        raise EnvironmentLackError(
            f"nobody can tell how often Yamcs has been started: {path} is damaged",
            expected="a number",
            found=text,
            remedy="write a number there that is higher than Yamcs has been started",
        )
    return int(text)
