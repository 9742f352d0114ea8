"""Sockets bound where they were asked to be, or a clear word why not."""

from __future__ import annotations

from typing import cast

import zmq

from groundsys.values.errors import EnvironmentLackError


def bound(socket: zmq.Socket[bytes], endpoint: str) -> str:
    """Bind `socket` and return where it listens, the port in full.

    Raises `EnvironmentLackError`, with the socket closed, if the address cannot be had.
    """
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
