"""Downloads past the portal: sealed bytes as they lie in the store, opened here as they come."""

from __future__ import annotations

import threading
import time
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import httpx

from groundsys.client.errors import BusyError, PortalError
from groundsys.client.listing import ListedProduct
from groundsys.objects.segments import SegmentPlan, Segments, content_start

#: asked for at once
_AT_ONCE = 50
#: of a download's time, so much has to be left when it begins
_LEFT_S = 60.0
#: where a firewall drops what is sent past the portal, the portal is asked after so long
_TIMEOUT = httpx.Timeout(30.0, connect=4.0)


class NoWayPastError(Exception):
    """The sealed bytes cannot be had past the portal, or not from here."""


@dataclass(frozen=True, slots=True)
class Presigned:
    """What a portal says of a product that is fetched from the store itself."""

    url: str
    offset: int
    plan: SegmentPlan
    segments: Segments
    #: by `time.monotonic`
    ends_s: float

    def content(self, client: httpx.Client, start: int) -> Iterator[bytes]:
        """The product's bytes from `start` on, in blocks; `ProductError` if one is not as sealed.

        `NoWayPastError` if nobody is reached there, or somebody who has no sealed bytes, such as a
        proxy; `httpx.TransportError` if not all of them come.  Nobody there gets the token that
        `client` shows the portal.
        """
        first = self.plan.holding(start, start + 1).start
        begin, _ = self.plan.span(first)
        headers = {"Range": f"bytes={self.offset + begin}-", "Accept-Encoding": "identity"}
        request = client.build_request("GET", self.url, headers=headers, timeout=_TIMEOUT)
        request.headers.pop("Authorization", None)
        try:
            answer = client.send(request, stream=True, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise NoWayPastError from error
        with closing(answer):
            if answer.status_code in BusyError.STATUSES and "retry-after" in answer.headers:
                raise BusyError(answer)
            if answer.status_code != 206:
                raise NoWayPastError
            for segment, sealed in self._pieces(first, answer.iter_raw()):
                last = segment == self.plan.segments - 1
                block = self.segments.open(segment, sealed, last=last)
                yield block[max(0, start - content_start(segment)) :]

    def _pieces(self, segment: int, blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """Whole segments from `segment` on, with their numbers."""
        waiting = bytearray()
        for block in blocks:
            waiting += block
            while segment < self.plan.segments:
                begin, end = self.plan.span(segment)
                if len(waiting) < end - begin:
                    break
                yield segment, bytes(waiting[: end - begin])
                del waiting[: end - begin]
                segment += 1
        if segment < self.plan.segments:
            raise httpx.ReadError("the store of objects ends early")


class Grants:
    """What a portal lets a client fetch past itself, each once, for any thread.

    Of what is expected many are asked for at once, as a question takes longer than a small product.
    """

    def __init__(self, portal: httpx.Client) -> None:
        self._portal = portal
        self._lock = threading.Lock()
        self._expected: dict[str, ListedProduct] = {}
        self._granted: dict[str, Presigned] = {}

    def expect(self, products: Sequence[ListedProduct]) -> None:
        """What will be taken, about in this order."""
        with self._lock:
            self._expected |= {one.id: one for one in products}

    def take(self, product: ListedProduct) -> Presigned | None:
        """How to fetch a product's sealed bytes; None if this portal does not let anybody.

        `BusyError` if the portal asks for patience.
        """
        with self._lock:
            granted = self._granted.pop(product.id, None)
            if granted is None or time.monotonic() > granted.ends_s - _LEFT_S:
                self._ask(product)
                granted = self._granted.pop(product.id, None)
            return granted

    def _ask(self, product: ListedProduct) -> None:
        self._expected.pop(product.id, None)
        others = tuple(islice(self._expected.values(), _AT_ONCE - 1))
        wanted = {one.id: one for one in (product, *others)}
        asked_s = time.monotonic()
        answer = self._portal.post("/api/v1/presigned", json={"products": list(wanted)})
        if answer.status_code in BusyError.STATUSES:
            raise BusyError(answer)
        if answer.status_code != 200:
            return
        for one in others:
            del self._expected[one.id]
        try:
            for told in answer.json()["downloads"]:
                self._granted[told["product"]] = _presigned(told, asked_s)
        except (ValueError, KeyError, TypeError) as error:
            raise PortalError(
                "what the portal says of a presigned download cannot be read",
                expected="the answer of a groundsys portal",
                found=type(error).__name__,  # its text may hold the key
            ) from None
        for identifier, one in wanted.items():
            granted = self._granted.get(identifier)
            if granted is not None and granted.plan.content_octets != one.size:
                raise PortalError(
                    f"the store holds another '{one.name}' than is listed",
                    expected=f"{one.size} bytes",
                    found=f"{granted.plan.content_octets}",
                    remedy="tell the operators",
                )


def _presigned(told: Mapping[str, Any], asked_s: float) -> Presigned:
    key, header = b64decode(told["key"]), b64decode(told["header"])
    segments = Segments(key, header, str(told["bound_to"]).encode())
    return Presigned(
        str(told["url"]),
        int(told["offset"]),
        SegmentPlan(int(told["octets"])),
        segments,
        asked_s + float(told["seconds"]),
    )
