"""A token kept in a file of its owner's alone, or nowhere; whoever shows one with every request."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Credential(Protocol):
    """What a requester shows; `keep` is told of a fresh token when the old one is half used up."""

    def token(self) -> str: ...

    def keep(self, token: str) -> None: ...


@dataclass(frozen=True, slots=True)
class TokenFile:
    """Read anew for each request; with `kept_by_others` somebody else keeps it fresh."""

    path: Path
    kept_by_others: bool = False

    def token(self) -> str:
        """The token, or "" if there is none to read."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def keep(self, token: str) -> None:
        if not self.kept_by_others:
            write_private(self.path, token + "\n")


@dataclass
class HeldToken:
    """A token that is kept nowhere: it is gone with whoever holds it."""

    text: str = ""

    def token(self) -> str:
        return self.text

    def keep(self, token: str) -> None:
        self.text = token


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; readers see the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    temporary.replace(path)
