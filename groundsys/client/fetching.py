"""Bring a customer's products home over HTTP: only what is new, resumable, every hash checked.

Run again after anything that went wrong: what is home is checked and kept, what is half home goes
on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

from groundsys.client.downloading import Downloader, connect
from groundsys.client.listing import EVERYTHING, ListedProduct, Selection, list_products
from groundsys.client.reporting import FetchReport, Progress, Silence
from groundsys.client.signing_key import keep_signing_key
from groundsys.customers import is_token
from groundsys.values.errors import AccessRefusedError, EnvironmentLackError

MOST_JOBS = 32


def fetch(
    customer: str,
    token: str,
    url: str,
    into: Path,
    progress: Progress | None = None,
    *,
    wanted: Selection = EVERYTHING,
    jobs: int = 1,
    pause: Callable[[float], None] = time.sleep,
) -> FetchReport:
    """Make `into` hold every product in the customer's space that fits, each at its own path.

    `jobs` products come at once.  With an empty `customer` it is whosever token it is.  Raises
    `AccessRefusedError` for a wrong token, `PortalError` for a portal that does not answer,
    `ProductError` for bytes that are not what was promised, and `EnvironmentLackError` for a
    folder that cannot be written.
    """
    check_token(token)
    progress = progress or Silence()
    jobs = max(1, min(jobs, MOST_JOBS))
    with connect(url, token, jobs) as client:
        downloader = Downloader(client, into, progress, pause)
        try:
            into.mkdir(parents=True, exist_ok=True)
            listing = list_products(downloader.ask, customer, wanted)
            keep_signing_key(downloader.ask("/api/v1/signing-key", {}), into)
            there: list[ListedProduct] = []
            lacking: list[ListedProduct] = []
            for product in listing.products:
                (there if downloader.is_home(product) else lacking).append(product)
            progress.begin(len(lacking), sum(map(downloader.still_to_come, lacking)))
            downloader.expect(lacking)
            fetched = tuple(_bring_home(downloader, lacking, progress, jobs))
        except OSError as error:
            raise EnvironmentLackError(
                f"cannot write into {into}", found=str(error), remedy="choose another folder"
            ) from error
    return FetchReport(
        customer=listing.customer,
        into=into,
        fetched=fetched,
        already_there=tuple(map(downloader.home_of, there)),
        bytes_received=downloader.bytes_received,
        resumed=downloader.resumed,
    )


def check_token(token: str) -> None:
    """Raise `AccessRefusedError` for a text that cannot be a token, before it is sent anywhere."""
    if not is_token(token):
        raise AccessRefusedError(
            "this is no token",
            expected="'gs1_' (a key) or 'gst_', and 43 characters",
            remedy="copy the whole token, without spaces",
        )


def _bring_home(
    downloader: Downloader, lacking: list[ListedProduct], progress: Progress, jobs: int
) -> Iterator[Path]:
    """Where each product lies now, in the list's order; the first failure ends it all."""

    def bring(product: ListedProduct) -> Path:
        progress.product(product.name)
        return downloader.bring_home(product)

    if jobs == 1:
        yield from map(bring, lacking)
        return
    with ThreadPoolExecutor(jobs) as pool:
        coming = [pool.submit(bring, product) for product in lacking]
        try:
            wait(coming, return_when=FIRST_EXCEPTION)
        finally:
            for one in coming:
                one.cancel()
        done = [one for one in coming if not one.cancelled()]
        failures = [failure for one in done if (failure := one.exception()) is not None]
        if failures:
            raise failures[0]
        yield from (one.result() for one in coming)
