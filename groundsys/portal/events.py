"""Events of a customer as they happen: server-sent events (WHATWG HTML, section 9.2).

The desks keep the log; what they publish only wakes whoever waits, and each reads on behind the
last number that it has told.  So nothing is lost when a connection, the portal or the desks break.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Annotated, Any, Protocol

from litestar import get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from groundsys.portal.access import Caller, address_of, reader_of
from groundsys.portal.answers import COMMON, HttpRequest, wrong
from groundsys.portal.limits import Place
from groundsys.portal.products import SECURITY
from groundsys.values.errors import GroundsysError, RequestError

TOPIC = "customer_events"
#: a line that says nothing keeps the connection open, and the token is looked at again
HEARTBEAT_S = 15.0
#: without live news the log is read again so often
_LOOK_AGAIN_S = 1.0


class News(Protocol):
    """Live events of the desks (`groundsys.bus.live.Subscriber`)."""

    def events(self, timeout_s: float) -> Iterator[tuple[str, dict[str, Any]]]: ...

    def close(self) -> None: ...


class EventFeed:
    """Wakes whoever waits for a customer's next event.

    `subscribe` is called in a thread of the feed's own, which alone uses what it gives.
    """

    def __init__(self, subscribe: Callable[[], News] | None = None) -> None:
        self._subscribe = subscribe
        self._last: dict[str, int] = {}
        self._waiting: set[asyncio.Event] = set()
        self._over = threading.Event()
        #: set whenever somebody is told something, for threads
        self.changed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    async def start(self) -> None:
        if self._subscribe is not None:
            loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._hear, args=(loop,), daemon=True)
            self._thread.start()

    async def stop(self) -> None:
        """Let every stream end."""
        self._over.set()
        self.changed.set()
        self._wake()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    async def wait(self, customer: str, after: int, timeout_s: float) -> None:
        """Return once there may be an event behind `after`, or the time is over."""
        if self._subscribe is None:
            timeout_s = min(timeout_s, _LOOK_AGAIN_S)
        woken = asyncio.Event()
        self._waiting.add(woken)
        try:
            async with asyncio.timeout(timeout_s):
                while not self.is_over and self._last.get(customer, 0) <= after:
                    woken.clear()
                    await woken.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(woken)

    def _hear(self, loop: asyncio.AbstractEventLoop) -> None:
        assert self._subscribe is not None
        with contextlib.closing(self._subscribe()) as news:
            while not self.is_over:
                for topic, last in news.events(0.25):
                    if topic == TOPIC:
                        self.changed.set()
                        with contextlib.suppress(RuntimeError):  # the loop is closed already
                            loop.call_soon_threadsafe(self._take, last)

    def _take(self, last: Mapping[str, Any]) -> None:
        self._last.update((customer, int(number)) for customer, number in last.items())
        self._wake()

    def _wake(self) -> None:
        for woken in self._waiting:
            woken.set()


async def follow(
    request: HttpRequest, state: State, caller: Caller, last_event_id: str | None, after: int | None
) -> Stream:
    """A stream of the caller's events behind the last that it knows, or from now on."""
    if last_event_id:
        if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 16):
            raise wrong("Last-Event-ID is the number of an event")
        after = int(last_event_id)
    if after is None:
        _, after = await asyncio.to_thread(state.catalogue.events, caller.customer, None)
    await asyncio.to_thread(
        lambda: state.catalogue.record_access(
            caller.customer, [{"complete": False}], key=caller.key, what="events"
        )
    )
    return Stream(
        _events(state, caller, address_of(request), after, state.streams.take(caller.who)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@get(
    "/api/v1/events",
    security=SECURITY,
    media_type="text/event-stream",
    responses={
        **COMMON,
        200: ResponseSpec(
            str,
            description="a stream of events",
            media_type="text/event-stream",
            generate_examples=False,
        ),
    },
)
async def stream_events(
    request: HttpRequest,
    state: State,
    last_event_id: Annotated[
        str | None,
        HeaderParameter(
            name="Last-Event-ID",
            required=False,
            description="The number of the last event that is known; sent again by itself "
            "by whoever follows the standard.",
        ),
    ] = None,
    after: Annotated[
        int | None,
        QueryParameter(
            required=False,
            ge=0,
            le=2**53,
            description="Begin behind this number; 0 begins with the first that there was.  "
            "Without it and without Last-Event-ID: with what happens from now on.",
        ),
    ] = None,
) -> Stream:
    """Tell events as they happen: products that have arrived, and what became of commands."""
    caller = await asyncio.to_thread(reader_of, request, state)
    return await follow(request, state, caller, last_event_id, after)


async def _events(
    state: State, caller: Caller, address: str, after: int, place: Place
) -> AsyncIterator[bytes]:
    feed: EventFeed = state.feed
    loop = asyncio.get_running_loop()
    try:
        yield b"retry: 2000\n\n"
        looked_s = loop.time()
        while not feed.is_over:
            if loop.time() - looked_s >= HEARTBEAT_S:
                looked_s = loop.time()
                if not await asyncio.to_thread(_is_still, state, caller, address):
                    return
                yield b": nothing new\n\n"
            try:
                events, behind = await asyncio.to_thread(
                    state.catalogue.events, caller.customer, after
                )
            except RequestError:  # the desks are silent; the stream outlives them
                await asyncio.sleep(_LOOK_AGAIN_S)
                continue
            for event in events:
                yield event_lines(event)
            if behind == after:
                await feed.wait(caller.customer, after, looked_s + HEARTBEAT_S - loop.time())
            after = behind
    finally:
        place.leave()


def _is_still(state: State, caller: Caller, address: str) -> bool:
    """Whether what was shown still opens the same space; silence says neither."""
    try:
        found = state.doorkeeper.caller(state, caller.bearer, address)
    except GroundsysError as error:
        return isinstance(error, RequestError)
    return found is not None and found.customer == caller.customer


def event_lines(event: Mapping[str, Any]) -> bytes:
    """One event as the stream tells it."""
    data = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    return f"id: {event['number']}\nevent: {event['type']}\ndata: {data}\n\n".encode()
