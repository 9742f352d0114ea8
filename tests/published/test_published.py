"""The published catalogue: what the desks write portals read, and nothing else passes for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundsys.customers import token_hash, token_text
from groundsys.customers.spaces import RESERVED_SPACE, product_key
from groundsys.objects import Bucket, FolderObjectStore, Keyring, SealedObjectStore
from groundsys.published import CataloguePublisher, Grant, PortalKit, PublishedCatalogue
from groundsys.published.head import head_place
from groundsys.published.reading import MOST_AGE_S
from groundsys.values.errors import AccessRefusedError, NoAnswerError, ProductError

A, B = "polar-weather", "tharsis-seismo"
TOKENS = {A: token_text(b"A" * 32), B: token_text(b"B" * 32)}
NOW_S = 1_900_000_000.0
SIGNER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def grant(customer: str, expires_s: float | None = None) -> Grant:
    return Grant(token_hash(TOKENS[customer]), customer, "key", ("read_products",), expires_s)


class Ground:
    """The desks' side over a folder, unless told, and as many portals as are asked for."""

    def __init__(self, folder: Path, bucket: Bucket | None = None) -> None:
        self.folder = folder
        self.bucket = bucket or FolderObjectStore(folder / "objects")
        self.objects = SealedObjectStore(self.bucket, Keyring(folder / "keys"))
        self.publisher = CataloguePublisher(self.bucket, self.objects, SIGNER)
        self.told = dict.fromkeys((A, B), 0)
        for customer in (A, B):  # with its first product, each has a key
            self.objects.put(f"{customer}/cube/first.dat", b"octets")
        self.now_s = NOW_S

    def kit(self) -> PortalKit:
        return self.publisher.kit()

    def portal(self, kit: PortalKit | None = None, seen: int = 0) -> PublishedCatalogue:
        reading = PublishedCatalogue(
            self.bucket, kit or self.kit(), seen=seen, wall_s=lambda: self.now_s
        )
        reading.look()
        return reading

    def event(self, customer: str, content: bytes = b"octets") -> dict[str, Any]:
        """The next event of a customer: a product that lies in the store."""
        self.told[customer] += 1
        number = self.told[customer]
        key = f"{customer}/cube/p{number}.dat"
        self.objects.put(key, content)
        return {
            "number": number,
            "time_ns": number,
            "kind": "product",
            "subject": f"p{number}",
            "detail": {},
            "product": {
                "id": f"p{number}",
                "customer": customer,
                "file": f"f{number}",
                "family": f"f{number}",
                "name": f"p{number}.dat",
                "level": "L0",
                "version": 1,
                "key": key,
            },
        }

    def publish(self, *customers: str, grants: tuple[Grant, ...] | None = None) -> int:
        """A product for each of these customers, and who may enter: both, unless told."""
        news = {one: [self.event(one)] for one in customers}
        doors = (grant(A), grant(B)) if grants is None else grants
        return self.publisher.publish(news, doors, self.now_s)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def test_a_token_opens_its_customer_s_space_and_no_other(ground: Ground) -> None:
    ground.publish(A, B)
    portal = ground.portal()
    assert portal.space(A) is None  # nobody has shown a token yet
    opened = portal.door(token_hash(TOKENS[A]))
    assert opened is not None
    assert (opened.customer, opened.key, opened.scopes) == (A, "key", ("read_products",))
    space = portal.space(A)
    assert space is not None
    found = space.product("p1")
    assert found is not None
    assert found.row["key"] == f"{A}/cube/p1.dat"
    assert space.data_key("p1") == ground.objects.data_key_of(f"{A}/cube/p1.dat")
    assert portal.space(B) is None
    assert portal.door(token_hash(token_text(b"x" * 32))) is None


def test_the_store_s_owner_reads_nothing(ground: Ground) -> None:
    ground.publish(A, B)
    for path in (ground.folder / "objects" / RESERVED_SPACE).rglob("*"):
        if path.is_file():
            octets = path.read_bytes()
            for word in (A, B, "p1.dat", "read_products", *map(token_hash, TOKENS.values())):
                assert word.encode() not in octets
            assert ground.objects.data_key_of(f"{A}/cube/p1.dat") not in octets


def test_a_kit_alone_and_a_token_alone_open_nothing(ground: Ground) -> None:
    ground.publish(A)
    kit = ground.kit()
    assert ground.portal(kit).space(A) is None
    stranger = PortalKit(kit.public_pem, kit.head_key, {A: os.urandom(32)}, 0)
    with pytest.raises(ProductError):
        ground.portal(stranger).door(token_hash(TOKENS[A]))
    with pytest.raises(ProductError):
        ground.portal(PortalKit(kit.public_pem, os.urandom(32), kit.shares, 0))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.sampled_from(["a", "b", "ab", "none", "restart", "look"]), max_size=25))
def test_whatever_way_it_grew_all_portals_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    ground = Ground(tmp_path_factory.mktemp("grown"))
    ground.publish()
    early = ground.portal()
    for step in steps:
        if step == "restart":
            known = ground.publisher.head.number
            ground.publisher = CataloguePublisher(ground.bucket, ground.objects, SIGNER, known)
        elif step == "look":
            early.look()
            early.door(token_hash(TOKENS[A]))
            early.space(A)
        else:
            ground.publish(*(one for one, letter in ((A, "a"), (B, "b")) if letter in step))
    early.look()
    late = ground.portal()
    for portal in (early, late):
        for customer, told in ground.told.items():
            assert portal.door(token_hash(TOKENS[customer])) is not None
            space = portal.space(customer)
            assert space is not None
            assert [one["number"] for one in space.events(0, 1000)] == list(range(1, told + 1))
            assert [one["number"] for one in space.events(1, 2)] == list(range(2, told + 1))[:2]
            for number in range(1, told + 1):
                key = ground.objects.data_key_of(f"{customer}/cube/p{number}.dat")
                assert space.data_key(f"p{number}") == key
    names = ground.publisher.head.spaces.get(A)
    assert names is None or len(names.batches) <= max(1, ground.told[A]).bit_length()


def alter(ground: Ground, place: str, change: Callable[[bytes], bytes]) -> None:
    """What somebody does who can write where the objects lie."""
    path = ground.folder / "objects" / place
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize("where", [0, 4, 20, -1])
def test_an_altered_head_is_refused_and_the_last_one_still_holds(
    ground: Ground, where: int
) -> None:
    ground.publish(A)
    portal = ground.portal()

    def flip(octets: bytes) -> bytes:
        changed = bytearray(octets)
        changed[where] ^= 1
        return bytes(changed)

    alter(ground, head_place(ground.publish(A)), flip)
    with pytest.raises(ProductError, match="not as the desks published it"):
        portal.look()
    assert portal.door(token_hash(TOKENS[A])) is not None
    space = portal.space(A)
    assert space is not None
    assert space.up_to == 1
    with pytest.raises(ProductError):  # one that begins now has nothing to go by
        ground.portal()


def test_a_head_that_others_have_signed_is_refused(ground: Ground) -> None:
    """Even by somebody who has everything but the desks' key."""
    kit = ground.kit()
    other = Ed25519PrivateKey.generate()
    forger = CataloguePublisher(ground.bucket, ground.objects, other)
    forger.publish({}, (grant(A),), NOW_S)
    with pytest.raises(ProductError, match="a signature that is not the desks'"):
        ground.portal(kit)
    with pytest.raises(ProductError):  # nor do the desks publish behind it
        CataloguePublisher(ground.bucket, ground.objects, SIGNER)


def test_an_altered_batch_is_refused(ground: Ground) -> None:
    ground.publish(A)
    portal = ground.portal()
    [place] = (ground.folder / "objects" / RESERVED_SPACE / "spaces" / A).iterdir()
    place.write_bytes(place.read_bytes()[:-1] + b"\0")
    assert portal.door(token_hash(TOKENS[A])) is not None
    with pytest.raises(ProductError, match="other octets"):
        portal.space(A)


def test_a_store_that_is_put_back_is_refused(ground: Ground) -> None:
    ground.publish(A)
    kept = ground.folder / "a-copy"
    shutil.copytree(ground.folder / "objects", kept)
    ground.publish(A)
    portal = ground.portal()
    seen = portal.number
    shutil.rmtree(ground.folder / "objects")
    shutil.copytree(kept, ground.folder / "objects")
    for old in (lambda: portal.look(), lambda: ground.portal(seen=seen)):
        with pytest.raises(ProductError, match="put back to an earlier state"):
            old()
    kit = ground.kit()  # a portal that is new knows it of the desks
    assert kit.head == seen
    with pytest.raises(ProductError, match="put back to an earlier state"):
        ground.portal(kit)
    with pytest.raises(ProductError, match="put back to an earlier state"):
        CataloguePublisher(ground.bucket, ground.objects, SIGNER, known=seen)


def test_an_old_head_at_a_new_place_is_refused(ground: Ground) -> None:
    first = ground.publish(A)
    portal = ground.portal()
    objects = ground.folder / "objects"
    shutil.copy(objects / head_place(first), objects / head_place(first + 1))
    with pytest.raises(ProductError):
        portal.look()


def test_a_revoked_token_has_no_door_in_the_next_head(ground: Ground) -> None:
    ground.publish(A)
    portal = ground.portal()
    assert portal.door(token_hash(TOKENS[A])) is not None
    ground.publish(grants=(grant(B),))
    assert portal.look()
    assert portal.door(token_hash(TOKENS[A])) is None
    assert portal.door(token_hash(TOKENS[B])) is not None


def test_a_token_ends_at_its_time_without_anybody_s_word(ground: Ground) -> None:
    ground.publish(grants=(grant(A, NOW_S + 900.0),))
    portal = ground.portal()
    assert portal.door(token_hash(TOKENS[A])) is not None
    ground.now_s += 900.0
    assert portal.door(token_hash(TOKENS[A])) is None


def test_nothing_is_believed_that_is_too_old(ground: Ground) -> None:
    ground.publish(A)
    portal = ground.portal()
    assert portal.door(token_hash(TOKENS[A])) is not None
    ground.now_s += MOST_AGE_S + 1.0
    for asked in (lambda: portal.door(token_hash(TOKENS[A])), lambda: portal.space(A)):
        with pytest.raises(NoAnswerError, match="too old"):
            asked()
    ground.publish()  # the desks are back
    portal.look()
    assert portal.space(A) is not None


def test_with_a_customer_s_key_everything_that_was_published_ends(ground: Ground) -> None:
    ground.publish(A, B)
    before = ground.kit()
    portal = ground.portal(before)
    for token in TOKENS.values():
        assert portal.door(token_hash(token)) is not None
    ground.objects.keys.destroy(A)
    ground.publish(B)
    portal.look()
    assert portal.door(token_hash(TOKENS[A])) is None
    assert portal.space(A) is None
    assert A not in portal.kit.shares
    assert portal.space(B) is not None
    # old heads are still there: with what is left, nobody opens a door of theirs
    assert A not in ground.kit().shares
    old = ground.folder / "objects" / head_place(ground.publisher.head.number)
    old.unlink()
    left = PublishedCatalogue(ground.bucket, portal.kit, wall_s=lambda: ground.now_s)
    left.look()
    assert left.door(token_hash(TOKENS[A])) is None
    assert left.door(token_hash(TOKENS[B])) is not None


def test_a_death_between_batch_and_head_loses_nothing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.publish(A)
    put = FolderObjectStore.put

    def die(bucket: FolderObjectStore, key: str, source: Path | bytes) -> None:
        if "/heads/" in key:
            raise OSError("killed")
        put(bucket, key, source)

    events = [ground.event(A)]
    with monkeypatch.context() as patch:
        patch.setattr(FolderObjectStore, "put", die)
        with pytest.raises(OSError, match="killed"):
            ground.publisher.publish({A: events}, (grant(A),), NOW_S)
    known = ground.publisher.head.number
    ground.publisher = CataloguePublisher(ground.bucket, ground.objects, SIGNER, known)
    assert ground.publisher.head.spaces[A].up_to == 1
    ground.publisher.publish({A: events}, (grant(A),), NOW_S)
    portal = ground.portal()
    assert portal.door(token_hash(TOKENS[A])) is not None
    space = portal.space(A)
    assert space is not None
    assert space.up_to == 2


def test_no_customer_is_called_like_the_catalogue() -> None:
    with pytest.raises(AccessRefusedError, match="no customer is called"):
        product_key("Groundsys-Catalogue", "cube", "w.dat")


def test_a_kit_is_kept_as_text(ground: Ground) -> None:
    kit = ground.kit()
    assert PortalKit.of_json(kit.to_json()) == kit
