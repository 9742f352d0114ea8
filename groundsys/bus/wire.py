"""Messages and steps as msgpack on a socket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgpack

from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step


def pack(value: Any) -> bytes:
    return cast(bytes, msgpack.packb(value, use_bin_type=True))


def unpack(data: bytes) -> Any:
    return msgpack.unpackb(data, raw=False, strict_map_key=False)


def message_to_wire(message: Message) -> list[Any]:
    return [message.source, message.target, message.kind, message.time.tai_ns, dict(message.body)]


def message_from_wire(wire: Sequence[Any]) -> Message:
    source, target, kind, tai_ns, body = wire
    return Message(source, target, kind, Instant(tai_ns), body)


def step_to_wire(step: Step) -> list[Any]:
    wake_ns = None if step.wake_at is None else step.wake_at.tai_ns
    return [[message_to_wire(message) for message in step.outbox], wake_ns]


def step_from_wire(wire: Sequence[Any]) -> Step:
    outbox, wake_ns = wire
    return Step(
        tuple(message_from_wire(item) for item in outbox),
        None if wake_ns is None else Instant(wake_ns),
    )
