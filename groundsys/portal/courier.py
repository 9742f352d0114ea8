"""The courier: tells webhooks of events, as the desks say is due, and the desks what came of it.

What is due, how often it was tried and when it is given up is the desks' to remember: a portal that
is killed, or a second one, changes nothing but who sends.
"""

from __future__ import annotations

import ipaddress
import json
import logging
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

ANSWER_WITHIN_S = 10.0
#: the desks are asked at least so often, whatever news there is
_LOOK_EVERY_S = 30.0
_AFTER_SILENCE_S = 2.0
_AT_ONCE = 8

_log = logging.getLogger(__name__)


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
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Return once what is being sent has been sent; the feed has been stopped before."""
        self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as senders, self._client() as client:
            while not self._feed.is_over:
                self._feed.changed.clear()
                wait_s = self._work(client, senders)
                if not self._feed.is_over:
                    self._feed.changed.wait(wait_s)

    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=ANSWER_WITHIN_S, follow_redirects=False, trust_env=False)

    def _work(self, client: httpx.Client, senders: ThreadPoolExecutor) -> float:
        """Tell what is due; seconds until the desks want to be asked again."""
        try:
            answer = self._catalogue.webhooks_due()
            due = answer["due"]
            for outcome in senders.map(lambda one: self._tell(client, one), due):
                self._catalogue.webhook_told(**outcome)
        except RequestError:
            return _AFTER_SILENCE_S
        if due:
            return 0.0  # there may be more behind these
        again_in_s = answer.get("again_in_s")
        return _LOOK_EVERY_S if again_in_s is None else min(float(again_in_s), _LOOK_EVERY_S)

    def _tell(self, client: httpx.Client, due: Mapping[str, Any]) -> dict[str, Any]:
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
            self._check_where(due["url"])
            with client.stream("POST", due["url"], content=body, headers=headers) as answer:
                taken, said = answer.is_success, f"status {answer.status_code}"
        except AccessRefusedError as error:
            taken, said = False, error.message
        except (httpx.HTTPError, OSError) as error:
            taken, said = False, type(error).__name__
        return {"id": due["id"], "taken": taken, "up_to": up_to, "answer": said}

    def _check_where(self, url: str) -> None:
        """Raise `AccessRefusedError` for an address inside, unless the portal is one itself.

        Whoever's name is looked up anew between this and the connection could still answer
        otherwise; what is sent helps nobody inside, and of the answer only its status is shown.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._here and is_loopback_host(host):
            return
        port = parts.port or 443
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for _, _, _, _, address in found:
            if not self._here and not ipaddress.ip_address(address[0]).is_global:
                raise AccessRefusedError("this URL leads to no public address")
