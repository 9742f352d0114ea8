"""A desk as the console meets it: real sockets, answers and events in a thread of its own."""

from __future__ import annotations

import copy
import queue
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from groundsys.bus.live import Publisher, bind_requests
from groundsys.bus.wire import pack, unpack
from ops_tui.feed import Endpoints
from tests.tui import pictures

#: what the operator at the console shows with every request
TOKEN = "aiko's token"


class Desk:
    """Publishes what it is told to and answers requests from `truth`, until left."""

    def __init__(
        self,
        truth: dict[str, Any],
        *,
        events: str = "tcp://127.0.0.1:*",
        requests: str = "tcp://127.0.0.1:*",
    ) -> None:
        self.truth = truth
        self.requests: list[Mapping[str, Any]] = []
        #: what else is answered, by verb
        self.answers: dict[str, Mapping[str, Any]] = {}
        #: topics that consoles follow
        self.followed: frozenset[str] = frozenset()
        self.refusal = ""
        #: by verb, what is answered to it beside that it is well
        self.answers: dict[str, Mapping[str, Any]] = {}
        #: why a session is worth nothing any more
        self.shut_out = ""
        self._wanted_endpoints = Endpoints(events, requests)
        self._outgoing: queue.Queue[tuple[str, Mapping[str, Any]]] = queue.Queue()
        self._is_bound, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Desk:
        self._thread.start()
        assert self._is_bound.wait(timeout=20)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def publish(self, topic: str, event: Mapping[str, Any] | None = None) -> None:
        """Publish `event`, or what `truth` says of the topic."""
        self._outgoing.put((topic, self.truth[topic] if event is None else event))

    def count(self, verb: str) -> int:
        return sum(request["verb"] == verb for request in self.requests)

    def _serve(self) -> None:
        publisher = Publisher(self._wanted_endpoints.events)
        socket, requests = bind_requests(self._wanted_endpoints.requests)
        self.endpoints = Endpoints(publisher.endpoint, requests)
        self._is_bound.set()
        while not self._stopping.is_set():
            if socket.poll(20):
                *envelope, payload = socket.recv_multipart()
                socket.send_multipart([*envelope, pack(self._answer(unpack(payload)))])
            self.followed = publisher.followed()
            while not self._outgoing.empty():
                publisher.publish(*self._outgoing.get())
        publisher.close()
        socket.close()

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.requests.append(request)
        if self.shut_out:
            return {"ok": False, "title": "Not logged in", "error": self.shut_out}
        if request["verb"] == "status":
            return {"ok": True, **self.truth}
        if request["verb"] in self.answers:
            return {"ok": True, **self.answers[request["verb"]]}
        if self.refusal:
            return {"ok": False, "error": self.refusal}
        if request["verb"] == "acknowledge_alarm":
            self._acknowledge(request)
        if request["verb"] == "contact_show":
            return {"ok": True, **pictures.contact_shown(request["contact"])}
        if request["verb"] == "plan_propose":
            return {"ok": True, **pictures.PROPOSAL}
        if request["verb"] == "plan_confirm":
            return {"ok": True, **self._change_plan()}
        return {"ok": True, **self.answers.get(str(request["verb"]), {})}

    def _change_plan(self) -> dict[str, Any]:
        """Do what `pictures.PROPOSAL` says."""
        passes = copy.deepcopy(self.truth["passes"])
        for contact in pictures.PROPOSAL["contacts"]:
            before = [one for one in passes["passes"] if one["id"] != contact["id"]]
            after = contact["after"]
            passes["passes"] = before
            if after is not None:
                place = {"antenna": after["with"], "start_ns": after["start_ns"]}
                like = {**pictures.PASSES["passes"][4], "id": contact["id"]}
                passes["passes"].append({**like, **place, "end_ns": after["end_ns"]})
        self.truth["passes"] = passes
        self.truth["plan"] = {**self.truth["plan"], "version": 5}
        self.publish("passes")
        self.publish("plan")
        return {"version": 5, "adopted": True}

    def _acknowledge(self, request: Mapping[str, Any]) -> None:
        alarms = [
            alarm
            | {
                "state": "acknowledged",
                "acknowledged": True,
                "acknowledged_by": "aiko" if request.get("token") == TOKEN else "nobody",
                "acknowledged_ns": self.truth["clock"]["now_ns"],
                "comment": request["comment"],
            }
            if alarm["id"] == request["alarm_id"]
            else alarm
            for alarm in self.truth["alarms"]["alarms"]
        ]
        self.truth["alarms"] = {"alarms": alarms}
        self.publish("alarms")
