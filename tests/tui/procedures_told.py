"""What the desks tell of procedures at the tests' one moment."""

from __future__ import annotations

from typing import Any

from tests.tui.pictures import NOW, at


def parameter(name: str, kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "description": "",
        "default": None,
        "minimum": None,
        "maximum": None,
        "choices": [],
    } | changes


def standing(craft: str, rehearsal: str, passed: bool | None, *stale: str) -> dict[str, Any]:
    return {
        "spacecraft": craft,
        "rehearsal": rehearsal,
        "passed": passed,
        "under_way": False,
        "stale": list(stale),
    }


def procedure(id: str, title: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": id,
        "title": title,
        "purpose": "",
        "for": "otv",
        "craft": ["otv"],
        "critical": False,
        "needs_rehearsal": False,
        "version": "1f0c9a7e",
        "hazardous": [],
        "gates": 1,
        "parameters": [],
        "findings": [],
        "standing": [],
    } | changes


def run(id: str, name: str, state: str, **changes: Any) -> dict[str, Any]:
    return {
        "run": id,
        "procedure": name,
        "spacecraft": "otv",
        "state": state,
        "outcome": "",
        "step": "",
        "kind": "",
        "since_ns": at("14:02"),
        "started_ns": at("13:22"),
        "started_by": "mika",
        "ended_ns": None,
        "stop": None,
        "abort": None,
    } | changes


LIST: dict[str, Any] = {
    "procedures": [
        procedure(
            "safe-mode-recovery", "Recovery of the mothership from safe mode",
            purpose="Brings the mothership back to nominal mode once its power and attitude are "
            "sound and two people agree.",
            critical=True, needs_rehearsal=True, gates=2,
            parameters=[
                parameter(
                    "least_battery", "number", default=45, minimum=35.0, maximum=100.0,
                    description="Charge in % below which it would fall back",
                )
            ],
            standing=[
                standing(
                    "otv", "safe-mode-recovery-r001", True,
                    "safe-mode-recovery-r001 counts no more: the state is 26 h old",
                )
            ],
        ),
        procedure(
            "cube-release", "Lets a cube go", critical=True, needs_rehearsal=True, gates=3,
            hazardous=["RELEASE_ARM", "RELEASE_CUBE"], version="9b1e44d0",
            **{"for": "model cube", "craft": ["cube-polar", "cube-tharsis"]},
            standing=[
                standing("cube-polar", "cube-release-r002", True),
                standing("cube-tharsis", "", None, "it was never rehearsed for this craft"),
            ],
        ),
        procedure("cruise-check-out", "A look at everything", version="77a0c3f2"),
        procedure(
            "key-change", "Changes the key of the link", hazardous=["CHANGE_KEY"],
            version="0d2b8e61",
        ),
        procedure(
            "timed-warm-up", "Warms up at a time", version="c4410a9b",
            findings=["timed-warm-up.yaml:14: SET_HEETER is no command of otv; use SET_HEATER"],
        ),
    ],
    "runs": [
        run("cruise-check-out-001", "cruise-check-out", "ended", outcome="completed",
            since_ns=at("11:40"), started_ns=at("10:02"), ended_ns=at("11:40")),
        run("safe-mode-recovery-001", "safe-mode-recovery", "running", step="recover",
            kind="gate"),
        run("key-change-001", "key-change", "held", step="change", kind="command",
            since_ns=at("14:10"), stop={"who": "", "why": "CHANGE_KEY expired", "at": 0}),
    ],
    "rehearsals": [],
}  # fmt: skip

#: as the topic `procedures` tells
MOVING: dict[str, Any] = {
    "runs": [
        {"run": "safe-mode-recovery-001", "state": "running", "outcome": "", "step": "recover",
         "waits_for_people": True, "votes": 1},
        {"run": "key-change-001", "state": "held", "outcome": "", "step": "change",
         "waits_for_people": True, "votes": 0},
    ],
    "rehearsals": [],
}  # fmt: skip


def step(name: str, kind: str, says: str, state: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "procedure": "safe-mode-recovery",
        "path": "steps",
        "step": name,
        "kind": kind,
        "says": says,
        "state": state,
        "visits": 1 if state else 0,
    } | changes


AT_GATE: dict[str, Any] = {
    **LIST["runs"][1],
    "title": "Recovery of the mothership from safe mode",
    "now_ns": NOW.tai_ns,
    "runners": ["mika"],
    "parameters": {"least_battery": 45},
    "mdb_version": "1.3",
    "steps": [
        step("uplink", "wait", "", "done"),
        step("look", "gate", "Are the alarms of the last passes understood?", "done"),
        step("report-computer", "command", "REPORT_HOUSEKEEPING", "done"),
        step("report-power", "command", "REPORT_HOUSEKEEPING", "done", visits=2),
        step("known", "wait", "", "done"),
        step("is-safe", "branch", "", "done"),
        step("recover", "gate", "May the craft return to nominal mode?", "under way"),
        step("nominal", "command", "SET_MODE"),
        step("recovered", "wait", ""),
        step("clear-events", "command", "CLEAR_EVENTS"),
        step("left", "note", "The craft is left in the mode that it is in", path="abort"),
    ],
    "at": {
        "step": "recover",
        "kind": "gate",
        "says": "May the craft return to nominal mode?",
        "visit": "safe-mode-recovery.recover/1",
        "conditions": [
            {"text": "eps_battery_charge ≥ 45", "holds": True, "found": "61.2"},
            {"text": "-0.5 ≤ aocs_rate_x ≤ 0.5", "holds": False, "found": "0.81"},
            {"text": "-0.5 ≤ aocs_rate_y ≤ 0.5", "holds": None, "found": "31 min old"},
        ],
        "roles": ["operator", "flight_director"],
        "votes": [{"who": "grace", "role": "flight_director", "go": True, "why": "agreed"}],
    },
    "rehearsal": {
        "rehearsal": "safe-mode-recovery-r001",
        "stale": ["the state is 26 h old"],
    },
    "expectations": [],
    "commands": [
        {"key": "a", "command_id": "otv-0031", "spacecraft": "otv", "name": "REPORT_HOUSEKEEPING",
         "state": "completed", "message": "", "scheduled": None},
    ],
    "journal": [
        {"time_ns": at("13:22"), "event": "started", "text": "started by mika for otv"},
        {"time_ns": at("14:02"), "event": "observed", "text": "at 'recover'"},
    ],
}  # fmt: skip
