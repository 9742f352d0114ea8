"""A customer's key is destroyed by two people, whatever cuts that off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from groundsys.authority import Asker, Role
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.requests.sealing_requests import DESTROY, SealingRequests
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.objects import DestroyedKeyError, FolderObjectStore, Keyring, SealedObjectStore
from groundsys.store import Store
from groundsys.values.instants import Instant

CUSTOMER, KEY = "polar-weather", "polar-weather/cube/w.dat"
FIRST, SECOND = (Asker(name, Role.FLIGHT_DIRECTOR) for name in ("ada", "grace"))


class Killed(BaseException):
    """The process has died here: nothing that would follow happens."""


class Ground:
    """Desks that answer about keys, and are started anew over what is on the disk."""

    def __init__(self, folder: Path, mission: Mission) -> None:
        self._mission = mission
        self._folder = folder
        self.keys = Keyring(folder / "keys")
        self.objects = SealedObjectStore(FolderObjectStore(folder / "objects"), self.keys)
        self.store = Store(folder / "store.sqlite")
        self.start()

    def start(self) -> None:
        """Desks as after a death: of the store, what was on the disk."""
        self.store.close()
        self.store = Store(self._folder / "store.sqlite")
        unused = cast(Any, None)
        scenario = self._mission.scenarios["quickstart"]
        room = ControlRoom(self._mission, scenario, unused, self.store, unused)
        room.now = Instant.from_utc_iso("2031-08-20T09:12:00Z")
        self._verbs = SealingRequests(room, self.objects).verbs

    def ask(self, verb: str, asker: Asker = FIRST) -> dict[str, Any]:
        request = {"customer": CUSTOMER, "reason": "end of contract"}
        return self._verbs[f"customer_key_{verb}"].answer(request, asker)

    def listed(self) -> dict[str, Any]:
        [told] = self.ask("list")["keys"]
        return dict(told)


@pytest.fixture(scope="module")
def mission() -> Mission:
    return load_mission()


@pytest.fixture
def ground(tmp_path: Path, mission: Mission) -> Iterator[Ground]:
    ground = Ground(tmp_path, mission)
    ground.objects.put(KEY, b"weather")
    assert ground.ask("destroy") == {"customer": CUSTOMER, "destroyed": False}
    yield ground
    ground.store.close()


def dying_at(moment: int, monkeypatch: pytest.MonkeyPatch, *, within: Callable[[], object]) -> bool:
    """Do it and die at the `moment`-th step of what reaches the disk; False if it had fewer."""
    steps = SimpleNamespace(taken=0)

    def step(deed: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            steps.taken += 1
            if steps.taken == moment:
                raise Killed
            return deed(*arguments, **named)

        return counted

    opened = Path.open

    def open_counted(path: Path, *arguments: Any, **named: Any) -> Any:
        stream = opened(path, *arguments, **named)
        if path.suffix != ".key":
            return stream
        counted = SimpleNamespace(
            write=step(stream.write), truncate=step(stream.truncate), fileno=stream.fileno
        )
        return _Closing(counted, stream)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", step(os.fsync))
        patch.setattr(Path, "open", open_counted)
        try:
            within()
        except Killed:
            return True
    return False


class _Closing:
    """A stream whose steps are counted; what it has taken is on the disk when it is left."""

    def __init__(self, counted: Any, stream: Any) -> None:
        self._counted, self._stream = counted, stream

    def __enter__(self) -> Any:
        return self._counted

    def __exit__(self, *_: object) -> None:
        self._stream.close()


@pytest.mark.parametrize("moment", range(1, 6))
def test_a_destruction_that_is_cut_off_is_finished_at_the_next_start(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    died = dying_at(moment, monkeypatch, within=lambda: ground.ask("destroy", SECOND))
    assert died == (moment < 5)  # write, sync, empty, sync: then it is over
    ground.start()
    assert ground.listed() == {
        "customer": CUSTOMER,
        "destroyed": True,
        "destruction_asked_by": "",
    }
    with pytest.raises(DestroyedKeyError):
        ground.keys.key_of(CUSTOMER)
    assert ground.objects.open(KEY) is None
    # it is in the log once, and once is enough
    assert [one.action for one in ground.store.audit.all()].count(DESTROY) == 1


def test_one_that_died_before_the_log_had_it_has_not_happened(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(ground.store.audit), "append", die)
        with pytest.raises(Killed):
            ground.ask("destroy", SECOND)
    ground.start()
    assert ground.listed()["destruction_asked_by"] == FIRST.name
    assert ground.objects.open(KEY) is not None


def test_what_is_kept_stays_at_every_start(ground: Ground) -> None:
    ground.ask("withdraw")
    for _ in range(2):
        ground.start()
        assert not ground.listed()["destroyed"]
    assert ground.objects.open(KEY) is not None
