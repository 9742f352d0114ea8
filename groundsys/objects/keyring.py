"""Customers' keys, outside the object store: one file each, wrapped by the run's master key.

A customer's key is drawn when its first product is stored.  Its file is AES-256-GCM under the
master key, which authenticates the customer's name.  Destroying it leaves an empty file: whoever
finds that knows that the key was, and is no more, and nobody draws another.  Copies of this folder
keep what is destroyed here.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from groundsys.customers import is_safe_name
from groundsys.objects.segments import KEY_OCTETS
from groundsys.values.errors import AccessRefusedError, EnvironmentLackError, ProductError
from groundsys.values.private_files import write_once

MASTER = "master.key"
_NONCE_OCTETS = 12
_WRAPPED_OCTETS = _NONCE_OCTETS + KEY_OCTETS + 16


class DestroyedKeyError(ProductError):
    """What this key sealed cannot be read by anybody, ever."""

    title = "The customer's key has been destroyed"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in `folder`, which is its owner's alone."""

    folder: Path

    def key_of(self, customer: str) -> bytes:
        """The customer's key, drawn now if there never was one.

        `DestroyedKeyError` if it has been destroyed; `EnvironmentLackError` if it cannot be read.
        """
        path = self._path(customer)
        if not path.exists():
            key = os.urandom(KEY_OCTETS)
            nonce = os.urandom(_NONCE_OCTETS)
            write_once(path, nonce + self._cipher().encrypt(nonce, key, customer.encode()))
        wrapped = _read_private(path)
        if not wrapped:
            raise DestroyedKeyError(
                f"the key of customer '{customer}' has been destroyed",
                expected="a customer who is still served",
                remedy="none: nobody can read what it sealed, and nothing new is sealed for them",
            )
        try:
            return self._cipher().decrypt(
                wrapped[:_NONCE_OCTETS], wrapped[_NONCE_OCTETS:], customer.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise EnvironmentLackError(
                f"the key of customer '{customer}' does not open",
                expected=f"{path} as it was made under {self.folder / MASTER}",
                found=f"{len(wrapped)} octets ({_WRAPPED_OCTETS} are right)",
                remedy="bring back the folder of keys as a whole",
            ) from error

    def derived_key(self, customer: str, purpose: str) -> bytes:
        """A key that follows from the customer's (HKDF-SHA256), and is destroyed with it."""
        return _derived(self.key_of(customer), purpose)

    def own_key(self, purpose: str) -> bytes:
        """A key that follows from the master key: the ground segment's own, no customer's."""
        return _derived(self._master(), purpose)

    def is_destroyed(self, customer: str) -> bool:
        path = self._path(customer)
        return path.exists() and path.stat().st_size == 0

    def customers(self) -> tuple[str, ...]:
        """All who ever had a key."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.key") if path.name != MASTER))

    def destroy(self, customer: str) -> None:
        """Make unreadable, for ever, whatever this customer's key has sealed.

        Cut off at any moment, it may be done again: whoever wants it done keeps that in mind.
        """
        path = self._path(customer)
        if not path.exists():
            raise AccessRefusedError(
                f"customer '{customer}' has no key", expected=", ".join(self.customers()) or "any"
            )
        with path.open("r+b") as stream:
            stream.write(os.urandom(_WRAPPED_OCTETS))  # over the old blocks, where that is possible
            os.fsync(stream.fileno())
            stream.truncate(0)
            os.fsync(stream.fileno())

    def _path(self, customer: str) -> Path:
        name = f"{customer}.key"
        if not is_safe_name(name) or name.casefold() == MASTER:
            raise AccessRefusedError(f"there is no customer {customer!r}")
        return self.folder / name

    def _cipher(self) -> AESGCM:
        return AESGCM(self._master())

    def _master(self) -> bytes:
        path = self.folder / MASTER
        if not path.exists():
            write_once(path, os.urandom(KEY_OCTETS).hex().encode() + b"\n")
        text = _read_private(path).strip()
        if not re.fullmatch(rb"[0-9a-f]{64}", text):
            raise EnvironmentLackError(
                "the master key of customers' keys is not fit for use",
                expected=f"{path}: {2 * KEY_OCTETS} hexadecimal digits",
                found=f"{len(text)} characters",
            )
        return bytes.fromhex(text.decode())


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_OCTETS, None, f"groundsys {purpose}".encode()).derive(key)


def _read_private(path: Path) -> bytes:
    try:
        content, mode = path.read_bytes(), path.stat().st_mode & 0o777
    except OSError as error:
        raise EnvironmentLackError(
            "a customer's key cannot be read",
            expected=f"a file {path}",
            found=error.strerror or str(error),
        ) from error
    if mode & 0o077:
        raise EnvironmentLackError(
            "a customer's key is open to others",
            expected=f"{path}, readable by its owner alone",
            found=f"mode {mode:03o}",
            remedy=f"chmod 600 {path}",
        )
    return content
