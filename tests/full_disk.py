"""A disk that takes nothing more from this very process, as a rehearsal has it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from groundsys.rehearsal.flying.full_disks import FullDisks


@contextmanager
def full_disk() -> Iterator[None]:
    """Every `write` to a file fails with EFBIG."""
    disks = FullDisks(lambda: {"this": os.getpid()})
    disks.fill("this", for_s=60.0)
    try:
        yield
    finally:
        disks.make_room()
