"""When the catalogue is published, and what becomes of it when the object store gives trouble."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.customers import SHORT_PREFIX, token_hash, token_text
from groundsys.customers.spaces import RESERVED_SPACE
from groundsys.objects import FolderObjectStore
from groundsys.published.reading import ISSUED_EVERY_S
from groundsys.published.superseded import KEPT_S
from groundsys.values.errors import AccessRefusedError, EnvironmentLackError
from tests.portal.fake_desks import POLAR_TOKEN, FakeDesks


class Ground:
    """Desks over a folder, and how many heads lie there."""

    def __init__(self, folder: Path) -> None:
        self._heads = folder / RESERVED_SPACE / "heads"
        self.desks = FakeDesks(FolderObjectStore(folder))
        self.desks.deliver("polar-weather", "w1.dat", b"weather")
        self.desks.publish()

    @property
    def heads(self) -> int:
        return len(list(self._heads.iterdir()))


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def test_a_head_follows_what_is_new_and_else_the_time(ground: Ground) -> None:
    desks = ground.desks
    assert ground.heads == 1
    for _ in range(3):
        desks.publish()
    assert ground.heads == 1
    desks.deliver("polar-weather", "w2.dat", b"weather")
    desks.publish()
    assert ground.heads == 2
    desks.wall_s += ISSUED_EVERY_S - 1.0
    desks.publish()
    assert ground.heads == 2
    desks.wall_s += 1.0
    desks.publish()
    assert ground.heads == 3


def test_a_key_comes_and_goes_at_once_and_tokens_for_minutes_together(ground: Ground) -> None:
    desks = ground.desks
    lasting = desks.key_of("polar-weather")
    desks.publish()
    assert ground.heads == 2
    desks.revoke(lasting)
    desks.publish()
    assert ground.heads == 3
    short = [token_text(bytes([number]) * 32, SHORT_PREFIX) for number in range(3)]
    for one in short:
        exchange(desks, one)
        desks.publish()
    assert ground.heads == 3
    desks.wall_s += 30.0
    desks.publish()
    assert ground.heads == 4
    desks.ask("end_token", token=short[0], token_hash=token_hash(short[0]))
    desks.publish()  # one that was published has ended before its time
    assert ground.heads == 5


def exchange(desks: FakeDesks, short: str) -> None:
    hashes = {"token_hash": token_hash(short), "parent_hash": token_hash(POLAR_TOKEN)}
    desks.ask("exchange_key", token=POLAR_TOKEN, **hashes)


def test_a_destroyed_key_is_told_at_once(ground: Ground) -> None:
    desks = ground.desks
    desks.sealed.keys.destroy("polar-weather")
    desks.publish()
    assert ground.heads == 2
    kit = str(desks.ask("portal_kit")["kit"])
    assert "polar-weather" not in kit
    desks.publish()
    assert ground.heads == 2


def test_trouble_with_the_store_is_told_once_and_mends_itself(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks = ground.desks
    desks.deliver("polar-weather", "w2.dat", b"weather")

    def refuse(*_: object) -> None:
        raise EnvironmentLackError("the store of objects cannot be used")

    with monkeypatch.context() as patch:
        patch.setattr(FolderObjectStore, "put", refuse)
        for _ in range(3):
            desks.publish()
    assert ground.heads == 1
    told = [one for one in logged(desks) if "cannot be published" in one]
    assert len(told) == 1
    desks.publish()
    assert ground.heads == 2


def test_what_is_superseded_goes_and_what_cannot_go_holds_nothing_up(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks = ground.desks

    def refuse(*_: object) -> None:
        raise EnvironmentLackError("the store of objects cannot be used")

    with monkeypatch.context() as patch:
        patch.setattr(FolderObjectStore, "remove", refuse)
        for _ in range(4):
            desks.wall_s += KEPT_S + 1.0
            desks.publish()
    assert ground.heads == 5
    assert len([one for one in logged(desks) if "stay in the store" in one]) == 1
    desks.wall_s += KEPT_S + 1.0
    desks.publish()  # three at once
    assert ground.heads == 3


def logged(desks: FakeDesks) -> list[str]:
    return [one.text for one in desks._do(lambda: desks.store.watch.recent_events(100))]


def test_a_store_that_was_put_back_is_not_published_into(ground: Ground, tmp_path: Path) -> None:
    desks = ground.desks
    desks.deliver("polar-weather", "w2.dat", b"weather")
    desks.publish()
    newest = sorted((tmp_path / RESERVED_SPACE / "heads").iterdir())[-1]
    newest.unlink()
    desks._do(lambda: setattr(desks.catalogue, "_publisher", None))  # as desks that start anew
    desks.publish()
    assert ground.heads == 1
    assert any("put back to an earlier state" in one for one in logged(desks))


@pytest.mark.parametrize("verb", ["portal_kit", "hand_over_accesses"])
def test_only_portals_are_answered(ground: Ground, verb: str) -> None:
    arguments: dict[str, Any] = {"portal": "p", "lines": []}
    for role in (Role.OPERATOR, Role.FLIGHT_DIRECTOR, Role.OBSERVER):
        with pytest.raises(AccessRefusedError):
            ground.desks.ask(verb, token=ground.desks.account(role, role), **arguments)
    with pytest.raises(AccessRefusedError):
        ground.desks.ask(verb, token=POLAR_TOKEN, **arguments)
    assert ground.desks.ask(verb, **arguments)["ok"]
