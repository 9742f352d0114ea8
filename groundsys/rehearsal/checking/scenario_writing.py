"""A new scenario written to disk: a copy of another that is checked before it is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from groundsys.mission.loading import load_mission, scenario_of
from groundsys.mission.scenario.scenario_copies import copied_scenario
from groundsys.mission.scenario.scenario_files import read_scenario_text, scenario_text
from groundsys.rehearsal.checking.scenario_check import findings_of_flight
from groundsys.values.errors import DefinitionError, EnvironmentLackError
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a new scenario is to be called, and when it is to be flown; None: as the other."""

    id: str
    title: str
    start: Instant | None = None
    days: float | None = None


def write_scenario(
    source: str, wishes: Wishes, folder: Path | None = None, mission_db: Path | None = None
) -> tuple[Path, bool]:
    """Write the copy into `folder`; its path, and whether it can be flown by name from there.

    `DefinitionError` lists what would be wrong with it; then, and if there is such a file already,
    nothing is written.
    """
    mission = load_mission(mission_db)
    scenarios = Path(mission.root) / "scenarios"
    origin = scenario_text(scenarios / f"{scenario_of(mission, source).id}.yaml")
    text = copied_scenario(
        origin, wishes.id, title=wishes.title, start=wishes.start, days=wishes.days
    )
    path = (folder or scenarios) / f"{wishes.id}.yaml"
    file = read_scenario_text(text, path.name, mission)
    findings = [*file.findings] or findings_of_flight(mission, file)
    if findings:
        raise DefinitionError(
            f"a copy of {source} as asked for would not fly\n  " + "\n  ".join(map(str, findings)),
            remedy="choose another start or length, or another scenario to begin with",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as error:
        raise EnvironmentLackError(
            f"{path} is there already", remedy="choose another name, or remove it"
        ) from error
    except OSError as error:
        raise EnvironmentLackError(
            f"{path} cannot be written",
            found=error.strerror or str(error),
            remedy="name another folder with --into",
        ) from error
    return path, path.parent.resolve() == scenarios.resolve()
