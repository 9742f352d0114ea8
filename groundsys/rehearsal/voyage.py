"""A rehearsal of a voyage: its legs flown one after another, all judged together.

Each leg is a flight of its own, with a folder, a Yamcs and craft as its scenario states them, and
the seed of the whole.  What one hands to the next is a file beside their folders: the ledgers of
returned samples (`desks.entry.samples_desk`), for which each leg has to answer with its own
telemetry.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from groundsys.desks.entry.samples_desk import handed_on
from groundsys.mission.model import Mission
from groundsys.mission.scenario.legs import leg_id
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.checking.runs_check import check_runs
from groundsys.rehearsal.flying.killing import strikes_of
from groundsys.rehearsal.judged import fly
from groundsys.rehearsal.options import (
    FlightOptions,
    check_rehearsing,
    fresh_run_path,
    mission_and_scenario,
)
from groundsys.rehearsal.report.report import report
from groundsys.rehearsal.report.together import LegResult, light_time_s, report_of_all
from groundsys.rehearsal.run_directory import RunDirectory, write_json
from groundsys.rehearsal.verdict.verdict import judge
from groundsys.store import Store


def rehearse_voyage(options: FlightOptions, console: Console, voyage: Scenario) -> dict[str, Any]:
    """Fly every leg, also after one that has failed, and return the report on all of them."""
    started = time.monotonic()
    folder = options.run_path or fresh_run_path(options)
    legs: list[LegResult] = []
    faults: list[Mapping[str, Any]] = []
    handed: Path | None = None
    seconds = 0.0
    flights = [_checked(options, voyage, folder, number + 1) for number in range(voyage.leg_count)]
    for number, (here, mission, scenario) in enumerate(flights, 1):
        here = replace(here, handed_over=handed)
        evidence, facts, _ = fly(here, console, strikes_of(scenario, options.seed))
        criteria = judge(evidence, scenario.criteria)
        run = RunDirectory(folder / f"leg-{number}")
        write_json(run.leg_report, report(evidence, criteria, facts))
        legs.append(
            LegResult(
                number=number,
                date=scenario.span.start.utc_iso(0),
                light_time_s=light_time_s(mission, scenario),
                seed=options.seed,
                evidence=evidence,
                criteria=criteria,
                scenario=scenario.id,
            )
        )
        faults += [{**one, "leg": number} for one in facts["faults"]]
        seconds += scenario.span.seconds
        handed = folder / f"handed-over-by-leg-{number}.json"
        with Store(run.store, read_only=True) as store:
            write_json(handed, handed_on(mission, store, scenario.span.start))
    facts = {
        "scenario": voyage.id,
        "seed": options.seed,
        "faults": faults,
        "mission_start": voyage.span.start.utc_iso(0),
        "mission_end": voyage.span.end.utc_iso(0),
        "rate": round(seconds / (time.monotonic() - started), 1),
        "run": str(folder),
        "deliveries": str(folder),
    }
    return report_of_all(legs, voyage.all_legs, facts)


def _checked(
    options: FlightOptions, voyage: Scenario, folder: Path, number: int
) -> tuple[FlightOptions, Mission, Scenario]:
    """A leg as it is flown; what would refuse the last one is said before the first one flies."""
    here = replace(
        options,
        scenario=leg_id(voyage, number),
        run_path=folder / f"leg-{number}",
        injected=faults_of_leg(options.injected, number),
    )
    mission, scenario = mission_and_scenario(here)
    check_rehearsing(here, scenario, endless=False)
    check_runs(mission, scenario, here.procedures)
    return here, mission, scenario


def faults_of_leg(
    injected: tuple[Mapping[str, Any], ...], number: int
) -> tuple[Mapping[str, Any], ...]:
    """What was injected into one leg, as that leg's scenario takes it."""
    return tuple(
        {key: value for key, value in one.items() if key != "leg"}
        for one in injected
        if one["leg"] == number
    )
