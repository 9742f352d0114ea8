"""Tokens that the run itself keeps in files: its owner's and its programs'.

Whoever may read the run's folder holds the key that signs every token, so these files give away
nothing more; a copy of one is worth no more than any other session of that account.
"""

from __future__ import annotations

import os
import pwd
import re
import time
from collections.abc import Callable
from pathlib import Path

from groundsys.authority import Account, Role, canonical_name
from groundsys.bus.token_file import TokenFile, write_private
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.values.errors import NotLoggedInError
from groundsys.values.instants import Instant

AUTOMATION = "automation"
PORTAL = "portal"
#: a look at the files is cheap, but not at every step of the mission clock
_LOOK_EVERY_S = 1.0


def owner_name() -> str:
    """The account of whoever starts a run: the machine's own name for that user."""
    try:
        name = canonical_name(pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError:  # a container's user may have no name
        name = ""
    return re.sub(r"[^a-z0-9._-]", "-", name).strip("._-")[:64] or "owner"


class TokenFiles:
    """A file a name in `folder`, each with a token that is good while the run stands."""

    def __init__(
        self, gate: Gatekeeper, folder: Path, wall_s: Callable[[], float] = time.time
    ) -> None:
        self._gate = gate
        self._folder = folder
        self._wall_s = wall_s
        self._names: list[str] = []
        self._looked_s = float("-inf")

    def make_accounts(self, now: Instant) -> None:
        """The first person is whoever starts the run, as flight director; and two programs."""
        owner = owner_name()
        if not any(one.role is Role.FLIGHT_DIRECTOR for one in self._gate.accounts()):
            self._gate.add(Account(owner, Role.FLIGHT_DIRECTOR), "", now)
        self._gate.add_program(AUTOMATION, Role.AUTOMATION, now)
        self._gate.add_program(PORTAL, Role.PORTAL, now)
        self._names = [owner, AUTOMATION, PORTAL]
        self.keep_fresh()

    def keep_fresh(self) -> None:
        """Write what is missing, over, ended or half used up; a disabled account's file goes."""
        if self._wall_s() < self._looked_s + _LOOK_EVERY_S:
            return
        self._looked_s = self._wall_s()
        for name in self._names:
            path = self._folder / name
            account = self._gate.account(name)
            if account is None or account.disabled:
                path.unlink(missing_ok=True)
            elif not self._is_good(TokenFile(path).token(), name):
                write_private(path, self._gate.token_for(name) + "\n")

    def _is_good(self, token: str, name: str) -> bool:
        try:
            admitted = self._gate.admit(token)
        except NotLoggedInError:
            return False
        return admitted.asker.name == name and not admitted.fresh_token
