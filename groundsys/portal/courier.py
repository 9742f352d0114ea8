"""The courier: tells webhooks of events, as the desks say is due, and the desks what came of it.

What is due, how often it was tried and when it is given up is the desks' to remember: a portal that
is killed, or a second one, changes nothing but who sends.  Each webhook is told by a task of its
own, one message after the other; one that hangs, or answers drop by drop, holds up itself alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx

from groundsys.customers.webhooks import SIGNATURE_HEADER, check_webhook_url, signature
from groundsys.portal.catalogue import Catalogue, event_told
from groundsys.portal.events import EventFeed
from groundsys.values.errors import AccessRefusedError, RequestError
from groundsys.values.hosts import is_loopback_host

#: for everything from the look-up of a webhook's name to the status of its answer
ANSWER_WITHIN_S = 10.0
#: the desks are asked at least so often, whatever news there is
_LOOK_EVERY_S = 30.0
_AFTER_SILENCE_S = 2.0
#: messages under way at once; names that are being looked up at once
_AT_ONCE = 100
_LOOKING_UP = 32


class Courier:
    """A thread of the portal's; `here` lets it send to this very machine and its own network."""

    def __init__(
        self,
        catalogue: Catalogue,
        feed: EventFeed,
        *,
        here: bool,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._catalogue = catalogue
        self._feed = feed
        self._here = here
        self._wall_s = wall_s
        #: webhooks that a task is telling, by identifier
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Return once what is being sent has been sent; the feed has been stopped before."""
        self._thread.join()

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=_AT_ONCE)
        places = asyncio.Semaphore(_AT_ONCE)
        with ThreadPoolExecutor(_LOOKING_UP) as lookups:
            async with httpx.AsyncClient(
                timeout=ANSWER_WITHIN_S, follow_redirects=False, trust_env=False, limits=limits
            ) as client:
                while not self._feed.is_over:
                    self._feed.changed.clear()
                    due, wait_s = await self._look()
                    for one in due:
                        if one["id"] not in self._under_way:  # … past the desks' lease
                            telling = self._tell_and_report(client, lookups, places, one)
                            self._under_way[one["id"]] = asyncio.create_task(telling)
                    if not self._feed.is_over:
                        await asyncio.to_thread(self._feed.changed.wait, wait_s)
                await asyncio.gather(*self._under_way.values())

    async def _look(self) -> tuple[list[dict[str, Any]], float]:
        """What is due, and the seconds until the desks want to be asked again."""
        try:
            answer = await asyncio.to_thread(self._catalogue.webhooks_due)
        except RequestError:
            return [], _AFTER_SILENCE_S
        again_in_s = answer.get("again_in_s")
        wait_s = _LOOK_EVERY_S if again_in_s is None else min(float(again_in_s), _LOOK_EVERY_S)
        return list(answer["due"]), wait_s

    async def _tell_and_report(
        self,
        client: httpx.AsyncClient,
        lookups: ThreadPoolExecutor,
        places: asyncio.Semaphore,
        due: Mapping[str, Any],
    ) -> None:
        try:
            async with places:
                outcome = await self._tell(client, lookups, due)
            with contextlib.suppress(RequestError):  # it is told once more when the lease is over
                await asyncio.to_thread(lambda: self._catalogue.webhook_told(**outcome))
        finally:
            del self._under_way[due["id"]]
            self._feed.changed.set()  # there may be more behind these

    async def _tell(
        self, client: httpx.AsyncClient, lookups: ThreadPoolExecutor, due: Mapping[str, Any]
    ) -> dict[str, Any]:
        up_to = max(int(event["number"]) for event in due["events"])
        told = [event_told(due["customer"], event) for event in due["events"]]
        visible = [one for one in told if one is not None]
        if not visible:
            return {"id": due["id"], "taken": True, "up_to": up_to, "answer": "nothing to tell"}
        content = {"customer": due["customer"], "events": visible}
        body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "groundsys",
            SIGNATURE_HEADER: signature(due["secret"], body, self._wall_s()),
        }
        try:
            check_webhook_url(due["url"])
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._check_where(lookups, due["url"])
                async with client.stream(
                    "POST", due["url"], content=body, headers=headers
                ) as answer:
                    taken, said = answer.is_success, f"status {answer.status_code}"
        except AccessRefusedError as error:
            taken, said = False, error.message
        except TimeoutError:
            taken, said = False, f"no answer within {ANSWER_WITHIN_S:g} s"
        except (httpx.HTTPError, OSError) as error:
            taken, said = False, type(error).__name__
        return {"id": due["id"], "taken": taken, "up_to": up_to, "answer": said}

    async def _check_where(self, lookups: ThreadPoolExecutor, url: str) -> None:
        """Raise `AccessRefusedError` for an address inside, unless the portal is one itself.

        Whoever's name is looked up anew between this and the connection could still answer
        otherwise; what is sent helps nobody inside, and of the answer only its status is shown.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        if self._here and is_loopback_host(host):
            return
        found = await asyncio.get_running_loop().run_in_executor(
            lookups, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        for _, _, _, _, address in found:
            if not self._here and not ipaddress.ip_address(address[0]).is_global:
                raise AccessRefusedError("this URL leads to no public address")
