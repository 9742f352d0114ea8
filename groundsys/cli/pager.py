"""`groundsys pager`: pages people when nobody acknowledges."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.cli.first_page import main
from groundsys.cli.flights import end_on_terminate
from groundsys.cli.options import data_option, requester, run_directory, run_option

_LOOK_EVERY_S = 5.0
_ASKS_FOR_S = 5.0
_duty_argument = click.argument("duty", type=click.Path(path_type=Path, dir_okay=False))


@main.group()
def pager() -> None:
    """Page people when nobody acknowledges an alarm, or the ground segment itself is silent.

    \b
      groundsys pager check duty.yaml        whether the roster is sound
      groundsys pager test duty.yaml ada     page one person, to see that it arrives
      groundsys pager run duty.yaml          beside `groundsys up`, until Ctrl-C

    \b
    A roster (times in wall seconds; secrets in files that only you may read):
      levels: [critical, severe]
      steps:
        - {after_s: 60, to: [ada]}
        - {after_s: 900, to: [ada, grace]}
      repeat_s: 1800
      people:
        ada: {mail: ada@example.org}
        grace: {webhook: "https://pager.example.org/hook", secret_file: hook.secret}
      mail: {host: smtp.example.org, port: 587, sender: ground@example.org,
             user: ground, password_file: smtp.password}

    Alarms page by their level (also watch, warning, distress), the desks after `desks_silent_s`.
    """


@pager.command()
@_duty_argument
def check(duty: Path) -> None:
    """Tell what is wrong with a roster, or who is paged when."""
    from groundsys.pager import read_duty
    from groundsys.pager.duty import LEVELS

    roster = read_duty(duty)
    console = Console()
    levels = ", ".join(level for level in LEVELS if level in roster.levels)
    console.print(f"levels: {levels}", highlight=False)
    for step in roster.steps:
        console.print(f"after {step.after_s:.0f} s: {', '.join(step.to)}", highlight=False)
    console.print(
        f"then every {roster.repeat_s:.0f} s; the ground segment itself after "
        f"{roster.desks_silent_s:.0f} s of silence",
        highlight=False,
    )


@pager.command()
@_duty_argument
@click.argument("person")
def test(duty: Path, person: str) -> None:
    """Page PERSON, to see that it arrives."""
    from groundsys.pager import Page, read_duty
    from groundsys.pager.hooks import sender_of
    from groundsys.values.errors import DefinitionError

    roster = read_duty(duty)
    if person not in roster.people:
        raise DefinitionError(
            f"nobody called {person!r} is in {duty}", expected=", ".join(roster.people)
        )
    page = Page("test", person, 0, "a test of the pager, nothing is the matter")
    sender_of(roster)(roster.people[person], page)
    Console().print(f"paged {person}")


@pager.command()
@_duty_argument
@run_option
@data_option
def run(duty: Path, run_path: Path | None, data_directory: Path) -> None:
    """Watch the run's alarms and page, until Ctrl-C.

    What was sent is in the run's folder: started anew, it pages nobody twice.
    """
    from groundsys.pager import read_duty
    from groundsys.pager.hooks import sender_of
    from groundsys.pager.watching import Journal, Watch

    end_on_terminate()
    roster = read_duty(duty)
    folder: Any = run_directory(run_path, data_directory).path
    asking = requester(run_path, data_directory, anonymous=True)
    console = Console()

    def say(text: str) -> None:
        stamp = time.strftime("%FT%TZ", time.gmtime())
        console.print(f"{stamp}  {text}", highlight=False, soft_wrap=True)

    watch = Watch(
        duty=roster,
        journal=Journal(folder / "pages.jsonl"),
        status=lambda: asking.ask("status", timeout_s=_ASKS_FOR_S),
        send=sender_of(roster),
        say=say,
    )
    say(f"watching {folder}")
    pause = threading.Event()
    while True:
        watch.look(time.time())
        pause.wait(_LOOK_EVERY_S)
