"""Free ports of this machine's loopback."""

from __future__ import annotations

import contextlib
import socket

from groundsys.values.errors import EnvironmentLackError


def free_tcp_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_udp_ports(count: int) -> list[int]:
    """`count` different UDP ports that nobody listens on now, on any address."""
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            probe = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            probe.bind(("0.0.0.0", 0))
            ports.append(int(probe.getsockname()[1]))
        return ports


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
