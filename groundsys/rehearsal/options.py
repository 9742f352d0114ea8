"""What a user may choose about a flight, and what of it is refused before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from groundsys.mission import load_scenario
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.portal.tls import TlsFiles, check_tls
from groundsys.rehearsal.run_directory import DEFAULT_DATA_DIRECTORY, RunDirectory
from groundsys.values.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class FlightOptions:
    """What a user may choose about a flight."""

    scenario: str
    seed: int = 1
    #: faults beside the scenario's own, as `load_injected` gives them
    injected: tuple[Mapping[str, Any], ...] = ()
    rate: float | None = None
    run_path: Path | None = None
    data_directory: Path = DEFAULT_DATA_DIRECTORY
    mission_db: Path | None = None
    yamcs_url: str | None = None
    #: start anew what is killed, instead of ending the run
    revive: bool = False
    #: folder of the space links' keys, when Yamcs is not ours
    keys: Path | None = None
    #: where console, command line and portal reach it; off loopback with CURVE and TLS alone
    host: str = "127.0.0.1"
    portal_port: int = 0
    certificate: Path | None = None
    certificate_key: Path | None = None
    #: folder of procedures, if not the one beside the mission's definitions
    procedures: Path | None = None
    #: a plan to begin with (JSON), instead of one that the desks make
    first_plan: Path | None = None
    #: what the flight before has handed over (JSON), of a leg of a voyage
    handed_over: Path | None = None
    portal: bool = True
    #: an S3-compatible store for product bytes instead of the run's folder
    objects: str | None = None

    @property
    def tls(self) -> tuple[Path, Path] | None:
        """The portal's certificate and key."""
        if self.certificate is None or self.certificate_key is None:
            return None
        return self.certificate.resolve(), self.certificate_key.resolve()


def mission_and_scenario(options: FlightOptions) -> tuple[Mission, Scenario]:
    """Load the definitions; `DefinitionError` names what is wrong or which scenarios there are."""
    return load_scenario(options.scenario, options.mission_db, options.injected)


def check_reach(options: FlightOptions) -> None:
    """Raise `EnvironmentLackError` before anything starts if the portal would speak in clear,
    or the store of objects is not there or not to be trusted."""
    check_tls(options.host, TlsFiles(*options.tls) if options.tls is not None else None)
    if options.objects:
        from groundsys.objects.s3 import S3Bucket

        S3Bucket(options.objects).check()


def check_rehearsing(options: FlightOptions, scenario: Scenario, *, endless: bool) -> None:
    """Raise `DefinitionError` if a scenario that rehearses a procedure is flown as anything else.

    Its desks start that procedure without a rehearsal, so it is flown on simulators and a Yamcs of
    its own, and ends.  The same holds where a scenario's own runs are rehearsed by its flight;
    without an end nobody runs them, and every rule holds.
    """
    runs_here = [one.procedure for one in scenario.procedures if one.rehearsed == "here"]
    if runs_here and not endless and options.yamcs_url is not None:
        raise DefinitionError(
            f"scenario '{scenario.id}' is itself the rehearsal of {', '.join(runs_here)}",
            expected="a Yamcs of its own",
            remedy="leave --yamcs out",
        )
    if scenario.rehearses and (endless or options.yamcs_url is not None):
        raise DefinitionError(
            f"scenario '{scenario.id}' is there to rehearse {scenario.rehearses}",
            expected="`groundsys procedure rehearse`, on a Yamcs of its own",
            remedy="name another scenario",
        )


def keys_folder(options: FlightOptions, run: RunDirectory) -> Path:
    """The folder of the space links' keys: the run's own, or that of the Yamcs that is joined."""
    return options.keys if options.yamcs_url and options.keys else run.keys


def fresh_run_path(options: FlightOptions) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return options.data_directory / f"{options.scenario}-{stamp}-{os.getpid()}"
