from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from groundsys.cli import main
from groundsys.client import fetch_command
from groundsys.objects import FolderObjectStore
from tests.portal.fake_desks import POLAR_TOKEN, FakeDesks, listening
from tests.portal.portal_process import running_portal


def test_the_command_says_what_it_has_done(tmp_path: Path) -> None:
    desks = FakeDesks(FolderObjectStore(tmp_path / "objects"))
    desks.deliver("polar-weather", "weather-000001.dat", b"x" * 20_000)
    written = io.StringIO()
    with (
        listening(desks) as endpoint,
        running_portal(endpoint, tmp_path / "objects") as url,
    ):
        for _ in range(2):
            fetch_command(
                customer="polar-weather",
                token=POLAR_TOKEN,
                url=url,
                into=tmp_path / "home",
                console=Console(file=written),
            )
    lines = [line for line in written.getvalue().splitlines() if line.strip()]
    assert lines[0].startswith("polar-weather: 1 products fetched (0.02 MB), 0 were there already")
    assert lines[-1].startswith("polar-weather: 0 products fetched (0.00 MB), 1 were there already")


def test_the_command_tells_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desks = FakeDesks(FolderObjectStore(tmp_path / "objects"))
    desks.deliver("polar-weather", "weather-000001.dat", b"x" * 20_000)
    with listening(desks) as endpoint, running_portal(endpoint, tmp_path / "objects") as url:
        into = str(tmp_path / "home")
        options = ["fetch", "--token", POLAR_TOKEN, "--url", url, "--into", into, "--json"]
        answer = CliRunner().invoke(main, [*options, "--level", "L0", "--jobs", "3"])
        assert answer.exit_code == 0, answer.output
        assert json.loads(answer.output) == {
            "customer": "polar-weather",
            "into": into,
            "fetched": [f"{into}/cube/weather-000001.dat"],
            "already_there": [],
            "bytes_received": 20_000,
            "resumed": 0,
        }
        none = CliRunner().invoke(main, [*options, "--craft", "cube-nowhere"])
        assert json.loads(none.output)["already_there"] == []
