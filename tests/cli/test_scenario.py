"""`groundsys scenario`, and `rehearse --inject` before it flies, as a user meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.mission import default_mission_db, load_mission
from groundsys.mission.faults.fault_catalogue import FAULTS


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    return shutil.copytree(default_mission_db(), tmp_path / "mission_db")


def test_every_scenario_is_listed() -> None:
    told = json.loads(invoke("scenario", "list", "--json").output)
    scenarios = load_mission().scenarios
    assert {one["id"]: one["title"] for one in told} == {
        id: one.title for id, one in scenarios.items()
    }
    (week,) = [one for one in told if one["id"] == "week"]
    assert (week["start"], week["seconds"]) == ("2031-08-20T00:00:00Z", 7 * 86_400.0)
    assert week["criteria"]["min_passes"] == 20
    lines = invoke("scenario", "list").output.splitlines()
    (line,) = [line for line in lines if line.startswith("week ")]
    assert line.split()[:8] == ["week", "2031-08-20", "7", "d", "3", "1", "6", "Seven"]


def test_every_fault_is_listed_with_what_it_needs() -> None:
    told = {one["name"]: one for one in json.loads(invoke("scenario", "faults", "--json").output)}
    assert set(told) == set(FAULTS)
    assert told["silent_cube"]["sentence"] == "a cube answers no hail"
    assert told["silent_cube"]["whom"] == ["spacecraft"]
    (share,) = told["weak_engine"]["parameters"]
    assert (share["name"], share["default"]) == ("share", 0.5)
    text = invoke("scenario", "faults").output
    for name in FAULTS:
        assert f"\n {name} " in f"\n{text}"
    assert "share=0.5  of the thrust" in text
    assert "left_kb=100 kB  what is left" in text


def test_what_comes_along_is_sound() -> None:
    for name in ("quickstart", "commanding"):
        answer = invoke("scenario", "check", name)
        assert (answer.exit_code, answer.output) == (0, f"{name}: sound\n")


def test_everything_wrong_is_told_with_file_and_line(definitions: Path) -> None:
    path = definitions / "scenarios" / "short.yaml"
    text = path.read_text().replace("min_passes: 2", "min_pass: 2")
    path.write_text(text + "\nfaults:\n  - {fault: silent_cube, spacecraft: otv}\n")
    answer = invoke("scenario", "check", "short", "--mission-db", str(definitions))
    assert answer.exit_code == 1
    lines = text.splitlines()
    wrong = lines.index("  min_pass: 2") + 1
    assert f"scenarios/short.yaml:{wrong}: unknown criterion 'min_pass'" in answer.output
    assert f"scenarios/short.yaml:{len(lines) + 3}: silent_cube strikes a cube" in answer.output


def test_a_criterion_that_cannot_be_met_is_found_where_it_stands(definitions: Path) -> None:
    path = definitions / "scenarios" / "short.yaml"
    path.write_text(path.read_text().replace("min_passes: 2", "min_passes: 40"))
    answer = invoke("scenario", "check", "short", "--mission-db", str(definitions), "--json")
    assert answer.exit_code == 1
    (finding,) = json.loads(answer.output)
    line = path.read_text().splitlines().index("  min_passes: 40") + 1
    assert (finding["file"], finding["line"]) == ("scenarios/short.yaml", line)
    assert finding["message"].startswith("min_passes is 40, and there are at most ")


RUN = (
    "{procedure: cube-release, spacecraft: cube-polar, at: '00:30', starts: amber, "
    "go: {operator: cedar, flight_director: birch}, rehearsed: here}"
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("procedure: cube-release", "procedure: cube-releas", "unknown procedure 'cube-releas'"),
        (
            "procedure: cube-release",
            "procedure: trajectory-correction",
            "trajectory-correction is for craft of model otv, not for cube-polar",
        ),
        ("rehearsed: here", "parameters: {least: 1}", "unknown parameter of the procedure 'least'"),
        ("rehearsed: here", "parameters: {least_battery: 1}", "least_battery is 1"),
        (
            "procedure: cube-release",
            "procedure: edl-preparation",
            "edl-preparation is not told its entry",
        ),
        (", flight_director: birch", "", "a gate asks a flight_director, and nobody says go"),
        (", flight_director: birch", ", director: birch", "unknown role 'director'"),
        ("rehearsed: here", "expect: completed", "it is not said where it is rehearsed"),
        ("procedure: cube-release", "procedure: cube-check-out", "is not critical: no rehearsal"),
    ],
)
def test_a_run_that_could_not_come_off_is_found_where_it_stands(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    text = (default_mission_db() / "scenarios" / "manoeuvres.yaml").read_text()
    path = tmp_path / "mine.yaml"
    text = text.replace("id: manoeuvres", "id: mine")
    path.write_text(f"{text}procedures:\n  - {RUN}\n")
    assert invoke("scenario", "check", str(path)).output.endswith("sound\n")
    assert old in RUN
    path.write_text(f"{text}procedures:\n  - {RUN.replace(old, new)}\n")
    answer = invoke("scenario", "check", str(path), "--json")
    assert answer.exit_code == 1
    findings = [one for one in json.loads(answer.output) if told in one["message"]]
    assert [one["line"] for one in findings] == [len(text.splitlines()) + 2]


def test_a_scenario_whose_runs_cannot_come_off_does_not_fly(definitions: Path) -> None:
    path = definitions / "scenarios" / "manoeuvres.yaml"
    path.write_text(f"{path.read_text()}procedures:\n  - {RUN.replace(', rehearsed: here', '')}\n")
    answer = invoke("rehearse", "manoeuvres", "--mission-db", str(definitions), "--data", "none")
    assert answer.exit_code == 2
    assert "runs procedures that cannot be run so" in answer.output
    assert not Path("none").exists()


def test_a_file_elsewhere_is_checked_as_well(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (default_mission_db() / "scenarios" / "short.yaml").read_text()
    path.write_text(text.replace("id: short", "id: mine").replace("dss-25,", "dss-26,"))
    answer = invoke("scenario", "check", str(path))
    assert answer.exit_code == 1
    assert f"{path}:12: unknown antenna 'dss-26'" in answer.output
    assert invoke("scenario", "check", str(tmp_path / "none.yaml")).exit_code == 2
    unknown = invoke("scenario", "check", "nothing")
    assert unknown.exit_code == 2
    assert "there is no scenario 'nothing'" in unknown.output


def test_a_new_scenario_checks_and_says_what_is_next(definitions: Path) -> None:
    options = ("--mission-db", str(definitions))
    start = ("--start", "2031-08-25T00:00:00Z", "--days", "1")
    answer = invoke("scenario", "new", "windy", "--from", "short", *start, *options)
    assert answer.exit_code == 0, answer.output
    assert f"groundsys rehearse windy --mission-db {definitions}" in answer.output
    scenario = load_mission(definitions).scenarios["windy"]
    assert (scenario.span.start.utc_iso(0), scenario.span.seconds) == (start[1], 86_400.0)
    assert invoke("scenario", "check", "windy", *options).output == "windy: sound\n"
    again = invoke("scenario", "new", "windy", "--from", "week", *options)
    assert again.exit_code == 2
    assert "is there already" in again.output
    assert load_mission(definitions).scenarios["windy"] == scenario


def test_a_new_scenario_of_so_many_days_is_the_quickstarts_day_made_longer(tmp_path: Path) -> None:
    answer = invoke("scenario", "new", "three-days", "--days", "3", "--into", str(tmp_path))
    assert answer.exit_code == 0, answer.output
    path = tmp_path / "three-days.yaml"
    assert invoke("scenario", "check", str(path)).output == f"{path}: sound\n"
    quickstart = load_mission().scenarios["quickstart"]
    root = shutil.copytree(default_mission_db(), tmp_path / "mission_db")
    shutil.copy(path, root / "scenarios")
    longer = load_mission(root).scenarios["three-days"]
    assert longer.span.seconds == 3 * 86_400.0
    assert longer.span.start == quickstart.span.start
    assert longer.title == "Three days"
    # what is made late still has its hours to come home
    for ends in ("cut_off", "quiet_from"):
        left_s = longer.span.end.seconds_since(getattr(longer, ends))
        assert left_s == quickstart.span.end.seconds_since(getattr(quickstart, ends))
    assert (longer.spacecraft, longer.criteria) == (quickstart.spacecraft, quickstart.criteria)


def test_a_new_scenario_elsewhere(tmp_path: Path) -> None:
    answer = invoke("scenario", "new", "mine", "--from", "short", "--into", str(tmp_path / "new"))
    assert answer.exit_code == 0, answer.output
    path = tmp_path / "new" / "mine.yaml"
    assert f"groundsys scenario check {path}" in answer.output
    assert invoke("scenario", "check", str(path)).exit_code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--start", "2032-01-01T00:00:00Z"), "134 days away"),
        (("--days", "0.55"), "min_bytes_tharsis-seismo is 5,000,000, and there are at most 4,"),
        (("--start", "noon"), "no time of UTC"),
    ],
)
def test_what_would_not_fly_is_not_written(
    tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    answer = invoke("scenario", "new", "mine", "--from", "quickstart", *options,
                    "--into", str(tmp_path))  # fmt: skip
    assert answer.exit_code == 2
    assert told in " ".join(answer.output.split())
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_fault_is_refused_before_anything_starts(tmp_path: Path) -> None:
    answer = invoke("rehearse", "short", "--inject", "silent_cube,spacecraft=otv",
                    "--data", str(tmp_path / "data"))  # fmt: skip
    assert answer.exit_code == 2
    assert "silent_cube strikes a cube" in answer.output
    assert not (tmp_path / "data").exists()
