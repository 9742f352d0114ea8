"""Ports that Yamcs is given."""

from __future__ import annotations

import socket
from pathlib import Path

from groundsys.backend.free_ports import free_tcp_port, free_udp_ports


def handed_out() -> range:
    """The ports that this machine gives to sockets that ask for none in particular."""
    first, last = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    return range(int(first), int(last) + 1)


def test_ports_are_free_different_and_none_that_any_socket_may_get() -> None:
    ports = free_udp_ports(40)
    assert len(set(ports)) == 40
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("0.0.0.0", port))
    assert not set(ports) & set(handed_out())
    assert free_tcp_port() not in handed_out()


def test_a_port_in_use_is_passed_over() -> None:
    taken = free_udp_ports(100)
    others = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in taken]
    try:
        for one, port in zip(others, taken, strict=True):
            one.bind(("0.0.0.0", port))
        # all that there are, but those: none of the hundred is among them
        assert not set(free_udp_ports(12_000)) & set(taken)
    finally:
        for one in others:
            one.close()
