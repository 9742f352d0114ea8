"""Orbit ephemeris messages and SPK kernels of a known orbit, written for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import FloatArray, tai_nanoseconds
from groundsys.values.instants import Instant
from tests.geometry.missions import ORBIT

#: what the files hold: the orbit by formula
TRUTH = SecularOrbit(ORBIT)
EPOCH = TRUTH.epoch_tdb_s

HEADER = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2031-08-19T12:00:00
ORIGINATOR = TEST

"""


def times_of(hours: float, step_s: float, start_s: float = 0.0) -> FloatArray:
    """Times from `start_s` after the orbit's epoch on."""
    return EPOCH + start_s + np.arange(0.0, hours * 3600.0 + step_s / 2.0, step_s)


def epoch_text(tdb_s: float, system: str = "UTC") -> str:
    """As a message writes it, to the nanosecond; in TDB or UTC."""
    if system == "TDB":
        whole = int(np.floor(tdb_s))
        date = np.datetime64("2000-01-01T12:00:00") + np.timedelta64(whole, "s")
        return f"{date}.{round((tdb_s - whole) * 1e9):09d}"
    ns = int(tai_nanoseconds(np.array([tdb_s]))[0])
    return Instant(ns).utc_iso(6)[:-1] + f"{ns % 1000:03d}"


def segment_text(times: FloatArray, system: str = "UTC", **metadata: str) -> str:
    """One segment of states of the known orbit; `metadata` replaces and adds keywords."""
    keys = {
        "OBJECT_NAME": "OTV",
        "OBJECT_ID": "2030-001A",
        "CENTER_NAME": "MARS",
        "REF_FRAME": "EME2000",
        "TIME_SYSTEM": system,
        "START_TIME": epoch_text(times[0], system),
        "STOP_TIME": epoch_text(times[-1], system),
        "INTERPOLATION": "HERMITE",
        "INTERPOLATION_DEGREE": "7",
        **metadata,
    }
    lines = ["META_START", *(f"{key} = {value}" for key, value in keys.items() if value)]
    lines.append("META_STOP")
    states = np.concatenate([TRUTH.position_km(times), TRUTH.velocity_km_s(times)])
    for time, state in zip(times, states.T, strict=True):
        numbers = " ".join(f"{number:.12f}" for number in state)
        lines.append(f"{epoch_text(time, system)} {numbers}")
    return "\n".join(lines) + "\n\n"


def write_message(folder: Path, *segments: str, header: str = HEADER) -> Path:
    path = folder / "otv.oem"
    path.write_text(header + "".join(segments), encoding="utf-8")
    return path
