"""The exchange's end of nodes in processes of their own (`hosting` is the other).

One ROUTER socket at the exchange, one DEALER a host.  A host says `hello` with its nodes' names,
then answers each `advance` with its nodes' steps, until `close`.  One that finds its disk full
says `full`, and once it has room and has started anew `again`.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import zmq

from groundsys.bus.binding import bound
from groundsys.bus.curve import ServerKeys
from groundsys.bus.wire import message_to_wire, pack, step_from_wire, unpack
from groundsys.values.errors import DiskFullError, EnvironmentLackError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step

#: from a process' last word until the system tells that it has ended
_DYING_S = 2.0
#: who has been started anew appears within so long
_RETURN_S = 120.0
#: a host that finds its disk full so often over one step, with room each time, has another trouble
_ROUNDS = 20
#: an answer that takes longer than this makes us look for the dead
_LOOK_MS = 500


class NetworkCarrier:
    """The exchange's end: knows which host carries which node."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        endpoint: str = "tcp://127.0.0.1:*",
        keys: ServerKeys | None = None,
    ) -> None:
        self._socket = (context or zmq.Context.instance()).socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.ROUTER_MANDATORY, 1)  # a host that is gone is an error
        self.endpoint = bound(self._socket, endpoint, keys)
        self._host_of: dict[str, bytes] = {}
        #: nodes that have been started anew and have not said hello yet
        self._awaited: set[str] = set()
        self._awaited_since = 0.0
        self._revived: frozenset[str] = frozenset()
        #: hosts that wait for room on their disk, by their nodes
        self._without_room: dict[str, bytes] = {}
        self._had_no_room: frozenset[str] = frozenset()
        #: how often each has started anew for that over the present step
        self._rounds: Counter[str] = Counter()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._host_of) | self._awaited

    def gather(
        self, expected: Sequence[str], *, timeout_s: float, still_alive: Callable[[], None]
    ) -> None:
        """Wait until every expected node said hello; `still_alive` raises if a process died."""
        deadline = time.monotonic() + timeout_s
        while missing := sorted(set(expected) - set(self._host_of)):
            still_alive()
            if time.monotonic() > deadline:
                raise EnvironmentLackError(
                    f"participants did not appear within {timeout_s:.0f} s: {', '.join(missing)}",
                    remedy="read the logs of these processes in the run's logs folder",
                )
            if self._socket.poll(100):
                host, payload = self._socket.recv_multipart()
                kind, names = unpack(payload)
                if kind == "hello":
                    self._admit(host, names)
                elif kind == "full":
                    raise DiskFullError(
                        f"the disk has no room for {', '.join(names)} to begin",
                        remedy="free some space and start again",
                    )

    def _admit(self, host: bytes, names: Sequence[str]) -> None:
        if twice := sorted(name for name in names if self._host_of.get(name, host) != host):
            self._dismiss(host)
            raise EnvironmentLackError(
                f"participants appeared twice: {', '.join(twice)}",
                expected="one host for each participant of the mission clock",
                remedy="stop the processes of an earlier run",
            )
        self._host_of.update(dict.fromkeys(names, host))

    def watch(
        self,
        still_alive: Callable[[], None],
        revive: Callable[[], frozenset[str]] | None = None,
        without_room: Callable[[frozenset[str]], None] = lambda names: None,
    ) -> None:
        """Let one of the first two be called whenever an answer keeps us waiting.

        `still_alive` raises if a process has ended.  `revive`, instead, starts anew what was
        killed and names the nodes that will say hello again; it raises if that cannot be.
        `without_room` is told whose disk is full, whenever that changes.
        """

        def only_look() -> frozenset[str]:
            still_alive()
            return frozenset()

        self._revive = revive or only_look
        self._tell_without_room = without_room

    _revive: Callable[[], frozenset[str]] = staticmethod(frozenset)
    _tell_without_room: Callable[[frozenset[str]], None] = staticmethod(lambda names: None)

    def take_revived(self) -> frozenset[str]:
        """The nodes that were started anew since this was asked last."""
        revived, self._revived = self._revived, frozenset()
        return revived

    def take_had_no_room(self) -> frozenset[str]:
        """The nodes that started anew, since this was asked last, as their disk had been full."""
        names, self._had_no_room = self._had_no_room, frozenset()
        return names

    def advance(self, now: Instant, calls: Mapping[str, Sequence[Message]]) -> Mapping[str, Step]:
        """As `Carrier`.  A node that dies over its step is asked again once it is back.

        It then hears the same messages again: what it had done with them it finds in what it
        keeps, or it never happened.
        """
        due = {name: [message_to_wire(one) for one in calls[name]] for name in sorted(calls)}
        answers: dict[str, Step] = {}
        self._rounds.clear()
        self._call(now, due, list(due))
        while due:
            if not self._socket.poll(_LOOK_MS):
                if not self._mend(now, due) and self._awaited:
                    self._require_soon()
                for host in self._hosts_of(due):
                    if not self._tell(host, ["wait", now.tai_ns, {}]):
                        self._mend_or_end(now, due, host)
                        break
                continue
            host, payload = self._socket.recv_multipart()
            kind, content = unpack(payload)
            if kind == "full":
                self._let_wait(host, content, due)
            elif kind == "again" or (kind == "hello" and set(content) <= self._awaited):
                self._take_back(host, content, due, had_no_room=kind == "again")
                self._call(now, due, content)
            elif kind == "failed":
                # so does the last word of one that was ended with what it could not do without
                heeded = host in self._host_of.values()
                if heeded and not self._mend(now, due, patience_s=_DYING_S):
                    raise EnvironmentLackError(
                        f"a participant failed:\n{content}",
                        remedy="the run cannot go on; its logs folder tells more",
                    )
            elif kind != "steps":
                self._dismiss(host)
                raise EnvironmentLackError(
                    f"a participant joined while the clock was running: {content}",
                    remedy="start every participant with the run; none may be started by hand",
                )
            else:
                for name, wire in content.items():
                    # the last word of one that has been started anew since counts no more
                    if self._host_of.get(name) == host:
                        step = step_from_wire(wire)
                        said = answers[name].outbox if name in answers else ()
                        answers[name] = Step((*said, *step.outbox), step.wake_at)
                        due.pop(name, None)
        return {name: answers[name] for name in sorted(answers)}

    def _call(self, now: Instant, due: dict[str, Any], names: Sequence[str]) -> None:
        """Ask these nodes, each host once."""
        by_host: dict[bytes, dict[str, Any]] = {}
        for name in names:
            if name not in self._awaited:
                by_host.setdefault(self._host_of[name], {})[name] = due[name]
        for host, inboxes in by_host.items():
            if not self._tell(host, ["advance", now.tai_ns, inboxes]):
                self._mend_or_end(now, due, host)

    def _let_wait(self, host: bytes, names: Sequence[str], due: dict[str, Any]) -> None:
        """A host waits for room on its disk."""
        for name in names:
            if self._host_of.get(name) == host:
                del self._host_of[name]
                self._awaited.add(name)
                due.setdefault(name, [])
            if name in self._awaited:
                self._without_room[name] = host
        self._tell_without_room(frozenset(self._without_room))

    def _take_back(
        self, host: bytes, names: Sequence[str], due: dict[str, Any], *, had_no_room: bool
    ) -> None:
        """Nodes that have been started anew, by us or by themselves, are here."""
        for name in names:
            self._host_of[name] = host
            self._without_room.pop(name, None)
            due.setdefault(name, [])
        self._awaited -= set(names)
        if had_no_room:
            self._had_no_room |= set(names)
            self._rounds.update(names)
            if (most := max(self._rounds.values(), default=0)) > _ROUNDS:
                raise EnvironmentLackError(
                    f"{', '.join(names)} found the disk full {most} times over one step",
                    expected="to write once there is room, as there was each time",
                    remedy="see to the disk: it may be broken; the logs tell what was not written",
                )
        self._tell_without_room(frozenset(self._without_room))

    def _mend_or_end(self, now: Instant, due: dict[str, Any], host: bytes) -> None:
        """Have the nodes of a host that has gone away revived, or end the run."""
        if self._socket.poll(0):  # what it said before it went is to be heard first
            return
        gone = sorted(name for name in due if self._host_of.get(name) == host)
        if not self._mend(now, due, patience_s=_DYING_S):
            raise EnvironmentLackError(
                f"the process that hosts {', '.join(gone)} is gone",
                remedy="the run cannot go on; its logs folder tells more",
            )

    def _mend(self, now: Instant, due: dict[str, Any], *, patience_s: float = 0.0) -> bool:
        """Look for the dead, and have them revived; whether anyone was.

        Whoever is killed closes its connections a little before it can be seen to have ended;
        and what a participant could not do without is the better word than its own failure.
        """
        deadline = time.monotonic() + patience_s
        while not (names := self._revive()):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)  # between two looks at the condition above
        self._revived |= names
        self._awaited |= names
        self._awaited_since = time.monotonic()
        for name in names:
            self._host_of.pop(name, None)
            self._without_room.pop(name, None)
            # who was not asked is asked now: it has forgotten when it wanted to act next
            due.setdefault(name, [])
        return True

    def _require_soon(self) -> None:
        late = sorted(self._awaited - set(self._without_room))
        if late and time.monotonic() - self._awaited_since > _RETURN_S:
            raise EnvironmentLackError(
                f"participants were started anew and did not appear: {', '.join(late)}",
                expected=f"within {_RETURN_S:.0f} s",
                remedy="read the logs of these processes in the run's logs folder",
            )

    def _hosts_of(self, names: Mapping[str, Any]) -> list[bytes]:
        return sorted({self._host_of[name] for name in names if name not in self._awaited})

    def _tell(self, host: bytes, content: list[Any]) -> bool:
        """Send to a host; False if it has gone away."""
        try:
            self._socket.send_multipart([host, pack(content)])
        except zmq.ZMQError:
            return False
        return True

    def close(self) -> None:
        """Tell every host to close its nodes and end; closing twice is harmless."""
        if self._socket.closed:
            return
        while self._socket.poll(0):
            host, payload = self._socket.recv_multipart()
            kind, content = unpack(payload)
            if kind == "again":
                self._take_back(host, content, {}, had_no_room=True)
        for host in sorted({*self._host_of.values(), *self._without_room.values()}):
            self._dismiss(host)
        self._socket.close(linger=1000)

    def _dismiss(self, host: bytes) -> None:
        with contextlib.suppress(zmq.ZMQError):  # one that is gone needs no telling
            self._socket.send_multipart([host, pack(["close", 0, {}])])
