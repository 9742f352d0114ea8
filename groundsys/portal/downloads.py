"""A product's bytes as an HTTP response: whole or in part, always with its entity tag."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, TypeVar

from litestar import Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from groundsys.objects import SealedObject, look
from groundsys.portal.access import Caller
from groundsys.portal.answers import HttpRequest
from groundsys.portal.blocks import BlockResponse
from groundsys.portal.byte_ranges import ByteSpan, matches_entity_tag, requested_span
from groundsys.portal.catalogue import KnownProduct
from groundsys.values.errors import ProductError

Keys = TypeVar("Keys")

#: of all that is sent: one customer's alone, asked for anew each time
CACHING = "private, no-cache"


def send_product(
    request: HttpRequest, state: State, caller: Caller, product: KnownProduct, what: str
) -> Response[Any]:
    """Answer GET or HEAD for one product; tells the desks before the first byte leaves.

    `what` is written down with the access: "download", or "view" of a picture within the page.  So
    is what turns out to be spoilt and is not sent.
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
    sealed = sealed_product(state, product)
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
    data_keys = state.catalogue.open_products(
        caller.customer, {entry.id: sealed.envelope}, [access], key=caller.key, what=what
    )
    return BlockResponse(  # what is spoilt in its first block is found before the answer begins
        sealed.blocks(not_destroyed(data_keys)[entry.id], span.start, span.end),
        at_once=state.bucket.is_local,
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


def sealed_product(state: State, product: KnownProduct) -> SealedObject:
    """The product's object; `ProductError` unless it is there, as long as catalogued."""
    sealed = look(state.bucket, product.key)
    if sealed is None or sealed.size != product.entry.size:
        raise ProductError(
            f"the object of product {product.entry.id} is not as catalogued",
            expected=f"{product.entry.size} bytes at key {product.key}",
            found="none" if sealed is None else f"{sealed.size} bytes",
        )
    return sealed


def data_key_of(state: State, caller: Caller, product: KnownProduct, sealed: SealedObject) -> bytes:
    """What opens the product's bytes; status 410 once its customer's key has been destroyed."""
    data_key: bytes | None = state.catalogue.data_key(
        caller.customer, product.entry.id, sealed.envelope
    )
    return not_destroyed(data_key)


def not_destroyed(keys: Keys | None) -> Keys:
    """The key or keys; status 410 if that is gone which they are wrapped with."""
    if keys is None:
        detail = "The key of this customer's products has been destroyed: nobody can read them."
        raise HTTPException(status_code=410, detail=detail)
    return keys


def product_blocks(
    state: State, caller: Caller, product: KnownProduct, start: int, end: int
) -> Iterator[bytes]:
    """The product's bytes from `start` up to `end`; `ProductError` if they are not as sealed."""
    sealed = sealed_product(state, product)
    yield from sealed.blocks(data_key_of(state, caller, product, sealed), start, end)
