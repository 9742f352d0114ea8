"""Real desks in a thread of their own behind a real socket, and a session of every role."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from groundsys.authority import Account, Action, Role
from groundsys.authority.people import ROLES_OF_PEOPLE
from groundsys.bus.hosting import answer_request
from groundsys.bus.live import Requester, bind_requests
from groundsys.desks import Desks
from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.objects import FolderObjectStore, Keyring, SealedObjectStore
from groundsys.planning import make_plan
from groundsys.planning.situation import Effort, Situation
from groundsys.store import Store
from tests.desks.fake_world import FakePublisher, FakeYamcs
from tests.desks.people import NAMES, token_of

PASSWORD = "a dozen of letters"


@dataclass
class Ground:
    """Where the desks answer, and what people of each role show them."""

    endpoint: str
    objects: Path
    #: by role; those of `spare` may be ended
    tokens: dict[str, str] = field(default_factory=dict)
    spare: dict[str, str] = field(default_factory=dict)
    #: of people that nobody else is
    approvers: dict[str, str] = field(default_factory=dict)
    #: the action of every verb that the desks have
    actions: Mapping[str, Action] = field(default_factory=dict)

    @contextlib.contextmanager
    def line(self) -> Iterator[Requester]:
        """A requester that shows nothing by itself."""
        with contextlib.closing(Requester(self.endpoint)) as requester:
            yield requester


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("roles")
    socket, endpoint = bind_requests()
    ground = Ground(endpoint, folder / "objects")
    ready, over = threading.Event(), threading.Event()

    def serve() -> None:
        with contextlib.closing(socket), Store(folder / "store.sqlite") as store:
            desks = _desks(store, folder)
            ground.actions = desks._requests.actions
            for role in Role:
                ground.tokens[role] = token_of(desks, role)
                for second, tokens in (("-two", ground.spare), ("-three", ground.approvers)):
                    name = f"{NAMES[role]}{second}" if role in ROLES_OF_PEOPLE else ""
                    tokens[role] = token_of(desks, role, name)
            desks.gate.add(Account("sol", Role.OPERATOR), PASSWORD, desks.room.now)
            ready.set()
            while not over.is_set():
                if socket.poll(20):
                    answer_request(socket, desks.handle)

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(200.0)
    yield ground
    over.set()
    thread.join()


def _desks(store: Store, folder: Path) -> Desks:
    mission = load_mission()
    scenario = mission.scenarios["short"]
    geometry = Geometry(mission)
    start = scenario.span.start
    plan = make_plan(mission, scenario, geometry, Situation(now=start), Effort(work=0.1))
    desks = Desks(
        *(mission, scenario, geometry, lambda: plan, store, FakeYamcs(mission), FakePublisher()),
        SealedObjectStore(FolderObjectStore(folder / "objects"), Keyring(folder / "keys")),
        workshop=folder / "workshop",
    )
    desks.advance(start, ())
    return desks


def asked(ground: Ground, verb: str, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    with ground.line() as line:
        return line.ask(verb, timeout_s=60.0, token=token, **arguments)
