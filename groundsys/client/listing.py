"""What the portal says is in a customer's space, checked before anything is done with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from groundsys.client.errors import PortalError
from groundsys.customers import is_safe_path
from groundsys.values.errors import AccessRefusedError, ProductError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]*")

#: answers a request for a path with a query
Ask = Callable[[str, Mapping[str, Any]], httpx.Response]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which products are wanted, in the words of the API; what is not named may be anything.

    Times are ISO 8601 or `datetime`, UTC where they name no zone.
    """

    spacecraft: tuple[str, ...] = ()
    payload: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    measured_since: str | datetime | None = None
    measured_before: str | datetime | None = None
    created_since: str | datetime | None = None
    latest: bool = False

    @classmethod
    def of(cls, **wanted: Any) -> Selection:
        """A selection from words that may be single or several."""
        for name in ("spacecraft", "payload", "level", "format"):
            words = wanted.get(name) or ()
            wanted[name] = (words,) if isinstance(words, str) else tuple(words)
        return cls(**wanted)

    def query(self) -> dict[str, Any]:
        words = {
            name: list(getattr(self, name)) for name in ("spacecraft", "payload", "level", "format")
        }
        times = {
            name: moment.isoformat() if isinstance(moment, datetime) else moment
            for name in ("measured_since", "measured_before", "created_since")
            if (moment := getattr(self, name)) is not None
        }
        asked = {name: value for name, value in words.items() if value}
        return {**asked, **times, **({"latest": "true"} if self.latest else {})}


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class ListedProduct:
    """One product; `name` is its path within the customer's space, times are UTC texts."""

    id: str
    name: str
    size: int
    sha256: str
    media_type: str = ""
    level: str = ""
    spacecraft: str = ""
    payload: str = ""
    version: int = 1
    created: str = ""
    measured_from: str | None = None
    measured_until: str | None = None

    @property
    def file_name(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Listing:
    """A customer's products that fit, oldest first; `cursor` brings what comes after them."""

    customer: str
    products: tuple[ListedProduct, ...]
    cursor: int


def list_products(
    ask: Ask, customer: str = "", wanted: Selection = EVERYTHING, after: int = 0
) -> Listing:
    """All pages of a list; raises if it is refused, malformed, or not `customer`'s (if named)."""
    found: list[ListedProduct] = []
    while True:
        answer = ask("/api/v1/products", {**wanted.query(), "after": after})
        owner, products, cursor, more = _page(answer, customer)
        found.extend(products)
        if more and cursor <= after:
            raise PortalError("the portal's list of products has no end", found=f"cursor {cursor}")
        after = cursor
        if not more:
            break
    check_names(found)
    return Listing(owner, tuple(found), after)


def check_names(products: Iterable[ListedProduct]) -> None:
    """Raise `ProductError` if two of them would lie in one file."""
    names = [product.name.lower() for product in products]
    if len(set(names)) != len(names):
        raise ProductError(
            "two products in the list have the same name",
            remedy="tell the operators; nothing was fetched",
        )


def _page(answer: httpx.Response, customer: str) -> tuple[str, list[ListedProduct], int, bool]:
    check_answer(answer, "the portal cannot list products")
    try:
        content = answer.json()
        owner = str(content["customer"])
        products = [listed_product(row) for row in content["products"]]
        cursor, more = int(content["cursor"]), bool(content["more"])
    except (ValueError, KeyError, TypeError) as error:
        raise PortalError(
            "the portal's list of products cannot be read",
            expected="the answer of a groundsys portal",
            found=f"{type(error).__name__}: {error}",
            remedy="check the URL",
        ) from error
    if customer and owner != customer:
        raise AccessRefusedError(
            "this token is another customer's",
            expected=f"the token given to '{customer}'",
            found=f"a token of '{owner}'",
            remedy="name the customer whose token it is",
        )
    return owner, products, cursor, more


def check_answer(answer: httpx.Response, otherwise: str) -> None:
    """Raise for anything but a good answer."""
    if answer.status_code == 401:
        raise AccessRefusedError(
            "the portal does not know this token",
            expected="one of the customer's own",
            remedy="check that the whole token was copied; ask the operators for a new one",
        )
    if answer.status_code == 403:
        raise AccessRefusedError(
            "the portal does not let this key do that",
            found=_title(answer),
            remedy="use a key with that scope",
        )
    if not answer.is_success:
        raise PortalError(
            otherwise,
            expected="status 200",
            found=f"status {answer.status_code}: {_title(answer)}",
            remedy="check the URL; try again later; if it stays, tell the operators",
        )


def _title(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["title"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]


def listed_product(row: Mapping[str, Any]) -> ListedProduct:
    """A row of the portal's; `ProductError` for a name that could lead out of a folder."""
    product = ListedProduct(
        id=str(row["id"]),
        name=str(row["name"]),
        size=int(row["size"]),
        sha256=str(row["sha256"]),
        media_type=str(row.get("media_type", "")),
        level=str(row.get("level", "")),
        spacecraft=str(row.get("spacecraft", "")),
        payload=str(row.get("payload", "")),
        version=int(row.get("version", 1)),
        created=str(row.get("created", "")),
        measured_from=row.get("measured_from"),
        measured_until=row.get("measured_until"),
    )
    if not is_safe_path(product.name):
        raise ProductError(
            "a product's name could lead out of the folder it is fetched into",
            found=repr(product.name),
        )
    if not _SHA256.fullmatch(product.sha256) or not _IDENTIFIER.fullmatch(product.id):
        raise ValueError(f"malformed entry {product.id!r}")
    return product
