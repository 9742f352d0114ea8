"""Striking processes while commands are under way, for rehearsals that ask for it.

A scenario's fault `{fault: kill, process: …, state: …}` is one `kill -9`: of `desks`, `hub`,
`portal`, `yamcs`, or the `antenna` that transmits (or else hears a craft), at the first moment at
which a command that people asked for stands in that state (without `state`: at once).
`{fault: disk_full, process: …, state: …, for_s: …}` lets a process write nothing from such a moment
on (`full_disks`), for so many seconds by the wall.  They strike one after the other, in an order
drawn by the seed, each once the one killed before has been revived; so where in its work a process
is struck is left to chance, as in life.

Some states last for a fraction of a millisecond, between two things that the desks write down.
There, once a command is seen in one that is waited for, the desks are held (SIGSTOP) for the
moment that it takes to look again and to strike.  The state is then what it is when the blow falls,
whoever is struck; only what they had begun to write when they were stopped may be found as written
once they are dead.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from groundsys.mission.faults.fault_catalogue import settled
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.flying.full_disks import FullDisks
from groundsys.rehearsal.verdict.strikes import Strikes
from groundsys.store import Store
from groundsys.values.errors import EnvironmentLackError

#: between two looks at the store
_LOOK_S = 0.004
#: states that may be over before the next look, and how often is looked for them
_FLEETING = frozenset({"drafted", "approved", "issuing", "accepted", "started"})
_LOOK_FOR_FLEETING_S = 0.0003
#: until a process that is told to stop has stopped; it may wait for the disk
_STOPS_WITHIN_S = 0.2
#: mission time passes between two strikes: a segment that is being mended may finish
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Strike:
    """At what, and while a command is in which state ("": at once)."""

    process: str
    state: str
    #: it is not killed: its disk is full for so long (wall seconds)
    disk_full_s: float | None = None

    @property
    def is_kill(self) -> bool:
        return self.disk_full_s is None


def strikes_of(scenario: Scenario, seed: int) -> tuple[Strike, ...]:
    """The kills and full disks that a scenario asks for, in an order drawn by the seed."""
    strikes = [
        Strike(fault["process"], fault.get("state", ""), fault.get("for_s"))
        for fault in map(settled, scenario.faults)
        if fault["fault"] in ("kill", "disk_full")
    ]
    random.Random(seed).shuffle(strikes)
    return tuple(strikes)


def tally(planned: Sequence[Strike], struck: Sequence[Strike], *, kills: bool) -> Strikes:
    """How many kills, or full disks, were to be, and how many were."""
    return Strikes(*(sum(one.is_kill is kills for one in some) for some in (planned, struck)))


class Killer:
    """A thread that strikes; use as a context manager.

    `process_ids` tells who runs now, `at_work` which antenna transmits or else hears a craft;
    `store` opens the run's store.
    """

    def __init__(
        self,
        strikes: tuple[Strike, ...],
        process_ids: Callable[[], dict[str, int]],
        at_work: Callable[[Store], str | None],
        store: Callable[[], Store],
    ) -> None:
        self.struck: list[Strike] = []
        self._waiting = list(strikes)
        self._process_ids = process_ids
        self._full_disks = FullDisks(process_ids)
        self._at_work = at_work
        self._store = store
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="killer", daemon=True)

    @property
    def missed(self) -> tuple[Strike, ...]:
        """Those that have found no moment."""
        return tuple(self._waiting)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            self._strike_all()
        finally:
            self._full_disks.make_room()

    def _strike_all(self) -> None:
        with self._open() as store:
            while (self._waiting or self._full_disks) and not self._wait(self._look_s):
                if not self._waiting:
                    continue
                if not self._look_for_fleeting:
                    struck = self._look(store)
                elif not store.has_changed() or not self._is_time_for_any(store):
                    continue
                else:
                    with self._desks_held() as held:
                        struck = self._look(store) if held else None
                if struck is not None:
                    self._await_revival(*struck)

    def _wait(self, seconds: float) -> bool:
        """Let so long pass, while full disks stay full; True at once when all is to end."""
        deadline = time.monotonic() + seconds
        while True:
            self._full_disks.keep()
            left = deadline - time.monotonic()
            if self._stopped.wait(max(0.0, min(left, _LOOK_S))):
                return True
            if left <= _LOOK_S:
                return False

    @property
    def _look_for_fleeting(self) -> bool:
        return any(strike.state in _FLEETING for strike in self._waiting)

    @property
    def _look_s(self) -> float:
        return _LOOK_FOR_FLEETING_S if self._look_for_fleeting else _LOOK_S

    @contextmanager
    def _desks_held(self) -> Iterator[bool]:
        """With the desks, who alone write the store, stopped; False if they are not there."""
        desks = self._process_ids().get("desks")
        held = desks is not None and _stop(desks)
        try:
            yield held
        finally:
            if desks is not None and held:
                with suppress(ProcessLookupError):
                    os.kill(desks, signal.SIGCONT)

    def _look(self, store: Store) -> tuple[str, int] | None:
        """Strike the first that may be struck now; who was killed, by name and number."""
        states = {"", *store.commands.states()}
        for number, strike in enumerate(self._waiting):
            if strike.state in states and (struck := self._strike(store, strike)):
                del self._waiting[number]
                self.struck.append(strike)
                return struck if strike.is_kill else None
        return None

    def _open(self) -> Store:
        while True:
            try:
                return self._store()
            except EnvironmentLackError:  # the desks have not made it yet
                if self._stopped.wait(_LOOK_S):
                    raise

    def _is_time_for_any(self, store: Store) -> bool:
        states = store.commands.states()
        return any(not strike.state or strike.state in states for strike in self._waiting)

    def _strike(self, store: Store, strike: Strike) -> tuple[str, int] | None:
        name = strike.process
        if name == "antenna":
            antenna = self._at_work(store)
            if antenna is None:
                return None
            name = f"antenna-{antenna}"
        victim = self._process_ids().get(name)
        if victim is None:
            return None
        if strike.disk_full_s is not None:
            self._full_disks.fill(name, strike.disk_full_s)
            return name, victim
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:  # what needs Yamcs dies with it, and is started anew just now
            return None
        return name, victim

    def _await_revival(self, name: str, victim: int) -> None:
        while self._process_ids().get(name) in (victim, None):
            if self._wait(_LOOK_S):
                return
        self._wait(_PAUSE_S)


def _stop(process_id: int) -> bool:
    """Stop a process, and wait until it stands still; one that does not goes on."""
    try:
        process = psutil.Process(process_id)
        process.send_signal(signal.SIGSTOP)
        deadline = time.monotonic() + _STOPS_WITHIN_S
        while (status := process.status()) != psutil.STATUS_STOPPED:
            if status == psutil.STATUS_ZOMBIE or time.monotonic() > deadline:
                process.send_signal(signal.SIGCONT)
                return False
    except psutil.NoSuchProcess:
        return False
    return True
