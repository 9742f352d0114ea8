"""Names in a customer's space, which cannot lead out of it.

A product's key in the object store is `<customer>/<spacecraft>/<file>`; its name within the
customer's space is `<spacecraft>/<file>`.  Every part is a safe name: it starts with a letter or
digit, goes on with letters, digits, `.`, `_` and `-`, and is no name that a file system reserves.
"""

from __future__ import annotations

import re

from groundsys.values.errors import AccessRefusedError

LONGEST_NAME = 128
#: the first part of keys in the object store that are no product's
RESERVED_SPACE = "groundsys-catalogue"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)


def is_safe_name(name: str) -> bool:
    """True if `name` is one safe part of a path on any file system."""
    return (
        len(name) <= LONGEST_NAME
        and _NAME.fullmatch(name) is not None
        and not name.endswith(".")
        and name.split(".")[0].lower() not in _RESERVED
    )


def is_safe_path(path: str) -> bool:
    """True if `path` is one or more safe names joined by `/`."""
    return all(is_safe_name(part) for part in path.split("/"))


def product_key(customer: str, spacecraft: str, name: str) -> str:
    """The object store's key of a product; `AccessRefusedError` for a name that is not safe."""
    if customer.casefold() == RESERVED_SPACE:
        raise AccessRefusedError(
            f"no customer is called '{RESERVED_SPACE}'",
            expected="another name: beneath this one the catalogue is published",
        )
    for part in (customer, spacecraft, name):
        if not is_safe_name(part):
            raise AccessRefusedError(
                "a product's name could lead out of its customer's space",
                expected="letters, digits, '.', '_' and '-', starting with a letter or digit",
                found=repr(part),
            )
    return f"{customer}/{spacecraft}/{name}"


def name_in_space(customer: str, key: str) -> str:
    """`<spacecraft>/<file>` of a key in this customer's space; `AccessRefusedError` otherwise."""
    owner, _, name = key.partition("/")
    if owner != customer or not is_safe_path(key) or "/" not in name:
        raise AccessRefusedError(f"'{key}' is not in the space of '{customer}'")
    return name
