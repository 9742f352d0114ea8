"""Off this machine the bus speaks CURVE (CurveZMQ, rfc.zeromq.org/spec/26), or not at all.

Whoever binds holds a key pair and admits only the public keys that it was given; whoever connects
holds a pair of its own and the server's public key.  Keys are Z85 text, as ZeroMQ has them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import zmq
from zmq.auth.thread import ThreadAuthenticator

from groundsys.bus.token_file import write_private
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.hosts import is_loopback_host

_DOMAIN = b"groundsys"
_LETTING_GO_S = 5.0
_SERVER = "server.json"
#: the file of a run's keys that somebody elsewhere needs
CLIENT_KEYS = "client.json"


def is_off_loopback(endpoint: str) -> bool:
    """True if an endpoint of ZeroMQ may be reached from, or lie on, another machine."""
    scheme, _, address = endpoint.partition("://")
    return scheme == "tcp" and not is_loopback_host(address.rpartition(":")[0])


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """The pair of whoever binds, and the public keys that it admits."""

    public: str
    secret: str = field(repr=False)
    admitted: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """The pair of whoever connects, and the server that it trusts."""

    public: str
    secret: str = field(repr=False)
    server: str


def make_keys(folder: Path) -> ServerKeys:
    """The run's keys, made once: `server.json` and `client.json`, their owner's alone.

    `client.json` is what a console on another machine needs, beside a session.
    """
    path = folder / _SERVER
    if not path.exists():
        (public, secret), (own, own_secret) = _pair(), _pair()
        client = {"public": own, "secret": own_secret, "server": public}
        write_private(folder / CLIENT_KEYS, json.dumps(client) + "\n")
        write_private(
            path, json.dumps({"public": public, "secret": secret, "admitted": [own]}) + "\n"
        )
    found = json.loads(path.read_text())
    return ServerKeys(found["public"], found["secret"], frozenset(found["admitted"]))


def read_client_keys(folder: Path, endpoint: str) -> ClientKeys | None:
    """What `endpoint` has to be reached with; None on this machine, where CURVE is not spoken."""
    if not is_off_loopback(endpoint):
        return None
    path = folder / CLIENT_KEYS
    try:
        found = json.loads(path.read_text())
    except OSError as error:
        raise EnvironmentLackError(
            f"there are no keys to speak with {endpoint}",
            expected=f"a file {path}",
            found=error.strerror or str(error),
            remedy="have `groundsys connection` write them where the run is, and bring them here",
        ) from error
    return ClientKeys(found["public"], found["secret"], found["server"])


def _pair() -> tuple[str, str]:
    public, secret = zmq.curve_keypair()
    return public.decode("ascii"), secret.decode("ascii")


# --- sockets ------------------------------------------------------------------------------------


def serve_curve(socket: zmq.Socket[bytes], keys: ServerKeys) -> None:
    """Let `socket` admit whom `admitting` says, and nobody while nothing says so."""
    socket.setsockopt(zmq.CURVE_SERVER, 1)
    socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret.encode("ascii"))
    socket.setsockopt(zmq.ZAP_DOMAIN, _DOMAIN)
    socket.setsockopt(zmq.ZAP_ENFORCE_DOMAIN, 1)


def speak_curve(socket: zmq.Socket[bytes], keys: ClientKeys) -> None:
    """Let `socket` speak with the keys' server and no other."""
    socket.setsockopt(zmq.CURVE_SERVERKEY, keys.server.encode("ascii"))
    socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public.encode("ascii"))
    socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret.encode("ascii"))


@contextmanager
def admitting(keys: ServerKeys | None) -> Iterator[None]:
    """Decide, for all sockets of this process, who is admitted (RFC 27, ZAP); None: no CURVE."""
    if keys is None:
        yield
        return
    authenticator = _started_authenticator()
    try:
        authenticator.configure_curve_callback(_DOMAIN.decode("ascii"), _Admission(keys.admitted))
        yield
    finally:
        authenticator.stop()


def _started_authenticator() -> ThreadAuthenticator:
    """The process' one authenticator; ZeroMQ lets go of an earlier one's place a little late."""
    deadline = time.monotonic() + _LETTING_GO_S
    while True:
        authenticator = ThreadAuthenticator(zmq.Context.instance())
        try:
            authenticator.start()
        except zmq.ZMQError:
            authenticator.stop()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)  # between two attempts at what is awaited
        else:
            return authenticator


@dataclass(frozen=True, slots=True)
class _Admission:
    """Asked by pyzmq for each connection: the client's public key, in octets."""

    admitted: frozenset[str]

    def callback(self, domain: str, key: bytes) -> bool:
        return key.decode("ascii") in self.admitted
