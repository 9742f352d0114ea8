"""A full disk is told from every other trouble, also at the bottom of another error."""

from __future__ import annotations

import errno

import pytest

from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import DiskFullError, EnvironmentLackError, ProductError


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_each_of_the_system_s_words_for_it(number: int) -> None:
    assert is_disk_full(OSError(number, "no"))


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS, errno.EACCES])
def test_another_trouble_of_a_disk_is_none(number: int) -> None:
    assert not is_disk_full(OSError(number, "no"))


def test_also_what_it_has_led_to() -> None:
    product = ProductError("no product")
    assert not is_disk_full(product)
    product.__cause__ = OSError(errno.ENOSPC, "no")
    assert is_disk_full(product)
    assert is_disk_full(DiskFullError("full"))
    assert not is_disk_full(EnvironmentLackError("no Java"))
    assert not is_disk_full(None)
