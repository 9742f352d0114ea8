"""An audit log that somebody rewrites beside the desks grows on, and does not verify any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.audit import check_chain
from groundsys.mission import load_injected
from groundsys.rehearsal.flying.tampering import INTRUDER, rewrite_log
from groundsys.store import Store
from groundsys.values.errors import DefinitionError
from tests.audit.chains import NOON


def write(store: Store, number: int) -> None:
    store.audit.append(
        NOON.plus_seconds(number),
        actor="ada",
        role="operator",
        action="token.add",
        subject=f"customer-{number}",
        detail={},
    )


def test_an_entry_in_anothers_name_is_found_by_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        for number in range(5):
            write(store, number)
        rewrite_log(path, [{"fault": "clean_air"}])
        assert check_chain(store.audit.all()) == []
        rewrite_log(path, [{"fault": "rewritten_log"}])
        write(store, 5)
        entries = list(store.audit.all())
    assert [one.actor for one in entries] == ["ada", "ada", INTRUDER, "ada", "ada", "ada"]
    assert {one.entry for one in check_chain(entries)} == {3}


def test_it_strikes_nothing_that_could_be_named() -> None:
    (fault,) = load_injected(["rewritten_log"], "short")
    assert fault == {"fault": "rewritten_log"}
    with pytest.raises(DefinitionError, match="after_s"):
        load_injected(["rewritten_log,after_s=5"], "short")
