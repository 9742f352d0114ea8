"""Desks that know customers and a few products: the true verbs over a true store, no craft.

In memory, or behind a real socket.  Everything happens in one thread, as with real desks.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.authority import Account, Asker, Role, may_ask_for
from groundsys.authority.sessions import SessionKey
from groundsys.bus.hosting import answer_request
from groundsys.bus.live import Publisher, bind_requests
from groundsys.customers import product_key, token_hash, token_text
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.delivery.catalogue_desk import CatalogueDesk
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.desks.requests.access_requests import AccessRequests
from groundsys.desks.requests.people_requests import PeopleRequests
from groundsys.desks.requests.portal_requests import PortalRequests
from groundsys.desks.requests.sealing_requests import SealingRequests
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.objects import Bucket, FolderObjectStore, Keyring, SealedObjectStore
from groundsys.published import CataloguePublisher
from groundsys.store import AccessRecord, ProductRecord, Store, StoredToken
from groundsys.values.errors import (
    AccessRefusedError,
    GroundsysError,
    RefusalError,
    RequestError,
)
from groundsys.values.instants import Instant

POLAR_TOKEN = token_text(b"p" * 32)
THARSIS_TOKEN = token_text(b"t" * 32)
AURORA_TOKEN = token_text(b"a" * 32)
NOBODYS_TOKEN = token_text(b"n" * 32)
CREATED = Instant.from_utc_iso("2031-08-20T09:12:00Z")

_mission = cache(load_mission)


class FakeDesks:
    """Answers the verbs that the portal asks; `silent` desks do not answer."""

    def __init__(self, objects: Bucket | None = None) -> None:
        self._folder = tempfile.mkdtemp(prefix="fake-desks-")
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self.objects = objects or FolderObjectStore(Path(self._folder) / "objects")
        self.sealed = SealedObjectStore(self.objects, Keyring(Path(self._folder) / "keys"))
        self.silent = False
        #: changes an answer before it leaves
        self.tamper: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda _, answer: answer
        self.wall_s = 1_900_000_000.0
        self.alarms: list[str] = []
        #: of live news, if somebody listens
        self.publisher: Publisher | None = None
        self._thread = ThreadPoolExecutor(1)
        self._do(self._open)

    def _open(self) -> None:
        mission: Mission = _mission()
        self.store = Store(Path(self._folder) / "store.sqlite")
        unused = cast(Any, None)
        scenario = mission.scenarios["quickstart"]
        room = ControlRoom(mission, scenario, unused, self.store, unused)
        room.now = CREATED
        gate = Gatekeeper(
            self.store, _session_key(), frozenset(mission.customers), lambda: self.wall_s
        )
        alarms = SimpleNamespace(
            tell=lambda about, *_, **__: self.alarms.append(about),
            withdraw=lambda about, _: None,
        )
        self._desks = SimpleNamespace(
            room=room,
            gate=gate,
            alarms=alarms,
            signing_key=Ed25519PrivateKey.generate(),
            files=SimpleNamespace(
                records=[],
                payload_of=lambda one: mission.spacecraft[one.spacecraft].payload_of(
                    one.transaction
                ),
            ),
            planning=SimpleNamespace(version=SimpleNamespace(homecomings=())),
        )
        desks = cast(Any, self._desks)
        self.catalogue = CatalogueDesk(
            room,
            gate,
            lambda known: CataloguePublisher(self.objects, self.sealed, self.signing_key, known),
        )
        self._verbs = {
            **PortalRequests(desks).verbs,
            **AccessRequests(desks).verbs,
            **PeopleRequests(room, gate).verbs,
            **SealingRequests(room, self.sealed).verbs,
            **self.catalogue.verbs,
        }
        for token, customer in (
            (POLAR_TOKEN, "polar-weather"),
            (THARSIS_TOKEN, "tharsis-seismo"),
            (AURORA_TOKEN, "aurora-lab"),
        ):
            self.store.tokens.add(StoredToken(token_hash(token), customer, CREATED))

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        key: Ed25519PrivateKey = self._desks.signing_key
        return key

    @signing_key.setter
    def signing_key(self, key: Ed25519PrivateKey) -> None:
        self._desks.signing_key = key

    def _do(self, deed: Callable[..., Any], *arguments: Any) -> Any:
        return self._thread.submit(deed, *arguments).result()

    def deliver(
        self, customer: str, name: str, content: bytes, spacecraft: str = "cube", **changes: Any
    ) -> str:
        """Put a product into the object store and the catalogue; its identifier."""
        key = product_key(customer, spacecraft, name)
        self.sealed.put(key, content)
        return str(self._do(self._deliver, customer, name, content, spacecraft, key, changes))

    def _deliver(
        self, customer: str, name: str, content: bytes, spacecraft: str, key: str, changes: Any
    ) -> str:
        number = sum(self.store.customer_events.last().values()) + 1
        facts: dict[str, Any] = {
            "id": f"p{number}",
            "customer": customer,
            "spacecraft": spacecraft,
            "payload": "instrument",
            "file": f"file-{number}",
            "name": name,
            "level": "L0",
            "media_type": "application/octet-stream",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "key": key,
            "created": CREATED,
        }
        product = ProductRecord(**{**facts, **changes})
        self.store.catalogue.put_products([product])
        if self.publisher is not None:
            self.publisher.publish("customer_events", self.store.customer_events.last())
        return product.id

    def publish(self) -> None:
        """Publish what is new of the catalogue, as desks do at least once a second."""
        self._do(lambda: self.catalogue.work(now=True))

    def accesses(self, customer: str) -> list[AccessRecord]:
        found: list[AccessRecord] = self._do(self.store.catalogue.accesses, customer)
        return found

    def downloads(self, customer: str) -> list[AccessRecord]:
        """Accesses of products."""
        return [one for one in self.accesses(customer) if one.product]

    def key_of(self, customer: str) -> str:
        """A key of a customer, made now."""
        key = token_text(os.urandom(32))
        self._do(self.store.tokens.add, StoredToken(token_hash(key), customer, CREATED))
        return key

    def revoke(self, token: str) -> None:
        self._do(self.store.tokens.revoke, token_hash(token), CREATED)

    def payload_operator(self, name: str, customer: str) -> str:
        """The session of a new account."""
        return self.account(name, Role.PAYLOAD_OPERATOR, customer)

    def account(self, name: str, role: Role, customer: str = "") -> str:
        """The session of a new account."""

        def make() -> str:
            gate = self._desks.gate
            gate.add(Account(name, role, customer), "", CREATED)
            return str(gate.token_for(name))

        return str(self._do(make))

    def change(self, part: str, **changes: Any) -> None:
        """Have `planning` or `files` show something else."""
        getattr(self._desks, part).__dict__.update(changes)

    def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
        if self.silent:
            raise RequestError(f"no answer to '{verb}' within {timeout_s:g} s")
        try:
            return self.handle({"verb": verb, **arguments})
        except (AccessRefusedError, RequestError):
            raise
        except GroundsysError as error:  # as the bus tells it
            raise RefusalError(str(error)) from error

    def handle(self, request: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._do(self._answer, request)
        return answer

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        token = str(request.get("token", ""))
        asker = self._desks.gate.admit(token).asker if token else Asker("portal", Role.PORTAL)
        name = str(request["verb"])
        if name not in self._verbs:
            raise GroundsysError(f"these desks know no request '{name}'")
        verb = self._verbs[name]
        may_ask_for(asker, verb.action)
        asked = {key: value for key, value in request.items() if key not in ("verb", "token")}
        return self.tamper(name, {**verb.answer(asked, asker), "ok": True})


def _session_key() -> SessionKey:
    return SessionKey(SessionKey.new_pem())


@contextmanager
def publishing(desks: FakeDesks) -> Iterator[str]:
    """The desks' live news; yields where they are told."""
    with closing(Publisher()) as publisher:
        desks.publisher = publisher
        yield publisher.endpoint
        desks.publisher = None


@contextmanager
def listening(desks: FakeDesks, where: str = "tcp://127.0.0.1:*") -> Iterator[str]:
    """The desks behind a socket of the bus, at a new place unless told; yields its endpoint."""
    socket, endpoint = bind_requests(where)
    over = threading.Event()

    def answer() -> None:
        while not over.is_set():
            if socket.poll(20):
                answer_request(socket, desks.handle)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield endpoint
    finally:
        over.set()
        thread.join()
        socket.close()
