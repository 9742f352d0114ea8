"""Free ports of this machine's loopback."""

from __future__ import annotations

import contextlib
import random
import socket

from groundsys.values.errors import EnvironmentLackError

#: below those that Linux hands to sockets that ask for none in particular (32768 to 60999 by
#: `net.ipv4.ip_local_port_range`), so that none of these takes ours while Yamcs starts (anew)
_PORTS = range(20_000, 32_768)
_CHANCE = random.SystemRandom()


def free_tcp_port() -> int:
    """A TCP port that nobody listens on now."""
    (port,) = _free_ports(1, socket.SOCK_STREAM, "127.0.0.1")
    return port


def free_udp_ports(count: int) -> list[int]:
    """`count` different UDP ports that nobody listens on now, on any address."""
    return _free_ports(count, socket.SOCK_DGRAM, "0.0.0.0")


def _free_ports(count: int, kind: socket.SocketKind, address: str) -> list[int]:
    ports: list[int] = []
    for port in _CHANCE.sample(_PORTS, len(_PORTS)):
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind((address, port))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise EnvironmentLackError(
        "no port is left for Yamcs",
        expected=f"{count} free ports from {_PORTS.start} to {_PORTS.stop - 1}",
        found=str(len(ports)),
        remedy="stop whoever listens there",
    )


def require_free_tcp_port(port: int, what: str) -> None:
    """Raise `EnvironmentLackError` if somebody listens on `port` of the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EnvironmentLackError(
                f"port {port} is in use; {what} needs it",
                expected=f"port {port} of 127.0.0.1 to be free",
                found=str(error),
                remedy="stop whoever listens there, or choose another port",
            ) from error
