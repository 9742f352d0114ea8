"""Hosts of nodes, in threads of this process or as processes of their own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

import zmq

from groundsys.bus.hosting import Handler, host_nodes
from groundsys.bus.network import NetworkCarrier
from groundsys.values.messages import Node

#: wall seconds after which a test gives up
PATIENCE_S = 30.0


class HostThread:
    """`host_nodes` in a thread, until the exchange closes it or it fails."""

    def __init__(
        self,
        nodes: Sequence[Node],
        endpoint: str,
        request_socket: zmq.Socket[bytes] | None = None,
        handler: Handler | None = None,
    ) -> None:
        def work() -> None:
            with suppress(Exception):  # what fails is to be seen at the exchange
                host_nodes(
                    nodes,
                    exchange_endpoint=endpoint,
                    request_socket=request_socket,
                    handler=handler,
                )
            if request_socket is not None:
                request_socket.close()

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the host did not end"


class HostProcess:
    """One recording node in a process of its own; ended with the test."""

    def __init__(self, name: str, endpoint: str, *arguments: str) -> None:
        self.name = name
        command = [sys.executable, "-m", "tests.bus.host_process", name, endpoint, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> HostProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def said(self) -> str:
        """What it printed, once it has ended by itself."""
        return self.process.communicate(timeout=PATIENCE_S)[0]


def gather(carrier: NetworkCarrier, names: Sequence[str]) -> None:
    carrier.gather(names, timeout_s=PATIENCE_S, still_alive=lambda: None)
