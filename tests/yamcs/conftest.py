"""One real Yamcs for all tests of a worker, with the mission's own definitions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundsys.backend import Yamcs, YamcsServer
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/yamcs" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("yamcs"))


@pytest.fixture(scope="session")
def mission() -> Mission:
    return load_mission()


@pytest.fixture(scope="session")
def scenario(mission: Mission) -> Scenario:
    return mission.scenarios["quickstart"]


@pytest.fixture(scope="session")
def run_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yamcs")


@pytest.fixture(scope="session")
def keys(run_directory: Path) -> Path:
    return run_directory / "keys"


@pytest.fixture(scope="session")
def server(mission: Mission, scenario: Scenario, run_directory: Path) -> Iterator[YamcsServer]:
    with YamcsServer.start(run_directory, mission, scenario) as running:
        yield running


@pytest.fixture(scope="session")
def yamcs(server: YamcsServer) -> Iterator[Yamcs]:
    with contextlib.closing(server.connect()) as session:
        yield session


@pytest.fixture(scope="session")
def fleet(server: YamcsServer, mission: Mission, keys: Path) -> dict[str, Craft]:
    """Craft whose counts go on from test to test."""
    return {
        name: Craft(mission.spacecraft[name], ports, keys) for name, ports in server.links.items()
    }


@pytest.fixture
def otv(fleet: dict[str, Craft]) -> Iterator[Craft]:
    with contextlib.closing(fleet["otv"].open()) as craft:
        yield craft


@pytest.fixture
def cube(fleet: dict[str, Craft]) -> Iterator[Craft]:
    with contextlib.closing(fleet["cube-polar"].open()) as craft:
        yield craft


@pytest.fixture
def now(scenario: Scenario, yamcs: Yamcs, request: pytest.FixtureRequest) -> Instant:
    """A moment of the mission's day that belongs to this test alone; Yamcs' time stands there."""
    taken = request.session.stash.setdefault(_MOMENTS, [0])
    taken[0] += 1
    moment = scenario.span.start.plus_seconds(1000.0 * taken[0])
    yamcs.set_time(moment, 0.0)
    return moment


_MOMENTS = pytest.StashKey[list[int]]()
