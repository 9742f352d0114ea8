"""Every command's help says what it does, what each option means, and works instantly."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from groundsys.cli import main

COMMANDS = {name: command for name, command in sorted(main.commands.items()) if not command.hidden}


def test_the_first_page_teaches_the_first_steps() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    for step in ("doctor", "rehearse quickstart", "up --rate 60", "tui", "status", "down"):
        assert f"groundsys {step}" in text
    for command in COMMANDS:
        assert f"\n  {command} " in text
    assert "\n  node " not in text


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_page_explains_it_and_its_options(name: str) -> None:
    answer = CliRunner().invoke(main, [name, "--help"])
    assert answer.exit_code == 0
    command = COMMANDS[name]
    assert command.help
    assert command.help.rstrip().endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"
            assert parameter.opts[0] in answer.output


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_a_wrong_option_points_to_the_help(name: str) -> None:
    answer = CliRunner().invoke(main, [*([name] if name else []), "--nonsense"])
    assert answer.exit_code == 2
    assert "--help" in answer.output
    assert "No such option" in answer.output
