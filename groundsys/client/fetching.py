"""Bring a customer's products home over HTTP: only what is new, resumable, every hash checked.

A product arrives in a hidden part file named after its hash and takes its own name only once its
SHA-256 is right.  Run again after anything that went wrong: what is home is checked and kept,
what is half home goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from groundsys.client.errors import PortalError
from groundsys.client.listing import ListedProduct, listed_products
from groundsys.client.reporting import FetchReport, Progress, Silence
from groundsys.client.signing_key import keep_signing_key
from groundsys.customers import is_token
from groundsys.values.errors import (
    AccessRefusedError,
    EnvironmentLackError,
    ProductError,
)

#: attempts without a single new byte before a fetch gives up
ATTEMPTS = 5
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


def fetch(
    customer: str,
    token: str,
    url: str,
    into: Path,
    progress: Progress | None = None,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> FetchReport:
    """Make `into` hold every product in the customer's space, each at its own path.

    Raises `AccessRefusedError` for a wrong token, `PortalError` for a portal that does not
    answer, `ProductError` for bytes that are not what was promised, and `EnvironmentLackError`
    for a folder that cannot be written.
    """
    if not is_token(token):
        raise AccessRefusedError(
            "this is no token",
            expected="'gs1_' and 43 characters",
            remedy="copy the whole token, without spaces",
        )
    portal = _portal_url(url)
    try:
        into.mkdir(parents=True, exist_ok=True)
        with httpx.Client(
            base_url=portal, headers={"Authorization": f"Bearer {token}"}, timeout=_TIMEOUT
        ) as client:
            return _Fetch(customer, into, client, progress or Silence(), pause).run()
    except OSError as error:
        raise EnvironmentLackError(
            f"cannot write into {into}", found=str(error), remedy="choose another folder"
        ) from error


@dataclass(slots=True)
class _Fetch:
    customer: str
    into: Path
    client: httpx.Client
    progress: Progress
    pause: Callable[[float], None]
    bytes_received: int = 0
    resumed: int = 0
    fetched: list[Path] = field(default_factory=list)

    def run(self) -> FetchReport:
        products = listed_products(self._get("/api/v1/products"), self.customer)
        keep_signing_key(self._get("/api/v1/signing-key"), self.into)
        there: list[ListedProduct] = []
        wanted: list[ListedProduct] = []
        for product in products:
            (there if self._is_home(product) else wanted).append(product)
        still_to_come = sum(product.size - _size(self._part(product)) for product in wanted)
        self.progress.begin(len(wanted), still_to_come)
        for product in wanted:
            self.progress.product(product.name)
            self.fetched.append(self._bring_home(product))
        return FetchReport(
            customer=self.customer,
            into=self.into,
            fetched=tuple(self.fetched),
            already_there=tuple(self.into / product.name for product in there),
            bytes_received=self.bytes_received,
            resumed=self.resumed,
        )

    def _get(self, path: str) -> httpx.Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self.client.get(path)
            except httpx.TransportError as error:
                if attempt == ATTEMPTS:
                    raise self._unreachable(error) from error
            else:
                if answer.status_code != 503 or attempt == ATTEMPTS:
                    return answer
            self._wait(attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _bring_home(self, product: ListedProduct) -> Path:
        """Fetch one product, going on after cuts for as long as bytes keep coming."""
        part = self._part(product)
        part.parent.mkdir(parents=True, exist_ok=True)
        fruitless = 0
        spoilt = False
        while True:
            before = _size(part)
            try:
                if before < product.size or product.size == 0:
                    self._receive(product, part)
            except httpx.TransportError as error:
                fruitless = 0 if _size(part) > before else fruitless + 1
                if fruitless == ATTEMPTS:
                    raise self._unreachable(error) from error
                self._wait(max(1, fruitless))
                continue
            if _size(part) == product.size and _sha256(part) == product.sha256:
                return self._settle(product, part)
            self.progress.received(-_size(part))
            part.unlink()
            if spoilt:
                raise ProductError(
                    f"'{product.name}' does not verify, twice",
                    expected=f"{product.size} bytes with SHA-256 {product.sha256}",
                    remedy="tell the operators; nothing was kept of it",
                )
            spoilt = True

    def _receive(self, product: ListedProduct, part: Path) -> None:
        """Append what is missing of a product to its part file, or begin it anew."""
        have = _size(part)
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": f'"{product.sha256}"'}
        with self.client.stream("GET", f"/api/v1/products/{product.id}", headers=headers) as answer:
            if answer.status_code == 503:
                raise httpx.ReadError("the ground segment does not answer just now")
            if answer.status_code not in (200, 206):
                raise ProductError(
                    f"the portal does not send '{product.name}'",
                    expected="status 200 or 206",
                    found=f"status {answer.status_code}",
                    remedy="fetch again; if it stays, tell the operators",
                )
            goes_on = answer.status_code == 206
            if goes_on and not answer.headers.get("content-range", "").startswith(f"bytes {have}-"):
                raise ProductError(
                    f"the portal sends other bytes of '{product.name}' than asked for",
                    expected=f"bytes from {have} on",
                    found=answer.headers.get("content-range", "no Content-Range"),
                )
            if goes_on:
                self.resumed += 1
            elif have:
                self.progress.received(-have)
            with part.open("ab" if goes_on else "wb") as stream:
                for block in answer.iter_raw():
                    stream.write(block)
                    self.bytes_received += len(block)
                    self.progress.received(len(block))
                    if stream.tell() > product.size:
                        return

    def _settle(self, product: ListedProduct, part: Path) -> Path:
        home = self.into / product.name
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(home)
        return home

    def _is_home(self, product: ListedProduct) -> bool:
        home = self.into / product.name
        return (
            home.is_file()
            and home.stat().st_size == product.size
            and _sha256(home) == product.sha256
        )

    def _part(self, product: ListedProduct) -> Path:
        home = self.into / product.name
        return home.with_name(f".{home.name}.{product.sha256[:16]}.part")

    def _wait(self, attempt: int) -> None:
        self.pause(min(0.25 * 2**attempt, 4.0))

    def _unreachable(self, error: Exception) -> PortalError:
        return PortalError(
            f"the portal at {str(self.client.base_url).rstrip('/')} does not answer",
            expected=f"an answer within {ATTEMPTS} attempts",
            found=str(error) or type(error).__name__,
            remedy="check the URL; what has come so far is kept, and the next fetch goes on there",
        )


def _portal_url(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise PortalError(
            f"'{url}' is no URL of a portal",
            expected="something like http://127.0.0.1:8080",
            remedy="name the portal's with --url",
        )
    return parsed


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
