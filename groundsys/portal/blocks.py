"""Bytes in blocks as an HTTP response, with as little between them and the server as there may be.

Litestar's own stream has a group of tasks for each answer, which costs more than reading, opening
and sending a megabyte do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from litestar import Response
from litestar.types import ASGIApp, HTTPResponseStartEvent, Receive, Scope, Send


class BlockResponse(Response[bytes]):
    """The first block of a content, and what yields the others as they are sent.

    What is one block long is sent as one.  With `at_once` the others are made in the loop itself:
    where that takes less time than it does to find a thread for it.  Nothing more is made for a
    client that has gone.
    """

    def __init__(
        self,
        blocks: Iterator[bytes],
        *,
        at_once: bool,
        status_code: int,
        headers: dict[str, str],
        media_type: str,
    ) -> None:
        """`headers` tell the content's length; the first block is made here."""
        super().__init__(
            next(blocks, b""), status_code=status_code, headers=headers, media_type=media_type
        )
        self._blocks = blocks
        self._at_once = at_once
        self._is_whole = len(self.content) == int(headers["Content-Length"])

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        return self._send

    async def _send(self, _: Scope, receive: Receive, send: Send) -> None:
        await send(self._start())
        if self._is_whole:
            await send({"type": "http.response.body", "body": self.content, "more_body": False})
            return
        gone = asyncio.create_task(_until_gone(receive))
        try:
            block: bytes | None = self.content
            while block is not None and not gone.done():
                await send({"type": "http.response.body", "body": block, "more_body": True})
                block = (
                    next(self._blocks, None)
                    if self._at_once
                    else await asyncio.to_thread(next, self._blocks, None)
                )
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()

    def _start(self) -> HTTPResponseStartEvent:
        kind = str(self.media_type)
        told = {"content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind}
        told |= {name.lower(): value for name, value in self.headers.items()}
        return {
            "type": "http.response.start",
            "status": self.status_code or 200,
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in told.items()],
        }


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
