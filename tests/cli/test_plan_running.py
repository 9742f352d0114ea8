"""`groundsys plan` beside a running ground segment: real desks, asked over the bus's own maps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.desks import Desks
from groundsys.planning import Plan
from groundsys.planning.exchange import write_plan_json
from groundsys.rehearsal.run_directory import RunDirectory

pytestmark = pytest.mark.usefixtures("definitions_read_once")


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["plan", *arguments, "--data", str(data)], env={"COLUMNS": "150"}
    )


def said(data: Path, *arguments: str) -> str:
    answer = run(data, *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.output


def error_of(data: Path, *arguments: str) -> str:
    answer = run(data, *arguments)
    assert answer.exit_code == 2, answer.output
    assert "Traceback" not in answer.output
    return " ".join(answer.output.split())


def test_the_plan_that_is_flown_is_shown(data: Path, plan: Plan, tmp_path: Path) -> None:
    text = said(data, "show", "--run")
    assert "plan version 1" in text
    assert "first plan" in text
    for one in plan.passes:
        assert f"\n{one.id} " in text
    told = json.loads(said(data, "show", "--run", "--json"))
    assert [one["id"] for one in told["plan"]["passes"]] == [one.id for one in plan.passes]
    page = tmp_path / "plan.html"
    said(data, "show", "--run", str(data / "a-run"), "--html", str(page))
    assert 'id="bar-pass-01"' in page.read_text(encoding="utf-8")
    assert "sees otv" in said(data, "explain", plan.passes[1].id, "--run")
    assert "no version 9" in error_of(data, "show", "--run", "--version", "9")


def test_a_pass_is_given_up(data: Path, plan: Plan, desks: Desks) -> None:
    gone = plan.passes[1].id
    text = said(data, "cancel", gone)
    assert "plan version 2 is flown now" in text
    assert f"1 dropped ({gone})" in text
    assert gone not in {one.id for one in desks.planning.version.plan.passes}
    assert "is booked ahead" in error_of(data, "cancel", "pass-99")
    told = json.loads(said(data, "cancel", plan.passes[2].id, "--json"))
    assert told["adopted"]
    assert told["changes"]["passes"]["dropped"] == [plan.passes[2].id]


def test_news_is_told_and_the_plan_is_mended(data: Path, plan: Plan, desks: Desks) -> None:
    one = plan.passes[1]
    stretch = f"{one.start.utc_iso(0)},{one.end.utc_iso(0)}"
    text = said(data, "make", "--run", "--outage", f"{one.antenna},{stretch}")
    assert "plan version 2 is flown now" in text
    said(data, "make", "--run", "--weather", f"{one.antenna},{stretch},4")
    assert [known.antenna for known in desks.planning.known.outages] == [one.antenna]
    assert [known.loss_db for known in desks.planning.known.weather] == [4.0]
    text = said(data, "show", "--run")
    assert "╳" in text
    assert "╳ closed" in text
    text = error_of(data, "make", "--run", "--outage", f"dss-99,{stretch}")
    assert "no antenna 'dss-99'" in text
    said(data, "make", "--run")


def test_a_version_of_the_book_is_booked(
    data: Path, plan: Plan, desks: Desks, tmp_path: Path
) -> None:
    file = tmp_path / "ours.json"
    fewer = Plan(plan.scenario, plan.passes[:1] + plan.passes[2:], plan.relay_sessions)
    file.write_text(write_plan_json(fewer), encoding="utf-8")
    said(data, "import", str(file), "--scenario", "quickstart")
    text = said(data, "book")
    assert "plan version 2 is flown now" in text
    assert plan.passes[1].id in text
    assert desks.planning.version.reason.startswith("version 1 of the plan book")
    assert len(desks.planning.version.plan.passes) == len(plan.passes) - 1


def test_a_plan_for_another_day_is_refused(data: Path, desks: Desks) -> None:
    said(data, "make", "quickstart", "--work", "0.01", "--from", "2031-08-24", "--days", "1")
    text = error_of(data, "book")
    assert "the ground segment keeps its plan" in text
    assert "outside the scenario" in text
    assert desks.planning.version.version == 1


def test_an_ended_run_is_said(data: Path) -> None:
    RunDirectory(data / "a-run").write_facts({"pid": 2**22 + 1})
    for arguments in (("show", "--run"), ("cancel", "pass-01"), ("make", "--run")):
        assert "has ended" in error_of(data, *arguments)
