"""A rehearsal of several legs: each flown at its own date, all judged together.

The mission clock jumps from leg to leg: each has a folder of its own, a fresh Yamcs, craft as
new, and a truth drawn by a seed of its own.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from groundsys.mission import load_mission
from groundsys.mission.loading import with_injected
from groundsys.mission.scenario.legs import SEPARATOR, leg_id
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.flying.killing import Strike, strikes_of, tally
from groundsys.rehearsal.judged import faults_for_report, fly, rehearse_scenario
from groundsys.rehearsal.options import FlightOptions, fresh_run_path, mission_and_scenario
from groundsys.rehearsal.report.report import report
from groundsys.rehearsal.report.together import LegResult, light_time_s, report_of_all
from groundsys.rehearsal.run_directory import RunDirectory, write_json
from groundsys.rehearsal.verdict.strikes import Strikes
from groundsys.rehearsal.verdict.verdict import judge
from groundsys.rehearsal.voyage import rehearse_voyage


def rehearse(options: FlightOptions, console: Console) -> dict[str, Any]:
    """Fly a scenario, or all its legs, and return the report with the verdict."""
    base = load_mission(options.mission_db).scenarios.get(options.scenario.partition(SEPARATOR)[0])
    if base is None or not base.leg_count or SEPARATOR in options.scenario:
        return rehearse_scenario(options, console)
    if base.voyage:
        return rehearse_voyage(options, console, base)
    base = with_injected(base, options.injected)
    started = time.monotonic()
    folder = options.run_path or fresh_run_path(options)
    strikes = strikes_of(base, options.seed)
    legs: list[LegResult] = []
    missed: tuple[Strike, ...] = ()
    under_way: list[Mapping[str, Any]] = []
    for number in range(1, len(base.legs) + 1):
        mine = dealt(strikes, number, len(base.legs))
        here = replace(options, run_path=folder / f"leg-{number}")
        leg, missed, injected = _fly_leg(here, console, base, number, (*missed, *mine))
        under_way += injected
        kills, full_disks = (
            replace(done, planned=tally(mine, (), kills=kills).planned)
            for done, kills in ((leg.evidence.kills, True), (leg.evidence.full_disks, False))
        )
        evidence = replace(leg.evidence, kills=kills, full_disks=full_disks)
        legs.append(replace(leg, evidence=evidence))
    facts = {
        "scenario": base.id,
        "seed": options.seed,
        "faults": faults_for_report(with_injected(base, under_way)),
        "mission_start": legs[0].date,
        "mission_end": legs[-1].date,
        "rate": round(base.span.seconds * len(legs) / (time.monotonic() - started), 1),
        "run": str(folder),
        "deliveries": str(folder),
    }
    return report_of_all(legs, base.all_legs, facts)


def seed_of(seed: int, number: int) -> int:
    """The seed that a leg's truth, traffic and order of strikes are drawn by."""
    return random.Random(f"leg {number} of {seed}").randrange(1, 2**31)


def dealt(strikes: Sequence[Strike], number: int, legs: int) -> tuple[Strike, ...]:
    """Those of all strikes that fall to a leg."""
    return tuple(strikes[number - 1 :: legs])


def _fly_leg(
    options: FlightOptions,
    console: Console,
    base: Scenario,
    number: int,
    strikes: tuple[Strike, ...],
) -> tuple[LegResult, tuple[Strike, ...], list[Mapping[str, Any]]]:
    """A leg, the strikes that found no moment in it, and the faults injected under way."""
    seed = seed_of(options.seed, number)
    options = replace(options, scenario=leg_id(base, number), seed=seed)
    mission, scenario = mission_and_scenario(options)
    evidence, facts, missed = fly(options, console, strikes)
    # what finds no moment in a leg strikes in the next: strikes are judged together
    criteria = judge(replace(evidence, kills=Strikes(), full_disks=Strikes()), scenario.criteria)
    write_json(RunDirectory(Path(facts["run"])).leg_report, report(evidence, criteria, facts))
    leg = LegResult(
        number=number,
        date=scenario.span.start.utc_iso(0),
        light_time_s=light_time_s(mission, scenario),
        seed=seed,
        evidence=evidence,
        criteria=criteria,
    )
    under_way = [one for one in facts["faults"] if "injected_by" in one]
    return leg, missed, [{**one, "leg": number} for one in under_way]
