"""A day of `quickstart` for the desks, with fakes around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.desks import Desks
from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.objects import FolderObjectStore, Keyring, SealedObjectStore
from groundsys.planning import Plan, make_plan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.store import Store
from groundsys.values.instants import Instant
from tests.desks.fake_world import FakePublisher, FakeYamcs


@pytest.fixture(scope="session")
def mission() -> Mission:
    return load_mission()


@pytest.fixture(scope="session")
def geometry(mission: Mission) -> Geometry:
    return Geometry(mission)


@pytest.fixture(scope="session")
def scenario(mission: Mission) -> Scenario:
    return mission.scenarios["quickstart"]


@pytest.fixture(scope="session")
def first_plan(mission: Mission, scenario: Scenario, geometry: Geometry) -> PlanResult:
    now = Situation(now=scenario.span.start)
    return make_plan(mission, scenario, geometry, now, Effort(work=0.5))


@pytest.fixture(scope="session")
def plan(first_plan: PlanResult) -> Plan:
    return first_plan.plan


@dataclass
class Room:
    """Desks and what stands around them."""

    desks: Desks
    store: Store
    yamcs: FakeYamcs
    publisher: FakePublisher
    objects: SealedObjectStore


MakeRoom = Callable[..., Room]


@pytest.fixture
def make_room(
    tmp_path: Path,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    first_plan: PlanResult,
) -> Iterator[MakeRoom]:
    """Makes desks; called again, it makes them anew on the same store, as after a crash."""
    stores: list[Store] = []

    def make(
        yamcs: FakeYamcs | None = None,
        start: Instant | None = None,
        signing_key: Ed25519PrivateKey | None = None,
        **changes: object,
    ) -> Room:
        while stores:
            stores.pop().close()
        store = Store(tmp_path / "store.sqlite")
        stores.append(store)
        yamcs = yamcs or FakeYamcs(mission)
        publisher = FakePublisher()
        objects = SealedObjectStore(
            FolderObjectStore(tmp_path / "objects"), Keyring(tmp_path / "keys")
        )
        desks = Desks(
            mission,
            replace(scenario, **changes),  # type: ignore[arg-type]
            geometry,
            lambda: first_plan,
            store,
            yamcs,
            publisher,
            objects,
            workshop=tmp_path / "workshop",
            start=start,
            signing_key=signing_key,
        )
        return Room(desks, store, yamcs, publisher, objects)

    yield make
    for store in stores:
        store.close()
