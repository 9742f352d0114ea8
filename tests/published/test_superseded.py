"""What is superseded goes away in time, whatever comes between, and nobody misses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundsys.customers import token_hash
from groundsys.customers.spaces import RESERVED_SPACE
from groundsys.objects import FolderObjectStore
from groundsys.objects.s3 import S3Bucket
from groundsys.published import CataloguePublisher
from groundsys.published.head import (
    Head,
    batch_place,
    digest,
    head_place,
    oldest_head,
    opened_head,
)
from groundsys.published.reading import MOST_AGE_S
from groundsys.published.sealing import read_object
from groundsys.published.superseded import KEPT_S
from groundsys.values.errors import ProductError
from tests.objects.s3_server import running_s3
from tests.published.test_published import SIGNER, TOKENS, A, B, Ground, grant

_HOUR_S = 3600.0


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


@pytest.fixture
def ground_of_s3(tmp_path: Path) -> Iterator[Ground]:
    with running_s3() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield Ground(tmp_path, S3Bucket(server.url("a-run")))


def kept(ground: Ground) -> dict[int, Head]:
    """The heads that lie in the store, opened."""
    kit, heads, number = ground.kit(), dict[int, Head](), 0
    while number := oldest_head(ground.bucket, number):
        sealed = read_object(ground.bucket, head_place(number))
        heads[number] = opened_head(sealed, number, kit.public_key, kit.head_key)
    return heads


def batches(ground: Ground) -> set[str]:
    folder = ground.folder / "objects"
    return {
        str(path.relative_to(folder)) for path in (folder / RESERVED_SPACE / "spaces").rglob("0*")
    }


def told_of(heads: dict[int, Head]) -> dict[str, str]:
    """Places and digests of all batches that these heads tell of."""
    return {
        batch_place(customer, one.number): one.sha256
        for head in heads.values()
        for customer, space in head.spaces.items()
        for one in space.batches
    }


def test_what_is_believed_stays_whole_and_the_rest_goes(ground: Ground) -> None:
    for number in range(1, 16):
        ground.publish(*((A,) if number % 3 else (A, B)))
        ground.publisher.remove_superseded(ground.now_s)
        heads = kept(ground)
        assert sorted(heads) == list(range(min(heads), number + 1))
        ages = {one: ground.now_s - head.issued_s for one, head in heads.items()}
        assert all(ages[one] <= KEPT_S for one in heads if one - 1 in heads)
        assert min(heads) == 1 or ages[min(heads)] > KEPT_S
        found = {place: digest(read_object(ground.bucket, place)) for place in batches(ground)}
        assert found == told_of(heads)
        ground.now_s += 5 * _HOUR_S
    assert min(kept(ground)) == 9
    ground.now_s += 100 * _HOUR_S  # the newest one stays, however old
    for _ in range(4):
        ground.publisher.remove_superseded(ground.now_s)
    assert list(kept(ground)) == [15]


def test_a_portal_goes_on_with_a_head_for_as_long_as_it_believes_it(ground: Ground) -> None:
    ground.publish(A, B)
    portal = ground.portal()
    ground.now_s += MOST_AGE_S  # it sees no later one all the time
    for _ in range(5):
        ground.publish(A, B)
        ground.publisher.remove_superseded(ground.now_s)
    assert portal.door(token_hash(TOKENS[A])) is not None
    space = portal.space(A)
    assert space is not None
    assert space.up_to == 1


@pytest.mark.parametrize("store", ["ground", "ground_of_s3"])
def test_a_portal_that_was_long_away_goes_on_and_a_store_put_back_is_refused(
    store: str, request: pytest.FixtureRequest
) -> None:
    ground: Ground = request.getfixturevalue(store)
    ground.publish(A)
    kit = ground.kit()
    old = read_object(ground.bucket, head_place(1))
    for _ in range(3):
        ground.now_s += KEPT_S + 1.0
        ground.publish(A)
        ground.publisher.remove_superseded(ground.now_s)
    assert min(kept(ground)) == 3
    assert kit.head == 1
    portal = ground.portal(kit)
    assert portal.number == 4
    assert portal.door(token_hash(TOKENS[A])) is not None
    assert CataloguePublisher(ground.bucket, ground.objects, SIGNER).head.number == 4
    for number in (3, 4):
        ground.bucket.remove(head_place(number))
    ground.bucket.put(head_place(1), old)
    with pytest.raises(ProductError, match="put back to an earlier state"):
        portal.look()


@pytest.mark.parametrize("deeds", range(6))
def test_a_death_between_loses_nothing_and_leaves_nothing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, deeds: int
) -> None:
    """After so many removals; and one before, which has left a batch that no head tells of."""
    for number in range(4):
        ground.publish(A, B)
        if number == 1:
            head = ground.publisher.head
            ground.bucket.put(batch_place(A, head.spaces[A].batches[-1].number + 1), b"left over")
        ground.now_s += 10 * _HOUR_S
    ground.now_s += KEPT_S
    remove, left = FolderObjectStore.remove, deeds

    def die(bucket: FolderObjectStore, key: str) -> None:
        nonlocal left
        if not left:
            raise OSError("killed")
        left -= 1
        remove(bucket, key)

    with monkeypatch.context() as patch:
        patch.setattr(FolderObjectStore, "remove", die)
        with pytest.raises(OSError, match="killed"):
            ground.publisher.remove_superseded(ground.now_s)
    ground.publisher = CataloguePublisher(ground.bucket, ground.objects, SIGNER, 4)
    ground.publisher.remove_superseded(ground.now_s)
    heads = kept(ground)
    assert list(heads) == [4]
    assert batches(ground) == told_of(heads).keys()
    ground.publisher.publish({A: [ground.event(A)]}, (grant(A),), ground.now_s)
    portal = ground.portal()
    assert portal.door(token_hash(TOKENS[A])) is not None
    space = portal.space(A)
    assert space is not None
    assert space.up_to == 5
