"""The audit log in the store: written with the deed, refused to change, verified by anybody."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.audit import AUTOMATION, check_chain
from groundsys.commanding.ledger import Intended, advance_command
from groundsys.notary import HEADS, Notary
from groundsys.rehearsal.verdict.auditing import verify_store
from groundsys.store import Store, StoredToken
from groundsys.values.errors import EnvironmentLackError
from tests.audit.chains import NOON, recipe
from tests.store.test_store import COMMAND, LATER


def write(store: Store, count: int) -> None:
    for number in range(count):
        store.audit.append(
            NOON.plus_seconds(number),
            actor="ada",
            role="operator",
            action="token.add",
            subject=f"customer-{number}",
            detail={"data": b"\x00\xff"},
        )


def rows(path: Path) -> list[dict[str, object]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute("select * from audit order by number")]
    connection.close()
    return found


def meddle(path: Path, *statements: str) -> None:
    """What somebody does who may write the file: the triggers are the first to go."""
    connection = sqlite3.connect(path)
    for name in ("audit_no_update", "audit_no_delete", "audit_in_order"):
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_who_what_and_why_of_a_command(tmp_path: Path) -> None:
    mine = replace(COMMAND, id="otv-2", purpose="operator", subject="ada", operator="ada, grace")
    with Store(tmp_path / "store.sqlite") as store:
        store.commands.record(COMMAND, "queued", NOON, durable=False)
        store.commands.record(mine, "queued", NOON, durable=False)
        after = advance_command(mine, Intended(), LATER)
        store.commands.record(after, "intended", LATER, {"attempts": 0}, durable=True)
        store.commands.record(after, "approved", LATER, durable=False, actor="grace", reason="OK")
        first, *others = store.audit.all()
        assert (first.actor, first.role, first.action) == (AUTOMATION, AUTOMATION, "command.queued")
        assert (first.subject, first.reason) == ("otv-1", "file: 418:7:nak")
        assert first.facts["arguments"]["pdu"] == {"base64": "AP8="}
        assert [(one.actor, one.action, one.reason) for one in others] == [
            (AUTOMATION, "command.queued", "operator"),
            (AUTOMATION, "command.intended", "operator"),
            ("grace", "command.approved", "OK"),
        ]
        assert others[1].facts == {"state": "issuing", "attempts": 0}
        assert list(store.audit.all(subject="otv-2")) == others
        assert list(store.audit.all(actor="grace")) == others[2:]
        assert store.audit.after(1, 2) == others[:2]
        assert store.audit.get(1) == first
        assert store.audit.get(9) is None
        assert check_chain(store.audit.all()) == []


def test_a_deed_that_is_taken_back_leaves_no_entry_and_no_gap(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        write(store, 2)
        with contextlib.suppress(ZeroDivisionError), store.writing():
            store.tokens.add(StoredToken("cafe", "polar-weather", NOON))
            write(store, 3)
            _ = 1 / 0
        assert store.tokens.usable("cafe", 0.0) is None
        with store.writing():
            write(store, 1)
            with contextlib.suppress(ZeroDivisionError), store.writing():
                write(store, 2)
                _ = 1 / 0
            write(store, 1)
        assert store.audit.head is not None
        assert store.audit.head.number == 4
        assert check_chain(store.audit.all()) == []


def test_the_chain_goes_on_after_a_restart_and_the_recipe_verifies_it(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    notary = Notary(tmp_path / "notary")
    for _ in range(3):
        with Store(path) as store:
            write(store, 2)
            store.audit.make_durable()
            assert notary.countersign(store.audit.after(notary.head.number, 10), NOON) == []
    notary.close()
    heads = (tmp_path / "notary" / HEADS).read_text()
    assert recipe(rows(path), heads, notary.public_pem)
    meddle(path, "UPDATE audit SET detail = replace(detail, 'A', 'B') WHERE number = 3")
    assert not recipe(rows(path), heads, notary.public_pem)


def test_sqlite_itself_refuses_to_replace_an_entry_or_to_leave_one_out(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        write(store, 3)
    connection = sqlite3.connect(path)
    for number in (2, 5):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(
                f"INSERT OR REPLACE INTO audit SELECT {number}, time_ns, actor, role, action, "
                "subject, reason, detail, previous, digest FROM audit WHERE number = 3"
            )
    connection.close()


@pytest.mark.parametrize(
    ("statement", "entry", "message"),
    [
        ("UPDATE audit SET actor = 'bob' WHERE number = 2", 2, "was changed"),
        ("UPDATE audit SET actor = x'ff' WHERE number = 2", 2, "was changed"),
        ("UPDATE audit SET time_ns = 'never' WHERE number = 2", 2, "was changed"),
        ("UPDATE audit SET detail = detail || ' ' WHERE number = 4", 4, "was changed"),
        ("DELETE FROM audit WHERE number = 3", 4, "entry 3 is missing"),
        ("DELETE FROM audit WHERE number > 3", 4, "was cut off"),
        ("DELETE FROM audit", 1, "was cut off"),
        ("DROP TABLE audit", 1, "was cut off"),
    ],
)
def test_meddling_with_the_file_is_found(
    tmp_path: Path, statement: str, entry: int, message: str
) -> None:
    path = tmp_path / "store.sqlite"
    notary = Notary(tmp_path)
    with Store(path) as store:
        write(store, 5)
        notary.countersign(store.audit.after(0, 10), NOON)
    notary.close()
    key = tmp_path / "public.pem"
    key.write_bytes(notary.public_pem)
    verification = verify_store(path, tmp_path / HEADS, key)
    assert (verification.ok, verification.entries) == (True, 5)
    meddle(path, statement)
    finding = verify_store(path, tmp_path / HEADS, key).findings[0]
    assert finding.entry == entry
    assert message in finding.message


def test_a_writer_that_runs_on_meddled_entries_breaks_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        write(store, 3)
        forged = list(store.audit.all())[-1]
        meddle(path, "DELETE FROM audit WHERE number = 3")
        with Store(path) as forger:
            forger.audit.append(NOON, actor="x", role="x", action="x", subject="x")
        write(store, 1)
    findings = verify_store(path).findings
    assert [one.entry for one in findings] == [4]
    assert forged.digest in findings[0].found


def test_a_store_with_the_log_of_commands_becomes_the_beginning_of_the_chain(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.commands.record(replace(COMMAND, operator="ada"), "queued", NOON, durable=False)
        store.commands.record(replace(COMMAND, id="otv-2"), "queued", NOON, durable=False)
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE audit")
    connection.execute(
        "CREATE TABLE command_log (number INTEGER PRIMARY KEY, command TEXT, time_ns INTEGER, "
        "event TEXT, state TEXT, detail TEXT)"
    )
    for line in (
        ("otv-1", NOON.tai_ns, "queued", "queued", "null"),
        ("otv-2", NOON.tai_ns, "queued", "queued", "null"),
        ("otv-1", LATER.tai_ns, "refused", "failed", '{"attempts":0,"message":"no"}'),
    ):
        connection.execute("INSERT INTO command_log VALUES (NULL, ?, ?, ?, ?, ?)", line)
    for verb in ("UPDATE", "DELETE"):
        connection.execute(
            f"CREATE TRIGGER command_log_no_{verb.lower()} BEFORE {verb} ON command_log "
            "BEGIN SELECT RAISE(ABORT, 'command_log only grows'); END"
        )
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0003_audit'")
    connection.commit()
    connection.close()
    with Store(path) as store:
        assert [(one.actor, one.event, one.state) for one in store.commands.log("otv-1")] == [
            ("ada", "queued", "queued"),
            ("ada", "refused", "failed"),
        ]
        assert store.commands.log("otv-1")[1].detail == {"attempts": 0, "message": "no"}
        assert [one.actor for one in store.commands.log("otv-2")] == [AUTOMATION]
        write(store, 1)
        assert check_chain(store.audit.all()) == []
        assert store.audit.head is not None
        assert store.audit.head.number == 4
    with Store(path, read_only=True) as store, pytest.raises(EnvironmentLackError):
        store.audit.append(NOON, actor="x", role="x", action="x", subject="x")
