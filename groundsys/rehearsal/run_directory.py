"""A run's own folder: where everything of one flight lives, and how its processes find each other.

`run.json` is written by the process that starts the run; what a child chooses by itself (a port)
it announces in `endpoints/<name>.json`.  Files appear whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil

from groundsys.bus.curve import CLIENT_KEYS
from groundsys.bus.token_file import write_private
from groundsys.notary import HEADS
from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import EnvironmentLackError

DEFAULT_DATA_DIRECTORY = Path("groundsys-data")
#: whoever has found the disk full goes on once so much can be written (octets)
_ROOM = 1 << 20


@dataclass(frozen=True, slots=True)
class RunDirectory:
    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def truth(self) -> Path:
        return self.path / "truth"

    @property
    def objects(self) -> Path:
        return self.path / "objects"

    @property
    def workshop(self) -> Path:
        return self.path / "workshop"

    @property
    def hub(self) -> Path:
        return self.path / "hub"

    @property
    def store(self) -> Path:
        return self.path / "store.sqlite"

    @property
    def injected(self) -> Path:
        """Faults that this run's simulators carry out beside their scenario's (JSON)."""
        return self.path / "injected-faults.json"

    def keep_injected(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Keep all faults that were injected, at the start or since."""
        write_json(self.injected, list(faults), sort_keys=False)

    def injected_faults(self) -> list[dict[str, Any]]:
        """Those faults; none if there are none."""
        if not self.injected.exists():
            return []
        faults: list[dict[str, Any]] = json.loads(self.injected.read_text())
        return faults

    @property
    def audit_heads(self) -> Path:
        """Where the notary keeps the heads that it has countersigned."""
        return self.hub / HEADS

    @property
    def notary_key(self) -> Path:
        """The notary's public key, for whoever verifies the audit log."""
        return self.path / "notary.pem"

    @property
    def signing_key(self) -> Path:
        """The private key that signs manifests; its public part is `signing_key_public`."""
        return self.keys / "product-signing.pem"

    @property
    def signing_key_public(self) -> Path:
        """What customers verify their products by; the portal shows it too."""
        return self.path / "signing-key.pem"

    @property
    def deliveries(self) -> Path:
        return self.path / "deliveries"

    @property
    def tokens(self) -> Path:
        return self.path / "tokens"

    @property
    def people(self) -> Path:
        """Tokens of the accounts that the run makes by itself: its owner's and its programs'."""
        return self.path / "people"

    @property
    def keys(self) -> Path:
        """Keys of space links, session tokens and customers, and of the bus off this machine."""
        return self.path / "keys"

    @property
    def customer_keys(self) -> Path:
        """What product bytes are sealed with: a key a customer, under the run's master key."""
        return self.keys / "customers"

    def create(self) -> None:
        """Make the folder and its parts; refuse one that already holds a run."""
        if (self.path / "run.json").exists():
            raise EnvironmentLackError(
                f"{self.path} already holds a run",
                remedy="choose another folder with --run, or remove this one",
            )
        try:
            for part in self._parts:
                part.mkdir(parents=True, exist_ok=True)
            for private in (self.tokens, self.people, self.keys):
                private.chmod(0o700)
        except OSError as error:
            raise EnvironmentLackError(
                f"the run's folder {self.path} cannot be made",
                found=error.strerror or str(error),
                remedy="name another folder with --data or --run",
            ) from error

    def remove_if_unused(self) -> None:
        """Take the folder away again if nothing has been written into it."""
        for folder in (*self._parts, self.path):
            with contextlib.suppress(OSError):  # it is not there, or not empty
                folder.rmdir()

    @property
    def _parts(self) -> tuple[Path, ...]:
        return (
            *(self.logs, self.truth, self.objects, self.hub),
            *(self.tokens, self.people, self.keys),
        )

    def has_room(self) -> bool:
        """Whether this process can write files here: it is tried."""
        probe = self.path / f".room.{os.getpid()}"
        try:
            with probe.open("wb") as file:
                file.write(bytes(_ROOM))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if not is_disk_full(error):
                raise
            return False
        finally:
            probe.unlink(missing_ok=True)
        return True

    def keep_notary_key(self, pem: bytes) -> None:
        """Keep the notary's public key where auditors look for it; always whole."""
        temporary = self.path / f".{self.notary_key.name}.{os.getpid()}"
        temporary.write_bytes(pem)
        temporary.replace(self.notary_key)

    def write_facts(self, facts: Mapping[str, Any]) -> None:
        write_json(self.path / "run.json", facts)

    def facts(self) -> dict[str, Any]:
        path = self.path / "run.json"
        try:
            return cast(dict[str, Any], json.loads(path.read_text()))
        except FileNotFoundError as error:
            raise EnvironmentLackError(
                f"no run in {self.path}",
                expected=f"a file {path}",
                remedy="start one with `groundsys up`, or name its folder with --run",
            ) from error

    def is_running(self) -> bool:
        """Whether the process that started the run is there; of one elsewhere nothing is known."""
        facts = self.facts()
        return "pid" not in facts or psutil.pid_exists(int(facts["pid"]))

    def write_connection(self, folder: Path, host: str) -> None:
        """Write a folder that stands for this run on another machine, which reaches `host`.

        It holds where desks and portal listen and the keys to speak with them, and no token.
        """
        keys = (self.keys / CLIENT_KEYS).read_text()
        folder.mkdir(mode=0o700, parents=True)
        elsewhere = RunDirectory(folder)
        elsewhere.write_facts({"run": self.path.name})
        for name in ("desks", "portal"):
            told = {key: _at_host(url, host) for key, url in self.endpoints(name).items()}
            elsewhere.announce(name, told)
        write_private(elsewhere.keys / CLIENT_KEYS, keys)

    @property
    def leg_report(self) -> Path:
        """Of a leg: its own report, whatever becomes of the legs after it."""
        return self.path / "report.json"

    def announce(self, name: str, endpoints: Mapping[str, Any]) -> None:
        """Tell the others where this process listens."""
        write_json(self.path / "endpoints" / f"{name}.json", endpoints)

    def endpoints(self, name: str) -> dict[str, Any]:
        """What process `name` announced; empty while it has not."""
        path = self.path / "endpoints" / f"{name}.json"
        return cast(dict[str, Any], json.loads(path.read_text())) if path.exists() else {}


def _at_host(url: str, host: str) -> str:
    """The same port and scheme at another host."""
    scheme, _, address = url.partition("://")
    return f"{scheme}://{host}:{address.rpartition(':')[2]}"


def write_json(path: Path, content: Any, *, sort_keys: bool = True) -> None:
    """Write readable JSON so that a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(content, indent=2, sort_keys=sort_keys) + "\n")
    temporary.chmod(0o600)
    temporary.replace(path)


def current_run(data_directory: Path = DEFAULT_DATA_DIRECTORY) -> RunDirectory:
    """The run that `groundsys up` or `rehearse` started last in this data folder."""
    pointer = data_directory / "current"
    if not pointer.exists():
        raise EnvironmentLackError(
            f"no run has been started in {data_directory.resolve()}",
            remedy="start one with `groundsys up` or `groundsys rehearse SCENARIO`, "
            "or name its folder with --run",
        )
    return RunDirectory(pointer.resolve())


def point_current_at(run: RunDirectory, data_directory: Path) -> None:
    """Make `current` name this run."""
    data_directory.mkdir(parents=True, exist_ok=True)
    pointer = data_directory / "current"
    temporary = data_directory / f".current.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(run.path.resolve())
    temporary.replace(pointer)
