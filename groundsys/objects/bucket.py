"""What holds objects' bytes: a folder, or an S3-compatible store."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from groundsys.values.errors import ProductError


class KeyTakenError(ProductError):
    """Under this key lie other bytes already."""


class Bucket(Protocol):
    """Bytes by key, put once; calls may come from any thread."""

    @property
    def is_local(self) -> bool:
        """Whether reading takes no longer than this machine's disk."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Store these bytes, once.

        The same bytes again change nothing; other bytes for a known key raise `KeyTakenError`.
        """
        ...

    def size(self, key: str) -> int | None:
        """The object's length in octets, or None if there is none."""
        ...

    def read(self, key: str, start: int, end: int) -> bytes:
        """Its octets from `start` up to `end`; `ProductError` if they are not all there."""
        ...

    def first_behind(self, folder: str, name: str) -> str | None:
        """The first name in the order of names, of objects in a folder, behind `name`."""
        ...

    def remove(self, key: str) -> None:
        """Take an object away, durably; what is not there is harmless.

        Never a product: the catalogue alone does so, with what nobody reads any more.
        """
        ...

    def sign(self, key: str, lifetime: timedelta) -> str | None:
        """A URL with which anybody may GET the object for so long; None if that is not possible."""
        ...


def unsafe_key(key: str) -> ProductError:
    return ProductError(
        "an object's key could lead out of its store",
        expected="safe names joined by '/'",
        found=repr(key),
    )


def taken(key: str) -> KeyTakenError:
    return KeyTakenError(
        f"object '{key}' is there already, with other bytes",
        expected="an object that is put once",
        remedy="a product that changes is a new version, with a name of its own",
    )


def cut_off(key: str, start: int, end: int) -> ProductError:
    return ProductError(f"object '{key}' lacks octets {start} to {end}", found="fewer, or none")
