"""Killing processes while commands are under way, for rehearsals that ask for it.

A scenario's fault `{fault: kill, process: …, state: …}` is one `kill -9`: of `desks`, `hub`,
`portal`, `yamcs`, or the `antenna` that transmits, at the first moment at which a command that
people asked for stands in that state (without `state`: at once).  They strike one after the other,
in an order drawn by the seed, each once the one before has been revived; so where in its work a
process dies is left to chance, as in life.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from groundsys.mission.model import Scenario
from groundsys.store import Store
from groundsys.values.errors import DefinitionError, EnvironmentLackError

KILLED = ("antenna", "desks", "hub", "portal", "yamcs")
#: between two looks at the store; a state may last some milliseconds only
_LOOK_S = 0.004
#: mission time passes between two strikes: a segment that is being mended may finish
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Strike:
    """One kill: of what, and while a command is in which state ("": at once)."""

    process: str
    state: str


def strikes_of(scenario: Scenario, seed: int) -> tuple[Strike, ...]:
    """The kills that a scenario asks for, in an order drawn by the seed."""
    strikes = []
    for fault in scenario.faults:
        if fault.get("fault") != "kill":
            continue
        process = str(fault.get("process", ""))
        if process not in KILLED:
            raise DefinitionError(
                f"scenario {scenario.id} kills a process that nobody knows",
                expected=", ".join(KILLED),
                found=process or "no `process`",
                remedy="correct the fault's `process`",
            )
        strikes.append(Strike(process, str(fault.get("state", ""))))
    random.Random(seed).shuffle(strikes)
    return tuple(strikes)


class Killer:
    """A thread that strikes; use as a context manager.

    `process_ids` tells who runs now, `transmits` which antenna does; `store` opens the run's store.
    """

    def __init__(
        self,
        strikes: tuple[Strike, ...],
        process_ids: Callable[[], dict[str, int]],
        transmits: Callable[[Store], str | None],
        store: Callable[[], Store],
    ) -> None:
        self.struck: list[Strike] = []
        self._waiting = list(strikes)
        self._process_ids = process_ids
        self._transmits = transmits
        self._store = store
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="killer", daemon=True)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        with self._open() as store:
            while self._waiting and not self._stopped.wait(_LOOK_S):
                for number, strike in enumerate(self._waiting):
                    if self._is_time(store, strike) and self._strike(store, strike):
                        del self._waiting[number]
                        break

    def _open(self) -> Store:
        while True:
            try:
                return self._store()
            except EnvironmentLackError:  # the desks have not made it yet
                if self._stopped.wait(_LOOK_S):
                    raise

    def _is_time(self, store: Store, strike: Strike) -> bool:
        return not strike.state or store.commands.any_in(strike.state)

    def _strike(self, store: Store, strike: Strike) -> bool:
        name = strike.process
        if name == "antenna":
            antenna = self._transmits(store)
            if antenna is None:
                return False
            name = f"antenna-{antenna}"
        victim = self._process_ids().get(name)
        if victim is None:
            return False
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:  # what needs Yamcs dies with it, and is started anew just now
            return False
        self.struck.append(strike)
        while self._process_ids().get(name) in (victim, None):
            if self._stopped.wait(_LOOK_S):
                return True
        self._stopped.wait(_PAUSE_S)
        return True
