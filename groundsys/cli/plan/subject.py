"""What a verb of `plan` speaks of: a version in a plan book, with its mission and geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

if TYPE_CHECKING:
    from groundsys.cli.plan.source import PlanSource
    from groundsys.geometry import Geometry
    from groundsys.mission.model import Mission
    from groundsys.mission.scenario.scenario_model import Scenario
    from groundsys.planning.versions.book import PlanBook, PlanDocument


def utc_time(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> Instant | None:
    """A moment in UTC, such as 2031-08-20T06:00:00Z; seconds and Z may be left out."""
    return None if text is None else _moment(text)


def outages(
    context: click.Context, parameter: click.Parameter, texts: Sequence[str]
) -> tuple[tuple[str, Interval], ...]:
    """ANTENNA,START,END each."""
    return tuple(_outage(text) for text in texts)


def weathers(
    context: click.Context, parameter: click.Parameter, texts: Sequence[str]
) -> tuple[tuple[str, Interval, float], ...]:
    """ANTENNA,START,END,DECIBEL each."""
    return tuple(_weather(text) for text in texts)


def trajectories(
    context: click.Context, parameter: click.Parameter, texts: Sequence[str]
) -> tuple[tuple[str, Path], ...]:
    """CRAFT=FILE each."""
    return tuple(_trajectory(text) for text in texts)


def _moment(text: str) -> Instant:
    try:
        return Instant.from_utc_iso(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time; write 2031-08-20T06:00:00Z") from None


def _outage(text: str) -> tuple[str, Interval]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3:
        raise click.BadParameter(
            f"{text!r} is no outage; write ANTENNA,2031-08-20T12:00:00Z,2031-08-20T20:00:00Z"
        )
    start, end = _moment(parts[1]), _moment(parts[2])
    if end <= start:
        raise click.BadParameter(f"{text!r} ends before it starts; give its start first")
    return parts[0], Interval(start, end)


def _weather(text: str) -> tuple[str, Interval, float]:
    outage, _, loss = text.rpartition(",")
    try:
        loss_db = float(loss)
    except ValueError:
        loss_db = 0.0
    if not 0.0 < loss_db <= 60.0 or outage.count(",") != 2:
        raise click.BadParameter(
            f"{text!r} is no weather; write ANTENNA,2031-08-20T12:00:00Z,2031-08-20T20:00:00Z,3.5"
        )
    return (*_outage(outage), loss_db)


def _trajectory(text: str) -> tuple[str, Path]:
    craft, _, file = text.partition("=")
    if not craft or not file:
        raise click.BadParameter(f"{text!r} names no craft and file; write CRAFT=newest.oem")
    if not Path(file).is_file():
        raise click.BadParameter(f"there is no file {file!r}; name an OEM (CCSDS 502.0-B)")
    return craft, Path(file)


def book_of(book_path: Path | None, data_directory: Path, scenario: str | None = None) -> PlanBook:
    """The book named, else that of the scenario, else the one written to last."""
    from groundsys.planning.versions.book import PlanBook

    if book_path is not None:
        return PlanBook(book_path)
    plans = data_directory / "plans"
    if scenario is not None:
        return PlanBook(plans / scenario)
    folders = [path for path in plans.glob("*") if PlanBook(path).versions]
    if not folders:
        raise DefinitionError(
            f"no plan has been made in {data_directory.resolve()}",
            remedy="make one: groundsys plan make SCENARIO",
        )
    return PlanBook(max(folders, key=lambda path: path.stat().st_mtime_ns))


@dataclass(frozen=True)
class PlanSubject:
    """A plan, and all that is needed to speak about it."""

    document: PlanDocument
    mission: Mission
    scenario: Scenario
    geometry: Geometry

    @property
    def title(self) -> str:
        version = f" · plan version {self.document.version}" if self.document.version else ""
        return f"{self.scenario.title}{version}"


def subject_of(source: PlanSource, version: int | None = None) -> PlanSubject:
    """A version, and the mission as it was known when it was made: with its newer trajectories."""
    from groundsys.geometry import Geometry
    from groundsys.mission import load_scenario

    document, folder = source.read(version)
    mission, scenario = load_scenario(document.scenario, source.mission_db)
    files = {craft: (folder or Path()) / name for craft, name in document.trajectories.items()}
    mission = with_trajectories(mission, files)
    return PlanSubject(document, mission, over(scenario, document.span), Geometry(mission))


def over(scenario: Scenario, span: Interval) -> Scenario:
    """The scenario over another span; one that does not end with it grows never quiet."""
    if span == scenario.span:
        return scenario
    if span.end == scenario.span.end:
        return replace(scenario, span=span)
    return replace(scenario, span=span, cut_off=span.end, quiet_from=span.end)


def with_trajectories(mission: Mission, files: Mapping[str, Path]) -> Mission:
    """The mission with newer trajectories of some craft, each from an OEM file."""
    from groundsys.mission.spacecraft.place_model import TrajectoryFile

    craft = dict(mission.spacecraft)
    for id, path in files.items():
        flying = sorted(
            one.id for one in craft.values() if one.site is None and one.release is None
        )
        if id not in flying:
            raise DefinitionError(
                f"no craft that flies is named '{id}'",
                expected=", ".join(flying),
                found=id,
                remedy="write --oem CRAFT=FILE",
            )
        file = TrajectoryFile("oem", str(path.resolve()))
        craft[id] = replace(craft[id], orbit=None, trajectory=file)
    return replace(mission, spacecraft=craft)


def known_antennas(antennas: Sequence[str], mission: Mission) -> None:
    """`DefinitionError` for the first that the mission does not have."""
    for antenna in antennas:
        if antenna not in mission.antennas:
            raise DefinitionError(
                f"there is no antenna '{antenna}'",
                expected="one of " + ", ".join(sorted(mission.antennas)),
                found=antenna,
                remedy="name one of these",
            )
