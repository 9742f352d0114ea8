"""Keys of the craft's links: one file a security association, its owner's alone.

They are drawn at random for each run, never from the rehearsal's seed: a seed stands in every
report, and nothing that flies depends on which key it is.  The ground and the simulated craft
read the same folder, as a real craft is given its keys before launch.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.private_files import write_once

KEY_LENGTH = 32


def key_path(directory: Path, spacecraft: str, association: int) -> Path:
    """The file of one key: its octets and nothing else, as Yamcs reads it."""
    return directory / f"{spacecraft}.{association}.key"


def make_keys(directory: Path, craft: Iterable[Spacecraft]) -> None:
    """Draw the keys of all associations that have none yet.  May raise `OSError`."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in craft:
        for association in one.security.associations if one.security else ():
            path = key_path(directory, one.id, association)
            if not path.exists():
                write_once(path, secrets.token_bytes(KEY_LENGTH))


def read_keys(directory: Path, craft: Spacecraft) -> Mapping[int, bytes]:
    """The craft's keys by association; none if its commands go in clear.

    `EnvironmentLackError` if one is missing, of the wrong length, or open to others.
    """
    if craft.security is None:
        return {}
    return {
        association: _read_key(key_path(directory, craft.id, association))
        for association in craft.security.associations
    }


def _read_key(path: Path) -> bytes:
    try:
        key, mode = path.read_bytes(), path.stat().st_mode & 0o777
    except OSError as error:
        raise EnvironmentLackError(
            "a key of the space link is missing",
            expected=f"a file {path}",
            found=error.strerror or str(error),
            remedy="name with --keys the folder that was made with Yamcs' configuration",
        ) from error
    if len(key) != KEY_LENGTH or mode & 0o077:
        raise EnvironmentLackError(
            "a key of the space link is not fit for use",
            expected=f"{path}: {KEY_LENGTH} octets, readable by its owner alone",
            found=f"{len(key)} octets, mode {mode:03o}",
            remedy=f"chmod 600 {path}, or make the keys anew",
        )
    return key
