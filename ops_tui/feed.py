"""The console's only line to the ground segment: events in, requests out, in threads of its own.

The feed folds what it hears into a `Picture` and reports it at most every `REPORT_EVERY_S`.  When
nothing is heard for `SILENCE_S` it asks `status`; an answer proves the line and brings the picture
up to date, no answer within `PATIENCE_S` means that the feed is lost.  It goes on asking until the
ground segment is back, be it at another address.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from groundsys.bus.curve import ClientKeys
from groundsys.bus.live import Requester, Subscriber
from groundsys.bus.token_file import Credential
from groundsys.values.errors import AccessRefusedError, GroundsysError
from ops_tui.picture import (
    EVENTS,
    SNAPSHOT_TOPICS,
    Link,
    Picture,
    advance_picture,
    picture_following,
    picture_from_status,
    without_topics,
)

#: wall seconds; silence, patience and one report together stay below the 2 s an operator may wait
SILENCE_S = 0.7
PATIENCE_S = 0.7
REPORT_EVERY_S = 0.2

#: a console that only hears asks this often all the same, so that its session is in use
ASK_EVERY_S = 1800.0

#: an operator's request has longer: the desk may be in the middle of a step
REQUEST_PATIENCE_S = 5.0

#: what plans for it takes its seconds before it answers
PLANNING_PATIENCE_S = 120.0
_PLANNING_VERBS = frozenset({"plan_propose", "plan_confirm"})

#: what every console is told
_ALWAYS = frozenset((*SNAPSHOT_TOPICS, EVENTS))

_POLL_S = 0.1
_EVENTS_PER_LOOK = 500


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the desks publish events and where they answer requests."""

    events: str
    requests: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown with every request, and the keys off this machine."""

    credential: Credential | None = None
    keys: ClientKeys | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the feed knows at one moment."""

    picture: Picture
    link: Link


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended: the answer's content, or why there is none."""

    ok: bool
    content: Mapping[str, Any]
    trouble: str = ""
    #: the desks are there, and do not let us in
    is_shut_out: bool = False


class Feed(Protocol):
    """What the console needs of a line to the ground segment; callbacks come from any thread."""

    def start(self, on_report: Callable[[Report], None]) -> None: ...

    def want(self, topics: frozenset[str]) -> None:
        """From now on be told these topics beside what every console is told, and no others."""

    def ask(
        self, verb: str, arguments: Mapping[str, Any], on_answer: Callable[[Answer], None]
    ) -> None: ...

    def stop(self) -> None: ...


class LiveFeed:
    """A feed over the bus; `locate` says where the desks are and is asked again on a loss."""

    def __init__(
        self,
        locate: Callable[[], Endpoints],
        credential: Credential | None = None,
        keys: ClientKeys | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._locate = locate
        self._line = Line(credential, keys)
        self._monotonic = monotonic
        self._endpoints = locate()
        self._wanted: frozenset[str] = frozenset()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, on_report: Callable[[Report], None]) -> None:
        self._spawn(lambda: self._listen(on_report), "console-feed")

    def want(self, topics: frozenset[str]) -> None:
        self._wanted = topics

    def ask(
        self, verb: str, arguments: Mapping[str, Any], on_answer: Callable[[Answer], None]
    ) -> None:
        """Send one request beside the feed, so that waiting for its answer never deafens it."""
        patience_s = PLANNING_PATIENCE_S if verb in _PLANNING_VERBS else REQUEST_PATIENCE_S
        self._spawn(
            lambda: on_answer(
                _ask(self._endpoints.requests, self._line, verb, arguments, patience_s=patience_s)
            ),
            "console-request",
        )

    def stop(self) -> None:
        """End the threads; a request still without an answer ends with its patience."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _spawn(self, work: Callable[[], None], name: str) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self, on_report: Callable[[Report], None]) -> None:
        listener = _Listener(self._line, self._monotonic, on_report)
        while not self._stopping.is_set():
            subscriber = Subscriber(self._endpoints.events, (), self._line.keys)
            try:
                while not self._stopping.is_set() and not self._have_moved(listener):
                    wanted = self._wanted
                    subscriber.follow(_ALWAYS | wanted)
                    listener.follow(wanted)
                    listener.look(subscriber, self._endpoints.requests)
            except Exception as error:  # nothing may let the screen stand still unsaid
                listener.stumble(error)
                self._stopping.wait(SILENCE_S)
            finally:
                subscriber.close()

    def _have_moved(self, listener: _Listener) -> bool:
        """True once if the feed is lost and the desks are to be found elsewhere."""
        if listener.link.state != "lost":
            return False
        try:
            endpoints = self._locate()
        except GroundsysError:
            return False  # nothing is announced while the ground segment is down
        if endpoints == self._endpoints:
            return False
        self._endpoints = endpoints
        return True


class _Listener:
    """The feed thread's own state: the picture, the link, and what it still has to ask."""

    def __init__(
        self,
        line: Line,
        monotonic: Callable[[], float],
        on_report: Callable[[Report], None],
    ) -> None:
        self._line = line
        self._monotonic = monotonic
        self._on_report = on_report
        self._picture = Picture()
        self.link = Link()
        self._heard = self._asked = monotonic()
        self._ask_again_at = self._asked
        self._wants_status = True
        self._wants_first_event = True
        self._told = (float("-inf"), Report(Picture(), Link()))
        self._wanted: frozenset[str] = frozenset()

    def follow(self, wanted: frozenset[str]) -> None:
        """Of what is followed from now on, ask how it stands; let go what is not any more.

        What stood there when it was followed last is old, and nobody would see that.
        """
        if wanted == self._wanted:
            return
        self._wants_status = self._wants_status or bool(wanted - self._wanted)
        without = without_topics(self._picture, self._wanted | wanted)
        self._picture = picture_following(without, wanted)
        self._wanted = wanted

    def look(self, subscriber: Subscriber, requests_endpoint: str) -> None:
        """Take in what came, ask `status` if there is a reason to, and report."""
        self._hear(subscriber)
        if self._silent_s() > SILENCE_S:
            self._wants_status = self._wants_first_event = True
        if self._monotonic() - self._asked > ASK_EVERY_S:
            self._wants_status = True
        if self._wants_status and self._monotonic() >= self._ask_again_at:
            self._catch_up(subscriber, requests_endpoint)
        self._report()

    def stumble(self, error: Exception) -> None:
        """What came cannot be read: say so, and begin anew."""
        self.link = Link("lost", int(self._silent_s()), f"{type(error).__name__}: {error}")
        self._wants_status = self._wants_first_event = True
        self._tell(Report(self._picture, self.link))

    def _hear(self, subscriber: Subscriber) -> None:
        count = 0
        for topic, event in itertools.islice(subscriber.events(_POLL_S), _EVENTS_PER_LOOK):
            self._picture = advance_picture(self._picture, topic, event)
            count += 1
        if not count:
            return
        self._heard = self._monotonic()
        if self._wants_first_event:
            # until now the subscription may have missed events that came after the last status
            self._wants_status, self._wants_first_event = True, False

    def _catch_up(self, subscriber: Subscriber, requests_endpoint: str) -> None:
        left_s = max(_POLL_S, SILENCE_S + PATIENCE_S - self._silent_s())
        answer = _ask(requests_endpoint, self._line, "status", {}, patience_s=left_s)
        self._asked = self._monotonic()
        if answer.ok:
            self._picture = picture_from_status(self._picture, answer.content, self._wanted)
            self._heard, self._wants_status = self._monotonic(), False
        else:
            self._hear(subscriber)  # a desk too busy to answer may have published meanwhile
        silent_s = self._silent_s()
        if answer.is_shut_out:  # what is heard is still true, but no request will be answered
            self.link = Link("lost", int(silent_s), answer.trouble.partition("\n")[0])
            self._ask_again_at = self._asked + SILENCE_S
            return
        self.link = Link("live") if silent_s <= SILENCE_S else Link("lost", int(silent_s))

    def _silent_s(self) -> float:
        return self._monotonic() - self._heard

    def _report(self) -> None:
        moment, report = self._monotonic(), Report(self._picture, self.link)
        reported, told = self._told
        if report != told and moment - reported >= REPORT_EVERY_S:
            self._tell(report)

    def _tell(self, report: Report) -> None:
        self._on_report(report)
        self._told = self._monotonic(), report


def _ask(
    endpoint: str,
    line: Line,
    verb: str,
    arguments: Mapping[str, Any],
    *,
    patience_s: float = REQUEST_PATIENCE_S,
) -> Answer:
    requester = Requester(endpoint, line.credential, line.keys)
    try:
        content = requester.ask(verb, timeout_s=patience_s, **arguments)
    except GroundsysError as error:
        return Answer(False, {}, error.message, isinstance(error, AccessRefusedError))
    finally:
        requester.close()
    return Answer(True, content)
