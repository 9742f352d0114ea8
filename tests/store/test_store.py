"""The store gives back what it was given, after a restart too, and says clearly when it cannot."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.alarms import Alarm
from groundsys.audit import check_chain
from groundsys.commanding.events import Intended, Issued, Radiated, Reported
from groundsys.commanding.ledger import Command, advance_command
from groundsys.passes.changes import planned_of
from groundsys.passes.execution import Pass
from groundsys.planning import Plan
from groundsys.planning.situation import Homecoming
from groundsys.procedures.run import Frame, Run, RunCommand, Stop, Vote
from groundsys.relay import changes as relay_changes
from groundsys.relay.sessions import RelaySession
from groundsys.store import (
    AccessRecord,
    CustomerEvent,
    DeliveryRecord,
    FileRecord,
    JournalLine,
    LogEntry,
    PlanVersion,
    ProcedureText,
    ProductRecord,
    ReceptionSummary,
    Store,
    StoredCouple,
    StoredEvent,
    StoredNotice,
    StoredToken,
)
from groundsys.values.clock import ClockHistory, ClockReset, ClockSolution
from groundsys.values.errors import DiskFullError, EnvironmentLackError
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    Interval,
    SpacecraftEventTime,
    TransmitTime,
)
from groundsys.values.records import CommandRecord
from tests.full_disk import full_disk

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
LATER = NOON.plus_seconds(3600)
PDU = {"pdu_length": 2, "pdu": b"\x00\xff"}
COMMAND = Command("otv-1", "otv", "CFDP_PDU", PDU, "file", "418:7:nak", NOON, NOON)
PASS = Pass("p1", "usuda-64", "otv", NOON, LATER, NOON, LATER, 600.5, 128e3, 41.5, state="locked")
SESSION = RelaySession("r1", "otv", "cube-polar", NOON, LATER, verdict="executed", heard_from=NOON)
FILE = FileRecord(
    "418:7", "cube-polar", 418, 1, 7, "weather-000007.dat", 900, 900, "complete", NOON, LATER
)
PRODUCT = ProductRecord(
    "polar-weather/cube-polar/a.cdf", "polar-weather", "cube-polar", "weather", "418:7", "a.cdf",
    "L1", "application/x-cdf", 12, "ab" * 32, "polar-weather/cube-polar/a.cdf", LATER,
)  # fmt: skip
DELIVERY = DeliveryRecord(
    "418:7", "polar-weather", "cube-polar", "weather-000007.dat", LATER, 3, 1_200, 900
)
NOTICE = StoredNotice(NOON, "antenna_out", "antenna:dss-43", {"antenna": "dss-43", "start_ns": 5})
PROCEDURE_TABLES = ("procedure_runs", "procedure_journal", "procedure_texts")
RUN = Run(
    id="trial-001",
    procedure="trial",
    spacecraft="otv",
    started_at=NOON,
    runners=("ada",),
    parameters={"least": 2.5},
    texts={"trial": "d1"},
    state="held",
    stack=(Frame("trial", "otv", "ask", 2, NOON, {"least": 2.5}, window_s=3.0, window_from=NOON),),
    visits={"trial.ask": 2},
    commands=(RunCommand("trial-001/trial.a/1", "otv", "PING", {"n": 1}, at=LATER),),
    votes=(Vote("trial-001/trial.ask/2", "ben", "operator", False, "cold", NOON),),
    stop=Stop("ben", "cold", LATER),
)
PLAN = PlanVersion(
    version=1,
    made_at=NOON,
    reason="first plan",
    parent=None,
    value=12.5,
    bound=13.0,
    elapsed_s=1.25,
    notices=0,
    until=LATER,
    plan=Plan("quickstart", (planned_of(PASS),), (relay_changes.planned_of(SESSION),)),
    homecomings=(
        Homecoming(
            *("polar-weather", "cube-polar", "weather", Interval(NOON, LATER), 8e6),
            *(EarthReceiveTime(LATER.tai_ns), EarthReceiveTime(LATER.tai_ns + 9)),
        ),
        Homecoming("polar-weather", "cube-polar", "weather", Interval(NOON, LATER), 8e6, None),
    ),
    changes={"passes": {"kept": 3, "moved": ["p1"]}},
)


def issued() -> Command:
    command = advance_command(COMMAND, Intended(), NOON)
    command = advance_command(command, Issued("y1", 5, LATER), NOON)
    radiated = Radiated(5, TransmitTime(NOON.tai_ns), SpacecraftEventTime(LATER.tai_ns))
    return advance_command(command, radiated, NOON)


def test_every_family_comes_back_as_it_was_given(tmp_path: Path) -> None:
    solution = ClockSolution(
        "otv", 7, SpacecraftEventTime(NOON.tai_ns), 1.0 + 3.1e-6, 0.0012, LATER
    )
    couple = StoredCouple("otv", 7, "ert", NOON.tai_ns, "usuda-64", LATER)
    reset = ClockReset("otv", 2, Interval(NOON, LATER), -7)
    history = ClockHistory((solution, replace(solution, partition=2)), (reset,))
    alarm = Alarm("a1", "otv", "eps_battery_charge", "watch", "44.0", NOON)
    event = StoredEvent(NOON, "otv", "info", "pass", "locked")
    reception = ReceptionSummary("p1", "usuda-64", "otv", 0, 3, 9, 6, 1, 2, NOON, LATER)
    access = AccessRecord("polar-weather", PRODUCT.id, LATER, 12, True, {"address": "loopback"})
    with Store(tmp_path / "store.sqlite") as store:
        store.passes.put(PASS)
        store.passes.put_reception(reception)
        store.relay_sessions.put(SESSION)
        store.commands.record(issued(), "issued", NOON, {"yamcs_id": "y1"}, durable=True)
        store.catalogue.put_file(FILE)
        store.catalogue.deliver(replace(FILE, delivered_at=LATER), DELIVERY, [PRODUCT])
        store.catalogue.record_access(access)
        store.watch.put_alarm(alarm)
        store.watch.add_event(event)
        store.clocks.add_couples([couple, couple])
        number = store.clocks.add_solution(solution)
        for known in (ClockHistory((solution,)), history):
            store.clocks.keep_history(known)
        store.tokens.add(StoredToken("cafe", "polar-weather", NOON))
        store.facts.put("scenario", "quickstart")
        store.plans.add(PLAN)
        store.plans.add(replace(PLAN, version=2, parent=1, reason="dss-43 is out"))
        assert store.plans.add_notice(NOTICE) == 1
    with Store(tmp_path / "store.sqlite", read_only=True) as store:
        assert store.passes.all() == [PASS]
        assert store.passes.receptions() == [reception]
        assert store.relay_sessions.all() == [SESSION]
        (command,) = store.commands.all()
        assert command == issued()
        assert isinstance(command.attempts[0].radiated_at, TransmitTime)
        (line,) = store.commands.log("otv-1")
        assert (line.event, line.state, line.detail["yamcs_id"]) == ("issued", "radiated", "y1")
        assert (line.actor, line.reason) == ("automation", "file: 418:7:nak")
        assert store.catalogue.files() == [replace(FILE, delivered_at=LATER)]
        assert store.catalogue.products("polar-weather") == [PRODUCT]
        assert store.catalogue.products("tharsis-seismo") == []
        assert store.catalogue.deliveries() == [DELIVERY]
        assert store.catalogue.accesses("polar-weather") == [access]
        assert store.watch.alarms() == [alarm]
        assert store.watch.recent_events(5) == [event]
        assert store.clocks.couples("otv") == [couple]
        assert store.clocks.solution(number) == solution
        assert store.clocks.history("otv") == history
        assert store.clocks.history("cube-polar") is None
        token = store.tokens.usable("cafe", 0.0)
        assert token is not None
        assert token.customer == "polar-weather"
        assert store.facts.get("scenario") == "quickstart"
        assert store.facts.get("nothing", 3) == 3
        assert store.plans.get(1) == PLAN
        latest = store.plans.latest()
        assert latest == store.plans.all()[-1]
        assert latest is not None
        assert (latest.version, latest.parent, latest.plan) == (2, 1, PLAN.plan)
        assert isinstance(latest.plan.passes[0].start, EarthReceiveTime)
        assert store.plans.get(3) is None
        assert store.plans.notices() == [NOTICE]


def undo(connection: sqlite3.Connection, *steps: str) -> None:
    """Let the store believe that these steps, which a test has undone, were never made."""
    for step in steps:
        done = connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (step,))
        assert done.rowcount == 1


def test_bookings_made_before_plans_had_versions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.passes.put(PASS)
        store.relay_sessions.put(SESSION)
    connection = sqlite3.connect(path)
    for table in ("passes", "relay_sessions"):
        for column in ("plan_version", "volume_bits", "sigma_s"):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for column in ("serves", "told"):
        connection.execute(f"ALTER TABLE passes DROP COLUMN {column}")
    for table in ("plans", "notices", *PROCEDURE_TABLES):
        connection.execute(f"DROP TABLE {table}")
    undo(connection, "0002_plan_versions", "0003_bounds_of_homecomings")
    connection.commit()
    connection.close()
    with Store(path) as store:
        assert store.passes.all() == [PASS]
        assert store.relay_sessions.all() == [SESSION]
        assert store.plans.latest() is None


def test_what_was_foretold_with_a_sigma_states_no_bound(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.plans.add(PLAN)
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER plans_no_update")
    ((text,),) = connection.execute("SELECT homecomings FROM plans").fetchall()
    before = [{**one, "sigma_s": 3.5} for one in json.loads(text)]
    for one in before:
        del one["by_95"]
    connection.execute("UPDATE plans SET homecomings = ?", (json.dumps(before),))
    undo(connection, "0003_bounds_of_homecomings")
    connection.execute(
        "CREATE TRIGGER plans_no_update BEFORE UPDATE ON plans "
        "BEGIN SELECT RAISE(ABORT, 'plans only grows'); END"
    )
    connection.commit()
    connection.close()
    with Store(path) as store:
        (version,) = store.plans.all()
        assert version == replace(
            PLAN, homecomings=tuple(replace(one, by_95=None) for one in PLAN.homecomings)
        )
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM plans")


def test_a_revoked_token_opens_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.tokens.add(StoredToken("cafe", "polar-weather", NOON))
        store.tokens.revoke("cafe", LATER)
        store.tokens.add(StoredToken("cafe", "polar-weather", NOON))
        assert store.tokens.usable("cafe", 0.0) is None
        assert store.tokens.usable("beef", 0.0) is None


def test_a_run_of_a_procedure_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    line = JournalLine(RUN.id, NOON, "held", "lunch")
    with Store(path) as store:
        store.procedures.put(replace(RUN, state="running"), [line], durable=True)
        store.procedures.put(RUN, [line], durable=False)
        for _ in range(2):
            store.procedures.keep_text(ProcedureText("d1", "trial", "id: trial"))
    with Store(path) as store:
        assert store.procedures.runs() == [RUN]
        assert store.procedures.journal(RUN.id) == [line, line]
        assert store.procedures.text("d1") == "id: trial"
        with pytest.raises(KeyError):
            store.procedures.text("d2")


@pytest.mark.parametrize(
    "table",
    [
        *("audit", "events", "accesses", "clock_solutions", "plans", "notices"),
        *("procedure_journal", "procedure_texts", "customer_events"),
    ],
)
def test_a_log_only_grows(tmp_path: Path, table: str) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.commands.record(COMMAND, "queued", NOON, durable=False)
        store.watch.add_event(StoredEvent(NOON, "otv", "info", "pass", "locked"))
        store.catalogue.record_access(AccessRecord("c", "p", NOON, 1, True))
        store.customer_events.add(CustomerEvent("c", NOON, "product", "p"))
        store.clocks.add_solution(ClockSolution.nominal("otv", NOON))
        store.plans.add(PLAN)
        store.plans.add_notice(NOTICE)
        store.procedures.put(RUN, [JournalLine(RUN.id, NOON, "held", "lunch")], durable=True)
        store.procedures.keep_text(ProcedureText("d1", "trial", "id: trial"))
    connection = sqlite3.connect(path)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = 99"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(statement)
    connection.close()


def test_a_killed_writer_loses_nothing_that_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    program = f"""
import sys
from pathlib import Path
from groundsys.store import Store
from tests.store.test_store import COMMAND, NOON, PASS, issued
store = Store(Path({str(path)!r}))
store.passes.put(PASS)
store.commands.record(issued(), "issued", NOON, durable=True)
with store.writing():
    store.facts.put("half", 1)
    print("ready", flush=True)
    sys.stdin.read()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == b"ready\n"
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.wait()
        child.stdout.close()
        child.stdin.close()
    with Store(path) as store:
        assert store.passes.all() == [PASS]
        assert store.commands.all() == [issued()]
        assert store.facts.get("half") is None
        report = Reported(CommandRecord("y1", "CFDP_PDU", NOON, True, completion="ok"))
        assert check_chain(store.audit.all()) == []
        done = advance_command(store.commands.all()[0], report, LATER)
        store.commands.record(done, "reported", LATER, durable=False)
        assert [line.event for line in store.commands.log()] == ["issued", "reported"]
        assert check_chain(store.audit.all()) == []


def test_a_full_disk_is_told_and_harms_nothing(tmp_path: Path) -> None:
    """Who could not write once does no more: the store is opened anew by whoever knows only it."""
    with Store(tmp_path / "store.sqlite") as store:
        store.facts.put("before", 1)
        database = store.facts._database._database
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(DiskFullError, match="cannot grow"):
            store.facts.put("large", "x" * 100_000)
        with pytest.raises(DiskFullError, match="cannot grow"):
            store.facts.put("before", 2)
        with pytest.raises(DiskFullError, match="cannot grow"):
            store.facts.get("before")
    with Store(tmp_path / "store.sqlite") as store:
        assert store.facts.get("large") is None
        assert store.facts.get("before") == 1
        store.facts.put("before", 2)
        assert store.facts.get("before") == 2


def test_a_share_of_the_disk_that_is_used_up_is_a_full_disk(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.facts.put("before", 1)
        with full_disk(), pytest.raises(DiskFullError, match="cannot grow"), store.writing():
            store.facts.put("after", 2)
    with full_disk(), pytest.raises(DiskFullError, match="cannot grow"):
        Store(tmp_path / "other.sqlite")
    with Store(tmp_path / "store.sqlite") as store:
        assert (store.facts.get("before"), store.facts.get("after")) == (1, None)


def test_a_second_writer_and_a_damaged_file_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundsys.store.database._BUSY_TIMEOUT_MS", 1)
    path = tmp_path / "store.sqlite"
    with Store(path) as first, Store(path) as second, first.writing():
        first.facts.put("a", 1)
        with pytest.raises(EnvironmentLackError, match="another process"):
            second.facts.put("b", 1)
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"this is no database at all" * 400)
    with pytest.raises(EnvironmentLackError, match="cannot be used"):
        Store(damaged)


def test_alarms_from_before_they_had_a_life_are_kept_and_can_still_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    of_craft = Alarm("otv:obc_mode#1", "otv", "obc_mode", "watch", "SAFE", NOON)
    of_ground = Alarm("ground:disk", "", "disk", "critical", "was full", NOON)
    with Store(path) as store:
        store.watch.put_alarm(of_craft)
        store.watch.put_alarm(of_ground)
    connection = sqlite3.connect(path)
    for column in (
        *("returned_at_ns", "shelved_by", "shelved_at_ns", "shelved_until_ns", "shelf_reason"),
        *("assignee", "assigned_by"),
    ):
        connection.execute(f"ALTER TABLE alarms DROP COLUMN {column}")
    connection.execute("DROP TABLE logbook")
    undo(connection, "0016_life_of_alarms")
    connection.commit()
    connection.close()
    with Store(path) as store:
        kept = {one.id: one for one in store.watch.alarms()}
    assert kept[of_craft.id] == of_craft
    assert kept[of_ground.id] == replace(of_ground, returned_at=NOON)


def test_the_log_book_comes_back_as_it_was_written_and_only_grows(tmp_path: Path) -> None:
    first = LogEntry(LATER, "ada", "operator", "otv", "wheel 2 is warm")
    second = LogEntry(NOON, "grace", "flight_director", "", "quiet")
    with Store(tmp_path / "store.sqlite") as store:
        store.watch.add_log_entry(first)
        store.watch.add_log_entry(second)
    with Store(tmp_path / "store.sqlite") as store:
        assert store.watch.log_entries() == [first, second]
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="logbook only grows"):
        connection.execute("DELETE FROM logbook")
    connection.close()
