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


_WORDS = ("spacecraft", "payload", "level", "format")


def _instant(tai_ns: Any) -> Instant | None:
    return None if tai_ns is None else Instant(int(tai_ns))
