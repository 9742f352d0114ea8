"""Where nobody names a scenario, the mission's first is flown: it is data."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from groundsys.cli import main
from groundsys.mission.programme import programme_of
from groundsys.rehearsal.options import FlightOptions


@pytest.mark.parametrize(("named", "flown"), [([], ""), (["short"], "short")])
def test_up_flies_the_missions_first_scenario_unless_another_is_named(
    named: list[str], flown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[FlightOptions] = []
    monkeypatch.setattr(
        "groundsys.rehearsal.flying.standing.start_detached",
        lambda flight, console: asked.append(flight),
    )
    answer = CliRunner().invoke(main, ["up", *named, "--detach", "--data", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    assert [one.scenario for one in asked] == [flown or programme_of().first_scenario]
