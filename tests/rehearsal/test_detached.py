"""`groundsys up --detach` starts a process that is told everything that was chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundsys.cli import main
from groundsys.mission import load_injected
from groundsys.rehearsal.flying.standing import arguments_of
from groundsys.rehearsal.options import FlightOptions

FAULTS = (
    "wind_stow,antenna=dss-43,from=2031-08-20T03:00:00Z,until=2031-08-20T04:30:00Z",
    "uplink_lock_lost,spacecraft=otv,at_event=RELAY_SESSION_STARTED,after_s=60,until_s=600",
    "bit_errors,antenna=dss-43,rate=0.001",
    "kill,process=hub",
)


def options_of(arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """What `up` reads from such a command line."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        command = main.commands["up"]
        return command.make_context("up", arguments).params


def test_the_process_is_told_what_was_chosen(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    chosen = FlightOptions(
        scenario="short",
        seed=7,
        rate=600.0,
        injected=load_injected(FAULTS, "short"),
        run_path=tmp_path / "run",
        data_directory=tmp_path,
        yamcs_url="http://user:secret@127.0.0.1:8090",
        keys=keys,
        objects="s3://bucket/prefix?endpoint=https://s3.example&region=eu-1",
    )
    (_, module, name, verb, *arguments), environment = arguments_of(chosen)
    assert (module, name, verb) == ("-m", "groundsys", "up")
    assert not any("secret" in one for one in arguments)
    told = options_of(arguments, environment)
    assert load_injected(told.pop("stated"), "short") == chosen.injected
    assert told.pop("detach") is False
    assert FlightOptions(injected=chosen.injected, **told) == chosen
