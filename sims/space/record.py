"""Space's own record of what truly became of every frame: `truth/space.jsonl`.

One JSON map a line, told apart by `record`:

* `downlink`   spacecraft, antenna, time_ns, frames (that reached an antenna pointed at the craft),
               lost, corrupted (arrived with wrong bits), octets (that were wrong),
               sun_earth_probe_deg; `numbers`, the first's and the last's among all frames of the
               craft, and `lost_numbers`; `doubled`, if any, were handed over twice
* `lost`       spacecraft, frames, sent_ns (of the last): they reached antennas and arrived at none
* `unheard`    spacecraft, time_ns, frames: no antenna was pointed, or none in view
* `uplink`     spacecraft, antenna, radiation_id, time_ns, lost, bit_errors, sun_earth_probe_deg
* `attack`     spacecraft, kind, time_ns (of arrival): a CLTU that is not the ground's
* `proximity`  source, target, kind, time_ns, frames, lost, closed (the link's budget held); `live`,
               of what a capsule sends in its entry: apid, count and sclk_ns of the packet
* `impulse`    spacecraft, at_ns, delta_v_m_s (along ICRF): a burn, and another path from then on,
               of semi_major_axis_km and eccentricity; `hidden`: Mars hid it from every antenna
* `arrival`    spacecraft, interface_ns, flight_path_deg, speed_m_s (there, inertial), parachute_ns
               (None: never), landing_ns, latitude_deg, longitude_deg, lost (why, if it is)
* `solution`   spacecraft, number, told_ns: navigation tells an orbit
* `fault`      fault, time_ns: a misbehaviour of navigation that the scenario asked for
* `totals`     written once, at the end; `spacecraft.<id>`: sent, received, lost (reached an antenna
               and arrived at none), corrupted, unheard; `links.<antenna>/<id>`; `uplink.<id>`;
               `proximity.<source>/<target>`
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

_LINES_A_BLOCK = 200


class SpaceRecord:
    """An append-only file, written in blocks."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / "space.jsonl").open("w", encoding="utf-8")
        self._lines: list[str] = []
        self._totals: dict[str, dict[str, Counter[str]]] = {
            "spacecraft": {},
            "links": {},
            "uplink": {},
            "proximity": {},
        }

    def note(self, record: str, **facts: Any) -> None:
        self._lines.append(json.dumps({"record": record, **facts}, separators=(",", ":")))
        if len(self._lines) >= _LINES_A_BLOCK:
            self.flush()

    def count(self, table: str, key: str, **counts: int) -> None:
        """Add to the totals of `key`."""
        self._totals[table].setdefault(key, Counter()).update(counts)

    def flush(self) -> None:
        if self._lines:
            self._file.write("\n".join(self._lines) + "\n")
            self._lines.clear()
        self._file.flush()

    def close(self) -> None:
        """Write the totals and close; harmless if done before."""
        if self._file.closed:
            return
        totals = {
            table: {key: dict(counts) for key, counts in sorted(entries.items())}
            for table, entries in self._totals.items()
        }
        self.note("totals", **totals)
        self.flush()
        self._file.close()
