"""Starting anew what was killed, while the mission clock waits.

The ground's own processes keep what they know in store, journal and archive, so any of them can
die at any moment and go on.  Simulators cannot: what they know of the truth would be lost.  A
process that ends by itself has met an error, which is for people to read; it is started anew only
if Yamcs, without which it cannot work, was killed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from groundsys.backend import YamcsServer
from groundsys.mission.model import Mission
from groundsys.rehearsal.flying.processes import ProcessGroup, ProcessSpecification
from groundsys.values.errors import BackendError, EnvironmentLackError

#: one process is started anew so often at most
_LIMIT = 40
#: from a process' end until that of what it could not do without shows
_PATIENCE_S = 1.5
#: processes that host something else than a node of their own name
NODES_OF: Mapping[str, tuple[str, ...]] = {"hub": ("hub", "notary"), "portal": ()}
#: they hold sessions with Yamcs
_NEED_YAMCS = ("hub", "desks")


class Revival:
    """Looks for processes that were killed and starts them again.

    `specifications` are those that may be.
    """

    def __init__(
        self,
        processes: ProcessGroup,
        specifications: list[ProcessSpecification],
        yamcs: YamcsServer,
        mission: Mission,
    ) -> None:
        self._processes = processes
        self._specifications = {one.name: one for one in specifications}
        self._yamcs = yamcs
        self._mission = mission
        self._ended_at: dict[str, float] = {}
        self.revived: Counter[str] = Counter()

    def __call__(self) -> frozenset[str]:
        """Start anew what was killed; the nodes that will say hello again."""
        killed = self._killed()
        if self._yamcs_was_killed():
            for name in _NEED_YAMCS:
                self._processes.kill(name)
            killed |= set(_NEED_YAMCS)
            self._restart_yamcs()
        elif not killed and not self._may_be_orphaned():
            self._yamcs.check_alive()
            self._processes.check_alive()
        for name in sorted(killed):
            self._start(name)
        return frozenset(node for name in killed for node in nodes_of(name))

    def serve_again(self) -> None:
        """Start anew what was killed and hosts no node: the mission clock does not miss it."""
        for name in sorted(self._killed()):
            if not nodes_of(name):
                self._start(name)

    def _start(self, name: str) -> None:
        self._count(name)
        self._processes.start([self._specifications[name]])

    def _restart_yamcs(self) -> None:
        """Start Yamcs anew, and again if it is killed while it starts."""
        while True:
            self._count("yamcs")
            try:
                self._yamcs.restart(self._mission)
            except BackendError:
                if not self._has_been_killed_again():
                    raise
            else:
                return

    def _has_been_killed_again(self) -> bool:
        """Whether Yamcs' death shows; its connections close a little before it has ended."""
        deadline = time.monotonic() + _PATIENCE_S
        while not self._yamcs.was_killed:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)  # between two looks at the condition above
        return True

    def _killed(self) -> set[str]:
        ended = self._processes.ended()
        return {name for name, code in ended.items() if code < 0 and name in self._specifications}

    def _may_be_orphaned(self) -> bool:
        """Whether one of those that need Yamcs has ended just now: its death may show later."""
        ended = self._processes.ended()
        now = time.monotonic()
        for name in _NEED_YAMCS:
            if name in ended:
                return now - self._ended_at.setdefault(name, now) < _PATIENCE_S
            self._ended_at.pop(name, None)
        return False

    def _yamcs_was_killed(self) -> bool:
        try:
            self._yamcs.check_alive()
        except BackendError:
            return self._yamcs.was_killed
        return False

    def _count(self, name: str) -> None:
        self.revived[name] += 1
        if self.revived[name] > _LIMIT:
            raise EnvironmentLackError(
                f"the process '{name}' was killed more than {_LIMIT} times",
                remedy="find out who kills it: the system's log tells of a lack of memory",
            )


def nodes_of(process: str) -> tuple[str, ...]:
    """The participants of the mission clock that a process hosts."""
    if process in NODES_OF:
        return NODES_OF[process]
    return (process.replace("antenna-", "antenna:", 1),)
