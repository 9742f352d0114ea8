"""The formats by name: what a plan can be written as, and read from.

To export, with the names of `EXPORTS` as choices:

    context = ExportContext(mission, geometry, generated=now)
    paths = export_plan("json", plan, context, Path("plan.json"))

A format of one file writes exactly the target; one of several (`exporter.single` is False) takes
the target as their folder.  Texts alone come from `EXPORTS[name].write(plan, context)`, by file
name.  To import, with the names of `IMPORTS` as choices:

    plan = import_plan("json", Path("plan.json"), context, scenario_id)

Formats that name no scenario take `scenario_id`; one that names another scenario is refused.  An
imported plan is well-formed and no more: `check_plan` says whether it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.planning.exchange.files import read_whole, write_whole
from groundsys.planning.exchange.icalendar import write_icalendar
from groundsys.planning.exchange.oem_export import oems_of
from groundsys.planning.exchange.plan_csv import read_plan_csv, write_plan_csv
from groundsys.planning.exchange.plan_json import read_plan_json, write_plan_json
from groundsys.planning.exchange.schedule import schedule_of
from groundsys.planning.exchange.scheduled_passes import plan_of
from groundsys.planning.exchange.simple_schedule import (
    read_simple_schedule,
    write_simple_schedule,
)
from groundsys.planning.exchange.station_files import station_files
from groundsys.planning.plan import Plan, PlanningRules
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class ExportContext:
    """What formats need beside the plan; `generated` is the time that their headers state."""

    mission: Mission
    geometry: Geometry
    generated: Instant


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format that a plan can be written as."""

    name: str
    title: str
    #: of its files, with the dot
    suffix: str
    #: texts by file name; for a single file the name is a proposal
    write: Callable[[Plan, ExportContext], Mapping[str, str]]
    single: bool = True


@dataclass(frozen=True, slots=True)
class Importer:
    """One format that a plan can be read from: text, context and the scenario wanted."""

    name: str
    title: str
    suffix: str
    read: Callable[[str, ExportContext, str], Plan]


def export_plan(name: str, plan: Plan, context: ExportContext, target: Path) -> tuple[Path, ...]:
    """Write the plan in the format of that name; each file appears whole or not at all.

    `PlanError` if there is no such format or its files cannot be written.
    """
    exporter = EXPORTS.get(name)
    if exporter is None:
        raise _no_format("export", name, EXPORTS)
    texts = exporter.write(plan, context)
    if exporter.single:
        (text,) = texts.values()
        write_whole(target, text)
        return (target,)
    for file_name, text in texts.items():
        write_whole(target / file_name, text)
    return tuple(target / file_name for file_name in texts)


def import_plan(name: str, path: Path, context: ExportContext, scenario_id: str) -> Plan:
    """Read a plan for the scenario; `PlanError` names the file, the place in it and the remedy."""
    importer = IMPORTS.get(name)
    if importer is None:
        raise _no_format("import", name, IMPORTS)
    text = read_whole(path)
    try:
        plan = importer.read(text, context, scenario_id)
    except PlanError as error:
        raise PlanError(
            f"{path}: {error.message}",
            expected=error.expected,
            found=error.found,
            remedy=error.remedy,
        ) from error
    if plan.scenario != scenario_id:
        raise PlanError(
            f"{path}: a plan for another scenario", expected=scenario_id, found=plan.scenario
        )
    return plan


def _by_name(*formats: Exporter) -> Mapping[str, Exporter]:
    return {one.name: one for one in formats}


def _no_format(action: str, name: str, known: Mapping[str, object]) -> PlanError:
    return PlanError(f"no format to {action}", expected=", ".join(known), found=name)


def _read_schedule(text: str, context: ExportContext, scenario_id: str) -> Plan:
    schedule = read_simple_schedule(text)
    return plan_of(schedule, context.mission, context.geometry, scenario_id, PlanningRules())


EXPORTS: Mapping[str, Exporter] = _by_name(
    Exporter(
        "json",
        "the plan itself, nothing lost",
        ".json",
        lambda plan, context: {f"{plan.scenario}.json": write_plan_json(plan)},
    ),
    Exporter(
        "csv",
        "passes and relay sessions as a table",
        ".csv",
        lambda plan, context: {f"{plan.scenario}.csv": write_plan_csv(plan)},
    ),
    Exporter(
        "simple-schedule",
        "passes for station providers, CCSDS 902.1-B-1",
        ".xml",
        lambda plan, context: {
            f"{plan.scenario}.xml": write_simple_schedule(
                schedule_of(plan, context.mission, context.generated)
            )
        },
    ),
    Exporter(
        "icalendar",
        "a calendar for those who attend, RFC 5545",
        ".ics",
        lambda plan, context: {
            f"{plan.scenario}.ics": write_icalendar(plan, context.mission, context.generated)
        },
    ),
    Exporter(
        "oem",
        "the craft's trajectories, CCSDS 502.0-B",
        ".oem",
        lambda plan, context: oems_of(plan, context.geometry, context.generated),
        single=False,
    ),
    Exporter(
        "predicts",
        "pointing, frequencies and configuration of each pass for its station",
        ".json",
        lambda plan, context: station_files(
            plan, context.mission, context.geometry, context.generated
        ),
        single=False,
    ),
)

IMPORTS: Mapping[str, Importer] = {
    one.name: one
    for one in (
        Importer(
            "json",
            "a plan that was exported as JSON",
            ".json",
            lambda text, context, scenario_id: read_plan_json(text),
        ),
        Importer(
            "csv",
            "a table of passes and relay sessions",
            ".csv",
            lambda text, context, scenario_id: read_plan_csv(text),
        ),
        Importer(
            "simple-schedule",
            "passes that a station provider has scheduled, CCSDS 902.1-B-1",
            ".xml",
            _read_schedule,
        ),
    )
}
