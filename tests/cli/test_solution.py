"""`groundsys solution` beside a running ground segment: from a file to a decision."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.desks import Desks
from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.scenario.scenario_model import Scenario

pytestmark = pytest.mark.usefixtures("definitions_read_once")


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["solution", *arguments, "--data", str(data)], env={"COLUMNS": "150"}
    )


def said(data: Path, *arguments: str) -> str:
    answer = run(data, *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def message(tmp_path: Path, geometry: Geometry, scenario: Scenario) -> Path:
    """An OPM of the OTV, a kilometre a minute faster along its track than it is."""
    at = tdb_seconds(instants_ns(scenario.span.start))
    trajectory = geometry.craft("otv").trajectory
    place, motion = trajectory.position_km(at)[:, 0], trajectory.velocity_km_s(at)[:, 0]
    motion = motion * (1.0 + 1.0 / 60.0 / np.linalg.norm(motion))
    keys = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    lines = [
        "CCSDS_OPM_VERS = 3.0", "CREATION_DATE = 2031-08-20T00:00:00", "ORIGINATOR = NAV",
        "OBJECT_NAME = OTV", "OBJECT_ID = 2030-001A", "CENTER_NAME = MARS", "REF_FRAME = ICRF",
        "TIME_SYSTEM = UTC", f"EPOCH = {scenario.span.start.utc_iso(6).removesuffix('Z')}",
        *(f"{key} = {value!r}" for key, value in zip(keys, map(float, [*place, *motion]),
                                                     strict=True)),
    ]  # fmt: skip
    path = tmp_path / "otv.opm"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_from_a_state_to_a_decision(data: Path, desks: Desks, message: Path) -> None:
    assert "no orbit solution was imported" in said(data, "show")
    page = said(data, "import", str(message), "--of", "otv")
    assert "Orbit solution 1 of otv: proposed" in page
    assert "otv.opm (OPM: OTV, OPM of" in page
    assert "groundsys solution accept 1" in page
    assert page.count("\n") < 50
    assert said(data, "show", "1") == page
    assert "proposed" in said(data, "show")
    told = json.loads(said(data, "show", "1", "--json"))["solution"]
    assert told["comparison"]["worst_sigmas"] > 3.0
    assert told["comparison"]["passes"][0]["antenna"]
    assert [one.state for one in desks.solutions.all()] == ["proposed"]
    page = said(data, "refuse", "1", "--why", "wrong arc")
    assert "refused at" in page
    assert "wrong arc" in page


def test_errors_name_file_and_remedy(data: Path, message: Path) -> None:
    text = message.read_text()
    message.write_text(text.replace("TIME_SYSTEM = UTC", "TIME_SYSTEM = MET"))
    answer = run(data, "import", str(message), "--of", "otv")
    assert answer.exit_code == 2
    assert "otv.opm:8 has a TIME_SYSTEM" in " ".join(answer.output.split())
    message.write_text(text)
    answer = run(data, "import", str(message), "--of", "venus")
    assert answer.exit_code == 2
    assert "no orbit of 'venus'" in answer.output
