"""Two ground segments that differ in one thing: in the second, customer B has nothing at all.

Both are real: desks in a thread of their own behind a socket, a portal with the portal's own
credential over sealed objects.  What A is shown must be the same in both, byte for byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar.testing import TestClient

from groundsys.authority import Role
from groundsys.bus.hosting import answer_request
from groundsys.bus.live import Requester, bind_requests
from groundsys.customers import product_key, token_hash, token_text
from groundsys.customers.rate_limits import RateLimit
from groundsys.desks import Desks
from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.mission.ground.partner_model import Partner
from groundsys.mission.model import Mission
from groundsys.objects import Bucket, FolderObjectStore, Keyring, SealedObjectStore
from groundsys.planning import make_plan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.portal.access import COOKIE, Doorkeeper
from groundsys.portal.app import create_app
from groundsys.portal.limits import Limiter
from groundsys.store import CustomerEvent, ProductRecord, Store, StoredToken
from tests.desks.fake_world import FakeYamcs
from tests.desks.people import token_of

A, B = "polar-weather", "tharsis-seismo"
#: another agency, to which A gives its products and B does not
PARTNER = "other-agency"
CRAFT = {A: "cube-polar", B: "cube-tharsis"}
TOKENS = {one: token_text(one[0].encode() * 32) for one in (A, B, PARTNER)}
PEOPLE = {A: "pia", B: "tess"}
#: by customer: file, kind and content of each product
PRODUCTS = {
    A: [("12:3:1", "weather-000001.dat", b"polar " * 20_000), ("12:3:2", "weather-2.dat", b"")],
    B: [("13:3:1", "seismometer-000001.dat", b"tharsis quake " * 9_000), ("13:3:2", "s.csv", b"")],
}
#: the same in both worlds
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
RUNS = {
    A: {"procedure": "cube-check-out", "spacecraft": "cube-polar"},
    B: {"procedure": "payload-commissioning", "spacecraft": "cube-tharsis"},
}
DRAFT = {"command": "PAYLOAD_SET_GAIN", "arguments": {"gain": 3}, "why": "quiet"}


@dataclass
class World:
    """A portal that A asks, and what A shows it."""

    client: TestClient[Any]
    #: header and value of each credential of A's, and of nobody's
    credentials: Mapping[str, Mapping[str, str]]
    #: what is B's, by which it could be asked for or told
    names_of_b: tuple[str, ...] = ()
    names_of_a: tuple[str, ...] = ()
    #: tokens and sessions of A, B and the portal; no answer has one
    secrets: tuple[str, ...] = ()
    ground: _Ground | None = None

    def happens(self, what: str, customer: str) -> None:
        """Have something come for a customer, and be told at once: "product" or "command".

        Where B has nothing, nothing comes for it.
        """
        assert self.ground is not None
        if customer == A or self.names_of_b:
            self.ground.do(what, customer)

    def ask(
        self, method: str, path: str, credential: str, headers: Mapping[str, str], **content: Any
    ) -> httpx.Response:
        """One request with nothing kept from earlier ones."""
        self.client.cookies.clear()
        shown = {**headers, **self.credentials[credential]}
        return self.client.request(method, path, headers=shown, follow_redirects=False, **content)


class _News:
    """What the desks publish, as the portal hears it."""

    def __init__(self) -> None:
        self._told: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()

    def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        self._told.put((topic, dict(event)))

    def events(self, timeout_s: float) -> Iterator[tuple[str, dict[str, Any]]]:
        with contextlib.suppress(queue.Empty):
            yield self._told.get(timeout=timeout_s)

    def followed(self) -> frozenset[str]:
        return frozenset()

    def take_begun(self) -> frozenset[str]:
        return frozenset()

    def close(self) -> None: ...


@dataclass
class _Ground:
    endpoint: str
    news: _News = field(default_factory=_News)
    #: what is to happen, and what is set once it has
    deeds: queue.Queue[tuple[str, str, threading.Event]] = field(default_factory=queue.Queue)
    sessions: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=lambda: {A: [], B: []})

    def do(self, what: str, customer: str) -> None:
        done = threading.Event()
        self.deeds.put((what, customer, done))
        assert done.wait(60.0)


@contextlib.contextmanager
def two_worlds(with_b: Path, without_b: Path) -> Iterator[tuple[World, World]]:
    """Both of them, each in a folder of its own."""
    mission = _mission()
    scenario = mission.scenarios["short"]
    geometry = Geometry(mission)
    situation = Situation(now=scenario.span.start)
    plan = make_plan(mission, scenario, geometry, situation, Effort(work=0.1))
    with (
        world(with_b, mission, geometry, lambda: plan, with_b=True) as first,
        world(without_b, mission, geometry, lambda: plan, with_b=False) as second,
    ):
        yield first, second


def _mission() -> Mission:
    mission = load_mission()
    partner = Partner(
        *(PARTNER, "Another agency", "desk@other.example", ("otv", *CRAFT.values())),
        ("schedule", "trajectories", "tracking"),
        products_of=(A,),
    )
    scenario = replace(mission.scenarios["short"], partners=(PARTNER,))
    return replace(mission, partners={PARTNER: partner}, scenarios={"short": scenario})


@contextlib.contextmanager
def world(
    folder: Path,
    mission: Mission,
    geometry: Geometry,
    plan: Callable[[], PlanResult],
    *,
    with_b: bool,
) -> Iterator[World]:
    """One of the two."""
    bucket = FolderObjectStore(folder / "objects")
    customers = (B, A) if with_b else (A,)  # what is numbered across customers would show
    socket, endpoint = bind_requests()
    ground = _Ground(endpoint)
    ready, over = threading.Event(), threading.Event()

    def serve() -> None:
        with contextlib.closing(socket), Store(folder / "store.sqlite") as store:
            objects = SealedObjectStore(bucket, Keyring(folder / "keys"))
            desks = Desks(
                *(mission, mission.scenarios["short"], geometry, plan),
                *(store, FakeYamcs(mission), ground.news, objects),
                workshop=folder / "workshop",
                signing_key=SIGNING_KEY,
            )
            desks.advance(mission.scenarios["short"].span.start, ())
            store.tokens.add(StoredToken(token_hash(TOKENS[PARTNER]), PARTNER, desks.room.now))
            ground.sessions["portal"] = token_of(desks, Role.PORTAL)
            for customer in customers:
                _populate(desks, objects, customer, ground)
            desks.sharing.work(now=True)  # the partner is told what A has
            ready.set()
            while not over.is_set():
                if socket.poll(5):
                    answer_request(socket, desks.handle)
                with contextlib.suppress(queue.Empty):
                    what, customer, done = ground.deeds.get_nowait()
                    _happens(desks, objects, what, customer)
                    done.set()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert ready.wait(60.0)
        with portal(ground, bucket) as client:
            yield World(
                client,
                _credentials(ground, client),
                tuple(ground.names[B]),
                tuple(ground.names[A]),
                (*TOKENS.values(), *ground.sessions.values()),
                ground,
            )
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def portal(ground: _Ground, bucket: Bucket) -> Iterator[TestClient[Any]]:
    """The portal as it runs, but for the sockets of HTTP."""

    class Line:
        """Each request on a socket of its own: the portal's threads share none."""

        def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
            token = arguments.pop("token", ground.sessions["portal"])
            with contextlib.closing(Requester(ground.endpoint)) as line:
                return line.ask(verb, timeout_s=60.0, token=token, **arguments)

    patient = Doorkeeper(*(Limiter(RateLimit(per_s=1e6, burst=1e6)) for _ in range(2)))
    with TestClient(
        create_app(Line(), bucket, subscribe=lambda: ground.news, doorkeeper=patient),
        raise_server_exceptions=False,
    ) as client:
        yield client


def _credentials(ground: _Ground, client: TestClient[Any]) -> dict[str, dict[str, str]]:
    signed_in = client.post("/sign-in", data={"token": TOKENS[A]}, follow_redirects=False)
    bearer = {
        "token": TOKENS[A],
        "partner": TOKENS[PARTNER],
        "session": ground.sessions[A],
        "forged": token_text(b"x" * 32),
        "hash": token_hash(TOKENS[B]),
        "name": B,
    }
    return {
        **{name: {"Authorization": f"Bearer {token}"} for name, token in bearer.items()},
        "cookie": {"Cookie": f"{COOKIE}={signed_in.cookies[COOKIE]}"},
        "forged cookie": {"Cookie": f"{COOKIE}={token_hash(TOKENS[B])}"},
        "none": {},
    }


def _populate(desks: Desks, objects: SealedObjectStore, customer: str, ground: _Ground) -> None:
    """Give a customer a token, a person, products and a command under way."""
    store, now, craft = desks.room.store, desks.room.now, CRAFT[customer]
    store.tokens.add(StoredToken(token_hash(TOKENS[customer]), customer, now))
    session = token_of(desks, Role.PAYLOAD_OPERATOR, PEOPLE[customer], customer)
    ground.sessions[customer] = session
    products = [
        _product(customer, craft, number, file, name, content, desks)
        for file, name, content in PRODUCTS[customer]
        for number in range(2)
    ]
    contents = [content for _, _, content in PRODUCTS[customer] for _ in range(2)]
    for product, content in zip(products, contents, strict=True):
        objects.put(product.key, content)
    store.catalogue.put_products(products)
    request = {"verb": "command_draft", "token": session, "spacecraft": craft, **DRAFT}
    drafted = desks.handle(request)["command"]
    run = desks.handle(
        {"verb": "procedure_start", "token": token_of(desks, Role.OPERATOR), **RUNS[customer]}
    )["run"]
    ground.names[customer] += [
        str(run),
        customer,
        craft,
        PEOPLE[customer],
        token_hash(TOKENS[customer]),
        str(drafted["id"]),
        *(name for one in products for name in (one.id, one.name, one.key, one.sha256, one.file)),
    ]


def _happens(desks: Desks, objects: SealedObjectStore, what: str, customer: str) -> None:
    store, now = desks.room.store, desks.room.now
    number = store.customer_events.last().get(customer, 0) + 1
    if what == "product":
        content = f"{customer} {number}".encode()
        told = (CRAFT[customer], number, f"{customer}:{number}", f"late-{number}.dat", content)
        product = _product(customer, *told, desks)
        objects.put(product.key, content)
        store.catalogue.put_products([product])
    else:
        detail = {"spacecraft": CRAFT[customer], "name": "PING", "state": "verified"}
        store.customer_events.add(CustomerEvent(customer, now, "command", f"c{number}", detail))
    desks.live.publish(force=True)


def _product(
    customer: str,
    craft: str,
    number: int,
    file: str,
    name: str,
    content: bytes,
    desks: Desks,
) -> ProductRecord:
    name = f"{number}-{name}"
    return ProductRecord(
        id=f"{file.replace(':', '-')}-{number}",
        customer=customer,
        spacecraft=craft,
        payload=desks.room.mission.spacecraft[craft].payload or "",
        file=file,
        name=name,
        level="L0",
        media_type="application/octet-stream",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key=product_key(customer, craft, name),
        created=desks.room.now,
    )
