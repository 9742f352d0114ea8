"""A ground segment that stands: `groundsys up`, `down`, and the same in the background."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import psutil
from rich.console import Console

from groundsys.mission.faults.fault_catalogue import fault_text
from groundsys.rehearsal.flying.flight import flight
from groundsys.rehearsal.flying.killing import strikes_of
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions, check_reach, mission_and_scenario
from groundsys.rehearsal.run_directory import RunDirectory, current_run
from groundsys.values.errors import EnvironmentLackError

STOP_TIMEOUT_S = 60.0
START_TIMEOUT_S = 120.0
_STRIDE = timedelta(hours=1)


def run_standing(options: FlightOptions, console: Console) -> None:
    """Run until Ctrl-C or `groundsys down`; mission time goes on past the scenario's span."""
    _, scenario = mission_and_scenario(options)
    options = replace(options, revive=True)
    injected = tuple(fault_text(one) for one in options.injected)
    struck = strikes_of(replace(scenario, faults=options.injected), options.seed)
    with (
        ProgressDisplay(console, scenario.title, None, injected) as display,
        flight(options, display, endless=True) as standing,
        standing.killer(struck) if struck else contextlib.nullcontext(),
    ):
        console.print(
            f"up: {standing.run.path}\n"
            f"  console: groundsys tui      status: groundsys status      stop: groundsys down\n"
            f"  portal:  {standing.run.endpoints('portal').get('url', '(starting)')}"
            f"   customers' tokens: {standing.run.tokens}\n"
            f"  you are its flight director; others: groundsys user add, groundsys login",
            highlight=False,
        )
        display.phase("flying")
        end = scenario.span.start
        while True:
            end = end + _STRIDE
            standing.advance(end, display)


def start_detached(options: FlightOptions, console: Console) -> None:
    """Start `groundsys up` as a process of its own; return once its desks answer."""
    mission_and_scenario(options)  # what is wrong there is said here, not in a log
    check_reach(options)
    arguments, settings = arguments_of(options)
    options.data_directory.mkdir(parents=True, exist_ok=True)
    log_path = options.data_directory / "up.log"
    with log_path.open("wb") as log:
        child = subprocess.Popen(
            arguments,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _is_up(options, child.pid):
        if child.poll() is not None:
            raise EnvironmentLackError(
                "the ground segment did not come up",
                found=log_path.read_text(errors="replace").strip()[-2000:],
                remedy=f"see {log_path}; `groundsys doctor` tells what the machine lacks",
            )
        if time.monotonic() > deadline:
            os.kill(child.pid, signal.SIGTERM)
            raise EnvironmentLackError(
                f"the ground segment did not come up within {START_TIMEOUT_S:.0f} s",
                remedy=f"see {log_path}",
            )
        time.sleep(0.2)  # between two looks at the condition above
    console.print(
        "up, in the background: `groundsys tui`, `groundsys status`, stop with `groundsys down`"
    )


def arguments_of(options: FlightOptions) -> tuple[list[str], dict[str, str]]:
    """The command that runs such a ground segment, and what it is told by its environment.

    There stands what a list of processes should not show: the URL of a Yamcs holds a password.
    """
    arguments = [
        *(sys.executable, "-m", "groundsys", "up", options.scenario),
        *("--seed", str(options.seed), "--rate", str(options.rate or 1.0)),
        *("--data", str(options.data_directory)),
    ]
    for fault in options.injected:
        arguments += ["--inject", fault_text(fault)]
    if options.run_path is not None:
        arguments += ["--run", str(options.run_path)]
    arguments += ["--host", options.host, "--portal-port", str(options.portal_port)]
    if options.tls is not None:
        certificate, key = options.tls
        arguments += ["--certificate", str(certificate), "--certificate-key", str(key)]
    if options.mission_db is not None:
        arguments += ["--mission-db", str(options.mission_db)]
    environment: dict[str, str] = {}
    if options.yamcs_url is not None:
        environment["GROUNDSYS_YAMCS"] = options.yamcs_url
    if options.keys is not None:
        environment["GROUNDSYS_KEYS"] = str(options.keys.resolve())
    if options.objects is not None:
        environment["GROUNDSYS_OBJECTS"] = options.objects
    return arguments, environment


def _is_up(options: FlightOptions, pid: int) -> bool:
    try:
        run = (
            RunDirectory(options.run_path)
            if options.run_path is not None
            else current_run(options.data_directory)
        )
        return run.facts()["pid"] == pid and bool(run.endpoints("desks"))
    except EnvironmentLackError:
        return False


def stop_run(run: RunDirectory, console: Console) -> None:
    """Ask the run's first process to close everything in order, and wait until it has."""
    pid = int(run.facts()["pid"])
    if not _is_ours(pid):
        console.print(f"{run.path} is not running")
        return
    os.kill(pid, signal.SIGTERM)
    try:
        psutil.Process(pid).wait(STOP_TIMEOUT_S)
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired as error:
        raise EnvironmentLackError(
            f"process {pid} did not end within {STOP_TIMEOUT_S:.0f} s",
            remedy=f"see {run.logs}; as a last resort: kill -9 {pid} (its children end with it)",
        ) from error
    console.print(f"down: {run.path}")


def _is_ours(pid: int) -> bool:
    try:
        return any("groundsys" in part for part in psutil.Process(pid).cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
