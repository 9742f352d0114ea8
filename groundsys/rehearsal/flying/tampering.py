"""Somebody who may write the store's file, and puts an entry of the audit log in another's name.

`{fault: rewritten_log}`: done beside the desks, which know nothing of it, once the flight is over.
Triggers that refuse such a change protect against mistakes alone: who may write the file may drop
them.  What shows it is the chain of hashes, whose heads the notary has countersigned.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

#: whom the entry is given to
INTRUDER = "mallory"
_WAIT_S = 30.0


def is_rewritten(faults: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a fault asks for it."""
    return any(one["fault"] == "rewritten_log" for one in faults)


def rewrite_log(store: Path, faults: Sequence[Mapping[str, Any]]) -> None:
    """Rewrite the entry in the middle of the log, if a fault asks for it."""
    if not is_rewritten(faults):
        return
    with closing(sqlite3.connect(store, timeout=_WAIT_S)) as connection, connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute(
            "UPDATE audit SET actor = ? WHERE number = (SELECT (max(number) + 1) / 2 FROM audit)",
            (INTRUDER,),
        )
