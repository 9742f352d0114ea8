"""What the desks tell of commands at the tests' one moment, as `command_board` and others do."""

from __future__ import annotations

from typing import Any

from tests.tui.pictures import LIGHT_TIME_S, NOW, SCLK_EPOCH, at

_LIGHT_NS = round(LIGHT_TIME_S * 1e9)


def way(radiated_ns: int, **changes: Any) -> dict[str, Any]:
    """The way of a command to the mothership that leaves then."""
    arrived_ns = radiated_ns + _LIGHT_NS
    return {
        "pass_id": "pass-004",
        "antenna": "usuda-64",
        "session_id": "",
        "light_time_s": LIGHT_TIME_S,
        "radiated_ns": radiated_ns,
        "arrived_ns": arrived_ns,
        "reached_ns": arrived_ns,
        "sclk_s": (arrived_ns - SCLK_EPOCH.tai_ns) / 1e9,
        "completed_ns": arrived_ns + 2_000_000_000,
        "confirmed_ns": arrived_ns + 2_000_000_000 + _LIGHT_NS,
    } | changes


def relayed_way(radiated_ns: int, session: str, reached_ns: int) -> dict[str, Any]:
    """The way of a command to a cube, kept by its relay for an overflight."""
    return way(
        radiated_ns,
        session_id=session,
        reached_ns=reached_ns,
        completed_ns=reached_ns + 2_000_000_000,
        confirmed_ns=reached_ns + 3_600_000_000_000 + _LIGHT_NS,
    )


def hops(told: dict[str, Any] | None, *came_s: float | None, where: str = "otv") -> list[Any]:
    """The hops of a way; `came_s`: how much later than foreseen each came, None for not yet."""
    is_relayed = bool(told and told["session_id"])
    names = ["radiated", *(["kept"] if is_relayed else []), "arrived", "accepted", "started",
             "completed", "confirmed"]  # fmt: skip
    keys = {"kept": "arrived_ns", "arrived": "reached_ns", "accepted": "reached_ns",
            "started": "reached_ns"}  # fmt: skip
    found = []
    for place, name in enumerate(names):
        foreseen = told[keys.get(name, f"{name}_ns")] if told else None
        late_s = came_s[place] if place < len(came_s) else None
        found.append(
            {
                "name": name,
                "where": {"radiated": "usuda-64", "kept": "otv", "confirmed": "ground"}.get(
                    name, where
                ),
                "foreseen_ns": foreseen,
                "actual_ns": None if late_s is None else foreseen + round(late_s * 1e9),
            }
        )
    return found


def command(number: int, name: str, state: str, **changes: Any) -> dict[str, Any]:
    """A command as `command_board` tells it."""
    craft = changes.get("spacecraft", "otv")
    told: dict[str, Any] = {
        "id": f"{craft}-{number:04d}",
        "spacecraft": craft,
        "name": name,
        "arguments": {},
        "purpose": "operator",
        "state": state,
        "settled": state in ("completed", "failed", "expired", "cancelled", "superseded"),
        "operator": "aiko",
        "why": "",
        "approver": "",
        "waits_for_approval": state == "prepared",
        "message": "",
        "attempts": 1 if state in ("issued", "radiated", "accepted", "completed") else 0,
        "queued_ns": at("13:50"),
        "not_before_ns": at("13:50"),
        "not_after_ns": None,
        "packet_octets": 14,
        "way": None,
        "significance": "none",
        "significance_reason": "",
        "hazardous": False,
    } | changes
    return {"hops": hops(told["way"], where=craft), **told}


_RADIATED = way(at("2031-08-20T14:04:10Z"))
_COMPLETED = way(at("2031-08-20T13:30:00Z"))
_OVERDUE = way(at("2031-08-20T13:31:00Z"))
_AHEAD = way(at("2031-08-20T14:20:00Z"))
_RELAYED = relayed_way(at("2031-08-20T14:18:00Z"), "relay-003", at("20:33"))
_CRITICAL = {
    "significance": "critical",
    "significance_reason": "Switches the payload off and leaves the timeline",
    "hazardous": True,
}

BOARD: dict[str, Any] = {
    "now_ns": NOW.tai_ns,
    "of_open": 6,
    "open": [
        command(
            41, "SET_HEATER", "radiated", arguments={"heater_state": "ON"}, why="cold start",
            approver="aiko", way=_RADIATED, hops=hops(_RADIATED, 0.4, 0.4),
        ),
        command(
            42, "SAFE_MODE", "prepared", operator="mika", why="drill of fault 12",
            queued_ns=at("14:09"), way=_AHEAD, **_CRITICAL,
        ),
        command(
            43, "RESET_SUBSYSTEM", "prepared", arguments={"subsystem": "AOCS"}, way=_AHEAD,
            queued_ns=at("14:11"), **_CRITICAL,
        ),
        command(
            40, "REPORT_HOUSEKEEPING", "radiated", arguments={"housekeeping_structure": 6},
            purpose="procedure", queued_ns=at("13:20"), way=_OVERDUE,
            hops=hops(_OVERDUE, 0.4, 0.4),
        ),
        command(
            7, "PAYLOAD_SET_GAIN", "queued", spacecraft="cube-polar", arguments={"gain": 2},
            way=_RELAYED, approver="aiko",
        ),
        command(
            44, "RELAY_SESSION_ADD", "queued", purpose="relay_session", operator="",
            queued_ns=at("14:02"),
        ),
    ],
    "ended": [
        command(
            37, "PING", "expired", operator="mika", queued_ns=at("10:40"),
            message="no report came, and no attempt is left", way=_OVERDUE,
            hops=hops(_OVERDUE, 0.4, 0.4),
        ),
        command(
            39, "SET_TRANSMIT_POWER", "completed", arguments={"transmit_power": 20.0},
            queued_ns=at("13:25"), approver="aiko", why="weak link", way=_COMPLETED,
            hops=hops(_COMPLETED, 0.4, 0.4, 1.0, 1.2, 3.0, 95.0),
        ),
    ],
}  # fmt: skip

#: as the commands topic counts them
COMMANDS = {"counts": {"prepared": 2, "radiated": 2, "queued": 2}, "recent": []}


def argument(name: str, kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "unit": "",
        "minimum": None,
        "maximum": None,
        "values": [],
        "default": None,
    } | changes


def definition(name: str, description: str, *arguments: Any, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "significance": "none",
        "significance_reason": "",
        "hazardous": False,
        "arguments": list(arguments),
    } | changes


CATALOGUE: dict[str, Any] = {
    "spacecraft": "otv",
    "relay": "",
    "commands": [
        definition("PING", "Answers with a report, and does nothing else."),
        definition(
            "RESET_SUBSYSTEM", "Restarts one subsystem.",
            argument("subsystem", "enum", values=["OBC", "EPS", "THERMAL", "AOCS"]), **_CRITICAL,
        ),
        definition(
            "SET_BATTERY_THRESHOLD", "Charge below which the craft falls back to safe mode.",
            argument("threshold_percent", "uint", unit="%", minimum=10.0, maximum=60.0),
            significance="watch", significance_reason="Too high a threshold ends in safe mode",
        ),
        definition(
            "SET_HEATER", "Switches the battery's heater.",
            argument("heater_state", "enum", values=["OFF", "ON", "AUTO"]),
        ),
        definition(
            "SET_HEATER_SETPOINT", "The temperature that the heater keeps.",
            argument("heater_setpoint", "float", unit="degC", minimum=-60.0, maximum=40.0),
        ),
        definition("SAFE_MODE", "Goes to safe mode at once.", **_CRITICAL),
    ],
}  # fmt: skip


def foreseen(command: dict[str, Any]) -> dict[str, Any]:
    """What `command_foresee` answers for a definition."""
    keys = ("significance", "significance_reason", "hazardous")
    return {"way": _AHEAD, "packet_octets": 14, **{key: command[key] for key in keys}}


def story(one: dict[str, Any]) -> dict[str, Any]:
    """What `command_show` answers."""
    lines = [("drafted", "drafted"), ("prepared", "prepared"), ("approved", "approved"),
             ("foreseen", "queued"), ("intended", "issuing"), ("issued", "issued"),
             ("radiated", "radiated")]  # fmt: skip
    return {
        "command": one,
        "log": [
            {"time_ns": one["queued_ns"] + 1_000_000_000 * place, "event": event, "state": state,
             "detail": {}}
            for place, (event, state) in enumerate(lines)
        ],
    }  # fmt: skip
