"""Sockets bound and connected where they were asked to be, or a clear word why not."""

from __future__ import annotations

from typing import cast

import zmq

from groundsys.bus.curve import (
    ClientKeys,
    ServerKeys,
    is_off_loopback,
    serve_curve,
    speak_curve,
)
from groundsys.values.errors import EnvironmentLackError


def bound(socket: zmq.Socket[bytes], endpoint: str, keys: ServerKeys | None = None) -> str:
    """Bind `socket` and return where it listens, the port in full; with `keys` it speaks CURVE.

    Raises `EnvironmentLackError`, with the socket closed, if the address cannot be had, or can be
    reached from another machine and there are no keys.
    """
    if keys is not None:
        serve_curve(socket, keys)
    else:
        _refuse_in_clear(socket, endpoint, "listen")
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        socket.close(linger=0)
        raise EnvironmentLackError(
            f"cannot listen at {endpoint}",
            expected="a free port on an interface of this machine",
            found=str(error),
            remedy="stop whoever listens there, or choose another port",
        ) from error
    return cast(bytes, socket.getsockopt(zmq.LAST_ENDPOINT)).decode()


def connect(socket: zmq.Socket[bytes], endpoint: str, keys: ClientKeys | None = None) -> None:
    """Connect `socket`; with `keys` it speaks CURVE, without them never off this machine."""
    if keys is not None:
        speak_curve(socket, keys)
    else:
        _refuse_in_clear(socket, endpoint, "speak")
    socket.connect(endpoint)


def _refuse_in_clear(socket: zmq.Socket[bytes], endpoint: str, what: str) -> None:
    if is_off_loopback(endpoint):
        socket.close(linger=0)
        raise EnvironmentLackError(
            f"the bus does not {what} in clear at {endpoint}",
            expected="an address of this machine alone, such as 127.0.0.1, or keys for CURVE",
            remedy="take the keys that `groundsys up --host` makes in the run's folder",
        )
