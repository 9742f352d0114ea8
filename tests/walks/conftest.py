"""One flight for all walks: they share the day and none of them moves its clock."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from tests.walks.flown_day import FlownDay, flown_day


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/walks" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("walks"))


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlownDay]:
    before = set(psutil.Process().children(recursive=True))
    with flown_day(tmp_path_factory.mktemp("walks")) as flown:
        yield flown
        started = set(psutil.Process().children(recursive=True)) - before
        assert len(started) >= 9  # Yamcs and its keeper, three simulators, antennas, hub, desks …
    assert not [process for process in started if process.is_running()]
