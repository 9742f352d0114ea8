"""Options that several verbs share, and finding the run that they speak of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

mission_db_option = click.option(
    "--mission-db",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="GROUNDSYS_MISSION_DB",
    help="Folder of definitions; the one beside the package by default.",
)
data_option = click.option(
    "--data",
    "data_directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("groundsys-data"),
    show_default=True,
    help="Where runs are kept.",
)
run_option = click.option(
    "--run",
    "run_path",
    type=click.Path(path_type=Path, file_okay=False),
    help="A run's own folder; by default the one started last.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


def run_directory(run_path: Path | None, data_directory: Path) -> Any:
    from groundsys.rehearsal.run_directory import RunDirectory, current_run

    return RunDirectory(run_path) if run_path is not None else current_run(data_directory)


def desk_endpoints(run_path: Path | None, data_directory: Path) -> dict[str, Any]:
    from groundsys.values.errors import EnvironmentLackError

    run = run_directory(run_path, data_directory)
    endpoints: dict[str, Any] = run.endpoints("desks")
    if not endpoints:
        raise EnvironmentLackError(
            f"the run in {run.path} has no desks (yet)",
            remedy="wait a few seconds, or start one with `groundsys up`",
        )
    if not run.is_running():
        raise EnvironmentLackError(
            f"the run in {run.path} has ended", remedy="start one with `groundsys up`"
        )
    return endpoints


def requester(run_path: Path | None, data_directory: Path, *, anonymous: bool = False) -> Any:
    """Asks the run's desks as whoever asks here, or as nobody; closed when the command is over."""
    from groundsys.bus.curve import read_client_keys
    from groundsys.bus.live import Requester
    from groundsys.cli.credentials import chosen_name, shown_token

    endpoint = desk_endpoints(run_path, data_directory)["requests"]
    run = run_directory(run_path, data_directory)
    shown = None if anonymous else shown_token(run, chosen_name())
    keys = read_client_keys(run.keys, endpoint)
    asking = Requester(endpoint, shown.file if shown is not None else None, keys)
    click.get_current_context().call_on_close(asking.close)
    return asking
