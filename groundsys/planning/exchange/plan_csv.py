"""Plans as a table of comma-separated values (RFC 4180), one pass or relay session a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import MISSING, fields
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from groundsys.planning.exchange.fields import read_record, to_plain
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.values.errors import PlanError

_KINDS: Mapping[str, type[PlannedPass] | type[PlannedRelaySession]] = {
    "pass": PlannedPass,
    "relay_session": PlannedRelaySession,
}


def _columns() -> list[str]:
    """`kind`, `scenario`, then every field of either record, each once."""
    names = [field.name for kind in _KINDS.values() for field in fields(kind)]
    return ["kind", "scenario", *dict.fromkeys(names)]


def write_plan_csv(plan: Plan) -> str:
    """The plan as a table in order of start; cells that a record does not have stay empty.

    A plan of nothing is only a first line, from which it cannot be read back.
    Times are UTC, several values of one cell are divided by spaces.
    """
    rows: list[tuple[str, PlannedPass | PlannedRelaySession]] = [
        *(("pass", one) for one in plan.passes),
        *(("relay_session", one) for one in plan.relay_sessions),
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(), restval="", lineterminator="\r\n")
    writer.writeheader()
    for kind, one in sorted(rows, key=lambda row: (row[1].start, row[0])):
        plain = to_plain(one, one.id)
        writer.writerow(
            {"kind": kind, "scenario": plan.scenario}
            | {name: _cell(value, f"{one.id}.{name}") for name, value in plain.items()}
        )
    return text.getvalue()


def read_plan_csv(text: str) -> Plan:
    """The plan of such a table; `PlanError` names line and column of what does not fit."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    records: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    scenarios: dict[str, int] = {}
    try:
        missing = {"kind", "scenario"} - set(reader.fieldnames or ())
        if missing:
            raise PlanError(
                "the first line names no column " + " and ".join(sorted(missing)),
                expected=", ".join(_columns()),
                found=", ".join(reader.fieldnames or ()) or "an empty file",
            )
        for row in reader:
            where = f"line {reader.line_num}"
            kind, scenario = row.pop("kind"), row.pop("scenario")
            if kind not in _KINDS:
                raise PlanError(f"{where}: kind", expected=" or ".join(_KINDS), found=str(kind))
            scenarios.setdefault(scenario, reader.line_num)
            records[kind].append(_record(_KINDS[kind], row, where))
    except csv.Error as error:
        raise PlanError(
            f"line {reader.line_num} is no CSV", expected="RFC 4180", found=str(error)
        ) from error
    if len(scenarios) != 1:
        raise PlanError(
            "a table holds the plan of one scenario",
            expected="one scenario in all lines, and at least one line",
            found=", ".join(f"{name} (line {line})" for name, line in scenarios.items()) or "none",
        )
    (scenario,) = scenarios
    return Plan(scenario, tuple(records["pass"]), tuple(records["relay_session"]))


def _record(kind: type[Any], row: Mapping[Any, Any], where: str) -> Any:
    if None in row or None in row.values():
        raise PlanError(
            f"{where} has more or fewer cells than the first line",
            expected=f"{len(row) + 2 - (None in row)} cells",
            found=f"{[cell for cell in row.values() if cell is not None]}",
        )
    hints = get_type_hints(kind)
    # a cell can be empty of text only where there is a default: an empty id or antenna is missing
    may_be_empty = {
        field.name
        for field in fields(kind)
        if get_origin(hints[field.name]) is tuple
        or (hints[field.name] is str and field.default is not MISSING)
    }
    plain = {}
    for name, cell in row.items():
        if name in hints:
            if cell or name in may_be_empty:
                plain[name] = _value(hints[name], cell, f"{where}, {name}")
        elif cell:
            plain[name] = cell
    return read_record(kind, plain, where)


def _cell(value: Any, where: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float() | str():
            return str(value)
        case list() if all(isinstance(one, str) and one and " " not in one for one in value):
            return " ".join(value)
        case list() if not any(isinstance(one, str | list | dict) for one in value):
            return " ".join(map(str, value))
        case _:
            raise PlanError(
                f"{where} does not fit into one cell",
                expected="a single value, or several without spaces in them",
                found=repr(value),
                remedy="write the plan as JSON",
            )


def _value(kind: Any, cell: str, where: str) -> Any:
    """What `read_record` takes for a cell's text."""
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return [_value(inner, one, where) for one in cell.split()]
    inner = next((one for one in get_args(kind) if one is not NoneType), kind)
    if inner is bool:
        return {"true": True, "false": False}.get(cell, cell)
    if inner in (int, float):
        try:
            return inner(cell)
        except ValueError:
            raise PlanError(f"{where} is no number", expected="a number", found=cell) from None
    return cell
