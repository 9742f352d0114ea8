"""`groundsys campaign`: many rehearsals at once, and one page about them."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK, main
from groundsys.cli.flights import end_on_terminate
from groundsys.cli.options import json_option, mission_db_option


def _seeds(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """`3`, `1-10`, or several of both with commas."""
    if text is None:
        return None
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if (
            not first.isdecimal()
            or (dash and not last.isdecimal())
            or int(last or first) < int(first)
        ):
            raise click.BadParameter(f"{part!r} is no seed: write 3, 1-10 or 1-3,7")
        seeds += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(seeds))


@main.command()
@click.argument("name", required=False)
@click.option("--scenario", "scenarios", multiple=True, help="Fly this one; may stand repeatedly.")
@click.option("--seeds", callback=_seeds, help="Truths: 3, 1-10 or 1-3,7.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Flights at once on this machine; by default as many as its cores carry.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Fly on the Dask cluster with this scheduler, e.g. tcp://10.0.0.5:8786.",
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="The campaign's folder; one that was begun there goes on.",
)
@json_option
@mission_db_option
def campaign(
    name: str | None,
    scenarios: tuple[str, ...],
    seeds: tuple[int, ...] | None,
    jobs: int | None,
    cluster: str | None,
    into: Path | None,
    as_json: bool,
    mission_db: Path | None,
) -> None:
    """Fly scenarios over many truths, with and without faults; exit 0 if all went as expected.

    NAME is a campaign of the mission (`mission_db/campaigns/`) or a YAML file; or say
    `--scenario`, which is flown over `--seeds` (1-10) as planned.

    \b
      groundsys campaign faults                        each criterion, and a fault that breaks it
      groundsys campaign --scenario quickstart --seeds 1-10
      groundsys campaign faults --cluster tcp://10.0.0.5:8786

    The folder gets one file a flight and `summary.html`.  Ctrl-C ends the flights under way; the
    same command goes on with what lacks, as long as software and definitions are the same.
    """
    from groundsys.campaign.book import CampaignBook
    from groundsys.campaign.definition import cases_of
    from groundsys.campaign.flying import fingerprint
    from groundsys.campaign.judging import judge_case
    from groundsys.campaign.page import summary_page
    from groundsys.campaign.workers import fly_here, fly_on_cluster, jobs_of_this_machine

    end_on_terminate()
    console = Console(stderr=as_json)
    wanted = _campaign(name, scenarios, seeds, mission_db)
    called = Path(name).stem if name else "by-hand"
    folder = into or Path("groundsys-data") / "campaigns" / called
    book = CampaignBook(folder, fingerprint(mission_db))
    cases = cases_of(wanted)
    known = {case.name: judge_case(case, found) for case in cases if (found := book.flown(case))}
    left = [case for case in cases if case.name not in known]
    page = folder / "summary.html"
    if known:
        console.print(f"{len(known)} of {len(cases)} flights are in {folder} already")
    flights = (
        fly_on_cluster(left, cluster, mission_db)
        if cluster
        else fly_here(left, jobs or jobs_of_this_machine(), mission_db)
    )
    started = time.monotonic()
    console.print(f"{len(left)} to fly; page: {page}", highlight=False, soft_wrap=True)
    try:
        for case, result in flights:
            book.keep(case, result)
            known[case.name] = judge_case(case, result["report"], result["words"])
            page.write_text(summary_page(wanted, list(known.values())), encoding="utf-8")
            _tell(console, known[case.name], len(known), len(cases), started)
    except KeyboardInterrupt:
        console.print("ending the flights under way, in order …")
        raise
    finally:
        flights.close()
    page.write_text(summary_page(wanted, list(known.values())), encoding="utf-8")
    outcomes = [known[case.name] for case in cases]
    well = sum(one.state == "as_expected" for one in outcomes)
    if as_json:
        click.echo(json.dumps(_for_machines(outcomes), indent=2))
    colour = "green" if well == len(cases) else "red"
    console.print(
        f"[bold {colour}]{well} of {len(cases)} flights as expected[/]; see {page}",
        highlight=False,
        soft_wrap=True,
    )
    sys.exit(0 if well == len(cases) else EXIT_VERDICT_NOT_OK)


def _campaign(
    name: str | None,
    scenarios: tuple[str, ...],
    seeds: tuple[int, ...] | None,
    mission_db: Path | None,
) -> Any:
    """What is to be flown, with every scenario's name checked."""
    from dataclasses import replace

    from groundsys.campaign.definition import Campaign, campaign_files, read_campaign
    from groundsys.mission import check_injected, load_scenario

    if name is not None:
        wanted = read_campaign(name, mission_db)
    elif scenarios:
        wanted = Campaign(", ".join(scenarios), scenarios, seeds or tuple(range(1, 11)))
    else:
        known = ", ".join(campaign_files(mission_db)) or "none"
        raise click.UsageError(f"name a campaign (there are: {known}) or --scenario")
    wanted = replace(wanted, scenarios=scenarios or wanted.scenarios, seeds=seeds or wanted.seeds)
    for scenario in wanted.scenarios:
        load_scenario(scenario, mission_db)
        for faults in wanted.fault_sets:
            check_injected(faults.inject, scenario, f"'{faults.name}'", mission_db)
    return wanted


def _tell(console: Console, outcome: Any, done: int, wanted: int, started: float) -> None:
    colour, word = {
        "as_expected": ("green", "as expected"),
        "otherwise": ("red", "otherwise"),
        "broken": ("yellow", "no verdict"),
    }[outcome.state]
    case = outcome.case
    console.print(
        f"{done}/{wanted}  {time.monotonic() - started:.0f} s  {case.scenario}, "
        f"{case.faults.name}, seed {case.seed}: [{colour}]{word}[/] "
        f"({outcome.met} of {outcome.criteria} criteria held)",
        highlight=False,
        soft_wrap=True,
    )
    for line in outcome.words.splitlines():
        console.print(f"    {line}", style="dim", highlight=False, markup=False, soft_wrap=True)


def _for_machines(outcomes: Any) -> list[dict[str, Any]]:
    from groundsys.campaign.definition import case_for_machines

    return [
        {
            **case_for_machines(one.case),
            "state": one.state,
            "met": one.met,
            "criteria": one.criteria,
            "unmet": sorted(one.unmet),
            "held": list(one.held),
            "figures": dict(one.figures),
            "words": one.words,
        }
        for one in outcomes
    ]
