"""Writes commands into a store as desks do, each through every state, until it is killed."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

from groundsys.commanding.ledger import Command, CommandState
from groundsys.store import Store
from groundsys.values.instants import Instant

T0 = Instant.from_utc_iso("2034-07-23T00:00:00Z")
#: as a command goes that nobody declines
WAY = get_args(CommandState)[:10]

if __name__ == "__main__":
    with Store(Path(sys.argv[1])) as store:
        print("ready", flush=True)
        for number in itertools.count():
            command = Command(f"otv-{number}", "otv", "PING", {}, "operator", "ada", T0, T0)
            for state in WAY:
                command = replace(command, state=state)
                store.commands.record(command, state, T0, durable=state == "issuing")
