"""The configuration of a Yamcs that a user runs, which `--yamcs URL` then joins."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from groundsys.backend.configuration import (
    read_jvm_options,
    standing_keys,
    template_path,
    write_standing_configuration,
)
from groundsys.backend.runtime import find_java, find_yamcs_jars
from groundsys.backend.server import JAVA_ENVIRONMENT, java_command
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import EnvironmentLackError


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to start the server, and the URL that names its address and account."""

    command: tuple[str, ...]
    url: str = field(repr=False)
    #: folder of the space links' keys
    keys: Path

    @property
    def command_line(self) -> str:
        """For a shell, with the environment that keeps the server small."""
        environment = [f"{name}={value}" for name, value in JAVA_ENVIRONMENT.items()]
        return " ".join([*environment, shlex.join(self.command)])

    def as_json(self) -> dict[str, Any]:
        return {
            "command": list(self.command),
            "environment": dict(JAVA_ENVIRONMENT),
            "url": self.url,
            "keys": str(self.keys),
        }


def write_standalone(
    directory: Path,
    mission: Mission,
    scenario: Scenario,
    *,
    http_port: int,
    first_udp_port: int,
) -> Recipe:
    """Write configuration and folders into `directory`, which must be empty or new.

    Mission time will stand at the scenario's start until somebody flies.  The password is drawn
    here and kept nowhere but in the recipe.
    """
    java, jars = find_java(), find_yamcs_jars()
    directory = directory.resolve()
    if directory.exists() and any(directory.iterdir()):
        raise EnvironmentLackError(
            f"{directory} is not empty",
            expected="a new folder for Yamcs' configuration and archive",
            remedy="name another folder, or empty this one",
        )
    # its templates are named in what is written, and read where Yamcs runs
    mission = replace(mission, root=str(Path(mission.root).resolve()))
    connection = write_standing_configuration(
        directory, mission, scenario, http_port=http_port, first_udp_port=first_udp_port
    )
    assert connection.credentials is not None
    account = f"{connection.credentials.user}:{connection.credentials.password}"
    command = java_command(
        *(java, jars, directory, read_jvm_options(mission)),
        template_path(mission, "logging.properties"),
    )
    url = connection.url.replace("://", f"://{account}@", 1)
    return Recipe(tuple(command), url, standing_keys(directory))
