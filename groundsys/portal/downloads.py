"""A product's bytes as an HTTP response: whole or in part, always with its entity tag."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from litestar import Response
from litestar.datastructures import State
from litestar.response import Stream

from groundsys.portal.access import Caller
from groundsys.portal.answers import HttpRequest
from groundsys.portal.byte_ranges import ByteSpan, matches_entity_tag, requested_span
from groundsys.portal.catalogue import KnownProduct
from groundsys.values.errors import ProductError

_BLOCK_BYTES = 1 << 20
#: of all that is sent: one customer's alone, asked for anew each time
CACHING = "private, no-cache"


def send_product(
    request: HttpRequest, state: State, caller: Caller, product: KnownProduct, what: str
) -> Response[Any]:
    """Answer GET or HEAD for one product; tells the desks before the first byte leaves.

    `what` is written down with the access: "download", or "view" of a picture within the page.
    """
    entry = product.entry
    entity_tag = f'"{entry.sha256}"'
    digest = base64.b64encode(bytes.fromhex(entry.sha256)).decode()
    placed = "inline" if what == "view" else "attachment"
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": CACHING,
        "Content-Disposition": f'{placed}; filename="{entry.name.rpartition("/")[2]}"',
        "ETag": entity_tag,
        "Repr-Digest": f"sha-256=:{digest}:",
        "X-Content-Type-Options": "nosniff",
    }
    check_stored(state, product)
    if matches_entity_tag(entity_tag, request.headers.get("if-none-match")):
        return Response(b"", status_code=304, headers=headers)
    span = span_asked_for(request, entry.size, entity_tag, headers)
    if span is None:
        return Response(b"", status_code=416, headers=headers)
    status = 200 if span.whole else 206
    if request.method == "HEAD":
        return Response(b"", status_code=status, headers=headers, media_type=entry.media_type)
    access = {
        "product": entry.id,
        "first_byte": span.start,
        "octets": span.length,
        "complete": span.whole,
    }
    state.catalogue.record_access(caller.customer, [access], key=caller.key, what=what)
    return Stream(
        product_blocks(state, caller, product, span.start, span.end),
        status_code=status,
        headers=headers,
        media_type=entry.media_type,
    )


def span_asked_for(
    request: HttpRequest, size: int, entity_tag: str, headers: dict[str, str]
) -> ByteSpan | None:
    """The span to send, told in `headers`; None if it cannot be satisfied (status 416)."""
    span = requested_span(
        size, entity_tag, request.headers.get("range"), request.headers.get("if-range")
    )
    if span is None:
        headers["Content-Range"] = f"bytes */{size}"
        return None
    headers["Content-Length"] = str(span.length)
    if not span.whole:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return span


def check_stored(state: State, product: KnownProduct) -> None:
    """Raise `ProductError` unless the product's object is there, as long as catalogued."""
    path = state.objects.path(product.key)
    if path is None or path.stat().st_size != product.entry.size:
        raise ProductError(
            f"the object of product {product.entry.id} is not as catalogued",
            expected=f"{product.entry.size} bytes at key {product.key}",
            found="none" if path is None else f"{path.stat().st_size} bytes",
        )


def product_blocks(
    state: State, caller: Caller, product: KnownProduct, start: int, end: int
) -> Iterator[bytes]:
    """The product's bytes from `start` up to `end`; `ProductError` if they are not all there."""
    path = state.objects.path(product.key)
    if path is None:
        raise ProductError(f"the object of product {product.entry.id} is gone")
    remaining = end - start
    with path.open("rb") as stream:
        stream.seek(start)
        while remaining:
            block = stream.read(min(_BLOCK_BYTES, remaining))
            if not block:
                raise ProductError(f"{path.name} ended {remaining} bytes early")
            remaining -= len(block)
            yield block
