"""A portal for Python programs: find products and open them where they are read.

from groundsys.client import Portal

with Portal("https://ground.example", token) as portal:
    for product in portal.products(payload="weather", level="L1", format="cdf"):
        dataset = product.open()          # xarray; pandas and obspy by media type
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self, overload

import httpx

from groundsys.client.downloading import Downloader, connect
from groundsys.client.fetching import check_token
from groundsys.client.listing import (
    ListedProduct,
    Selection,
    check_answer,
    list_products,
    listed_product,
)
from groundsys.client.opening import open_product


class Product:
    """One product of the portal's; its bytes come when they are asked for, and are checked."""

    def __init__(self, listed: ListedProduct, downloader: Downloader) -> None:
        self.listed = listed
        self._downloader = downloader

    def __getattr__(self, name: str) -> Any:
        """`id`, `name`, `size`, `sha256`, `level`, `measured_from` … as listed."""
        return getattr(self.listed, name)

    def __repr__(self) -> str:
        return f"<{self.listed.name}, {self.listed.media_type}, {self.listed.size} bytes>"

    def path(self) -> Path:
        """Where its bytes lie on this machine, fetched if need be; `ProductError` if they differ
        from what the portal promised."""
        if self._downloader.is_home(self.listed):
            return self._downloader.home_of(self.listed)
        return self._downloader.bring_home(self.listed)

    def read(self) -> bytes:
        return self.path().read_bytes()

    def open(self) -> Any:
        """In xarray, pandas, obspy, Pillow or astropy, by media type; see `client.opening`."""
        return open_product(self.path(), self.listed.media_type)


class Products(Sequence[Product]):
    """Products that were found, oldest first; `cursor` finds what comes after them."""

    def __init__(self, customer: str, products: Sequence[Product], cursor: int) -> None:
        self.customer = customer
        self.cursor = cursor
        self._products = tuple(products)

    @overload
    def __getitem__(self, index: int) -> Product: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Product, ...]: ...
    def __getitem__(self, index: int | slice) -> Product | tuple[Product, ...]:
        return self._products[index]

    def __len__(self) -> int:
        return len(self._products)

    def __repr__(self) -> str:
        return f"<{len(self)} products of {self.customer}>"

    def open(self) -> list[Any]:
        """Each as its library shows it."""
        return [product.open() for product in self]


class Portal:
    """One customer's space behind a portal.

    Products that are opened are kept in the folder `keep`, or in one that is gone with `close`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        keep: Path | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        check_token(token)
        self._client = connect(url, token, jobs=4)
        self._temporary = Path(tempfile.mkdtemp(prefix="groundsys-")) if keep is None else None
        folder = self._temporary if self._temporary is not None else keep
        assert folder is not None
        self._downloader = Downloader(self._client, folder, pause=pause)

    def products(self, *, after: int = 0, **wanted: Any) -> Products:
        """The products that fit: `spacecraft`, `payload`, `level`, `format` (a word or several),
        `measured_since`, `measured_before`, `created_since`, `latest`; behind the cursor `after`.
        """
        found = list_products(self._downloader.ask, "", Selection.of(**wanted), after)
        products = [Product(one, self._downloader) for one in found.products]
        return Products(found.customer, products, found.cursor)

    def versions(self, product: Product | str) -> tuple[Product, ...]:
        """The versions of a product, oldest first."""
        id = product if isinstance(product, str) else str(product.listed.id)
        rows = self._get(f"/api/v1/products/{id}/versions")["products"]
        return tuple(Product(listed_product(row), self._downloader) for row in rows)

    def on_its_way(self) -> dict[str, Any]:
        """Files that are coming in, and when the plan foretells those still to come."""
        return self._get("/api/v1/on-its-way")

    def events(self, after: int | None = None) -> Iterator[dict[str, Any]]:
        """What happens, as it happens, without an end; behind the number `after`, or from now on.

        A stream that breaks goes on behind the last event that was told.
        """
        while True:
            with contextlib.suppress(httpx.TransportError):
                for event in self._stream(after):
                    after = int(event["number"])
                    yield event

    def _stream(self, after: int | None) -> Iterator[dict[str, Any]]:
        known = {} if after is None else {"Last-Event-ID": str(after)}
        timeout = httpx.Timeout(60.0, connect=10.0)
        with self._client.stream("GET", "/api/v1/events", headers=known, timeout=timeout) as answer:
            if not answer.is_success:
                answer.read()
                check_answer(answer, "the portal tells no events")
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self._downloader.ask(path, query)
        check_answer(answer, "the portal does not tell this")
        found: dict[str, Any] = answer.json()
        return found

    def close(self) -> None:
        self._client.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
