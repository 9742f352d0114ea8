"""The guide *Fly your own mission*: its commands are what is run, word by word."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import groundsys
from groundsys.cli import main
from groundsys.mission import default_mission_db

ROOT = Path(groundsys.__file__).resolve().parents[1]
GUIDE = ROOT / "FLY_YOUR_OWN_MISSION.md"
PATIENCE_S = 1_500.0


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)


def commands() -> list[list[str]]:
    """The calls of `groundsys`, without what is written into files."""
    script = re.sub(r"<<'END'\n.*?^END$", "", "".join(blocks()), flags=re.M | re.S)
    lines = script.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("groundsys ")]


def parse(command: click.Command, arguments: list[str], parent: click.Context | None) -> str:
    """Read the arguments as click does, and run nothing; the command's own name."""
    context = command.make_context(command.name or "groundsys", list(arguments), parent=parent)
    if isinstance(command, click.Group):
        name, chosen, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert chosen is not None, name
        return parse(chosen, rest, context)
    return str(command.name)


def test_its_commands_are_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mission_db").mkdir()  # options look whether it is there
    (tmp_path / "groundsys-data/current/deliveries/my-lab").mkdir(parents=True)
    names = [parse(main, arguments, None) for arguments in commands()]
    assert names == ["check", "new", "check", "check", "check", "rehearse", "custody", "verify"]


def test_what_it_names_is_there() -> None:
    text, definitions = GUIDE.read_text(encoding="utf-8"), default_mission_db()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    for link in links:
        assert (ROOT / link).exists(), link
    made = set(re.findall(r"> (mission_db/\S+)", text)) | {"mission_db/scenarios/my-flyby.yaml"}
    for name in set(re.findall(r"mission_db/[\w./-]+\.yaml", text)) - made:
        assert (definitions.parent / name).is_file(), name
    for scenario in re.findall(r"--from (\S+)", text):
        assert (definitions / "scenarios" / f"{scenario}.yaml").is_file()
    assert "number: 51" in (definitions / "payloads/apophis-1-mag.yaml").read_text()


@pytest.mark.campaign
@pytest.mark.timeout(PATIENCE_S + 60.0)
@pytest.mark.xdist_group("flights")
def test_it_ends_with_delivered_and_verified_products(tmp_path: Path) -> None:
    done = run("".join(blocks()), tmp_path, PATIENCE_S)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    delivered = tmp_path / "my-mission/groundsys-data/current/deliveries/my-lab/apophis-probe-1"
    assert list(delivered.glob("*.cdf"))


def run(script: str, folder: Path, patience_s: float) -> subprocess.CompletedProcess[str]:
    """By a shell that stops at the first command that fails."""
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": paths, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=patience_s,
        check=False,
    )
