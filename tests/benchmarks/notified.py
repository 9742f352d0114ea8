"""From the archive to a notified customer, in real time: `python -m tests.benchmarks.notified`.

A ground segment with its simulated mission flies fast until parts of files come in; then its clock
is the wall's, as in flight, until no more come.  Beside it, Yamcs itself tells when each packet is
taken into the archive, and customers listen at the portal.  A file's figure is the wall time from
the packet that made it whole to the first octet of its Level 0 in the hands of its customer, who
asks for it as soon as an event has told of it: all between is ours.  Only files that became whole
in real time count.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from statistics import median
from typing import Any

import httpx

from groundsys.backend.connection import Connection
from groundsys.backend.packets import RECEPTION_STREAM
from groundsys.backend.session import Session
from groundsys.bus.curve import read_client_keys
from groundsys.bus.live import Requester
from groundsys.bus.token_file import TokenFile
from groundsys.ccsds.cfdp import parse_pdu
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.client import Portal
from groundsys.desks.delivery.file_desk import PDU_PACKET
from groundsys.desks.people.token_files import owner_name
from groundsys.files.reception import ArchivedPdu, Receptions, take_pdus
from groundsys.mission import load_mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.rehearsal.run_directory import RunDirectory, current_run
from groundsys.values.instants import Instant

AIM_S = 2.0
_SCENARIO = "quickstart"
#: between files: slow enough that the last files of a burst are still to come when it is seen
_WAITING_RATE = 200.0
#: no part of a file for so long, in real time: the burst is over
_BURST_S = 45.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class NotifiedFigures:
    """Wall seconds from archive to first octet, of each file that came in real time."""

    seconds: dict[str, float]

    @property
    def median_s(self) -> float:
        return median(self.seconds.values())

    @property
    def worst_s(self) -> float:
        return max(self.seconds.values())

    @property
    def reached(self) -> bool:
        return self.worst_s < AIM_S


class Archive:
    """When the packet was archived that made each file of some craft whole, by the file's name."""

    def __init__(self, connection: Connection, craft: list[Spacecraft]) -> None:
        self.whole_at: dict[str, float] = {}
        self.last_part_at = 0.0
        self._session = Session(connection.url, connection.credentials)
        self._receptions: Receptions = {}
        self._lock = threading.Lock()
        self._subscriptions = [
            self._session.archive(one.id).create_stream_subscription(
                RECEPTION_STREAM, on_data=lambda row, one=one: self._take(one, row)
            )
            for one in craft
        ]

    def _take(self, craft: Spacecraft, row: Any) -> None:
        now = time.monotonic()
        columns = {column.name: column.value for column in row.columns}
        if not str(columns["pname"]).endswith(PDU_PACKET):
            return
        octets = bytes(columns["packet"])[TM_HEADER_LENGTH:-CRC_LENGTH]
        pdu = parse_pdu(decode_fields(craft.model.packet(PDU_PACKET).fields, octets)["pdu"])
        with self._lock:
            self.last_part_at = now
            self._receptions = take_pdus(self._receptions, [ArchivedPdu(pdu, Instant(0))])
            for reception in self._receptions.values():
                if reception.has_everything:
                    self.whole_at.setdefault(reception.name, now)

    def close(self) -> None:
        for subscription in self._subscriptions:
            subscription.cancel()


class Customer(threading.Thread):
    """Listens for news at the portal, and asks at once for the first octet of raw data."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.first_octet_at: dict[str, float] = {}
        self._portal = Portal(url, token)
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"})

    def run(self) -> None:
        for event in self._portal.events():
            product: Mapping[str, Any] = event.get("product") or {}
            if product.get("level") == "L0" and str(product["name"]).endswith(".dat"):
                answer = self._http.get(
                    f"/api/v1/products/{product['id']}", headers={"Range": "bytes=0-0"}
                )
                answer.raise_for_status()
                assert len(answer.content) == 1
                name = PurePosixPath(str(product["name"])).name
                self.first_octet_at[name] = time.monotonic()


def measure(files: int = 6) -> NotifiedFigures:
    """Fly until `files` files have come in real time."""
    mission = load_mission()
    scenario = mission.scenarios[_SCENARIO]
    craft = [mission.spacecraft[one] for one in scenario.spacecraft]
    with _standing() as run, contextlib.ExitStack() as open_lines:
        endpoint = str(run.endpoints("desks")["requests"])
        owner = TokenFile(run.people / owner_name(), kept_by_others=True)
        keys = read_client_keys(run.keys, endpoint)
        desks = open_lines.enter_context(contextlib.closing(Requester(endpoint, owner, keys)))
        yamcs = Connection.from_json(run.facts()["yamcs"])
        archive = open_lines.enter_context(contextlib.closing(Archive(yamcs, craft)))
        url = str(run.endpoints("portal")["url"])
        customers = [
            Customer(url, (run.tokens / one).read_text().strip()) for one in scenario.customers
        ]
        for customer in customers:
            customer.start()
        found: dict[str, float] = {}
        real_since: float | None = None
        while len(found) < files:
            time.sleep(_LOOK_S)  # between two looks at what has come
            if not all(customer.is_alive() for customer in customers):
                raise SystemExit("a customer hears no more: its thread has told why")
            now = time.monotonic()
            if now - archive.last_part_at > _BURST_S:
                if real_since is not None:
                    desks.ask("clock_rate", rate=_WAITING_RATE)
                    real_since = None
                continue
            if real_since is None:
                desks.ask("clock_rate", rate=1.0)
                real_since = time.monotonic()
            for customer in customers:
                for name, at in list(customer.first_octet_at.items()):
                    whole_at = archive.whole_at.get(name, 0.0)
                    if whole_at > real_since and name not in found:
                        found[name] = at - whole_at
                        print(f"  {name:<36}{found[name]:>8.2f} s", flush=True)
    return NotifiedFigures(found)


@contextlib.contextmanager
def _standing() -> Iterator[RunDirectory]:
    with tempfile.TemporaryDirectory(prefix="groundsys-bench-") as folder:
        groundsys = (sys.executable, "-m", "groundsys")
        data = ("--data", folder)
        up = (*groundsys, "up", _SCENARIO, "--rate", str(_WAITING_RATE), "--detach", *data)
        subprocess.run(up, check=True, stdout=subprocess.DEVNULL)
        try:
            yield current_run(Path(folder))
        finally:
            subprocess.run((*groundsys, "down", *data), check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.notified",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", type=int, default=6, help="so many (default 6)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    figures = measure(options.files)
    print(
        f"  {len(figures.seconds)} files: median {figures.median_s:.2f} s, worst "
        f"{figures.worst_s:.2f} s; aim < {AIM_S:.0f} s: "
        f"{'reached' if figures.reached else 'missed'}"
    )
    if options.json is not None:
        options.json.write_text(json.dumps(asdict(figures), indent=2) + "\n")


if __name__ == "__main__":
    main()
