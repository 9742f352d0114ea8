"""What the portal says is in a customer's space, checked before anything is done with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from groundsys.client.errors import PortalError
from groundsys.customers import is_safe_path
from groundsys.values.errors import AccessRefusedError, ProductError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]*")


@dataclass(frozen=True, slots=True)
class ListedProduct:
    """One product; `name` is its path within the customer's space."""

    id: str
    name: str
    size: int
    sha256: str


def listed_products(answer: httpx.Response, customer: str) -> list[ListedProduct]:
    """The products of a list answer; raises if it is refused, another's or malformed."""
    if answer.status_code == 401:
        raise AccessRefusedError(
            "the portal does not know this token",
            expected=f"the token given to '{customer}'",
            remedy="check that the whole token was copied; ask the operators for a new one",
        )
    if answer.status_code != 200:
        raise PortalError(
            "the portal cannot list products",
            expected="status 200",
            found=f"status {answer.status_code}: {answer.text[:200]}",
            remedy="check the URL; fetch again later; if it stays, tell the operators",
        )
    try:
        content = answer.json()
        owner = str(content["customer"])
        products = [_listed_product(row) for row in content["products"]]
    except (ValueError, KeyError, TypeError) as error:
        raise PortalError(
            "the portal's list of products cannot be read",
            expected="the answer of a groundsys portal",
            found=f"{type(error).__name__}: {error}",
            remedy="check the URL",
        ) from error
    if owner != customer:
        raise AccessRefusedError(
            "this token is another customer's",
            expected=f"the token given to '{customer}'",
            found=f"a token of '{owner}'",
            remedy="name the customer whose token it is",
        )
    names = [product.name.lower() for product in products]
    if len(set(names)) != len(names):
        raise ProductError(
            "two products in the list have the same name",
            remedy="tell the operators; nothing was fetched",
        )
    return products


def _listed_product(row: Mapping[str, Any]) -> ListedProduct:
    product = ListedProduct(str(row["id"]), str(row["name"]), int(row["size"]), str(row["sha256"]))
    if not is_safe_path(product.name):
        raise ProductError(
            "a product's name could lead out of the folder it is fetched into",
            found=repr(product.name),
        )
    if not _SHA256.fullmatch(product.sha256) or not _IDENTIFIER.fullmatch(product.id):
        raise ValueError(f"malformed entry {product.id!r}")
    return product
