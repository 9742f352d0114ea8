"""The verb `command` and what its first page teaches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from groundsys.cli.first_page import main
from groundsys.cli.options import requester

#: desks answer between two steps of the mission clock
_ANSWER_TIMEOUT_S = 60.0


@main.group()
def command() -> None:
    """Command craft of a running ground segment, and see where every command is.

    Light takes minutes, so nobody tries a command: each is encoded by Yamcs' mission database and
    its whole way foreseen before you confirm it.  A hazardous one leaves only once another person
    has approved it.

    \b
    First steps:
      groundsys command catalogue otv                  what the craft can be told
      groundsys command send otv SET_HEATER heater_state=ON --why "cold start"
      groundsys command list                           who wants what, and how far it has come
      groundsys command show otv-0042                  every hop, foreseen and actual
    \b
    Two people:
      groundsys --as grace command approve otv-0043 --why "agreed on the loop"
      groundsys command decline otv-0043 --why "battery too low"

    `groundsys command send --help` tells when a command may leave, and what is refused.
    """


def ask(run_path: Path | None, data_directory: Path, verb: str, **arguments: Any) -> dict[str, Any]:
    """The desks' answer to one request."""
    answer: dict[str, Any] = requester(run_path, data_directory).ask(
        verb, timeout_s=_ANSWER_TIMEOUT_S, **arguments
    )
    return answer


def echo_json(answer: dict[str, Any]) -> None:
    told = {key: value for key, value in answer.items() if key != "ok"}
    click.echo(json.dumps(told, indent=2))
