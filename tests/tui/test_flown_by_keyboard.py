"""A flight by keyboard alone: two people at two terminals, from login to a command completed.

Skipped with a reason where there is no tmux.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from groundsys.rehearsal.run_directory import current_run
from tests.rehearsal.command_line import (
    awaited,
    family,
    groundsys,
    processes_of,
    still_alive,
)
from tests.tui.tabs import key_of
from tests.tui.terminal import PROMPT, TMUX, Terminal, TmuxServer, tmux_server

if TMUX is None:
    pytest.skip("there is no tmux on this machine's PATH", allow_module_level=True)

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.xdist_group("rehearsal"),
    pytest.mark.timeout(900),  # of a busy machine; bounded within by what the screens show
]

PASSWORD = "a dozen of letters"
#: mission seconds a second: light takes its minutes, and people their seconds
RATE = 600
#: on a busy machine the desks may be silent for a while: the console says so, and sends nothing
NOT_NOW = ("the feed is lost", "no answer to")
ATTEMPTS = 10
#: wall seconds until a ground segment stands
STARTED_WITHIN_S = 150.0
#: wall seconds until a command has been there and back, over the next pass at the latest
COMPLETED_WITHIN_S = 240.0


def test_two_people_fly_a_hazardous_command_by_keyboard_alone(tmp_path: Path) -> None:
    data = tmp_path / "groundsys-data"  # where the verbs look by themselves
    with tmux_server("groundsys-flight") as server:
        director = terminal(server, "director", (100, 30), tmp_path)
        try:
            director.enter(f"groundsys up short --detach --rate {RATE}")
            director.await_text("up, in the background", within_s=STARTED_WITHIN_S)
            segment = family(int(current_run(data).facts()["pid"]))
            for name in ("aiko", "grace"):
                add_person(director, name)
            aiko = console_of(server, "aiko", (80, 24), tmp_path)
            grace = console_of(server, "grace", (160, 45), tmp_path)

            command_id = draft(aiko)
            # her own draft is not hers to approve, and the screen does not offer it
            assert "Approve" not in aiko.screen()
            approve(grace, command_id)
            see_completed(aiko, command_id)
            leave(aiko)
            leave(grace)
        finally:
            stopped = groundsys("down", "--data", str(data))
    assert stopped.returncode == 0, stopped.stderr
    assert still_alive(segment) == []
    awaited(lambda: not processes_of(tmp_path), "the end of every process of the flight")


def terminal(server: TmuxServer, name: str, size: tuple[int, int], folder: Path) -> Terminal:
    """A terminal of somebody whose sessions nobody else sees, where the flight's data are."""
    environment = {
        "XDG_CONFIG_HOME": str(folder / f"{name}-config"),
        "PYTHONPATH": os.pathsep.join((str(Path.cwd()), os.environ.get("PYTHONPATH", ""))),
    }
    return server.open(name, size, folder, environment)


def add_person(director: Terminal, name: str) -> None:
    director.enter(f"clear; groundsys user add {name} --role operator")
    director.await_text(f"New password for {name}:")
    director.enter(PASSWORD)
    director.await_text("Repeat for confirmation:")
    director.enter(PASSWORD)
    director.await_text(f"{name} may log in now")


def console_of(server: TmuxServer, name: str, size: tuple[int, int], folder: Path) -> Terminal:
    """Log in as `name` and open the console on commanding."""
    opened = terminal(server, name, size, folder)
    opened.enter(f"groundsys login {name}")
    opened.await_text("Password:")
    opened.enter(PASSWORD)
    opened.await_text(f"logged in as {name}, operator")
    opened.enter("clear; groundsys tui")
    opened.await_text("SIMULATED", "feed live")
    opened.press(key_of("commanding"))
    opened.await_text("under way", "Next")
    opened.press("p")
    opened.await_text("asked for by people")
    return opened


def draft(console: Terminal) -> str:
    """Find RESET_SUBSYSTEM, fill it in, and put it before a second person; its id."""
    console.press("n")
    console.await_text("New command")
    while not re.search(r"otv +Tab:", screen := console.screen()):
        console.press("Tab")
        awaited(lambda seen=screen: console.screen() != seen, "another craft")  # type: ignore[misc]
    console.type("reset_sub")
    console.await_text("RESET_SUBSYSTEM", "CRITICAL")
    console.press("Enter")
    console.await_text("otv RESET_SUBSYSTEM", "subsystem")
    console.type("warp drive")
    console.await_text("field subsystem has no such value")  # the desk's own words
    console.press(*["BSpace"] * len("warp drive"))
    console.await_gone("warp drive")
    console.type("thermal")
    console.await_text("✔ checked", "leaves", "arrives", "executes", "known")
    console.next_field()
    console.type("fault 12")
    console.await_text("fault 12")
    console.press("Enter")
    while console.await_any("type RESET_SUBSYSTEM to confirm", *NOT_NOW) in NOT_NOW:
        console.press("Enter")
    console.type("RESET_SUBSYSTEM")
    console.press("Enter")
    screen = console.await_text("▲ to approve", "RESET_SUBSYSTEM subsystem=THERMAL")
    found = re.search(r"to approve +(otv-\d+) RESET_SUBSYSTEM subsystem=THERMAL", screen)
    assert found, screen
    return found[1]


def approve(console: Terminal, command_id: str) -> None:
    """Say yes, and once more if the desks could not hear it: that is said, and nothing is done."""
    console.await_text("1 to approve")
    console.press(*["Up"] * 30)  # what waits for approval stands on top
    console.await_text(f"{command_id} RESET_SUBSYSTEM", "asked for by aiko; fault 12", "Approve")
    approved = "asked for by aiko, approved by grace"
    for _ in range(ATTEMPTS):
        console.await_text("feed live")
        console.press("a")
        if console.await_any(f"Approve {command_id} for otv?", *NOT_NOW) in NOT_NOW:
            continue
        console.await_text("CRITICAL", "leaves")
        console.type("agreed on the loop")
        console.await_text("agreed on the loop")
        console.next_field()
        console.type("RESET_SUBSYSTEM")
        console.press("Enter")
        if console.await_any(approved, *NOT_NOW) == approved:
            return
        awaited(lambda: not any(word in console.screen() for word in NOT_NOW), "the word is gone")
    raise AssertionError(f"not approved in {ATTEMPTS} attempts\n{console.screen()}")


def see_completed(console: Terminal, command_id: str) -> None:
    """Each hop is on the screen with the time at which it came."""
    screen = console.await_text(
        f"✔ completed  {command_id} RESET_SUBSYSTEM", within_s=COMPLETED_WITHIN_S
    )
    for hop in ("radiated", "arrived", "accepted", "completed", "confirmed"):
        assert re.search(rf"^ *{hop} .* ✔ \d\d-\d\d \d\d:\d\d:\d\d", screen, re.MULTILINE), screen
    console.press("s")
    console.await_text("approved by grace", "written down (UTC)")
    console.press("Escape")
    console.await_text("under way")


def leave(console: Terminal) -> None:
    console.press("q")
    console.await_text(PROMPT)
    console.enter("exit")
