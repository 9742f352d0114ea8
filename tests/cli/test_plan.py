"""`groundsys plan` over a plan book: what each verb prints, writes, and says when it cannot."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from groundsys.cli import main
from groundsys.cli.plan.progress import SearchProgress
from groundsys.planning.exchange import EXPORTS
from groundsys.planning.situation import Progress
from groundsys.planning.versions.book import PlanBook, read_document

pytestmark = pytest.mark.usefixtures("definitions_read_once")

PLAN = main.commands["plan"]
assert isinstance(PLAN, click.Group)
VERBS = sorted(PLAN.commands)
#: enough to try every part of a search, little enough for a test
QUICK = ("--work", "0.05")


def run(*arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(main, ["plan", *arguments], **options)


def said(*arguments: str, width: int = 120) -> str:
    answer = run(*arguments, env={"COLUMNS": str(width)})
    assert answer.exit_code == 0, answer.output
    return answer.output


def error_of(*arguments: str) -> str:
    """The one error, on one line, of a verb that fails as it should."""
    answer = run(*arguments, env={"COLUMNS": "200"})
    assert answer.exit_code == 2, answer.output
    assert isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return " ".join(answer.output.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which `short` has been planned once."""
    data = tmp_path_factory.mktemp("data")
    said("make", "short", *QUICK, "--data", str(data))
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    book = tmp_path / "data" / "plans" / "short"
    book.mkdir(parents=True)
    for path in (made / "plans" / "short").iterdir():
        (book / path.name).write_bytes(path.read_bytes())
    return tmp_path / "data"


def book_of(data: Path) -> PlanBook:
    return PlanBook(data / "plans" / "short")


# --- help ------------------------------------------------------------------------------------


def test_the_verbs_are_those_that_operators_need() -> None:
    assert VERBS == [
        "book", "cancel", "diff", "explain", "export", "import", "make", "observe", "show",
        "sites",
    ]  # fmt: skip


def test_the_first_page_teaches_a_plans_life() -> None:
    text = said("--help")
    for step in ("make quickstart", "show", "show --html", "explain pass-", "diff", "book"):
        assert f"groundsys plan {step}" in text
    assert "--outage dss-63," in text


@pytest.mark.parametrize("verb", VERBS)
def test_each_verbs_page_explains_it_and_its_options(verb: str) -> None:
    command = PLAN.commands[verb]
    text = said(verb, "--help")
    assert command.help
    assert command.help.rstrip().endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.opts
            assert parameter.opts[0] in text
    assert "--json" in text


# --- make ------------------------------------------------------------------------------------


def test_make_tells_what_the_plan_takes_and_brings(made: Path, data: Path) -> None:
    text = said("make", "short", *QUICK, "--data", str(data))
    for antenna in ("dss-25", "dss-43", "malargue-35"):
        assert antenna in text
    for customer in ("polar-weather", "tharsis-seismo"):
        assert customer in text
    assert "checked: no conflict" in text
    assert "version 2 of short" in text
    assert book_of(data).versions == (1, 2)


def test_make_for_machines(data: Path) -> None:
    answer = run("make", "short", *QUICK, "--json", "--data", str(data))
    told = json.loads(answer.stdout)
    assert told["version"] == 2
    assert told["scenario"] == "short"
    assert told["findings"] == []
    assert told["summary"]["passes"] >= 2
    assert {one["customer"] for one in told["summary"]["customers"]} == {
        "polar-weather",
        "tharsis-seismo",
    }
    assert told["span"] == {"start": "2031-08-20T00:00:00Z", "end": "2031-08-20T06:00:00Z"}
    assert told["value"] <= told["bound"]


def test_the_same_work_and_seed_make_the_same_plan(data: Path) -> None:
    said("make", "short", *QUICK, "--seed", "7", "--data", str(data))
    said("make", "short", *QUICK, "--seed", "7", "--data", str(data))
    book = book_of(data)
    assert book.read(2).plan == book.read(3).plan


def test_days_and_from_choose_the_span(data: Path) -> None:
    start = "2031-08-20T02:00:00Z"
    said("make", "short", *QUICK, "--from", start, "--days", "0.5", "--data", str(data))
    document = book_of(data).read()
    assert document.span.start.utc_iso(0) == start
    assert document.span.end.utc_iso(0) == "2031-08-20T14:00:00Z"
    assert all(document.span.start <= one.start for one in document.plan.passes)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["make", "shrot"], ["there is no scenario 'shrot'", "quickstart, release", "remedy"]),
        (["make"], ["name a SCENARIO", "--run"]),
        (["make", "short", "--from", "today"], ["'today' is no time", "2031-08-20T06:00:00Z"]),
        (["make", "short", "--from", "2031-08-21"], ["nothing to plan", "remedy"]),
        (["make", "short", "--days", "-1"], ["--days"]),
        (["make", "short", "--outage", "dss-25"], ["'dss-25' is no outage", "write ANTENNA,"]),
        (
            ["make", "short", "--outage", "dss-99,2031-08-20,2031-08-21"],
            ["there is no antenna 'dss-99'", "malargue-35", "remedy"],
        ),
        (
            ["make", "short", "--outage", "dss-25,2031-08-20T04:00Z,2031-08-20T02:00Z"],
            ["ends before it starts"],
        ),
        (
            ["make", "short", "--outage", "dss-25,2031-08-20,noon"],
            ["'noon' is no time"],
        ),
        (
            ["make", "short", "--weather", "dss-25,2031-08-20,2031-08-21,much"],
            ["is no weather", "3.5"],
        ),
        (["make", "short", "--oem", "otv"], ["names no craft and file"]),
        (["make", "short", "--oem", "otv=nowhere.oem"], ["there is no file 'nowhere.oem'"]),
        (
            ["make", "short", "--replan", "--from", "2031-08-25T00:00:00Z"],
            ["cannot change where it is not", "remedy"],
        ),
    ],
)
def test_what_cannot_be_planned_is_said_and_the_old_plan_stands(
    data: Path, arguments: Sequence[str], words: Sequence[str]
) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    text = error_of(*arguments, "--data", str(data))
    for word in words:
        assert word in text
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("content", ["", "CCSDS_OEM_VERS = 2.0\n", "no message at all\n"])
def test_a_bad_oem_is_refused_and_nothing_of_it_is_kept(
    data: Path, tmp_path: Path, content: str
) -> None:
    bad = tmp_path / "bad.oem"
    bad.write_text(content)
    text = error_of("make", "short", *QUICK, "--oem", f"otv={bad}", "--data", str(data))
    assert "bad.oem" in text
    assert book_of(data).versions == (1,)
    assert [path.name for path in book_of(data).folder.iterdir()] == ["0001.json"]


def test_a_landed_craft_takes_no_oem(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "cube.oem"
    file.write_text("x")
    text = error_of("make", "short", "--oem", f"cube-polar={file}", "--data", str(data))
    assert "no craft that flies is named 'cube-polar'" in text
    assert "expected: apophis-otv, fernweh, otv" in text


def test_a_book_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    text = error_of("make", "short", *QUICK, "--book", str(tmp_path / "file" / "book"))
    assert "cannot be written" in text
    assert "--book" in text


# --- show ------------------------------------------------------------------------------------


def test_show_draws_the_chart_and_lists_the_passes(made: Path) -> None:
    text = said("show", "--data", str(made))
    document = read_document(made / "plans" / "short" / "0001.json")
    assert "One relay session each, six hours · plan version 1" in text
    assert re.search(r"^dss-25 .*[█▄]", text, re.MULTILINE)
    assert "UTC           00" in text
    for one in (*document.plan.passes, *document.plan.relay_sessions):
        assert re.search(rf"^{one.id} ", text, re.MULTILINE)
    assert max(map(len, text.split("\n"))) <= 120


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_show_keeps_to_the_width(made: Path, width: int) -> None:
    lines = said("show", "--data", str(made), "--width", str(width)).split("\n")
    chart = lines[: next(number for number, line in enumerate(lines) if line.startswith("█"))]
    assert max(len(line) for line in chart[1:]) <= width


def test_show_a_part(made: Path) -> None:
    options = ("--from", "2031-08-20T00:00Z", "--to", "2031-08-20T01:00Z", "--data", str(made))
    text = said("show", *options)
    passes = read_document(made / "plans" / "short" / "0001.json").plan.passes
    begun = [one for one in passes if one.start.utc_iso(0) < "2031-08-20T01:00:00Z"]
    for one in passes:
        assert (re.search(rf"^{one.id} ", text, re.MULTILINE) is not None) == (one in begun)
    text = error_of("show", "--from", "2031-09-01", "--data", str(made))
    assert "nothing of the plan to show" in text


def test_show_for_machines(made: Path) -> None:
    told = json.loads(said("show", "--json", "--data", str(made)))
    assert told["version"] == 1
    assert told["scenario"] == "short"
    assert told["plan"]["passes"][0]["id"] == "pass-01"
    assert told["plan"]["passes"][0]["start"].endswith("Z")
    assert told["summary"]["passes"] == len(told["plan"]["passes"])


def test_show_writes_a_page(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "below" / "plan.html"
    assert "written" in said("show", "--html", str(target), "--data", str(made))
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert 'id="bar-pass-01"' in page
    assert [path.name for path in target.parent.iterdir()] == ["plan.html"]
    (tmp_path / "file").write_text("")
    text = error_of("show", "--html", str(tmp_path / "file" / "plan.html"), "--data", str(made))
    assert "cannot be written" in text


def test_show_what_is_not_there(made: Path, tmp_path: Path) -> None:
    assert "no version 4" in error_of("show", "--version", "4", "--data", str(made))
    text = error_of("show", "--data", str(tmp_path))
    assert "no plan has been made" in text
    assert "groundsys plan make" in text
    text = error_of("show", "--run", "--data", str(tmp_path))
    assert "no run has been started" in text


# --- explain ---------------------------------------------------------------------------------


def test_explain_a_pass(made: Path) -> None:
    text = said("explain", "pass-01", "--data", str(made))
    one = read_document(made / "plans" / "short" / "0001.json").plan.passes[0]
    assert one.antenna in text
    assert f"{one.antenna} sees otv" in text
    assert "it begins" in text
    assert "it ends" in text
    assert "kbit/s over" in text


@pytest.mark.parametrize("id", ["relay-01", "malargue-35", "dss-25", "polar-weather"])
def test_explain_for_machines(made: Path, id: str) -> None:
    told = json.loads(said("explain", id, "--json", "--data", str(made)))
    assert told["id"] == id
    assert told["version"] == 1
    assert told["facts"]
    assert told["reasons"]


def test_explain_what_is_not_there(made: Path) -> None:
    text = error_of("explain", "pass-99", "--data", str(made))
    assert "nothing named 'pass-99'" in text
    assert "polar-weather" in text
    assert "remedy" in text


# --- export and import -----------------------------------------------------------------------


def test_every_form_is_listed_and_written(made: Path, tmp_path: Path) -> None:
    listing = said("export", "--list")
    for name, exporter in EXPORTS.items():
        assert re.search(rf"^{name} ", listing, re.MULTILINE)
        target = tmp_path / (f"plan{exporter.suffix}" if exporter.single else name)
        text = said("export", "--format", name, "--out", str(target), "--data", str(made))
        assert str(target) in text
        files = [target] if exporter.single else sorted(target.iterdir())
        assert files
        assert all(path.stat().st_size > 0 for path in files)


def test_the_ending_tells_the_form(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "plan.ics"
    told = json.loads(said("export", "--out", str(target), "--json", "--data", str(made)))
    assert told == {"format": "icalendar", "files": [str(target)]}
    assert target.read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")
    assert "tells no form" in error_of("export", "--out", "plan.xyz", "--data", str(made))
    assert "name the file" in error_of("export", "--data", str(made))
    text = error_of("export", "--format", "fax", "--out", str(target), "--data", str(made))
    assert "no format to export" in text


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_what_was_exported_comes_back_as_a_version(data: Path, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"theirs{suffix}"
    said("export", "--out", str(file), "--data", str(data))
    text = said("import", str(file), "--scenario", "short", "--data", str(data))
    assert "version 2 of short" in text
    book = book_of(data)
    assert book.read(2).plan == book.read(1).plan
    assert book.read(2).homecomings == book.read(1).homecomings
    assert book.read(2).reason == f"imported from theirs{suffix}"


def test_a_plan_with_a_conflict_is_not_taken(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "theirs.json"
    said("export", "--out", str(file), "--data", str(data))
    plan = json.loads(file.read_text(encoding="utf-8"))
    plan["passes"][1]["start"] = plan["passes"][0]["start"]
    file.write_text(json.dumps(plan), encoding="utf-8")
    text = error_of("import", str(file), "--scenario", "short", "--data", str(data))
    assert "does not hold" in text
    assert book_of(data).versions == (1,)
    file.write_text("{", encoding="utf-8")
    assert "is no JSON" in error_of("import", str(file), "--scenario", "short", "--data", str(data))
    text = error_of("import", str(file), "--scenario", "quickstrat", "--data", str(data))
    assert "there is no scenario" in text
    assert book_of(data).versions == (1,)


# --- when something happens ------------------------------------------------------------------


def outage_of(data: Path) -> tuple[str, str]:
    """The last pass of the newest version, and an outage of its antenna over it."""
    last = book_of(data).read().plan.passes[-1]
    start, end = last.start.plus_seconds(-600.0), last.end.plus_seconds(600.0)
    return last.id, f"{last.antenna},{start.utc_iso(0)},{end.utc_iso(0)}"


def test_a_plan_mended_under_way_is_not_blamed_for_what_has_begun(data: Path) -> None:
    begun = book_of(data).read().plan.passes[0].end.utc_iso(0)
    text = said("make", "short", *QUICK, "--replan", "--from", begun, "--data", str(data))
    assert "checked: no conflict" in text


def test_an_outage_changes_as_little_as_it_must(data: Path) -> None:
    id, outage = outage_of(data)
    text = said("make", "short", *QUICK, "--outage", outage, "--data", str(data))
    assert "version 2 of short" in text
    assert f"{outage.split(',')[0]} out" in text
    book = book_of(data)
    old, new = book.read(1), book.read(2)
    assert new.parent == 1
    assert [one.antenna for one in new.outages] == [outage.split(",")[0]]
    stays = {one.id: one for one in old.plan.passes if one.id != id}
    assert {one.id: one for one in new.plan.passes if one.id in stays} == stays
    assert not any(one.antenna == new.outages[0].antenna for one in new.plan.passes if one.id == id)
    assert "╳" in said("show", "--data", str(data))


def test_news_adds_up_over_versions(data: Path) -> None:
    _, outage = outage_of(data)
    said("make", "short", *QUICK, "--outage", outage, "--data", str(data))
    stretch = "2031-08-20T00:10Z,2031-08-20T02:00Z"
    said("make", "short", *QUICK, "--weather", f"dss-25,{stretch},2", "--data", str(data))
    newest = book_of(data).read()
    assert (newest.version, newest.parent) == (3, 2)
    assert len(newest.outages) == 1
    assert [one.loss_db for one in newest.weather] == [2.0]


def test_diff_tells_what_changed_and_for_whom(data: Path) -> None:
    id, outage = outage_of(data)
    said("make", "short", *QUICK, "--outage", outage, "--data", str(data))
    text = said("diff", "--data", str(data))
    assert "version 1 (made anew) → version 2" in text
    assert re.search(rf"^{id} +(dropped|moved)", text, re.MULTILINE)
    for customer in ("polar-weather", "tharsis-seismo"):
        assert customer in text
    assert "commands can be sent in" in text
    told = json.loads(said("diff", "1", "2", "--json", "--data", str(data)))
    assert (told["old"], told["new"]) == (1, 2)
    assert id in (*told["passes"]["dropped"], *told["passes"]["moved"])
    assert {one["customer"] for one in told["customers"]} >= {"polar-weather", "tharsis-seismo"}
    same = said("diff", "2", "2", "--data", str(data))
    assert "both book the same" in same


def test_diff_needs_two_versions(made: Path) -> None:
    text = error_of("diff", "--data", str(made))
    assert "but one version" in text
    assert "remedy" in text
    assert "no version 3" in error_of("diff", "1", "3", "--data", str(made))


def test_a_newer_orbit_is_planned_by_and_kept(data: Path, tmp_path: Path) -> None:
    said("export", "--format", "oem", "--out", str(tmp_path / "orbits"), "--data", str(data))
    (orbit,) = (tmp_path / "orbits").iterdir()
    text = said("make", "short", *QUICK, "--oem", f"otv={orbit}", "--data", str(data))
    assert "new orbit of otv" in text
    newest = book_of(data).read()
    (name,) = newest.trajectories.values()
    assert (book_of(data).folder / name).read_bytes() == orbit.read_bytes()
    orbit.unlink()
    assert "new orbit of otv" in said("show", "--data", str(data))
    assert said("explain", newest.plan.passes[0].id, "--data", str(data))


def test_an_orbit_that_ends_too_soon_is_refused(data: Path, tmp_path: Path) -> None:
    said("export", "--format", "oem", "--out", str(tmp_path / "orbits"), "--data", str(data))
    (orbit,) = (tmp_path / "orbits").iterdir()
    before = sorted(path.name for path in book_of(data).folder.iterdir())
    text = error_of(
        *("make", "short", *QUICK, "--oem", f"otv={orbit}", "--days", "40", "--data", str(data))
    )
    assert orbit.name in text or "otv" in text
    assert sorted(path.name for path in book_of(data).folder.iterdir()) == before


def test_a_book_of_another_scenario_is_not_changed(data: Path) -> None:
    book = str(book_of(data).folder)
    text = error_of("make", "quickstart", *QUICK, "--replan", "--book", book)
    assert "another scenario's" in text
    assert book_of(data).versions == (1,)


# --- Ctrl-C ----------------------------------------------------------------------------------


def test_ctrl_c_keeps_the_best_plan_found(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "groundsys", "plan", "make", "short", "--seconds", "600"]
    with subprocess.Popen(
        [*command, "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as searching:
        assert searching.stderr is not None
        assert "Ctrl-C keeps the best" in searching.stderr.readline()
        searching.send_signal(signal.SIGINT)
        output, _ = searching.communicate(timeout=120)
        assert searching.returncode == 0, output
    assert "ended by Ctrl-C: the best plan found so far is kept" in output
    document = PlanBook(tmp_path / "plans" / "short").read()
    assert document.version == 1
    assert "search ended early" in document.reason
    assert len(document.plan.passes) >= 2


def test_a_second_ctrl_c_drops_the_search() -> None:
    before = signal.getsignal(signal.SIGINT)
    with SearchProgress(Console(quiet=True), 10.0) as progress:
        assert not progress.enough()
        signal.raise_signal(signal.SIGINT)
        assert progress.enough()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_search_tells_value_bound_and_gap() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=120)
    with SearchProgress(console, 10.0) as progress:
        progress.show(Progress(2.0, 90.0, 100.0, "a better plan"))
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.getvalue())
    assert "value 90.00" in text
    assert "bound 100.00" in text
    assert "gap 10.00%" in text
    assert "a better plan" in text


def test_cameras_that_pass_a_body_are_told_when_they_can_see_it() -> None:
    (window,) = json.loads(run("observe", "apophis-flyby", "--json").output)
    assert (window["spacecraft"], window["target"]) == ("apophis-camera", "apophis")
    assert window["nearest_km"] == pytest.approx(6.0, abs=0.01)
    assert window["farthest_km"] == pytest.approx(115.0)
    assert window["highest_phase_deg"] == pytest.approx(120.0, abs=0.1)
    text = run("observe", "apophis-flyby").output
    assert "16 pictures, 1.11 MB" in text
    assert "no camera of this scenario" in run("observe", "short").output


def test_sites_are_told_the_best_first_for_people_and_for_machines() -> None:
    found = json.loads(run("sites", "sample-taking", "--json").output)
    best = found[0]
    assert (best["site"], best["against"], best["sending"]) == (1, [], ["usuda-64"])
    assert best["begins"] < best["go_leaves_by"] < best["touches"]
    text = said("sites", "sample-taking", width=160)
    assert text.index(f"✓ {best['touches']}") < text.index("✗")
    assert "slope 17°, at most 12° is asked" in text
    assert "no craft of this scenario goes down" in said("sites", "short", width=160)
