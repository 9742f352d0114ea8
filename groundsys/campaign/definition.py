"""What a campaign flies: which scenarios, over which truths, with which faults.

    id: faults
    title: Each criterion, and a fault that breaks it
    scenarios: [short]
    seeds: [1, 2, 3]
    faults:
      - {name: as planned}
      - name: a silent cube
        inject: [{fault: silent_cube, spacecraft: cube-polar}]
        fails: [files_delivered]

A flight with a set of faults is to fail each criterion of `fails`, and others as it may; without
`fails` it is to hold all of them, whatever was injected.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundsys.mission import default_mission_db
from groundsys.mission.parsing.reading import Section, read_alone
from groundsys.values.errors import DefinitionError

FOLDER = "campaigns"


@dataclass(frozen=True, slots=True)
class FaultSet:
    """What goes wrong in a flight, and the criteria that must then fail."""

    name: str
    inject: tuple[Mapping[str, Any], ...] = ()
    fails: tuple[str, ...] = ()


AS_PLANNED = FaultSet("as planned")


@dataclass(frozen=True, slots=True)
class Campaign:
    """Every scenario is flown over every seed with every set of faults."""

    title: str
    scenarios: tuple[str, ...]
    seeds: tuple[int, ...]
    fault_sets: tuple[FaultSet, ...] = (AS_PLANNED,)


@dataclass(frozen=True, slots=True)
class Case:
    """One flight of a campaign."""

    scenario: str
    seed: int
    faults: FaultSet

    @property
    def name(self) -> str:
        """A file's name, of its own within a campaign."""
        called = f"{self.scenario} {self.faults.name}".replace("@", " leg ")
        return f"{_letters(called)}-seed-{self.seed}"


def _letters(words: str) -> str:
    """As a part of a file's name."""
    kept = ("".join(c for c in word if c.isalnum() or c in "-_") for word in words.split())
    return "-".join(kept).lower()


def cases_of(campaign: Campaign) -> tuple[Case, ...]:
    """Its flights: seed by seed, so that one that is broken off has seen every kind."""
    return tuple(
        Case(scenario, seed, faults)
        for seed in campaign.seeds
        for scenario in campaign.scenarios
        for faults in campaign.fault_sets
    )


def campaign_files(mission_db: Path | None = None) -> dict[str, Path]:
    """The campaigns that a mission brings along, by id."""
    folder = default_mission_db(mission_db) / FOLDER
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def read_campaign(name: str, mission_db: Path | None = None) -> Campaign:
    """A campaign by its id in `mission_db/campaigns/`, or by its file's path.

    Raises `DefinitionError` with every finding, or with what there is.
    """
    known = campaign_files(mission_db)
    path = known.get(name, Path(name))
    if not path.is_file():
        raise DefinitionError(
            f"there is no campaign {name!r}",
            expected=", ".join(known) or "a file",
            remedy="name one of these, or a YAML file; `groundsys campaign --help` shows one",
        )
    return read_alone(path, "campaign", _read)


def _read(file: Section) -> Campaign:
    file.text("id", "")
    title = file.text("title")
    scenarios = tuple(name for name, _ in file.texts("scenarios"))
    stated = file.numbers("seeds")
    seeds = tuple(dict.fromkeys(round(seed) for seed in stated))
    if any(not seed.is_integer() for seed in stated):
        file.note("seeds", "seeds are whole numbers", "write [1, 2, 3]")
    fault_sets = tuple(_read_fault_set(one) for one in file.sections("faults", optional=True))
    names = [_letters(one.name) for one in fault_sets]
    for one in {name for name in names if names.count(name) > 1}:
        file.note("faults", f"two sets of faults are called {one!r}", "rename one")
    file.finish()
    return Campaign(title, scenarios, seeds, fault_sets or (AS_PLANNED,))


def _read_fault_set(section: Section) -> FaultSet:
    name = section.text("name")
    for one in section.sections("inject", optional=True):
        one.text("fault")
    inject = tuple(section.plain("inject", []))
    fails = tuple(text for text, _ in section.texts("fails", optional=True))
    section.finish()
    return FaultSet(name, inject, fails)


def case_for_machines(case: Case) -> dict[str, Any]:
    """A case as JSON."""
    return {
        "scenario": case.scenario,
        "seed": case.seed,
        "faults": case.faults.name,
        "inject": [dict(one) for one in case.faults.inject],
        "fails": list(case.faults.fails),
    }


def same_case(case: Case, told: Mapping[str, Any]) -> bool:
    """Whether `told`, from a file, speaks of this very case."""
    return json.dumps(case_for_machines(case), sort_keys=True) == json.dumps(
        {key: told.get(key) for key in case_for_machines(case)}, sort_keys=True
    )
