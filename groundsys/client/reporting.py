"""What a fetch has done, and how it tells of its progress."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class FetchReport:
    """A fetch that ended well: paths of what is home now, and the bytes that crossed the line."""

    customer: str
    into: Path
    fetched: tuple[Path, ...] = ()
    already_there: tuple[Path, ...] = ()
    bytes_received: int = 0
    resumed: int = 0

    def told(self) -> dict[str, Any]:
        """For machines: paths as text."""
        return {
            "customer": self.customer,
            "into": str(self.into),
            "fetched": [str(path) for path in self.fetched],
            "already_there": [str(path) for path in self.already_there],
            "bytes_received": self.bytes_received,
            "resumed": self.resumed,
        }


class Progress(Protocol):
    """Told what a fetch is about, by any of its threads; all sizes in bytes."""

    def begin(self, products: int, size: int) -> None:
        """The products still to fetch, and what is still to come of them."""
        ...

    def product(self, name: str) -> None:
        """The next product begins (or goes on)."""
        ...

    def received(self, size: int) -> None:
        """So much more has come; negative if it has to come again."""
        ...


class Silence:
    """Progress that nobody watches."""

    def begin(self, products: int, size: int) -> None: ...

    def product(self, name: str) -> None: ...

    def received(self, size: int) -> None: ...
