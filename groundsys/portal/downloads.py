"""A product's bytes as an HTTP response: whole or in part, always with its entity tag."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.response import Stream

from groundsys.portal.byte_ranges import ByteSpan, matches_entity_tag, requested_span
from groundsys.portal.catalogue import Catalogue, KnownProduct
from groundsys.values.errors import ProductError

_BLOCK_BYTES = 1 << 18


def send_product(
    request: Request[Any, Any, State],
    catalogue: Catalogue,
    customer: str,
    product: KnownProduct,
    path: Path | None,
) -> Response[Any]:
    """Answer GET or HEAD for one product; tells the desks before the first byte leaves."""
    entry = product.entry
    if path is None or path.stat().st_size != entry.size:
        raise ProductError(
            f"the object of product {entry.id} is not as catalogued",
            expected=f"{entry.size} bytes at key {product.key}",
            found="none" if path is None else f"{path.stat().st_size} bytes",
        )
    entity_tag = f'"{entry.sha256}"'
    digest = base64.b64encode(bytes.fromhex(entry.sha256)).decode()
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{entry.name.rpartition("/")[2]}"',
        "ETag": entity_tag,
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    if matches_entity_tag(entity_tag, request.headers.get("if-none-match")):
        return Response(b"", status_code=304, headers=headers)
    span = requested_span(
        entry.size, entity_tag, request.headers.get("range"), request.headers.get("if-range")
    )
    if span is None:
        headers["Content-Range"] = f"bytes */{entry.size}"
        return Response(b"", status_code=416, headers=headers)
    headers["Content-Length"] = str(span.length)
    if not span.whole:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{entry.size}"
    status = 200 if span.whole else 206
    if request.method == "HEAD":
        return Response(b"", status_code=status, headers=headers, media_type=entry.media_type)
    catalogue.record_access(
        customer, entry.id, first_byte=span.start, octets=span.length, complete=span.whole
    )
    return Stream(
        _blocks(path, span), status_code=status, headers=headers, media_type=entry.media_type
    )


def _blocks(path: Path, span: ByteSpan) -> Iterator[bytes]:
    remaining = span.length
    with path.open("rb") as stream:
        stream.seek(span.start)
        while remaining:
            block = stream.read(min(_BLOCK_BYTES, remaining))
            if not block:
                raise ProductError(f"{path.name} ended {remaining} bytes early")
            remaining -= len(block)
            yield block
