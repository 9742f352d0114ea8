"""What the desks tell of faults, as `fault_catalogue` and the topic `faults` do."""

from __future__ import annotations

from typing import Any

from groundsys.authority import Asker, Role, actions_of
from ops_tui.picture import Picture, advance_picture
from tests.tui import pictures

ANTENNAS = ["dss-25", "dss-43", "malargue-35"]

CATALOGUE: list[dict[str, Any]] = [
    {
        "fault": "safe_mode",
        "sentence": "any craft is put into safe mode by its watchdog: a cube sends no file; an "
        "orbiter begins no relay session, turns to the Sun for an hour and falls back to its "
        "lowest rate",
        "whom": {"spacecraft": ["otv", "cube-polar", "cube-tharsis"]},
        "lasts": False,
        "parameters": [],
    },
    {
        "fault": "sensor_stuck",
        "sentence": "any craft reads a parameter of housekeeping as it was at the beginning",
        "whom": {"spacecraft": ["otv", "cube-polar", "cube-tharsis"]},
        "lasts": True,
        "parameters": [
            {
                "name": "parameter", "meaning": "which", "unit": "", "default": None,
                "required": True, "choices": [],
            }
        ],
    },
    {
        "fault": "bit_errors",
        "sentence": "an antenna's link with a craft is disturbed: at least a share of its bits is "
        "wrong before correction",
        "whom": {"spacecraft": ["otv"], "antenna": ANTENNAS},
        "lasts": True,
        "parameters": [
            {
                "name": "rate", "meaning": "of wrong bits", "unit": "", "default": 0.005,
                "required": False, "choices": [],
            },
            {
                "name": "direction", "meaning": "frames or commands", "unit": "",
                "default": "downlink", "required": False, "choices": ["downlink", "uplink"],
            },
        ],
    },
    {
        "fault": "wind_stow",
        "sentence": "an antenna is stowed against the wind, which nobody has told: it neither "
        "receives nor transmits",
        "whom": {"antenna": ANTENNAS},
        "lasts": True,
        "parameters": [],
    },
]  # fmt: skip


def told(wish: int, text: str, by: str, begins_s: float | None, **changes: Any) -> dict[str, Any]:
    """One of the topic; `begins_s` counts from now, None: with an event."""
    begins_ns = None if begins_s is None else pictures.NOW.plus_seconds(begins_s).tai_ns
    return {
        "wish": wish, "fault": {"fault": text.partition(",")[0]}, "text": text, "by": by,
        "asked_ns": None, "begins_ns": begins_ns, "injected": True, **changes,
    }  # fmt: skip


#: one that the flight began with, one that strikes, one that is over, one that waits, one asked for
INJECTED = [
    told(0, "duplicate_frames,nth=3", "", -20_000.0),
    told(1, "wind_stow,antenna=dss-43,after_s=12000", "fay", -600.0,
         fault={"fault": "wind_stow", "antenna": "dss-43", "after_s": 12_000.0}),
    told(2, "silent_cube,spacecraft=cube-polar,after_s=9000,until_s=9600", "fay", -3_600.0,
         fault={"fault": "silent_cube", "after_s": 9_000.0, "until_s": 9_600.0}),
    told(3, "uplink_lock_lost,spacecraft=otv,at_event=RELAY_SESSION_STARTED", "fay", None),
    told(4, "safe_mode,spacecraft=otv,after_s=16000", "fay", 900.0, injected=False),
]  # fmt: skip


def directed(*faults: dict[str, Any]) -> Picture:
    """A rehearsal with these faults, as a flight director sees it."""
    asker = {
        "name": "fay",
        "role": "flight_director",
        "may": actions_of(Asker("fay", Role.FLIGHT_DIRECTOR)),
    }
    return advance_picture(pictures.picture(asker=asker), "faults", {"faults": list(faults)})
