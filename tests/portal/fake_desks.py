"""Desks that know two customers and a few products, in memory or behind a real socket."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.bus.live import bind_requests
from groundsys.bus.wire import pack, unpack
from groundsys.customers import product_key, token_hash, token_text
from groundsys.objects import FolderObjectStore
from groundsys.signing import public_pem
from groundsys.values.errors import NotLoggedInError, RequestError
from groundsys.values.instants import Instant

POLAR_TOKEN = token_text(b"p" * 32)
THARSIS_TOKEN = token_text(b"t" * 32)
NOBODYS_TOKEN = token_text(b"n" * 32)
CREATED = Instant.from_utc_iso("2031-08-20T09:12:00Z")


class FakeDesks:
    """Answers the verbs that the portal asks; `silent` desks do not answer."""

    def __init__(self, objects: FolderObjectStore) -> None:
        self.objects = objects
        self.tokens = {
            token_hash(POLAR_TOKEN): "polar-weather",
            token_hash(THARSIS_TOKEN): "tharsis-seismo",
        }
        self.products: list[dict[str, Any]] = []
        self.accesses: list[dict[str, Any]] = []
        self.silent = False
        self.signing_key = Ed25519PrivateKey.generate()
        #: by the tokens of their sessions: who people are
        self.sessions: dict[str, dict[str, str]] = {}

    def deliver(self, customer: str, name: str, content: bytes, spacecraft: str = "cube") -> str:
        """Put a product into the object store and the catalogue; its identifier."""
        key = product_key(customer, spacecraft, name)
        self.objects.put(key, content)
        identifier = f"p{len(self.products) + 1}"
        self.products.append(
            {
                "id": identifier,
                "customer": customer,
                "name": name,
                "key": key,
                "level": "L0",
                "media_type": "application/octet-stream",
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "created_ns": CREATED.tai_ns,
            }
        )
        return identifier

    def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
        if self.silent:
            raise RequestError(f"no answer to '{verb}' within {timeout_s:g} s")
        return self.handle({"verb": verb, **arguments})

    def handle(self, request: Mapping[str, Any]) -> dict[str, Any]:
        match request["verb"]:
            case "customer_of_token":
                return {"ok": True, "customer": self.tokens.get(request["token_hash"])}
            case "list_products":
                customer = request["customer"]
                rows = [row for row in self.products if row["customer"] == customer]
                return {"ok": True, "products": rows}
            case "record_access":
                self.accesses.append(dict(request))
                return {"ok": True}
            case "signing_key":
                pem = public_pem(self.signing_key.public_key())
                return {"ok": True, "pem": pem.decode("ascii")}
            case "who_am_i" if request.get("token") in self.sessions:
                return {"ok": True, **self.sessions[request["token"]]}
            case "who_am_i":
                raise NotLoggedInError("this token was not given by this ground segment")
            case verb:
                return {"ok": False, "error": f"no verb {verb}"}


@contextmanager
def listening(desks: FakeDesks) -> Iterator[str]:
    """The desks behind a socket of the bus; yields its endpoint."""
    socket, endpoint = bind_requests()
    over = threading.Event()

    def answer() -> None:
        while not over.is_set():
            if socket.poll(20):
                *envelope, payload = socket.recv_multipart()
                socket.send_multipart([*envelope, pack(desks.handle(unpack(payload)))])

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield endpoint
    finally:
        over.set()
        thread.join()
        socket.close()
