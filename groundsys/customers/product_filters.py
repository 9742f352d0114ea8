"""Which of its products a customer asks for, in the words of the API and of `groundsys fetch`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.values.errors import RequestError
from groundsys.values.instants import Instant

#: rows of one page, unless fewer are asked for
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Everything that is not named may be anything; of one line of words any fits.

    `format` is a file's last suffix, such as `cdf`, or its media type.  A product fits a span of
    measuring if any of it was measured within.  `after` and `up_to` are cursors: numbers of the
    events that told of products, so that a span between two of them never changes.
    """

    spacecraft: tuple[str, ...] = ()
    payload: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    measured_since: Instant | None = None
    measured_before: Instant | None = None
    created_since: Instant | None = None
    #: versions that a newer one has replaced are left out
    latest: bool = False
    after: int = 0
    up_to: int | None = None

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Whether a product's row, as the desks tell it, is of that kind and time.

        Cursors and newest versions are looked at by whoever has the whole list.
        """
        begun, ended = row.get("measured_from_ns"), row.get("measured_until_ns")
        since, before, made = self.measured_since, self.measured_before, self.created_since
        return (
            all(not (words := getattr(self, name)) or row[name] in words for name in _ATTRIBUTES)
            and (not self.format or any(_is_of_format(row, one) for one in self.format))
            and (since is None or (ended is not None and ended >= since.tai_ns))
            and (before is None or (begun is not None and begun < before.tai_ns))
            and (made is None or row["created_ns"] >= made.tai_ns)
        )

    def to_request(self) -> dict[str, Any]:
        """As a request carries it: times in TAI ns."""
        times = {
            f"{name}_ns": moment.tai_ns
            for name in ("measured_since", "measured_before", "created_since")
            if (moment := getattr(self, name)) is not None
        }
        words = {name: list(getattr(self, name)) for name in _WORDS if getattr(self, name)}
        bounds = {} if self.up_to is None else {"up_to": self.up_to}
        return {**words, **times, **bounds, "latest": self.latest, "after": self.after}

    @classmethod
    def of_request(cls, request: Mapping[str, Any]) -> ProductFilter:
        """What `to_request` made; `RequestError` for anything else."""
        try:
            up_to = request.get("up_to")
            return cls(
                **{name: tuple(map(str, request.get(name) or ())) for name in _WORDS},
                measured_since=_instant(request.get("measured_since_ns")),
                measured_before=_instant(request.get("measured_before_ns")),
                created_since=_instant(request.get("created_since_ns")),
                latest=bool(request.get("latest", False)),
                after=int(request.get("after", 0)),
                up_to=None if up_to is None else int(up_to),
            )
        except (TypeError, ValueError) as error:
            raise RequestError("this is no filter of products", found=str(error)) from error


_ATTRIBUTES = ("spacecraft", "payload", "level")
_WORDS = (*_ATTRIBUTES, "format")


def _is_of_format(row: Mapping[str, Any], word: str) -> bool:
    """`word` is a media type, or what a name ends with behind a full stop, in any case."""
    if "/" in word:
        return bool(row["media_type"] == word)
    # SQLite's LIKE, which the desks' own store asks, folds the case of ASCII alone
    return _folded(str(row["name"])).endswith("." + _folded(suffix_of(word)))


def suffix_of(word: str) -> str:
    """A suffix without what SQL's `like` reads as any letters: no product's suffix has such."""
    return "".join(letter for letter in word.lstrip(".") if letter not in "%_")


def _folded(text: str) -> str:
    return "".join(one.lower() if one.isascii() else one for one in text)


def _instant(tai_ns: Any) -> Instant | None:
    return None if tai_ns is None else Instant(int(tai_ns))
