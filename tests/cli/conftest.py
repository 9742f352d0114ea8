"""What tests of many commands share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from groundsys.mission import load_scenario


@pytest.fixture(scope="module")
def definitions_read_once() -> Iterator[None]:
    """Commands share the definitions, which are frozen, instead of each reading them again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("groundsys.mission.load_scenario", cache(load_scenario))
        yield
