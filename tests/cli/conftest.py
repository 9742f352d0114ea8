"""What tests of many commands share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundsys.bus.token_file import Credential
from groundsys.bus.wire import pack, unpack
from groundsys.desks import Desks
from groundsys.geometry import Geometry
from groundsys.mission import load_mission, load_scenario
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.objects import FolderObjectStore, Keyring, SealedObjectStore
from groundsys.planning import Plan
from groundsys.planning.situation import PlanResult
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import Store
from groundsys.values.errors import GroundsysError, RequestError
from tests.desks.fake_world import FakePublisher, FakeYamcs
from tests.planning.missions import made


@pytest.fixture(scope="module")
def definitions_read_once() -> Iterator[None]:
    """Commands share the definitions, which are frozen, instead of each reading them again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("groundsys.mission.load_scenario", cache(load_scenario))
        yield


@pytest.fixture(scope="module")
def mission() -> Mission:
    return load_mission()


@pytest.fixture(scope="module")
def scenario(mission: Mission) -> Scenario:
    return mission.scenarios["quickstart"]


@pytest.fixture(scope="module")
def geometry(mission: Mission) -> Geometry:
    return Geometry(mission)


@pytest.fixture(scope="module")
def plan(mission: Mission, scenario: Scenario, geometry: Geometry) -> Plan:
    return made(scenario, mission=mission, geometry=geometry).plan


@pytest.fixture
def desks(
    tmp_path: Path, mission: Mission, scenario: Scenario, geometry: Geometry, plan: Plan
) -> Iterator[Desks]:
    store = Store(tmp_path / "store.sqlite")
    first = PlanResult(plan, (), (), 0.0, 0.0, 0.0)
    desks = Desks(
        *(mission, scenario, geometry, lambda: first, store, FakeYamcs(mission), FakePublisher()),
        SealedObjectStore(FolderObjectStore(tmp_path / "objects"), Keyring(tmp_path / "keys")),
        workshop=tmp_path / "workshop",
        start=scenario.span.start,
        tokens=tmp_path / "data" / "a-run" / "people",
    )
    desks.advance(scenario.span.start, ())
    yield desks
    store.close()


@pytest.fixture
def data(tmp_path: Path, desks: Desks, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a run that goes on, whose desks answer."""

    class Asker:
        def __init__(self, endpoint: str, credential: Credential, keys: None) -> None:
            assert endpoint == "the desks"
            self.token = credential.token

        def close(self) -> None: ...

        def ask(self, verb: str, *, timeout_s: float, **arguments: Any) -> Any:
            assert timeout_s > 10.0
            try:
                answer = desks.handle(
                    unpack(pack({"verb": verb, "token": self.token(), **arguments}))
                )
            except GroundsysError as error:
                raise RequestError(str(error)) from error
            return unpack(pack({"ok": True, **answer}))

    monkeypatch.setattr("groundsys.bus.live.Requester", Asker)
    (tmp_path / "config").mkdir()  # astropy warns of one that is not there
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    run = RunDirectory(tmp_path / "data" / "a-run")
    run.create()
    run.write_facts({"pid": os.getpid(), "mission_db": desks.room.mission.root})
    run.announce("desks", {"requests": "the desks"})
    point_current_at(run, tmp_path / "data")
    return tmp_path / "data"
