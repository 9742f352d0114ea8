"""Files written whole or not at all, and read with the file's name in every error."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from groundsys.values.errors import PlanError


def write_whole(path: Path, text: str) -> None:
    """Write the text beside the file, then put it in its place: no reader sees half of it.

    UTF-8, line ends as they are.  `PlanError` if the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            "w",
            dir=path.parent,
            prefix=f".{path.name}.",
            delete=False,
            encoding="utf-8",
            newline="",
        ) as unfinished:
            temporary = Path(unfinished.name)
            try:
                unfinished.write(text)
                unfinished.flush()
                os.fsync(unfinished.fileno())
                temporary.chmod(0o644)
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise PlanError(
            f"{path} cannot be written", found=str(error), remedy="name a folder that can be"
        ) from error


def read_whole(path: Path) -> str:
    """The file's text; `PlanError` if it cannot be read or is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise PlanError(
            f"{path} cannot be read", found=str(error), remedy="name a file that exists"
        ) from error
    except UnicodeDecodeError as error:
        raise PlanError(
            f"{path} is no text", expected="UTF-8", found=f"byte {error.start}: {error.reason}"
        ) from error
