"""Plans as JSON: the form in which they are kept, and nothing of them is lost."""

from __future__ import annotations

import json
from dataclasses import replace

from groundsys.planning.exchange.fields import read_record, to_plain
from groundsys.planning.plan import Plan
from groundsys.values.errors import PlanError

#: grows when a reader of the older form would misread the newer
SCHEMA = "groundsys.plan/1"


def write_plan_json(plan: Plan) -> str:
    """The plan as a JSON document; the same plan gives the same text.

    Times are UTC in ISO 8601, to the nanosecond where they need it.
    """
    ordered = replace(
        plan,
        passes=tuple(sorted(plan.passes, key=lambda one: one.start)),
        relay_sessions=tuple(sorted(plan.relay_sessions, key=lambda one: one.start)),
    )
    document = {"schema": SCHEMA, **to_plain(ordered, "plan")}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_plan_json(text: str) -> Plan:
    """The plan of such a document.

    `PlanError` names what does not fit and where: a field that is missing, unknown or of another
    type, another schema, or text that is no JSON.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise PlanError(
            f"line {error.lineno}, column {error.colno} is no JSON",
            expected="a plan as JSON",
            found=error.msg,
            remedy="was the file written whole?",
        ) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema", "none") if isinstance(document, dict) else "no mapping"
        raise PlanError(
            "not a plan that this version reads", expected=f"schema {SCHEMA}", found=str(found)
        )
    return read_record(
        Plan, {name: value for name, value in document.items() if name != "schema"}, "plan"
    )
