"""Downloads past the portal: sealed bytes from the object store, opened here as they come."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

import httpx

from groundsys.client.errors import PortalError
from groundsys.client.listing import ListedProduct
from groundsys.objects.segments import SegmentPlan, Segments, content_start


@dataclass(frozen=True, slots=True)
class Presigned:
    """What a portal says of a product that is fetched from the store itself."""

    url: str
    offset: int
    plan: SegmentPlan
    segments: Segments

    def content(self, client: httpx.Client, start: int) -> Iterator[bytes]:
        """The product's bytes from `start` on, in blocks; `ProductError` if one is not as sealed.

        `httpx.TransportError` if the store does not deliver all of them.  It gets no token that
        `client` shows the portal.
        """
        first = self.plan.holding(start, start + 1).start
        begin, _ = self.plan.span(first)
        headers = {"Range": f"bytes={self.offset + begin}-", "Accept-Encoding": "identity"}
        request = client.build_request("GET", self.url, headers=headers)
        request.headers.pop("Authorization", None)
        with closing(client.send(request, stream=True, follow_redirects=False)) as answer:
            if answer.status_code != 206:
                raise httpx.ReadError(f"the store of objects answers {answer.status_code}")
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


def ask_presigned(portal: httpx.Client, product: ListedProduct) -> Presigned | None:
    """How to fetch a product from the store itself; None if this portal does not let anybody."""
    answer = portal.get(f"/api/v1/products/{product.id}/presigned")
    if answer.status_code != 200:
        return None
    try:
        told = answer.json()
        plan = SegmentPlan(int(told["octets"]))
        key, header = b64decode(told["key"]), b64decode(told["header"])
        segments = Segments(key, header, str(told["bound_to"]).encode())
        presigned = Presigned(str(told["url"]), int(told["offset"]), plan, segments)
    except (ValueError, KeyError, TypeError) as error:
        raise PortalError(
            "what the portal says of a presigned download cannot be read",
            expected="the answer of a groundsys portal",
            found=type(error).__name__,  # its text may hold the key
        ) from None
    if plan.content_octets != product.size:
        raise PortalError(
            f"the store holds another '{product.name}' than is listed",
            expected=f"{product.size} bytes",
            found=f"{plan.content_octets}",
            remedy="tell the operators",
        )
    return presigned
