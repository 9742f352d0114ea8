"""Routes about products: list and filter, versions, download, many in one archive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Response, get, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream
from msgspec import Meta

from groundsys.customers.product_filters import LARGEST_PAGE, ProductFilter
from groundsys.portal.access import Caller, caller_of, reader_of
from groundsys.portal.answers import COMMON, HttpRequest, not_found, problem_spec, wrong
from groundsys.portal.byte_ranges import matches_entity_tag
from groundsys.portal.catalogue import KnownProduct, Page, ProductEntry
from groundsys.portal.downloads import (
    CACHING,
    data_key_of,
    product_blocks,
    sealed_product,
    send_product,
    span_asked_for,
)
from groundsys.portal.presigned import PresignedDownload, presign_products
from groundsys.portal.tar_stream import TarStream
from groundsys.values.instants import Instant

SECURITY: list[dict[str, list[str]]] = [{"token": []}]
#: members of one archive: more are asked for behind its cursor
MOST_MEMBERS = 20_000
#: downloads signed at once
MOST_PRESIGNED = 50
CURSOR_HEADER = "Groundsys-Cursor"
_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class ProductList:
    """Products in one customer's space that fit, in the order in which they came.

    With `more`, ask again with `after` = `cursor` for the next page; without, the same cursor
    later brings what is new.
    """

    customer: str
    products: list[ProductEntry]
    cursor: int
    more: bool


@dataclass(frozen=True, slots=True)
class VersionList:
    """The versions of one product, oldest first; each stays what it is."""

    products: list[ProductEntry]


@dataclass(frozen=True, slots=True)
class WantedDownloads:
    """Products by their identifiers."""

    products: Annotated[list[str], Meta(min_length=1, max_length=MOST_PRESIGNED)]


@dataclass(frozen=True, slots=True)
class PresignedDownloads:
    """In the order in which they were asked for; what is not there, or not the asker's, lacks."""

    downloads: list[PresignedDownload]


Words = list[str] | None


#: of one kind in one filter
_MOST_WORDS = 50


def _query(name: str, description: str, **rules: Any) -> Any:
    return QueryParameter(name=name, description=description, required=False, **rules)


def _words(name: str, description: str) -> Any:
    return _query(name, description, max_items=_MOST_WORDS)


Craft = Annotated[Words, _words("spacecraft", "Of these craft; may be given several times.")]
Payload = Annotated[Words, _words("payload", "Of these payloads; may be given several times.")]
Level = Annotated[Words, _words("level", "Of these levels, such as L0, L1, QL, manifest.")]
Format = Annotated[
    Words, _words("format", "With these suffixes (cdf, mseed, png …), or of these media types.")
]
MeasuredSince = Annotated[
    str | None, _query("measured_since", "Measured at or after this moment (ISO 8601, UTC).")
]
MeasuredBefore = Annotated[
    str | None, _query("measured_before", "Measured before this moment (ISO 8601, UTC).")
]
CreatedSince = Annotated[
    str | None, _query("created_since", "Made at or after this moment (ISO 8601, UTC).")
]
Latest = Annotated[bool, _query("latest", "Leave out versions that a newer one has replaced.")]
After = Annotated[int, _query("after", "Only what came behind this cursor.", ge=0, le=2**53)]
UpTo = Annotated[
    int | None, _query("up_to", "Nothing that came behind this cursor.", ge=0, le=2**53)
]
Limit = Annotated[int, _query("limit", "Products of one page, at most.", ge=1, le=LARGEST_PAGE)]


def wanted_products(
    spacecraft: Craft = None,
    payload: Payload = None,
    level: Level = None,
    format: Format = None,
    measured_since: MeasuredSince = None,
    measured_before: MeasuredBefore = None,
    created_since: CreatedSince = None,
    latest: Latest = False,
    after: After = 0,
    up_to: UpTo = None,
) -> ProductFilter:
    """The filter of a request's query."""
    return ProductFilter(
        spacecraft=tuple(spacecraft or ()),
        payload=tuple(payload or ()),
        level=tuple(level or ()),
        format=tuple(format or ()),
        measured_since=moment("measured_since", measured_since),
        measured_before=moment("measured_before", measured_before),
        created_since=moment("created_since", created_since),
        latest=latest,
        after=after,
        up_to=up_to,
    )


def moment(name: str, text: str | None) -> Instant | None:
    """An instant of a query, with or without a zone (UTC); status 400 for anything else."""
    if text is None or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return Instant.from_utc(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise wrong(f"{name} is no moment in ISO 8601, such as 2031-08-20T09:00:00Z") from error


@get(
    "/api/v1/products",
    sync_to_thread=True,
    security=SECURITY,
    responses={
        **COMMON,
        200: ResponseSpec(ProductList, description="a page of products", generate_examples=False),
    },
)
def list_products(
    request: HttpRequest,
    state: State,
    wanted: NamedDependency[ProductFilter],
    limit: Limit = LARGEST_PAGE,
) -> Response[Any]:
    """List the products in the space of the token's customer, those that fit the filter.

    Understands If-None-Match: as long as nothing new fits, the answer is 304.
    """
    caller = reader_of(request, state)
    page = state.catalogue.find(caller.customer, wanted, limit)
    access = [{"octets": 0, "complete": not page.more}]
    state.catalogue.record_access(
        caller.customer, access, key=caller.key, what="list", found=len(page.products)
    )
    entries = [product.entry for product in page.products]
    return tagged_json(
        request, asdict(ProductList(caller.customer, entries, page.cursor, page.more))
    )


@route(
    "/api/v1/products/{identifier:str}",
    http_method=["GET", "HEAD"],
    sync_to_thread=True,
    security=SECURITY,
    media_type="application/octet-stream",
    responses={
        **COMMON,
        206: ResponseSpec(
            bytes, description="the span asked for", media_type="*/*", generate_examples=False
        ),
        304: ResponseSpec(
            None, description="the asker has this very product", generate_examples=False
        ),
        410: problem_spec("the key of this customer's products has been destroyed"),
        416: ResponseSpec(
            None, description="the product has no such span", generate_examples=False
        ),
    },
)
def download_product(
    request: HttpRequest, state: State, identifier: FromPath[str]
) -> Response[Any]:
    """Download a product; understands Range, If-Range and If-None-Match."""
    caller = caller_of(request, state)
    product = None if caller is None else state.catalogue.product(caller.customer, identifier)
    if caller is None or product is None:
        raise not_found()
    return send_product(request, state, caller, product, "download")


@get(
    "/api/v1/products/{identifier:str}/presigned",
    sync_to_thread=True,
    security=SECURITY,
    responses={
        **COMMON,
        409: problem_spec("this portal's store signs nothing: download through the portal"),
        410: problem_spec("the key of this customer's products has been destroyed"),
    },
)
def presign_download(
    request: HttpRequest, state: State, identifier: FromPath[str]
) -> Response[PresignedDownload]:
    """Sign a download from the object store itself, of sealed bytes, and tell how to open them."""
    caller = caller_of(request, state)
    product = None if caller is None else state.catalogue.product(caller.customer, identifier)
    if caller is None or product is None:
        raise not_found()
    [told] = presign_products(request, state, caller, [product])
    return Response(told, headers=_NO_STORE)


@post(
    "/api/v1/presigned",
    sync_to_thread=True,
    status_code=200,
    security=SECURITY,
    responses={
        **COMMON,
        409: problem_spec("this portal's store signs nothing: download through the portal"),
        410: problem_spec("the key of this customer's products has been destroyed"),
    },
)
def presign_downloads(
    request: HttpRequest, state: State, data: JSONBody[WantedDownloads]
) -> Response[PresignedDownloads]:
    """Sign up to 50 downloads at once, as `products/ID/presigned` does one."""
    caller = reader_of(request, state)
    found = (state.catalogue.product(caller.customer, one) for one in dict.fromkeys(data.products))
    products = [one for one in found if one is not None]
    told = presign_products(request, state, caller, products) if products else []
    return Response(PresignedDownloads(told), headers=_NO_STORE)


@get(
    "/api/v1/products/{identifier:str}/versions",
    sync_to_thread=True,
    security=SECURITY,
    responses=COMMON,
)
def list_versions(request: HttpRequest, state: State, identifier: FromPath[str]) -> VersionList:
    """List the versions of a product: a better clock makes a new one, the old ones stay."""
    caller = caller_of(request, state)
    found = None if caller is None else state.catalogue.versions(caller.customer, identifier)
    if caller is None or not found:
        raise not_found()
    access = [{"product": identifier, "complete": False}]
    state.catalogue.record_access(caller.customer, access, key=caller.key, what="versions")
    return VersionList([product.entry for product in found])


@route(
    "/api/v1/archive",
    http_method=["GET", "HEAD"],
    sync_to_thread=True,
    security=SECURITY,
    media_type="application/x-tar",
    responses={
        **COMMON,
        206: ResponseSpec(
            bytes,
            description="the span asked for",
            media_type="application/x-tar",
            generate_examples=False,
        ),
        304: ResponseSpec(
            None, description="the asker has this very archive", generate_examples=False
        ),
        416: ResponseSpec(
            None, description="the archive has no such span", generate_examples=False
        ),
    },
)
def download_archive(
    request: HttpRequest, state: State, wanted: NamedDependency[ProductFilter]
) -> Response[Any]:
    """Download all products that fit as one tar stream, with their SHA256SUMS.

    `Groundsys-Cursor` tells up to where: with it as `up_to` the same archive can be had again, and
    a cut one goes on by Range and If-Range; as `after` it brings what is new.
    """
    caller = reader_of(request, state)
    page = state.catalogue.find_all(caller.customer, wanted, MOST_MEMBERS)
    return send_archive(request, state, caller, page)


def send_archive(request: HttpRequest, state: State, caller: Caller, page: Page) -> Response[Any]:
    """Answer GET or HEAD for one archive; tells the desks before the first byte leaves."""
    tar = TarStream(caller.customer, page.products)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": CACHING,
        "Content-Disposition": f'attachment; filename="{caller.customer}-{page.cursor}.tar"',
        "ETag": tar.entity_tag,
        CURSOR_HEADER: str(page.cursor),
    }
    if matches_entity_tag(tar.entity_tag, request.headers.get("if-none-match")):
        return Response(b"", status_code=304, headers=headers)
    span = span_asked_for(request, tar.size, tar.entity_tag, headers)
    if span is None:
        return Response(b"", status_code=416, headers=headers)
    status = 200 if span.whole else 206
    if request.method == "HEAD":
        return Response(b"", status_code=status, headers=headers, media_type="application/x-tar")
    if page.products:  # whether they can be read is told before the answer begins
        data_key_of(state, caller, page.products[0], sealed_product(state, page.products[0]))
    accesses = [
        {
            "product": one.entry.id,
            "first_byte": first,
            "octets": last - first,
            "complete": last - first == one.entry.size,
        }
        for one, first, last in tar.members_within(span.start, span.end)
    ]
    state.catalogue.record_access(
        *(caller.customer, accesses or [{"complete": span.whole}]),
        **{"key": caller.key, "what": "archive", "found": len(page.products)},
    )

    def read(product: KnownProduct, start: int, end: int) -> Iterator[bytes]:
        return product_blocks(state, caller, product, start, end)

    return Stream(
        tar.blocks(read, span.start, span.end),
        status_code=status,
        headers=headers,
        media_type="application/x-tar",
    )


def tagged_json(request: HttpRequest, content: Any) -> Response[Any]:
    """Plain values as JSON, with an entity tag; 304 for who has them already."""
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": CACHING}
    if matches_entity_tag(tag, request.headers.get("if-none-match")):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
