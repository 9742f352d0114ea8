"""Presigned downloads: URLs of sealed bytes for a while, and the keys to what they deliver.

An S3-compatible store signs its own; of a local folder the portal's sealed line delivers
(`groundsys.portal.sealed_line`).  Either sends an object as it lies there, and sees none of what it
holds; the portal hands out how to open it.  So it has no work with the bytes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from litestar.datastructures import State
from litestar.exceptions import HTTPException

from groundsys.objects.envelope import ENVELOPE_OCTETS
from groundsys.portal.access import Caller
from groundsys.portal.answers import HttpRequest
from groundsys.portal.catalogue import KnownProduct
from groundsys.portal.downloads import not_destroyed, sealed_product
from groundsys.portal.tickets import Ticket

#: long enough for a large product over a slow line; a download that has begun goes on beyond it
LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PresignedDownload:
    """GET `url` within `seconds`: from `offset` on, `octets` octets are a sealed stream.

    It is opened with `key` and `header` (base64), bound to the name `bound_to`: Tink's
    AES-GCM-HKDF streaming AEAD, see `groundsys.objects.segments`.
    """

    product: str
    url: str
    seconds: int
    offset: int
    octets: int
    key: str
    header: str
    bound_to: str


def presign_products(
    request: HttpRequest, state: State, caller: Caller, products: Sequence[KnownProduct]
) -> list[PresignedDownload]:
    """Sign downloads of products, in their order; tells the desks before the keys leave."""
    urls = [_url(request, state, caller, product) for product in products]
    sealed = [sealed_product(state, product) for product in products]
    data_keys = not_destroyed(
        state.catalogue.open_products(
            caller.customer,
            {one.entry.id: its.envelope for one, its in zip(products, sealed, strict=True)},
            [
                {"product": one.entry.id, "octets": one.entry.size, "complete": True}
                for one in products
            ],
            key=caller.key,
            what="presigned",
        )
    )
    return [
        PresignedDownload(
            product=one.entry.id,
            url=url,
            seconds=round(LIFETIME.total_seconds()),
            offset=ENVELOPE_OCTETS,
            octets=its.stream_octets,
            key=b64encode(data_keys[one.entry.id]).decode(),
            header=b64encode(its.header).decode(),
            bound_to=one.key,
        )
        for url, one, its in zip(urls, products, sealed, strict=True)
    ]


def _url(request: HttpRequest, state: State, caller: Caller, product: KnownProduct) -> str:
    url: str | None = state.bucket.sign(product.key, LIFETIME)
    if url is None and state.sealed_line is not None:
        reached_as = request.headers.get("host", "")
        url = state.sealed_line.url(reached_as, Ticket(product.key, caller.who), LIFETIME)
    if url is None:
        raise HTTPException(
            status_code=409, detail="Products are downloaded through this portal alone."
        )
    return url
