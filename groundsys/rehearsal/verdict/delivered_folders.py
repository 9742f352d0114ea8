"""What customers have in their folders, once each has fetched its own space."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.truth.record import CraftTruth
from groundsys.rehearsal.verdict.verdict import FileEvidence
from groundsys.values.instants import Instant


def payload_files(
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    truths: Mapping[str, CraftTruth],
    delivered: Mapping[str, Instant | None],
) -> Iterator[FileEvidence]:
    """Every file that a customer's payloads truly made, and what of it is in its folder."""
    for customer in scenario.customers:
        paths = {path.name: path for path in _files_of(run.deliveries / customer)}
        payloads = mission.customers[customer].payloads
        for craft, truth in truths.items():
            own = set(mission.spacecraft[craft].payloads) & set(payloads)
            for file in truth.files:
                if file.payload not in own:
                    continue
                path = paths.get(file.name)
                home = None if path is None else delivered.get(file.name)
                yield FileEvidence(
                    customer=customer,
                    name=file.name,
                    size=file.size,
                    sha256=file.sha256,
                    due=file.closed < scenario.cut_off,
                    closed=file.closed,
                    delivered_sha256=None if path is None else _sha256(path),
                    latency_s=None if home is None else home.seconds_since(file.closed),
                )


def foreign_files(
    run: RunDirectory, partners: Collection[str], files: Iterable[FileEvidence]
) -> int:
    """Level-0 files that no payload of the customer made in whose folder, or nobody's, they lie.

    What a partner may have in its own is judged by `rehearsal.verdict.shared_folders`.
    """
    own = {(file.customer, file.name) for file in files}
    folders = run.deliveries.iterdir() if run.deliveries.is_dir() else ()
    return sum(
        path.suffix == ".dat" and (folder.name, path.name) not in own
        for folder in folders
        if folder.name not in partners
        for path in _files_of(folder)
    )


def _files_of(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
