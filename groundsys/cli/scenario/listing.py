"""`groundsys scenario list` and `faults`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from groundsys.cli.options import json_option, mission_db_option
from groundsys.cli.scenario.group import scenario

if TYPE_CHECKING:
    from groundsys.mission.faults.fault_model import FaultDefinition, FaultParameter
    from groundsys.mission.scenario.scenario_model import Scenario


_HOW_TO = """
Behind --inject: NAME,key=value,…   in a file: - {fault: NAME, key: value, …}
spacecraft, antenna, person, customer
                     whom it strikes; without, all that it fits
after_s, from        since when: seconds after start, or UTC; without, from start
until_s, until       until when; lasts_s, sols: for how long; without, to the end
at_event             once the craft tells of that event; after_s and until_s count from there
leg                  on that leg alone, of a scenario that has legs; of a voyage it must be told
What stands behind = is taken where nothing is told."""


@scenario.command("list")
@mission_db_option
@json_option
def list_scenarios(mission_db: Path | None, as_json: bool) -> None:
    """List every scenario: when, how many craft, legs and antennas it has, and what it is."""
    from groundsys.mission import load_mission

    scenarios = [one for _, one in sorted(load_mission(mission_db).scenarios.items())]
    if as_json:
        click.echo(json.dumps([_scenario_json(one) for one in scenarios], indent=2))
        return
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("scenario", no_wrap=True)
    table.add_column("from", no_wrap=True)
    table.add_column("lasts", no_wrap=True, justify="right")
    for heading in ("craft", "legs", "antennas"):
        table.add_column(heading, no_wrap=True, justify="right")
    table.add_column("title", min_width=20)
    for one in scenarios:
        table.add_row(
            one.id,
            f"{one.span.start.to_utc():%Y-%m-%d}",
            _length(one.span.seconds),
            str(len(one.spacecraft)),
            str(one.leg_count or 1),
            str(len(one.antennas)),
            escape(one.title),
        )
    Console().print(table)


@scenario.command()
@json_option
def faults(as_json: bool) -> None:
    """List every fault that a scenario, or `groundsys rehearse --inject`, may ask for."""
    from groundsys.mission.faults.fault_catalogue import FAULTS

    if as_json:
        click.echo(json.dumps([_fault_json(one) for one in FAULTS.values()], indent=2))
        return
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for one in FAULTS.values():
        told = [Text(text, style="dim") for text in _told(one)]
        table.add_row(one.name, Group(f"{_subject(one)} {one.sentence}", *told))
    console = Console()
    console.print(table)
    console.print(_HOW_TO, highlight=False)


def _subject(one: FaultDefinition) -> str:
    from groundsys.mission.faults.fault_model import SUBJECTS

    return SUBJECTS[one.strikes]


def _told(one: FaultDefinition) -> list[str]:
    """How the fault is told what it needs: keys, then each parameter with unit and default."""
    from groundsys.mission.faults.fault_model import TIMES, WHOM

    event = ("at_event",) if one.may_await_event else ()
    keys = " ".join(f"{key}=…" for key in (*WHOM[one.strikes], *event, *TIMES[one.timing]))
    return [text for text in (keys, *map(_parameter, one.parameters)) if text]


def _parameter(one: FaultParameter) -> str:
    if one.default is not None:
        stated = (
            f"{one.name}={one.default:g}"
            if isinstance(one.default, float)
            else (f"{one.name}={one.default}")
        )
    else:
        stated = f"{one.name}=…"
    unit = one.unit and f" {one.unit}"
    need = ", must be told" if one.required else ""
    choices = f": {', '.join(one.choices)}" if one.choices else ""
    return f"{stated}{unit}  {one.meaning}{need}{choices}"


def _scenario_json(one: Scenario) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "start": one.span.start.utc_iso(0),
        "end": one.span.end.utc_iso(0),
        "seconds": one.span.seconds,
        "spacecraft": list(one.spacecraft),
        "antennas": list(one.antennas),
        "customers": list(one.customers),
        "legs": [*(leg.utc_iso(0) for leg in one.legs), *one.voyage],
        "criteria": dict(one.criteria),
        "all_legs": dict(one.all_legs),
        "faults": [dict(fault) for fault in one.faults],
    }


def _fault_json(one: FaultDefinition) -> dict[str, Any]:
    from groundsys.mission.faults.fault_model import TIMES, WHOM

    return {
        "name": one.name,
        "strikes": one.strikes,
        "sentence": f"{_subject(one)} {one.sentence}",
        "whom": list(WHOM[one.strikes]),
        "times": list(TIMES[one.timing]),
        "may_await_event": one.may_await_event,
        "parameters": [asdict(parameter) for parameter in one.parameters],
    }


def _length(seconds: float) -> str:
    hours = seconds / 3600.0
    return f"{round(hours / 24.0, 1):g} d" if hours >= 48.0 else f"{hours:g} h"
