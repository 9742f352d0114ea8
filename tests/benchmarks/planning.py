"""Planning at scale: 1, 5, 20, 60 craft about Mars, 12 antennas, 4 weeks; and mending each plan.

    python -m tests.benchmarks.planning [--json FILE] [--craft 1,5,20,60] [--days 28]

Craft are the mission's OTV in orbits of their own, each with an instrument that makes about 60 MB a
day, for customers of differing priority; the antennas are the mission's seven and five more at
their places, of which NASA's hear two craft at once.  Effort grows with the craft, so that a time
near linear in them shows what decomposition gives.  A plan is mended after its busiest antenna
drops out for two days on the fourth; `_cpu_s` are processor seconds, which a busy machine changes
less than it does time by the clock.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.planning import diff_plans, make_plan, replan
from groundsys.planning.situation import Effort, Outage, Situation
from groundsys.values.instants import Instant, Interval

#: deterministic seconds of search for each craft and week
_WORK = 0.05
_NEVER = Instant(2**62)


def fleet(count: int, days: float) -> tuple[Mission, Scenario]:
    """A mission of `count` orbiters and twelve antennas, and a scenario of so many days."""
    base = load_mission()
    otv, quickstart = base.spacecraft["otv"], base.scenarios["quickstart"]
    assert otv.orbit is not None
    spacecraft, payloads, customers = {}, {}, {}
    for number in range(count):
        orbit: KeplerOrbit = replace(
            otv.orbit,
            semi_major_axis_km=4_200.0 + 4_000.0 * ((number * 0.618) % 1.0),
            inclination_deg=30.0 + 70.0 * ((number * 0.414) % 1.0),
            raan_deg=(number * 137.5) % 360.0,
            mean_anomaly_deg=(number * 222.5) % 360.0,
        )
        id, payload, customer = (
            f"{word}-{number + 1:02d}" for word in ("orbiter", "camera", "team")
        )
        spacecraft[id] = replace(
            otv,
            id=id,
            orbit=orbit,
            payload=payload,
            framing=replace(otv.framing, spacecraft_id=100 + number),
            platform={**otv.platform, "recorder_mb": 4096},
        )
        payloads[payload] = Payload(
            payload, payload, "seismometer", (Field("sample", "uint", 556),), 0.1, 3600.0
        )
        customers[customer] = Customer(
            customer, customer, "", (payload,), priority=1.0 + number % 3, latency_goal_s=43_200.0
        )
    antennas = {
        id: replace(one, downlinks_per_beam=2 if "NASA" in one.agency else 1, cost_per_hour=0.05)
        for id, one in base.antennas.items()
    }
    for id in sorted(base.antennas)[:5]:
        antennas[f"{id}-b"] = replace(antennas[id], id=f"{id}-b")
    span = Interval(quickstart.span.start, quickstart.span.start.plus_seconds(days * 86_400.0))
    scenario = replace(
        quickstart,
        id=f"fleet-{count}",
        span=span,
        cut_off=_NEVER,
        quiet_from=_NEVER,
        spacecraft=tuple(spacecraft),
        antennas=tuple(antennas),
        customers=tuple(customers),
        commands=(),
    )
    mission = replace(
        base,
        spacecraft=spacecraft,
        antennas=antennas,
        payloads=payloads,
        customers=customers,
        scenarios={scenario.id: scenario},
    )
    return mission, scenario


def measure(count: int, days: float) -> dict[str, Any]:
    """Plan for so many craft, lose an antenna after three days, and mend the plan."""
    mission, scenario = fleet(count, days)
    geometry = Geometry(mission)
    first: list[float] = []
    effort = Effort(work=_WORK * count * days / 7.0)
    begun, worked = time.monotonic(), time.process_time()
    made = make_plan(
        mission,
        scenario,
        geometry,
        Situation(scenario.span.start),
        effort,
        on_progress=lambda told: first.append(told.value),
    )
    plan_s, plan_cpu_s = time.monotonic() - begun, time.process_time() - worked
    now = scenario.span.start.plus_seconds(min(3.0, days / 3.0) * 86_400.0)
    busiest = max(
        scenario.antennas, key=lambda id: sum(one.antenna == id for one in made.plan.passes)
    )
    out = Outage(busiest, Interval(now, now.plus_seconds(2.0 * 86_400.0)))
    begun, worked = time.monotonic(), time.process_time()
    mended = replan(mission, scenario, geometry, Situation(now, made.plan, (out,)), Effort())
    replan_s, replan_cpu_s = time.monotonic() - begun, time.process_time() - worked
    diff = diff_plans(made.plan, mended.plan, made.homecomings, mended.homecomings)
    home = sum(one.bits for one in made.homecomings if one.home_at is not None)
    return {
        "craft": count,
        "antennas": len(scenario.antennas),
        "days": days,
        "passes": len(made.plan.passes),
        "plan_s": round(plan_s, 2),
        "plan_cpu_s": round(plan_cpu_s, 2),
        "first_value": round(first[0], 2),
        "value": round(made.value, 2),
        "bound": round(made.bound, 2),
        "gap": round(made.gap, 4),
        "data_home_share": round(home / sum(one.bits for one in made.homecomings), 4),
        "replan_s": round(replan_s, 2),
        "replan_cpu_s": round(replan_cpu_s, 2),
        "replan_value": round(mended.value, 2),
        "replan_kept": len(diff.passes.kept),
        "replan_moved": len(diff.passes.moved),
        "replan_added": len(diff.passes.added),
        "replan_dropped": len(diff.passes.dropped),
    }


def main() -> None:
    """Measure each number of craft and print a line for each."""
    parser = argparse.ArgumentParser(description="planning at scale")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--craft", default="1,5,20,60", help="numbers of craft")
    parser.add_argument("--days", type=float, default=28.0)
    arguments = parser.parse_args()
    rows = []
    for count in map(int, arguments.craft.split(",")):
        row = measure(count, arguments.days)
        rows.append(row)
        print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps({"planning": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
