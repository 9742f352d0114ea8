"""Pictures for the console's tests: one moment of a Mars day, with fixed clocks."""

from __future__ import annotations

import copy
from typing import Any

from groundsys.authority import Asker, Role, actions_of
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from ops_tui.picture import Picture, picture_from_status

NOW = Instant.from_utc_iso("2031-08-20T14:12:33Z")
SCLK_EPOCH = Instant.from_utc_iso("2030-01-01T00:00:00Z")
LIGHT_TIME_S = 751.4


def at(clock: str) -> int:
    """TAI nanoseconds of a UTC time of the day, such as `06:12`, or of a full ISO text."""
    text = clock if "T" in clock else f"2031-08-20T{clock}:00Z"
    return Instant.from_utc_iso(text).tai_ns


def before_now(seconds: float) -> int:
    return NOW.plus_seconds(-seconds).tai_ns


def craft(described_s_ago: float, **changes: Any) -> dict[str, Any]:
    """A craft whose newest data describe it as it was that long ago."""
    described_ns = before_now(described_s_ago)
    return {
        "mode": "NOMINAL",
        "battery_percent": 87.4,
        "recorder_percent": 12.1,
        "lock": False,
        "antenna": None,
        "light_time_s": LIGHT_TIME_S,
        "last_sclk_ns": described_ns - SCLK_EPOCH.tai_ns + 1_250_000_000,
        "last_scet_ns": described_ns,
        "last_ert_ns": described_ns + round(LIGHT_TIME_S * NANOSECONDS_PER_SECOND),
        "age_s": described_s_ago,
        "frames": 12_345,
        "packets": 48_210,
    } | changes


def status(**changes: Any) -> dict[str, Any]:
    """An answer to `status` in a quiet hour; `changes` take the place of whole topics."""
    told = {
        "clock": {
            "now_ns": NOW.tai_ns,
            "rate": 312.0,
            "scenario": "quickstart",
            "simulated": True,
            "seed": 7,
            "paused": False,
            "rate_ceiling": 600.0,
        },
        "fleet": {
            "craft": {
                "otv": craft(775.0, lock=True, antenna="usuda-64"),
                "cube-polar": craft(
                    11_110.0, mode="SLEEP", battery_percent=64.0, recorder_percent=3.0
                ),
                "cube-tharsis": craft(
                    0.0,
                    mode=None,
                    battery_percent=None,
                    recorder_percent=None,
                    last_sclk_ns=None,
                    last_scet_ns=None,
                    last_ert_ns=None,
                    age_s=None,
                    frames=0,
                    packets=0,
                ),
            }
        },
        "passes": PASSES,
        "alarms": {"alarms": []},
        "events": {"events": EVENTS},
        "commands": {"counts": {}, "recent": []},
        "deliveries": DELIVERIES,
        "asker": {
            "name": "aiko",
            "role": "operator",
            "customer": "",
            "may": actions_of(Asker("aiko", Role.OPERATOR)),
        },
    }
    return copy.deepcopy(told | changes)


def picture(**changes: Any) -> Picture:
    return picture_from_status(Picture(), status(**changes))


def _pass(number: int, antenna: str, start: str, end: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"pass-{number:03d}",
        "antenna": antenna,
        "spacecraft": "otv",
        "start_ns": at(start),
        "end_ns": at(end),
        "state": "planned",
        "verdict": None,
        "frames": 0,
        "bytes": 0,
    } | changes


def _session(number: int, spacecraft: str, start: str, end: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"relay-{number:03d}",
        "spacecraft": spacecraft,
        "start_ns": at(start),
        "end_ns": at(end),
        "state": "planned",
        "verdict": None,
    } | changes


PASSES = {
    "passes": [
        _pass(
            1, "dss-14", "03:10", "07:45",
            state="closed", verdict="executed", frames=4_120, bytes=4_593_800,
        ),
        _pass(
            2, "malargue", "08:05", "10:30",
            state="closed", verdict="degraded", frames=311, bytes=346_765,
        ),
        _pass(
            3, "misasa-54", "10:40", "11:50",
            state="closed", verdict="missed",
        ),
        _pass(4, "usuda-64", "13:20", "17:40", state="locked", frames=812, bytes=905_380),
        _pass(5, "dss-14", "2031-08-21T03:05:00Z", "2031-08-21T07:40:00Z"),
    ],
    "relay_sessions": [
        _session(1, "cube-polar", "10:52", "11:07", state="closed", verdict="executed"),
        _session(2, "cube-tharsis", "14:05", "14:19", state="open"),
        _session(3, "cube-polar", "20:31", "20:46", state="loaded"),
    ],
}  # fmt: skip

EVENTS = [
    {
        "time_ns": at("13:21"),
        "spacecraft": "otv",
        "severity": "info",
        "text": "lock acquired by usuda-64",
    },
    {
        "time_ns": at("13:40"),
        "spacecraft": "cube-polar",
        "severity": "low",
        "text": "file weather-000007.dat complete after 2 rounds",
    },
    {
        "time_ns": at("14:03"),
        "spacecraft": "otv",
        "severity": "medium",
        "text": "battery_charge below 40 %",
    },
]

DELIVERIES = {
    "customers": {
        "polar-weather": {
            "files": 9,
            "bytes": 184_320,
            "last_ns": at("13:41"),
            "files_waiting": 1,
        },
        "tharsis-seismo": {
            "files": 4,
            "bytes": 2_610_000,
            "last_ns": at("12:02"),
            "files_waiting": 0,
        },
    },
    "recent": [
        {
            "time_ns": at("13:41"),
            "customer": "polar-weather",
            "name": "weather-000007.dat",
            "bytes": 20_480,
        },
        {
            "time_ns": at("12:02"),
            "customer": "tharsis-seismo",
            "name": "seismometer-000003.dat",
            "bytes": 652_500,
        },
    ],
}

ALARMS = {
    "alarms": [
        {
            "id": "otv/battery/1",
            "spacecraft": "otv",
            "parameter": "/OTV/eps_battery_charge",
            "level": "warning",
            "value": 38.25,
            "since_ns": at("14:03"),
            "state": "acknowledged",
            "acknowledged": True,
            "acknowledged_by": "mika",
            "acknowledged_ns": at("14:06"),
            "comment": "eclipse season, as planned",
        },
        {
            "id": "cube-polar/heater/2",
            "spacecraft": "cube-polar",
            "parameter": "/CUBE_POLAR/thermal_battery_temperature",
            "level": "critical",
            "value": -41.5,
            "since_ns": at("13:40"),
            "state": "unacknowledged",
            "acknowledged": False,
            "acknowledged_by": "",
        },
        {
            "id": "otv/mode/3",
            "spacecraft": "otv",
            "parameter": "/OTV/obc_mode",
            "level": "watch",
            "value": "SAFE",
            "since_ns": at("14:10"),
            "state": "unacknowledged",
            "acknowledged": False,
            "acknowledged_by": "",
        },
    ]
}

#: of every state: in somebody's hands, over and unseen, shelved, and one of the ground itself
LIVES = {
    "alarms": [
        *ALARMS["alarms"],
        {
            "id": "cube-polar/payload/7",
            "spacecraft": "cube-polar",
            "parameter": "/CUBE_POLAR/payload_power",
            "level": "warning",
            "value": "OFF",
            "since_ns": at("12:20"),
            "state": "shelved",
            "acknowledged": False,
            "acknowledged_by": "",
            "shelved_by": "grace",
            "shelved_until_ns": at("18:00"),
            "shelf_reason": "off for the dust storm",
        },
        {
            "id": "otv/link/4",
            "spacecraft": "otv",
            "parameter": "/OTV/comm_uplink_lock",
            "level": "critical",
            "value": "NO",
            "since_ns": at("13:50"),
            "state": "unacknowledged",
            "acknowledged": False,
            "acknowledged_by": "",
            "assignee": "grace",
        },
        {
            "id": "ground:yamcs",
            "spacecraft": "",
            "parameter": "Yamcs",
            "level": "critical",
            "value": "was gone, restart 1",
            "since_ns": at("13:10"),
            "returned_ns": at("13:10"),
            "state": "latched",
            "acknowledged": False,
            "acknowledged_by": "",
        },
    ]
}


def _hop(predicted: str | None, actual: str | None = None) -> dict[str, int | None]:
    return {
        "predicted_ns": None if predicted is None else at(predicted),
        "actual_ns": None if actual is None else at(actual),
    }


def _places(**octets: int) -> dict[str, dict[str, int]]:
    names = ("cube", "relay", "pass", "archived", "product", "fetched")
    return {
        name: {"files": int(octets.get(name, 0) > 0), "octets": octets.get(name, 0)}
        for name in names
    }


#: an answer to `custody` of this moment
CUSTODY: dict[str, Any] = {
    "now_ns": NOW.tai_ns,
    "customers": {
        "polar-weather": {
            "places": _places(
                cube=15_872, relay=10_872, archived=5_000, product=20_480, fetched=163_840
            ),
            "latency_s": {
                "files": 9,
                "median": 5_400.0,
                "p95": 21_600.0,
                "split": {
                    "geometry": 2_400.0,
                    "queueing": 2_100.0,
                    "light_time": 751.4,
                    "us": 149.0,
                },
            },
            "service_level": {
                "share": 0.95,
                "within_h": 24.0,
                "window_h": 168.0,
                "state": "at_risk",
                "measured": 1.0,
                "due": 9,
                "foreseen": 0.9,
                "due_foreseen": 10,
            },
            "files": [
                {
                    "spacecraft": "cube-polar",
                    "payload": "weather",
                    "number": 11,
                    "name": "",
                    "octets": 15_872,
                    "size_is_known": False,
                    "place": "cube",
                    "octets_by_place": {"cube": 15_872},
                    "hops": {
                        "made": _hop("14:00"),
                        "relayed": _hop("20:46"),
                        "received": _hop("21:30"),
                        "archived": _hop("21:30"),
                        "published": _hop("21:35"),
                        "fetched": _hop(None),
                    },
                    "retransmission_rounds": 0,
                    "by_95_ns": at("2031-08-21T03:40:00Z"),
                },
                {
                    "spacecraft": "cube-polar",
                    "payload": "weather",
                    "number": 10,
                    "name": "weather-000010.dat",
                    "octets": 15_872,
                    "size_is_known": True,
                    "place": "pass",
                    "octets_by_place": {"pass": 10_872, "archived": 5_000},
                    "hops": {
                        "made": _hop(None, "10:00"),
                        "relayed": _hop(None, "11:02"),
                        "received": _hop("14:31"),
                        "archived": _hop("14:31"),
                        "published": _hop("14:36"),
                        "fetched": _hop(None),
                    },
                    "retransmission_rounds": 2,
                    "by_95_ns": at("15:10"),
                },
                {
                    "spacecraft": "cube-polar",
                    "payload": "weather",
                    "number": 7,
                    "name": "weather-000007.dat",
                    "octets": 20_480,
                    "size_is_known": True,
                    "place": "product",
                    "octets_by_place": {"product": 20_480},
                    "hops": {
                        "made": _hop(None, "08:00"),
                        "relayed": _hop("10:52", "10:53"),
                        "received": _hop("13:30", "13:36"),
                        "archived": _hop("13:30", "13:40"),
                        "published": _hop("13:35", "13:41"),
                        "fetched": _hop(None),
                    },
                    "retransmission_rounds": 2,
                    "by_95_ns": at("14:00"),
                },
            ],
        },
        "tharsis-seismo": {
            "places": _places(fetched=2_610_000),
            "latency_s": {"files": 0, "median": None, "p95": None, "split": {}},
            "service_level": None,
            "files": [],
        },
    },
}

#: how the verdict stands, as the desks tell
CRITERIA = [
    {"name": "passes executed", "expected": "at least 4", "found": "1", "state": "open"},
    {"name": "passes missed", "expected": "at most 0", "found": "1", "state": "broken"},
    {"name": "commands issued", "expected": "at least 10", "found": "24", "state": "met"},
]
