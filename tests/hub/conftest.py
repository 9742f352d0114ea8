from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.hub import FrameHub, feeding
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from tests.hub.ground import Craft, FakeYamcs

CRAFT = ("otv", "cube-polar", "cube-tharsis")

HubMaker = Callable[[], FrameHub]


@pytest.fixture(scope="session")
def mission() -> Mission:
    """Craft that are commanded in clear, but in `test_security`."""
    mission = load_mission()
    clear = {name: replace(one, security=None) for name, one in mission.spacecraft.items()}
    return replace(mission, spacecraft=clear)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake link answers at once: what it lacks a little later, it has lost."""
    monkeypatch.setattr(feeding, "STALL_S", 0.05)


@pytest.fixture
def yamcs(mission: Mission) -> Iterator[FakeYamcs]:
    fake = FakeYamcs(mission, CRAFT)
    yield fake
    fake.close()


@pytest.fixture
def make_hub(mission: Mission, yamcs: FakeYamcs, tmp_path: Path) -> Iterator[HubMaker]:
    """Makes hubs of one run, one after the other."""
    made: list[FrameHub] = []

    def make() -> FrameHub:
        for hub in made:
            hub.close()
        made.clear()
        made.append(
            FrameHub(
                *(mission, mission.scenarios["quickstart"], yamcs, yamcs.links),
                *(tmp_path, tmp_path / "keys"),
            )
        )
        return made[0]

    yield make
    for hub in made:
        hub.close()


@pytest.fixture
def hub(make_hub: HubMaker) -> FrameHub:
    return make_hub()


@pytest.fixture
def otv(mission: Mission) -> Craft:
    return Craft(mission.spacecraft["otv"])


@pytest.fixture
def cube(mission: Mission) -> Craft:
    return Craft(mission.spacecraft["cube-polar"])
