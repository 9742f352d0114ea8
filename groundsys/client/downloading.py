"""One product, brought home over HTTP: resumed where it was cut, its hash checked.

It arrives in a hidden part file named after its hash and takes its own name only once its SHA-256
is right.  Calls may come from several threads, for different products.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from groundsys.client.errors import BusyError, PortalError
from groundsys.client.listing import ListedProduct
from groundsys.client.presigned import Grants, NoWayPastError
from groundsys.client.reporting import Progress, Silence
from groundsys.values.errors import ProductError

#: attempts without a single new byte before one gives up
ATTEMPTS = 5
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_LONGEST_WAIT_S = 60.0


def connect(url: str, token: str, jobs: int = 1) -> httpx.Client:
    """A client of the portal; `PortalError` for a URL that is none."""
    return httpx.Client(
        base_url=_portal_url(url),
        headers={"Authorization": f"Bearer {token}"},
        timeout=_TIMEOUT,
        limits=httpx.Limits(max_connections=jobs, max_keepalive_connections=jobs),
    )


class Downloader:
    """Brings products of one portal into a folder, and counts what came over the line."""

    def __init__(
        self,
        client: httpx.Client,
        into: Path,
        progress: Progress | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._into = into
        self._progress = progress or Silence()
        self._pause = pause
        self._lock = threading.Lock()
        self._grants = Grants(client)
        #: whether the portal lets its customers fetch past itself
        self._past_portal = True
        self.bytes_received = 0
        self.resumed = 0

    def ask(self, path: str, query: Mapping[str, Any]) -> httpx.Response:
        """GET, again if the portal is busy or the line is cut; `PortalError` if it stays so."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._client.get(path, params=dict(query))
            except httpx.TransportError as error:
                if attempt == ATTEMPTS:
                    raise self._unreachable(error) from error
                self._wait(attempt)
            else:
                if answer.status_code not in BusyError.STATUSES or attempt == ATTEMPTS:
                    return answer
                self._wait(attempt, answer)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def home_of(self, product: ListedProduct) -> Path:
        return self._into / product.name

    def is_home(self, product: ListedProduct) -> bool:
        """Whether the very bytes are there already."""
        home = self.home_of(product)
        return (
            home.is_file()
            and home.stat().st_size == product.size
            and _sha256(home) == product.sha256
        )

    def still_to_come(self, product: ListedProduct) -> int:
        """Bytes of a product that is not home."""
        return max(0, product.size - _size(self._part(product)))

    def expect(self, products: Sequence[ListedProduct]) -> None:
        """Say what will be brought home, so that many are asked for at once."""
        self._grants.expect(products)

    def bring_home(self, product: ListedProduct) -> Path:
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
            except BusyError as busy:
                fruitless += 1
                if fruitless == ATTEMPTS:
                    raise self._unreachable(busy) from busy
                self._wait(fruitless, busy.answer)
                continue
            except httpx.TransportError as error:
                fruitless = 0 if _size(part) > before else fruitless + 1
                if fruitless == ATTEMPTS:
                    raise self._unreachable(error) from error
                self._wait(max(1, fruitless))
                continue
            if _size(part) == product.size and _sha256(part) == product.sha256:
                return self._settle(product, part)
            self._progress.received(-_size(part))
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
        if self._past_portal and self._receive_presigned(product, part):
            return
        have = _size(part)
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": f'"{product.sha256}"'}
        path = f"/api/v1/products/{product.id}"
        with self._client.stream("GET", path, headers=headers) as answer:
            if answer.status_code in BusyError.STATUSES:
                raise BusyError(answer)
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
                with self._lock:
                    self.resumed += 1
            elif have:
                self._progress.received(-have)
            with part.open("ab" if goes_on else "wb") as stream:
                for block in answer.iter_raw():
                    stream.write(block)
                    self._count(block)
                    if stream.tell() > product.size:
                        return

    def _receive_presigned(self, product: ListedProduct, part: Path) -> bool:
        """Fetch the sealed bytes past the portal; False if that is not possible from here."""
        presigned = self._grants.take(product)
        if presigned is None:
            self._past_portal = False
            return False
        with part.open("ab") as stream:
            begun = stream.tell()
            if begun:
                with self._lock:
                    self.resumed += 1
            try:
                for block in presigned.content(self._client, begun):
                    stream.write(block)
                    self._count(block)
            except NoWayPastError:
                self._past_portal = False
                return False
            except httpx.TransportError:
                if stream.tell() == begun:  # whoever cuts it there may leave the portal alone
                    self._past_portal = False
                raise
        return True

    def _count(self, block: bytes) -> None:
        with self._lock:
            self.bytes_received += len(block)
        self._progress.received(len(block))

    def _settle(self, product: ListedProduct, part: Path) -> Path:
        home = self.home_of(product)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(home)
        return home

    def _part(self, product: ListedProduct) -> Path:
        home = self.home_of(product)
        return home.with_name(f".{home.name}.{product.sha256[:16]}.part")

    def _wait(self, attempt: int, answer: httpx.Response | None = None) -> None:
        """As long as the portal says, or longer with each attempt."""
        told = "" if answer is None else answer.headers.get("retry-after", "")
        asked_for_s = min(float(told), _LONGEST_WAIT_S) if told.isdigit() else 0.0
        self._pause(max(min(0.25 * 2**attempt, 4.0), asked_for_s))

    def _unreachable(self, error: Exception) -> PortalError:
        return PortalError(
            f"the portal at {str(self._client.base_url).rstrip('/')} does not answer",
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
