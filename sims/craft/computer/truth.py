"""The simulator's own record of what a craft truly did: `truth/<craft>.jsonl`.

One JSON map a line, told apart by `record`:

* `packet`   apid, count (14 bits), sclk_ns (as its time code says), name
* `frames`   link (`downlink` or `proximity`), virtual_channel, frames (new ones), repeated, time_ns
* `forward`  spacecraft (the cube), frames, time_ns: what the OTV sent to a cube
* `file`     name, size, sha256, sequence, first_sclk_ns, last_sclk_ns, closed_ns (true TAI)
* `file_deleted`  name, time_ns
* `command`  apid, source (its source ID: who numbers it), count, name, outcome (`received`,
             `refused`, `completed`, `failed`), time_ns
* `schedule` event (`inserted`, `enabled`, `disabled`, `deleted`, `released`, `lapsed`), schedule,
             release_s (SCLK, of an entry), time_ns
* `refused_frame`  reason, time_ns: a command frame that its security (SDLS) refused
* `clock`    time_ns, sclk_ns (what its clock shows then): every ten minutes
* `mode`     mode (that it has gone to), time_ns
* `session`  session, spacecraft, event (`started`, `heard`, `ended`), time_ns
* `burn`     ignition_ns, seconds, end, centroid_ns, delta_v_m_s (true, along ICRF), counted_m_s
             (as the accelerometer had it), propellant_kg (left), time_ns
* `release`  spacecraft_id, relative_m_s, recoil_m_s, time_ns: a cube left its mothership
* `separation`  time_ns: the craft has left its launcher
* `attitude` mode, time_ns: of a craft that began on its launcher, at each change
* `battery`  percent, threshold, time_ns: of such a craft, whenever it has fallen by another 0.2
             percent to where it never was
* `entry`    events (ns by name), lost (why, or null), time_ns: a capsule has landed, or is lost
* `picture`  body, sequence, from_body_km (true, along ICRF), time_ns: a body seen from near by
* `closest`  body, distance_km, time_ns: when a craft is truly nearest to it, noted at the start
* `fault`    fault, time_ns: a misbehaviour that the scenario asked for took place
* `totals`   packets by apid, frames by link, files: written once, by `close`

Lines are written as they fill a block and at every flush; the last one is the totals'.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LINES_A_BLOCK = 500


class TruthRecord:
    """An append-only file of one craft's doings."""

    def __init__(self, directory: Path, craft: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / f"{craft}.jsonl").open("w", encoding="utf-8")
        self._lines: list[str] = []
        self._packets: Counter[int] = Counter()
        self._frames: Counter[str] = Counter()
        self._repeated: Counter[str] = Counter()
        self._files = 0

    def packet(self, name: str, apid: int, count: int, sclk_ns: int) -> None:
        self._packets[apid] += 1
        self.note("packet", apid=apid, count=count, sclk_ns=sclk_ns, name=name)

    def frames(
        self, link: str, by_channel: Mapping[int, int], time_ns: int, *, repeated: int = 0
    ) -> None:
        """New frames sent by virtual channel; `repeated` are sent again, whatever their channel."""
        for channel, frames in sorted(by_channel.items()):
            self._frames[link] += frames
            self.note("frames", link=link, virtual_channel=channel, frames=frames, time_ns=time_ns)
        if repeated:
            self._repeated[link] += repeated
            self.note("frames", link=link, frames=0, repeated=repeated, time_ns=time_ns)

    def file(self, **facts: Any) -> None:
        self._files += 1
        self.note("file", **facts)

    def note(self, record: str, **facts: Any) -> None:
        """Append one line."""
        self._lines.append(json.dumps({"record": record, **facts}, separators=(",", ":")))
        if len(self._lines) >= _LINES_A_BLOCK:
            self.flush()

    def flush(self) -> None:
        """Let everything noted so far reach the file."""
        if self._lines:
            self._file.write("\n".join(self._lines) + "\n")
            self._lines.clear()
        self._file.flush()

    def close(self) -> None:
        """Write the totals and close; harmless if done before."""
        if self._file.closed:
            return
        self.note(
            "totals",
            packets={str(apid): count for apid, count in sorted(self._packets.items())},
            frames=dict(self._frames),
            repeated=dict(self._repeated),
            files=self._files,
        )
        self.flush()
        self._file.close()
