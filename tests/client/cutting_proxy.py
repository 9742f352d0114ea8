"""A proxy that cuts the line: the next connections end after so many bytes of answer each."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class CuttingProxy:
    """Forwards to a port of this machine; `cuts` holds, per connection to come, when to cut it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self.cuts: list[int] = []
        self.connections = 0
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._over.set()
        with socket.create_connection(self._listener.getsockname()):
            pass
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        serving: list[threading.Thread] = []
        while True:
            near, _ = self._listener.accept()
            if self._over.is_set():
                near.close()
                break
            self.connections += 1
            allowance = self.cuts.pop(0) if self.cuts else None
            thread = threading.Thread(target=self._serve, args=(near, allowance))
            thread.start()
            serving.append(thread)
        for thread in serving:
            thread.join()

    def _serve(self, near: socket.socket, allowance: int | None) -> None:
        with near, socket.create_connection(("127.0.0.1", self._port)) as far:
            upward = threading.Thread(target=_pump, args=(near, far, None))
            upward.start()
            _pump(far, near, allowance)
            for end in (near, far):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            upward.join()


def _pump(source: socket.socket, target: socket.socket, allowance: int | None) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(65_536 if allowance is None else min(65_536, allowance)):
            target.sendall(block)
            if allowance is not None:
                allowance -= len(block)
                if allowance <= 0:
                    return
        target.shutdown(socket.SHUT_WR)


@contextmanager
def cutting_proxy(url: str) -> Iterator[CuttingProxy]:
    port = urlsplit(url).port
    assert port is not None
    proxy = CuttingProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
