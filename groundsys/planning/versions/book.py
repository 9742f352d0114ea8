"""The plan book: a folder that keeps every version of a scenario's plan, each a JSON document.

It serves planning without a running ground segment; one that runs keeps its versions itself.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from groundsys.planning.exchange.fields import read_record, to_plain
from groundsys.planning.plan import Plan
from groundsys.planning.situation import (
    Homecoming,
    Outage,
    PlanResult,
    Shortfall,
    Situation,
    Weather,
)
from groundsys.values.errors import DefinitionError, EnvironmentLackError
from groundsys.values.instants import Instant, Interval

SCHEMA = "groundsys.plan_version/2"


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A version of a plan, what it was made from, and what it promises."""

    scenario: str
    span: Interval
    #: what is known at `now` shaped it
    now: Instant
    #: wall clock
    made_at: Instant
    reason: str
    plan: Plan
    value: float = 0.0
    bound: float = 0.0
    elapsed_s: float = 0.0
    homecomings: tuple[Homecoming, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    outages: tuple[Outage, ...] = ()
    weather: tuple[Weather, ...] = ()
    lost: tuple[str, ...] = ()
    #: orbit determinations newer than the mission's: craft → OEM file in the book's folder
    trajectories: Mapping[str, str] = field(default_factory=dict)
    #: given by the book
    version: int = 0
    #: the version it replaces
    parent: int | None = None

    @property
    def gap(self) -> float:
        return (self.bound - self.value) / abs(self.bound) if self.bound else 0.0

    @property
    def situation(self) -> Situation:
        """What it was planned in; of a plan that replaced another all counts as booked before."""
        booked = None if self.parent is None else self.plan
        return Situation(self.now, booked, self.outages, self.weather, frozenset(self.lost))

    @property
    def result(self) -> PlanResult:
        """As the planner gave it."""
        return PlanResult(
            self.plan, self.homecomings, self.shortfalls, self.value, self.bound, self.elapsed_s
        )


class PlanBook:
    """A folder of plan versions, `0001.json` and on; a version is never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def versions(self) -> tuple[int, ...]:
        """The numbers that are there, oldest first."""
        if not self.folder.is_dir():
            return ()
        return tuple(
            sorted(int(path.stem) for path in self.folder.glob("*.json") if path.stem.isdigit())
        )

    def read(self, version: int | None = None) -> PlanDocument:
        """One version, by default the newest; `DefinitionError` if it is not there or no plan."""
        versions = self.versions
        if not versions:
            raise DefinitionError(
                f"there is no plan in {self.folder}",
                remedy="make one: groundsys plan make SCENARIO",
            )
        if version is None:
            version = versions[-1]
        if version not in versions:
            raise DefinitionError(
                f"the plan book has no version {version}",
                expected=f"one of {_ranges(versions)}",
                found=str(version),
                remedy=f"see {self.folder}",
            )
        return read_document(self._path(version))

    def add(self, document: PlanDocument) -> PlanDocument:
        """Write the next version, whole or not at all, and return it with its number."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".new-") as workshop:
                while True:
                    version = max(self.versions, default=0) + 1
                    numbered = replace(document, version=version)
                    written = Path(workshop) / "plan.json"
                    written.write_text(document_text(numbered), encoding="utf-8")
                    try:
                        # unlike renaming, linking refuses when somebody else was faster
                        os.link(written, self._path(version))
                    except FileExistsError:
                        continue
                    return numbered
        except OSError as error:
            raise EnvironmentLackError(
                f"the plan book {self.folder} cannot be written",
                found=error.strerror or str(error),
                remedy="name another folder with --book",
            ) from error

    def keep_file(self, name: str, content: bytes) -> str:
        """Put a trajectory beside the versions that use it; its name there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".file.{os.getpid()}"
        temporary.write_bytes(content)
        temporary.replace(self.folder / name)
        return name

    def _path(self, version: int) -> Path:
        return self.folder / f"{version:04d}.json"


def document_text(document: PlanDocument) -> str:
    """The JSON of a version."""
    return json.dumps({"schema": SCHEMA, **to_plain(document, "version")}, indent=1) + "\n"


def read_document(path: Path) -> PlanDocument:
    """A version from a file; `DefinitionError` if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DefinitionError(
            f"{path} cannot be read as a plan",
            found=str(error),
            remedy="name a file that `groundsys plan make` wrote",
        ) from error
    if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
        raise DefinitionError(
            f"{path} is no version of a plan",
            expected=f'"schema": "{SCHEMA}"',
            remedy="name a file that `groundsys plan make` wrote",
        )
    return read_record(PlanDocument, content, str(path))


def _ranges(versions: tuple[int, ...]) -> str:
    if versions == tuple(range(versions[0], versions[-1] + 1)) and len(versions) > 2:
        return f"{versions[0]} to {versions[-1]}"
    return ", ".join(map(str, versions))
