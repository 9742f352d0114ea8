"""Presigned downloads: a URL at the object store for a while, and the key to what it delivers.

The store delivers the object as it lies there, sealed; the portal hands out how to open it.  So the
bytes take no way through the portal, and the store sees none of them.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta

from litestar import Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from groundsys.objects.envelope import ENVELOPE_OCTETS
from groundsys.portal.access import Caller
from groundsys.portal.catalogue import KnownProduct
from groundsys.portal.downloads import known_key, sealed_product

#: long enough for a large product over a slow line; a download that has begun goes on beyond it
LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PresignedDownload:
    """GET `url` within `seconds`: from `offset` on, `octets` octets are a sealed stream.

    It is opened with `key` and `header` (base64), bound to the name `bound_to`: Tink's
    AES-GCM-HKDF streaming AEAD, see `groundsys.objects.segments`.
    """

    url: str
    seconds: int
    offset: int
    octets: int
    key: str
    header: str
    bound_to: str


def presign_product(
    state: State, caller: Caller, product: KnownProduct
) -> Response[PresignedDownload]:
    """Sign one product's download; tells the desks before the key leaves."""
    url = state.bucket.sign(product.key, LIFETIME)
    if url is None:
        raise HTTPException(
            status_code=409, detail="Products are downloaded through this portal alone."
        )
    sealed = sealed_product(state, product)
    size = product.entry.size
    access = {"product": product.entry.id, "first_byte": 0, "octets": size, "complete": True}
    data_key = known_key(
        state.catalogue.open_product(
            caller.customer, sealed.envelope, access, key=caller.key, what="presigned"
        )
    )
    told = PresignedDownload(
        url=url,
        seconds=round(LIFETIME.total_seconds()),
        offset=ENVELOPE_OCTETS,
        octets=sealed.stream_octets,
        key=b64encode(data_key).decode(),
        header=b64encode(sealed.header).decode(),
        bound_to=product.key,
    )
    return Response(told, headers={"Cache-Control": "no-store"})
