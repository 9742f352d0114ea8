"""How the store's tables came to be: each step is applied once and never edited afterwards."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database, Migrations

from groundsys.alarms import Alarm
from groundsys.audit import AUTOMATION, AuditEntry, sealed
from groundsys.commanding.ledger import Command
from groundsys.customers.webhooks import Webhook
from groundsys.passes.execution import Pass
from groundsys.procedures.run import Run
from groundsys.relay.sessions import RelaySession
from groundsys.store.records import (
    AccessRecord,
    CustomerEvent,
    DeliveryRecord,
    FileRecord,
    FileSegment,
    JournalLine,
    LogEntry,
    PlanVersion,
    ProcedureText,
    ProductRecord,
    ReceptionSummary,
    RehearsalRecord,
    SourceFrames,
    StoredCouple,
    StoredEvent,
    StoredNotice,
    StoredPerson,
    StoredSolution,
    StoredToken,
    UploadContent,
)
from groundsys.store.rows import columns, from_json, to_json, to_row
from groundsys.uploads.upload import Upload
from groundsys.values.clock import ClockReset, ClockSolution
from groundsys.values.instants import Instant
from groundsys.values.tracking import TrackingPoint

migrations = Migrations("groundsys")

#: logs that only grow: SQLite itself refuses to change or forget a line
APPEND_ONLY = ("command_log", "events", "accesses", "clock_solutions")


@migrations(name="0001_tables")
def create_tables(database: Database) -> None:
    _create(database, "passes", columns(Pass), "id")
    _create(database, "relay_sessions", columns(RelaySession), "id")
    _create(database, "commands", columns(Command), "id")
    _create(
        database,
        "command_log",
        {
            "number": int,
            "command": str,
            "time_ns": int,
            "event": str,
            "state": str,
            "detail": str,
        },
        "number",
    )
    _create(database, "files", columns(FileRecord), "id")
    _create(database, "products", columns(ProductRecord), "id")
    _create(database, "deliveries", columns(DeliveryRecord), "file")
    _create(database, "accesses", {"number": int, **columns(AccessRecord)}, "number")
    _create(database, "alarms", columns(Alarm), "id")
    _create(database, "events", {"number": int, **columns(StoredEvent)}, "number")
    _create(
        database,
        "clock_couples",
        columns(StoredCouple),
        ("spacecraft", "sclk_ns", "reference", "reference_ns"),
    )
    _create(database, "clock_solutions", {"number": int, **columns(ClockSolution)}, "number")
    _create(database, "tokens", columns(StoredToken), "token_hash")
    _create(
        database,
        "receptions",
        columns(ReceptionSummary),
        ("antenna", "spacecraft", "virtual_channel", "first_ert_ns"),
    )
    _create(database, "facts", {"name": str, "value": str}, "name")
    for table, column in (
        ("commands", "state"),
        ("command_log", "command"),
        ("products", "customer"),
        ("events", "time_ns"),
        ("clock_solutions", "spacecraft"),
    ):
        database.table(table).create_index([column])
    for table in APPEND_ONLY:
        _let_only_grow(database, table)


def _create(database: Database, table: str, kinds: dict[str, Any], key: Any) -> None:
    database.table(table).create(kinds, pk=key)


def _let_only_grow(database: Database, table: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        database.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        )


@migrations(name="0002_plan_versions")
def keep_plan_versions(database: Database) -> None:
    _create(database, "plans", columns(PlanVersion), "version")
    _create(database, "notices", {"number": int, **columns(StoredNotice)}, "number")
    for table in ("plans", "notices"):
        _let_only_grow(database, table)
    for table, kind in (("passes", Pass), ("relay_sessions", RelaySession)):
        there = database.table(table).columns_dict
        for name, sql in columns(kind).items():
            if name not in there:
                default = _OF_BOOKINGS_BEFORE_PLANS.get(name)
                database.table(table).add_column(name, sql, not_null_default=default)


@migrations(name="0003_bounds_of_homecomings")
def foretell_with_bounds(database: Database) -> None:
    """A homecoming states by when it is 95 % sure; of those from before none was stated."""
    database.execute("DROP TRIGGER plans_no_update")
    database.execute("DROP TRIGGER plans_no_delete")
    for version, text in database.execute("SELECT version, homecomings FROM plans").fetchall():
        homecomings = from_json(text)
        for one in homecomings:
            one.pop("sigma_s", None)
            one.setdefault("by_95", None)
        database.execute(
            "UPDATE plans SET homecomings = ? WHERE version = ?", (to_json(homecomings), version)
        )
    _let_only_grow(database, "plans")


@migrations(name="0003_audit")
def chain_what_happens(database: Database) -> None:
    """One log, chained by hashes; what the log of commands held is its beginning."""
    _create(database, "audit", columns(AuditEntry), "number")
    for column in ("subject", "actor"):
        database.table("audit").create_index([column])
    _let_only_grow(database, "audit")
    database.execute(  # INSERT OR REPLACE would delete without being asked
        "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit "
        "WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit) "
        "BEGIN SELECT RAISE(ABORT, 'audit only grows'); END"
    )
    operators = {row["id"]: row["operator"] for row in database.table("commands").rows}
    entry: AuditEntry | None = None
    for row in list(database.table("command_log").rows_where(order_by="number")):
        operator = operators.get(row["command"], "")
        entry = sealed(
            entry,
            time=Instant(row["time_ns"]),
            actor=operator or AUTOMATION,
            role="operator" if operator else AUTOMATION,
            action=f"command.{row['event']}",
            subject=row["command"],
            reason="carried over from the log of commands",
            detail=to_json({"state": row["state"], **(from_json(row["detail"]) or {})}),
        )
        database.table("audit").insert(to_row(entry))
    database.table("command_log").drop()


@migrations(name="0006_custody_of_commands")
def keep_custody(database: Database) -> None:
    """A command is drafted, prepared and approved, and its way foreseen."""
    there = database.table("commands").columns_dict
    for name, sql in columns(Command).items():
        if name not in there:
            default = _OF_COMMANDS_BEFORE_CUSTODY.get(name)
            database.table("commands").add_column(name, sql, not_null_default=default)


_OF_COMMANDS_BEFORE_CUSTODY = {
    "why": "",
    "approver": "",
    "replaces": "",
    "packet_octets": 0,
    "packet_sha256": "",
}


@migrations(name="0005_people")
def keep_people(database: Database) -> None:
    _create(database, "people", columns(StoredPerson), "name")
    _create(database, "login_failures", {"name": str, "count": int, "last_s": float}, "name")


#: what a booking had that was made before plans had versions
_OF_BOOKINGS_BEFORE_PLANS = {
    "plan_version": 0,
    "rate_bps": 0.0,
    "maximum_elevation_deg": 0.0,
    "volume_bits": 0.0,
    "sigma_s": 0.0,
    "serves": "[]",
}


@migrations(name="0004_procedures")
def keep_procedure_runs(database: Database) -> None:
    _create(database, "procedure_runs", columns(Run), "id")
    _create(database, "procedure_journal", {"number": int, **columns(JournalLine)}, "number")
    _create(database, "procedure_texts", columns(ProcedureText), "digest")
    database.table("procedure_journal").create_index(["run"])
    for table in ("procedure_journal", "procedure_texts"):
        _let_only_grow(database, table)


@migrations(name="0007_uploads")
def keep_uploads(database: Database) -> None:
    _create(database, "uploads", columns(Upload), "id")
    _create(database, "upload_contents", columns(UploadContent), "sha256")
    _let_only_grow(database, "upload_contents")


@migrations(name="0008_rehearsals")
def keep_rehearsals(database: Database) -> None:
    """Rehearsals of procedures; a run tells what it has seen, and which of them it rests on."""
    _create(database, "rehearsals", columns(RehearsalRecord), "id")
    there = database.table("procedure_runs").columns_dict
    for name, default in (("expectations", "[]"), ("rehearsal", "")):
        if name not in there:
            sql = columns(Run)[name]
            database.table("procedure_runs").add_column(name, sql, not_null_default=default)


@migrations(name="0009_clock_history")
def keep_clock_history(database: Database) -> None:
    """Clocks are told piece by piece and by partition; products have versions."""
    key = ("spacecraft", "partition", "sclk_ref_ns")
    _create(database, "clock_pieces", columns(ClockSolution), key)
    _create(database, "clock_resets", columns(ClockReset), ("spacecraft", "partition"))
    database.table("products").create_index(["file"])
    for table, kind, defaults in (
        (
            "clock_solutions",
            ClockSolution,
            {"rate_uncertainty": 0.0, "wander": 0.0, "partition": 1},
        ),
        ("clock_couples", StoredCouple, {"taken_ns": 0}),
        ("files", FileRecord, {"version": 1}),
        ("products", ProductRecord, {"version": 1}),
    ):
        there = database.table(table).columns_dict
        for name, default in defaults.items():
            if name not in there:
                sql = columns(kind)[name]
                database.table(table).add_column(name, sql, not_null_default=default)
    # of couples by a relay's clock nobody has kept the moment: they are the oldest
    database.execute("UPDATE clock_couples SET taken_ns = reference_ns WHERE reference = 'ert'")


@migrations(name="0010_tracking")
def keep_tracking(database: Database) -> None:
    key = ("spacecraft", "antenna", "received_ns")
    _create(database, "tracking", columns(TrackingPoint), key)
    database.table("tracking").create_index(["pass_id"])


@migrations(name="0011_file_segments")
def keep_file_segments(database: Database) -> None:
    """A row a PDU, in the order of its key alone: a rowid and an index would double it."""
    kinds = {str: "TEXT", int: "INTEGER"}
    listed = ", ".join(f"{name} {kinds[of]} NOT NULL" for name, of in columns(FileSegment).items())
    key = "file, begins, apid, sequence_count, generation_ns"
    database.execute(f"CREATE TABLE file_segments ({listed}, PRIMARY KEY ({key})) WITHOUT ROWID")
    _let_only_grow(database, "file_segments")


@migrations(name="0012_source_frames")
def keep_source_frames(database: Database) -> None:
    """What a manifest says of frames is chosen once; what comes later changes no such choice."""
    _create(database, "source_frames", columns(SourceFrames), ("file", "version"))
    _let_only_grow(database, "source_frames")


#: what a token from before keys had scopes was good for: everything that customers could do
_OF_TOKENS_BEFORE_SCOPES = {
    "label": "",
    "scopes": to_json(("read_products", "manage_access")),
    "made_by": "",
    "parent": "",
}


@migrations(name="0013_customer_access")
def let_customers_keep_keys(database: Database) -> None:
    """Keys have scopes and an end; customers are told of events, also by webhooks."""
    for table, kind in (("tokens", StoredToken), ("products", ProductRecord)):
        there = database.table(table).columns_dict
        for name, sql in columns(kind).items():
            if name not in there:
                default = _OF_TOKENS_BEFORE_SCOPES.get(name)
                database.table(table).add_column(name, sql, not_null_default=default)
    # numbered for each customer alone: gaps would tell one how much comes for the others
    _create(
        database,
        "customer_events",
        {**columns(CustomerEvent), "number": int},
        ("customer", "number"),
    )
    database.table("customer_events").create_index(["kind", "subject"])
    _create(database, "webhooks", columns(Webhook), "id")
    database.execute(
        "INSERT INTO customer_events (customer, number, time_ns, kind, subject, detail) SELECT "
        "customer, row_number() OVER (PARTITION BY customer ORDER BY created_ns, id), "
        "created_ns, 'product', id, '{}' FROM products"
    )
    _let_only_grow(database, "customer_events")


@migrations(name="0014_custody_of_files")
def keep_custody_of_files(database: Database) -> None:
    """Of a file it is told when it was where; of older ones nobody has written it down."""
    there = database.table("files").columns_dict
    for name, sql in columns(FileRecord).items():
        if name not in there:
            default = "" if name == "antenna" else None
            database.table("files").add_column(name, sql, not_null_default=default)


@migrations(name="0015_milestones_of_passes")
def keep_milestones_of_passes(database: Database) -> None:
    """Of a pass it is told when the antenna did what; of older ones nobody has written it down."""
    there = database.table("passes").columns_dict
    for name, sql in columns(Pass).items():
        if name not in there:
            database.table("passes").add_column(name, sql)


@migrations(name="0016_life_of_alarms")
def keep_life_of_alarms(database: Database) -> None:
    """Alarms are shelved and assigned; operators write a log-book, which only grows."""
    there = database.table("alarms").columns_dict
    for name, sql in columns(Alarm).items():
        if name not in there:
            default = "" if sql is str else None
            database.table("alarms").add_column(name, sql, not_null_default=default)
    _create(database, "logbook", {"number": int, **columns(LogEntry)}, "number")
    database.table("logbook").create_index(["time_ns"])
    _let_only_grow(database, "logbook")
    # those of the ground itself stood until they were acknowledged
    database.execute(
        "UPDATE alarms SET returned_at_ns = since_ns "
        "WHERE id LIKE 'ground:%' AND cleared_at_ns IS NULL"
    )


@migrations(name="0017_orbit_solutions")
def keep_orbit_solutions(database: Database) -> None:
    _create(database, "orbit_solutions", columns(StoredSolution), "number")
