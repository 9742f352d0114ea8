"""Predicts and link configuration of each pass as files: JSON for machines, CSV for eyes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.link_model import Framing
from groundsys.planning.exchange.predicts import (
    TURNAROUND_RATIO,
    ReceivePredicts,
    TransmitPredicts,
    predict,
)
from groundsys.planning.exchange.schedule import band_of
from groundsys.planning.exchange.times import utc_text
from groundsys.planning.plan import Plan, PlannedPass
from groundsys.values.instants import Instant

SCHEMA = "groundsys.station_product/1"

#: Reed–Solomon (255,223): octets of data in a codeword
_CODEWORD_DATA = 223

#: decimals of each column: microseconds of arc, 0.1 µm/s and millihertz would be noise
_DECIMALS = {
    "azimuth_deg": 5,
    "elevation_deg": 5,
    "light_time_s": 9,
    "range_rate_km_s": 7,
    "one_way_hz": 2,
    "two_way_tuned_hz": 2,
    "two_way_fixed_hz": 2,
    "tuned_hz": 2,
}


def station_files(
    plan: Plan, mission: Mission, geometry: Geometry, generated: Instant
) -> dict[str, str]:
    """For each pass `<id>.json` with everything, and a table `<id>-receive.csv`; with uplink also
    `<id>-transmit.csv`.  Texts by file name."""
    texts = {}
    for one in plan.passes:
        predicts = predict(one, mission, geometry)
        document: dict[str, Any] = {
            "schema": SCHEMA,
            "generated": utc_text(generated),
            "pass": one.id,
            "antenna": one.antenna,
            "spacecraft": one.spacecraft,
            "start": utc_text(one.start),
            "end": utc_text(one.end),
            "downlink": _downlink(one, mission),
            "uplink": _uplink(one, mission),
        }
        for name, table in (("receive", predicts.receive), ("transmit", predicts.transmit)):
            if table is None:
                continue
            columns, rows = _table(table)
            document[f"{name}_predicts"] = {"columns": columns, "rows": rows}
            texts[f"{one.id}-{name}.csv"] = _csv(columns, rows)
        texts[f"{one.id}.json"] = _json(document)
    return texts


def _downlink(one: PlannedPass, mission: Mission) -> Mapping[str, Any]:
    craft = mission.spacecraft[one.spacecraft]
    frequency_mhz = craft.radios["x_band"].frequency_mhz
    return {
        "frequency_mhz": frequency_mhz,
        "band": band_of(frequency_mhz),
        "modulation": "BPSK",
        "channel_rate_bps": one.rate_bps,
        "coding": _coding(craft.framing),
        "frames": {
            "standard": "CCSDS 132.0-B",
            "length_octets": craft.framing.tm_frame_length,
            "spacecraft_id": craft.framing.spacecraft_id,
            "virtual_channels": dict(craft.framing.virtual_channels),
        },
    }


def _coding(framing: Framing) -> Mapping[str, Any]:
    """The code block of the craft's frames, if they fill one as CCSDS 131.0-B wants them to."""
    depth, rest = divmod(framing.tm_frame_length, _CODEWORD_DATA)
    if rest:
        return {"standard": "CCSDS 131.0-B", "sync_marker": "1ACFFC1D"}
    return {
        "standard": "CCSDS 131.0-B",
        "sync_marker": "1ACFFC1D",
        "randomised": True,
        "code": "Reed-Solomon (255,223)",
        "interleaving_depth": depth,
    }


def _uplink(one: PlannedPass, mission: Mission) -> Mapping[str, Any] | None:
    if not one.uplink_from < one.uplink_until:
        return None
    framing = mission.spacecraft[one.spacecraft].framing
    radio = mission.antennas[one.antenna].radio
    return {
        "from": utc_text(one.uplink_from),
        "until": utc_text(one.uplink_until),
        "frequency_mhz": radio.frequency_mhz,
        "band": band_of(radio.frequency_mhz),
        "transmit_power_w": radio.transmit_power_w,
        "modulation": "BPSK",
        "rate_bps": framing.uplink_rate_bps,
        "turnaround_ratio": TURNAROUND_RATIO,
        "coding": {
            "standard": "CCSDS 231.0-B",
            "start_sequence": "EB90",
            "code": "BCH (63,56)",
            "randomised": False,
        },
        "frames": {
            "standard": "CCSDS 232.0-B",
            "maximum_length_octets": framing.tc_frame_length,
            "spacecraft_id": framing.spacecraft_id,
            "virtual_channel": framing.tc_virtual_channel,
            "mode": framing.uplink_mode,
        },
    }


def _table(table: ReceivePredicts | TransmitPredicts) -> tuple[list[str], list[list[Any]]]:
    """Columns, the first a time in UTC, and rows rounded to what they are good for."""
    time, *others = (field.name for field in fields(table))
    columns = [time.replace("_ns", "_utc"), *others]
    times = [utc_text(Instant(int(ns))) for ns in getattr(table, time)]
    values = [
        [round(float(value), _DECIMALS[name]) for value in getattr(table, name)] for name in others
    ]
    return columns, [list(row) for row in zip(times, *values, strict=True)]


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(
            [row[0], *(f"{row[n]:.{_DECIMALS[columns[n]]}f}" for n in range(1, len(columns)))]
        )
    return text.getvalue()


def _json(document: Mapping[str, Any]) -> str:
    """Indented, but each row of a table on one line."""
    tables = {name: value for name, value in document.items() if name.endswith("_predicts")}
    head = {name: value for name, value in document.items() if name not in tables}
    text = json.dumps(head, indent=2, ensure_ascii=False, allow_nan=False).removesuffix("\n}")
    for name, table in tables.items():
        rows = ",\n".join(f"      {json.dumps(row, allow_nan=False)}" for row in table["rows"])
        columns = json.dumps(table["columns"])
        text += f',\n  "{name}": {{\n    "columns": {columns},\n    "rows": [\n{rows}\n    ]\n  }}'
    return text + "\n}\n"
