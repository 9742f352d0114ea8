"""A process that hosts nodes of the mission clock (`network` is the exchange's end).

Between steps a host may serve requests on a ROUTER of its own, in the same thread: a node never
needs a lock.

What nodes hold in memory may be more than they have written once a write has failed.  So a host
that finds its disk full drops its nodes, waits for room, and starts anew as if it had been killed.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import zmq

from groundsys.bus.binding import connect
from groundsys.bus.curve import ClientKeys
from groundsys.bus.wire import message_from_wire, pack, step_to_wire, unpack
from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import DiskFullError
from groundsys.values.instants import Instant
from groundsys.values.messages import Node

Request = Mapping[str, Any]
Handler = Callable[[Request], Mapping[str, Any]]

#: between two looks for room on a disk
_ROOM_LOOK_MS = 200


class RoomAgainError(Exception):
    """The disk, which was full, has room: the process is to start anew, as after its death."""


def host_nodes(
    nodes: Sequence[Node],
    *,
    exchange_endpoint: str,
    request_socket: zmq.Socket[bytes] | None = None,
    handler: Handler | None = None,
    keys: ClientKeys | None = None,
    has_room: Callable[[], bool] | None = None,
    again: bool = False,
) -> None:
    """Run `nodes` until the exchange says close; serve requests between steps.

    `request_socket` is a bound ROUTER; each request is a msgpack map, each answer one.  With
    `has_room`, a full disk ends in `RoomAgainError` once that is so: then the process is to start
    anew and say so (`again`).
    """
    dealer = _dealer(exchange_endpoint, keys)
    by_name = {node.name: node for node in nodes}
    poller = zmq.Poller()
    poller.register(dealer, zmq.POLLIN)
    if request_socket is not None:
        poller.register(request_socket, zmq.POLLIN)
    dealer.send(pack(["again" if again else "hello", sorted(by_name)]))
    to_close = nodes
    try:
        while True:
            ready = dict(poller.poll())
            if request_socket is not None and request_socket in ready and handler is not None:
                answer_request(request_socket, handler)
            if dealer not in ready:
                continue
            kind, now_ns, inboxes = unpack(dealer.recv())
            if kind == "close":
                return
            if kind == "wait":  # only asks whether we are there
                continue
            try:
                steps = {
                    name: step_to_wire(
                        by_name[name].advance(
                            Instant(now_ns), [message_from_wire(item) for item in inbox]
                        )
                    )
                    for name, inbox in inboxes.items()
                }
                answer = pack(["steps", steps])
            except Exception as error:
                if has_room is None or not is_disk_full(error):
                    dealer.send(pack(["failed", traceback.format_exc()]))
                raise
            dealer.send(answer)
    except Exception as error:
        if has_room is not None and is_disk_full(error):
            to_close = ()  # they hold more than they have written: none may act on it
            if _await_room(dealer, by_name, has_room):
                raise RoomAgainError from error
        raise
    finally:
        for node in to_close:
            node.close()
        dealer.close()


def await_room(
    names: Sequence[str],
    has_room: Callable[[], bool],
    *,
    exchange_endpoint: str,
    keys: ClientKeys | None = None,
) -> bool:
    """Tell the exchange that nodes cannot begin for want of room, and wait until there is some.

    False if the exchange closes before.
    """
    with contextlib.closing(_dealer(exchange_endpoint, keys)) as dealer:
        return _await_room(dealer, names, has_room)


def _await_room(
    dealer: zmq.Socket[bytes], names: Iterable[str], has_room: Callable[[], bool]
) -> bool:
    dealer.send(pack(["full", sorted(names)]))
    while True:
        while dealer.poll(_ROOM_LOOK_MS):
            if unpack(dealer.recv())[0] == "close":
                return False
        if has_room():
            return True


def _dealer(exchange_endpoint: str, keys: ClientKeys | None) -> zmq.Socket[bytes]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context.instance()
    dealer = context.socket(zmq.DEALER)
    dealer.setsockopt(zmq.LINGER, 2000)
    connect(dealer, exchange_endpoint, keys)
    return dealer


def answer_request(socket: zmq.Socket[bytes], handler: Handler) -> None:
    """Take one request from a ROUTER, and answer it whatever comes of it.

    A full disk is told to whoever asks, and raised.
    """
    *envelope, payload = socket.recv_multipart()
    try:
        answer = pack({"ok": True, **handler(unpack(payload))})
    except Exception as error:  # a bad request must never end the desks
        if is_disk_full(error):
            full = DiskFullError(
                "the desks' disk is full: whether they have done this is not known",
                found=str(error),
                remedy="free some space, and they go on by themselves; look before you ask again",
            )
            answer = pack({"ok": False, "title": full.title, "error": str(full)})
            socket.send_multipart([*envelope, answer])
            raise
        title = getattr(error, "title", "Error")
        answer = pack({"ok": False, "title": title, "error": str(error)})
        if not hasattr(error, "title"):
            traceback.print_exc()
    socket.send_multipart([*envelope, answer])
