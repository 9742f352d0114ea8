"""Names of products that stay apart when two payload files cover the same seconds."""

from __future__ import annotations

from collections.abc import Collection


def free_stem(stem: str, suffix: str, taken: Collection[str], transaction: int) -> str:
    """`stem`, or with its file's CFDP transaction if `stem + suffix` is another file's product.

    `taken` are the names of other files' products in the same space, in lower case: two files
    have the same seconds, or even the same number, once a craft's clock or counter has gone back.
    """
    return f"{stem}-t{transaction}" if (stem + suffix).lower() in taken else stem


def versioned(stem: str, version: int) -> str:
    """`stem` of a first version, and marked with the number of a later one."""
    return stem if version == 1 else f"{stem}-v{version}"
