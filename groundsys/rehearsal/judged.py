"""A scenario flown from its first to its last second, and judged by the evidence that it left."""

from __future__ import annotations

import functools
import io
import time
from dataclasses import replace
from typing import Any

from rich.console import Console

from groundsys.mission.faults.fault_catalogue import fault_text
from groundsys.mission.loading import with_injected
from groundsys.mission.scenario.scenario_model import ProcedureRun, Scenario
from groundsys.planning.exchange.fields import to_plain
from groundsys.rehearsal.checking.runs_check import check_runs
from groundsys.rehearsal.flying.customers import deliver_to_customers
from groundsys.rehearsal.flying.flight import CLOSING_TIMEOUT_S, NO_PARTICIPANTS, Flight, flight
from groundsys.rehearsal.flying.killing import Strike, strikes_of, tally
from groundsys.rehearsal.flying.operators import Ask
from groundsys.rehearsal.flying.procedure_rehearsal import Order, rehearse_procedure
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.flying.tampering import rewrite_log
from groundsys.rehearsal.options import FlightOptions, mission_and_scenario
from groundsys.rehearsal.report.report import report
from groundsys.rehearsal.verdict.evidence import gather_evidence
from groundsys.rehearsal.verdict.verdict import Evidence, judge


def rehearse_scenario(options: FlightOptions, console: Console) -> dict[str, Any]:
    """Fly a scenario from its first to its last second, and return the report with the verdict."""
    _, scenario = mission_and_scenario(options)
    evidence, facts, _ = fly(options, console, strikes_of(scenario, options.seed))
    return report(evidence, judge(evidence, scenario.criteria), facts)


def fly(
    options: FlightOptions, console: Console, strikes: tuple[Strike, ...]
) -> tuple[Evidence, dict[str, Any], tuple[Strike, ...]]:
    """Fly a scenario to its end while processes are struck.

    The evidence, facts to report, and the strikes that found no moment.
    """
    mission, scenario = mission_and_scenario(options)
    check_runs(mission, scenario, options.procedures)
    options = replace(options, revive=options.revive or bool(strikes))
    started = time.monotonic()
    injected = tuple(fault_text(one) for one in options.injected)
    with ProgressDisplay(console, scenario.title, scenario.span, injected) as display:
        with flight(options, display) as flown:
            display.phase("flying")
            with (  # people have logged in before anything strikes
                flown.people(
                    functools.partial(_rehearse_before, options, flown, display)
                ) as people,
                flown.killer(strikes) as killer,
            ):
                flown.advance(scenario.span.end, display, people.act)
            rate = display.rate
            display.phase("customers fetch their data")
            flown.await_portal()
            deliver_to_customers(flown.run, scenario)
            rewrite_log(flown.run.store, scenario.faults)
            wall_seconds = time.monotonic() - started
            display.phase("closing the simulators' records, gathering evidence")
            flown.carrier.close()
            flown.processes.wait(CLOSING_TIMEOUT_S, not_for=NO_PARTICIPANTS)
            evidence = gather_evidence(
                *(flown.run, mission, scenario, flown.yamcs),
                wall_seconds=wall_seconds,
                kills=tally(strikes, killer.struck, kills=True),
                full_disks=tally(strikes, killer.struck, kills=False),
                requests=people.operators.done,
                pursued=people.runners.pursued,
            )
        facts = {
            "scenario": scenario.id,
            "seed": options.seed,
            "faults": faults_for_report(with_injected(scenario, flown.injector.under_way)),
            "mission_start": scenario.span.start.utc_iso(0),
            "mission_end": scenario.span.end.utc_iso(0),
            "rate": round(rate, 1),
            "steps": flown.exchange.steps,
            "run": str(flown.run.path),
            "deliveries": str(flown.run.deliveries),
        }
    return evidence, facts, killer.missed


def _rehearse_before(
    options: FlightOptions,
    flown: Flight,
    display: ProgressDisplay,
    planned: ProcedureRun,
    ask: Ask,
) -> None:
    """Rehearse as an operator does, while the flight's clock waits."""
    order = Order.of(
        ask(
            "procedure_rehearse",
            operator=planned.starts,
            procedure=planned.procedure,
            spacecraft=planned.spacecraft,
            parameters=dict(planned.parameters),
        )
    )
    with display.meanwhile(f"rehearsing {planned.procedure} first"):
        verdict = rehearse_procedure(
            order,
            Console(file=io.StringIO()),
            data_directory=flown.run.path,
            mission_db=options.mission_db,
        )
    ask(
        "procedure_rehearsed",
        operator=planned.starts,
        rehearsal=order.snapshot.id,
        digest=order.digest,
        verdict=to_plain(verdict, "verdict"),
    )


def faults_for_report(scenario: Scenario) -> list[dict[str, Any]]:
    """What went wrong in a flight: the scenario's own faults, and those injected into this one."""
    return [{"injected": False, **fault} for fault in scenario.faults]
