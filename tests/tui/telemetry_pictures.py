"""Telemetry for the console's tests: a catalogue, values of two craft at a moment, a history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from groundsys.telemetry.live_values import LiveValue, topic_of
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.feed import Answer
from ops_tui.picture import Link, Picture, advance_picture
from tests.tui import pictures
from tests.tui.feeds import StillFeed

#: the newest telemetry of the OTV describes it as it was so long ago: it is live
FRESH_S = pictures.LIGHT_TIME_S + 21.0


def _parameter(name: str, unit: str = "", kind: str = "number", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "unit": unit,
        "description": name.replace("_", " "),
        "cadence_s": 60.0,
        "limits": [],
    } | changes


def _limit(level: str, minimum: float | None, maximum: float | None = None) -> dict[str, Any]:
    return {"level": level, "minimum": minimum, "maximum": maximum}


def _group(name: str, description: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "description": description, "parameters": list(parameters)}


_OBC = _group(
    *("OBC", "On-board computer"),
    _parameter("obc_mode", kind="label"),
    _parameter("obc_temperature", "degC", limits=[_limit("warning", -20.0, 50.0)]),
    _parameter("obc_commands_accepted"),
)
_EPS = _group(
    *("EPS", "Electrical power"),
    _parameter(
        *("eps_battery_charge", "%"),
        limits=[_limit("watch", 45.0), _limit("warning", 35.0), _limit("critical", 25.0)],
    ),
    _parameter("eps_battery_voltage", "V", limits=[_limit("warning", 23.0, 33.6)]),
    _parameter("eps_battery_current", "A"),
    _parameter("eps_load_power", "W", limits=[_limit("watch", None, 900.0)]),
    _parameter("eps_charge_mode", kind="label"),
)
_DERIVED = _group(
    *("DERIVED", "Made of what the craft sends"),
    _parameter("battery_power", "W"),
)
_REPORT = _group(
    *("TIME_REPORT", "What the clock shows"),
    _parameter("time_report_sclk_s", "s", cadence_s=0.0),
)

PARAMETERS: dict[str, Any] = {
    "craft": {
        "otv": {"model": "otv"},
        "cube-polar": {"model": "cube"},
        "cube-tharsis": {"model": "cube"},
    },
    "models": {
        "otv": {"groups": [_OBC, _EPS, _REPORT, _DERIVED]},
        "cube": {"groups": [_OBC, _EPS, _DERIVED]},
    },
    "pages": [
        {
            "id": "1-fleet",
            "title": "Fleet at a glance",
            "description": "What decides whether a craft lives",
            "scope": "fleet",
            "items": [
                {"parameter": "obc_mode", "show": "value"},
                {"parameter": "eps_battery_charge", "show": "sparkline"},
            ],
        },
        {
            "id": "2-power",
            "title": "Power",
            "description": "Battery, panels and loads",
            "scope": "craft",
            "items": [
                {"parameter": "eps_battery_charge", "show": "plot"},
                {"parameter": "eps_battery_voltage", "show": "sparkline"},
                {"parameter": "eps_battery_current", "show": "sparkline"},
                {"parameter": "battery_power", "show": "sparkline"},
                {"parameter": "eps_load_power", "show": "sparkline"},
                {"parameter": "eps_charge_mode", "show": "value"},
                {"parameter": "obc_mode", "show": "value"},
                {"parameter": "obc_commands_accepted", "show": "value"},
                {"parameter": "time_report_sclk_s", "show": "value"},
            ],
        },
    ],
}

VALUES: dict[str, Any] = {
    "obc_mode": "NOMINAL",
    "obc_temperature": 21.37,
    "obc_commands_accepted": 48_210,
    "eps_battery_charge": 87.5,
    "eps_battery_voltage": 28.412,
    "eps_battery_current": -3.25,
    "eps_load_power": 412.7,
    "eps_charge_mode": "DISCHARGING",
    "battery_power": -92.339,
    "time_report_sclk_s": 51_689_553,
}


def values_event(
    craft: str, described_s_ago: float, levels: dict[str, str] | None = None, **changes: Any
) -> dict[str, Any]:
    """What the desks tell of a craft whose newest telemetry describes it as of so long ago."""
    at = pictures.before_now(described_s_ago)
    received = at + round(pictures.LIGHT_TIME_S * NANOSECONDS_PER_SECOND)
    values = {
        name: LiveValue(value, at, received, (levels or {}).get(name, "")).to_wire()
        for name, value in (VALUES | changes).items()
    }
    return {"spacecraft": craft, "whole": True, "values": values}


def telling(picture: Picture, craft: str, *events: dict[str, Any]) -> Picture:
    for event in events:
        picture = advance_picture(picture, topic_of(craft), event)
    return picture


def _minute(number: int) -> dict[str, float]:
    """Numbers of a battery that is drained, a minute of it each."""
    return {
        "eps_battery_charge": 87.5 + 0.5 * number,
        "eps_battery_voltage": 28.412 + 0.05 * number,
        "eps_battery_current": -3.25 + 0.4 * math.sin(number),
    }


def picture(
    otv_s_ago: float = FRESH_S, levels: dict[str, str] | None = None, **changes: Any
) -> Picture:
    """The OTV's telemetry of some minutes, and a cube's of three hours ago."""
    told = telling(pictures.picture(), "cube-polar", values_event("cube-polar", 11_110.0))
    before = [
        values_event("otv", otv_s_ago + 60.0 * number, **_minute(number))
        for number in range(9, 0, -1)
    ]
    return telling(told, "otv", *before, values_event("otv", otv_s_ago, levels, **changes))


def history(
    parameter: str = "eps_battery_charge", points: Sequence[Sequence[float]] | None = None
) -> dict[str, Any]:
    """Six hours in which the battery is drained and charged again, with an hour of silence."""
    start, end = pictures.before_now(6 * 3600.0), pictures.before_now(0.0)
    if points is None:
        points = []
        for number in range(330):
            after_s = 60.0 * number
            if not 9_000.0 < after_s < 12_600.0:
                at = start + round(after_s * NANOSECONDS_PER_SECOND)
                charge = 68.0 + 22.0 * math.cos(after_s / 3_300.0)
                points = [*points, [at, at, charge, charge, 1]]
    return {
        "spacecraft": "otv",
        "parameter": parameter,
        "from_ns": start,
        "until_ns": end,
        "points": list(points),
    }


def feed(shown: Picture, link: Link | None = None) -> StillFeed:
    """A feed whose desks know the catalogue and one history."""
    still = StillFeed(shown, link)
    still.answers = {
        "telemetry_parameters": Answer(True, PARAMETERS),
        "telemetry_history": Answer(True, history()),
    }
    return still
