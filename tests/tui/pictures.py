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
        "next_contact": None,
        "last_command": None,
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
                "otv": craft(
                    775.0,
                    lock=True,
                    antenna="usuda-64",
                    next_contact=_ahead("pass-004", "usuda-64", "13:20", "17:40"),
                    last_command=_sent("otv-0007", "SET_HOUSEKEEPING_PERIOD", "radiated", "14:09"),
                ),
                "cube-polar": craft(
                    11_110.0,
                    mode="SLEEP",
                    battery_percent=64.0,
                    recorder_percent=3.0,
                    antenna="otv",
                    next_contact=_ahead("relay-003", "otv", "20:31", "20:46"),
                    last_command=_sent("cube-polar-0002", "HEATER_ON", "completed", "10:40"),
                ),
                "cube-tharsis": craft(
                    0.0,
                    antenna="otv",
                    next_contact=_ahead("relay-002", "otv", "14:05", "14:19"),
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
        "pass_watch": PASS_WATCH,
        "plan": PLAN,
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
    return picture_from_status(Picture(), status(**changes), frozenset({"pass_watch"}))


def _ahead(id: str, other: str, start: str, end: str) -> dict[str, Any]:
    return {"id": id, "with": other, "start_ns": at(start), "end_ns": at(end)}


def _sent(id: str, name: str, state: str, when: str) -> dict[str, Any]:
    return {"id": id, "name": name, "state": state, "time_ns": at(when)}


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
        "volume_bits": 42_000_000.0,
        "serves": ["otv-commands"],
    } | changes


def _session(number: int, spacecraft: str, start: str, end: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"relay-{number:03d}",
        "relay": "otv",
        "spacecraft": spacecraft,
        "start_ns": at(start),
        "end_ns": at(end),
        "state": "planned",
        "verdict": None,
        "volume_bits": 5_200_000.0,
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

PLAN = {
    "version": 4,
    "until_ns": at("2031-09-17T00:00:00Z"),
    "changes": {"shortfalls": []},
    "outages": [],
    "weather": [],
}

#: the plan of a bad day: an antenna is out during a pass ahead, rain over another
PLAN_IN_TROUBLE = {
    **PLAN,
    "version": 5,
    "changes": {
        "shortfalls": [
            {
                "subject": "otv-health/2",
                "asked": "3600 s",
                "granted": "0 s",
                "reason": "no antenna is free in its window",
            },
            {
                "subject": "polar-weather",
                "asked": "100 % within 12 h",
                "granted": "91 %",
                "reason": "too few passes after 18:00",
            },
        ]
    },
    "outages": [
        {
            "antenna": "dss-14",
            "start_ns": at("2031-08-21T02:00:00Z"),
            "end_ns": at("2031-08-21T05:00:00Z"),
        }
    ],
    "weather": [
        {"antenna": "malargue", "start_ns": at("15:00"), "end_ns": at("18:00"), "loss_db": 2.5}
    ],
}


def watched(**changes: Any) -> dict[str, Any]:
    """`pass-004` in all detail, an hour after its lock."""
    start, end = at("13:20"), at("17:40")
    samples = 25
    return {
        "what": "pass",
        "id": "pass-004",
        "antenna": "usuda-64",
        "spacecraft": "otv",
        "start_ns": start,
        "end_ns": end,
        "state": "locked",
        "verdict": None,
        "plan_version": 4,
        "steps": [
            {"step": step, "planned_ns": at(planned), "actual_ns": actual and at(actual)}
            for step, planned, actual in (
                ("configure", "13:15", "2031-08-20T13:14:30Z"),
                ("search", "13:20", "2031-08-20T13:19:31Z"),
                ("lock", "13:21", "2031-08-20T13:21:12Z"),
                ("uplink_sweep", "13:21", "2031-08-20T13:21:00Z"),
                ("ad_service", "13:22", "2031-08-20T13:47:05Z"),
                ("uplink_end", "17:14", None),
                ("los", "17:40", None),
            )
        ],
        "lock_since_ns": at("2031-08-20T13:21:12Z"),
        "lock_s": 0.0,
        "view_s": 15_600.0,
        "losses_of_lock": 0,
        "frames_good": 812,
        "frames_corrected": 17,
        "symbols_corrected": 44,
        "frames_bad": 0,
        "bytes": 905_380,
        "volume_bits": 42_000_000.0,
        "serves": ["otv-commands"],
        "rate_bps": 40_000.0,
        "light_time_s": LIGHT_TIME_S,
        "maximum_elevation_deg": 61.0,
        "uplink": True,
        "c_n0_dbhz": 54.1,
        "needed_c_n0_dbhz": 50.5,
        "predicted": {
            "times_ns": [start + (end - start) * n // (samples - 1) for n in range(samples)],
            "c_n0_dbhz": [round(55.0 - abs(n - 12) ** 2 / 90.0, 2) for n in range(samples)],
        },
        "weather_db": 0.0,
        "uplink_queue": {
            "waiting": 2,
            "under_way": 1,
            "first": [
                {
                    "id": "otv-0008",
                    "spacecraft": "otv",
                    "name": "RELAY_SESSION_ADD",
                    "purpose": "relay_session",
                    "state": "queued",
                    "not_before_ns": at("14:10"),
                },
                {
                    "id": "cube-polar-0003",
                    "spacecraft": "cube-polar",
                    "name": "HEATER_OFF",
                    "purpose": "operator",
                    "state": "prepared",
                    "not_before_ns": at("14:30"),
                },
            ],
        },
        "lacking": {
            "packets": 12,
            "replays_asked": 1,
            "files": 1,
            "file_octets": 20_480,
            "file_requests": 1,
        },
    } | changes


PASS_WATCH = {"passes": {"pass-004": watched()}}

#: what the desks answer to `contact_show` of pass-004
CONTACT = {**watched(), "brings": {"polar-weather": 1_640_000, "tharsis-seismo": 5_220_000}}


def contact_shown(id: str) -> dict[str, Any]:
    """What the desks answer to `contact_show`."""
    session = next((one for one in PASSES["relay_sessions"] if one["id"] == id), None)
    if session is None:
        return {**CONTACT, "id": id}
    return {
        **session,
        "what": "relay",
        "plan_version": 4,
        "heard_from_ns": None,
        "heard_until_ns": None,
        "rate_bps": 32_000.0,
        "maximum_elevation_deg": 58.0,
        "home_with": "pass-005",
        "customers": ["polar-weather"],
    }


#: what they answer to `plan_propose` for pass-005 cancelled
PROPOSAL = {
    "proposal": "cafe0123",
    "action": "plan.cancel",
    "subject": "pass-005",
    "reason": "pass-005 will not take place; asked by aiko",
    "version": 4,
    "elapsed_s": 1.2,
    "contacts": [
        {
            "id": "pass-005",
            "what": "pass",
            "kind": "cancelled",
            "spacecraft": "otv",
            "before": {
                "with": "dss-14",
                "start_ns": at("2031-08-21T03:05:00Z"),
                "end_ns": at("2031-08-21T07:40:00Z"),
                "rate_bps": 40_000.0,
            },
            "after": None,
        },
        {
            "id": "pass-006",
            "what": "pass",
            "kind": "added",
            "spacecraft": "otv",
            "before": None,
            "after": {
                "with": "malargue",
                "start_ns": at("2031-08-21T08:00:00Z"),
                "end_ns": at("2031-08-21T10:20:00Z"),
                "rate_bps": 40_000.0,
            },
        },
    ],
    "changes": {
        "passes": {"kept": 3, "moved": [], "retuned": [], "added": ["pass-006"],
                   "dropped": ["pass-005"]},
        "relay_sessions": {"kept": 1, "moved": [], "retuned": [], "added": [], "dropped": []},
        "customers": {
            "polar-weather": {
                "bits_before": 16e6,
                "bits_after": 16e6,
                "latency_s_before": 19_800.0,
                "latency_s_after": 34_200.0,
            },
            "tharsis-seismo": {
                "bits_before": 52e6,
                "bits_after": 41e6,
                "latency_s_before": 21_600.0,
                "latency_s_after": 21_650.0,
            },
        },
        "commands": ["otv-0009 SAFE_MODE leaves 2031-08-21T08:01:00Z instead of "
                     "2031-08-21T03:06:00Z"],
        "shortfalls": [],
    },
    "craft": ["otv"],
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
