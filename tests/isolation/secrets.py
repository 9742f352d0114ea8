"""Every secret of a run, and where it is told."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from groundsys.objects import Keyring
from groundsys.objects.envelope import ENVELOPE_OCTETS, open_envelope
from groundsys.rehearsal.run_directory import RunDirectory


def secrets_of(run: RunDirectory) -> dict[str, bytes]:
    """By what they are: tokens as text, keys as octets."""
    found: dict[str, bytes] = {}
    for path in (*run.tokens.iterdir(), *run.people.iterdir()):
        found[f"token {path.name}"] = path.read_bytes().strip()
    for path in run.keys.glob("*.key"):
        found[f"link key {path.name}"] = path.read_bytes()
    for path in (*run.keys.glob("*.pem"), run.hub / "notary-key.pem"):
        key = load_pem_private_key(path.read_bytes(), None)
        octets = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        found[f"private key {path.name}"] = octets
    keyring = Keyring(run.customer_keys)
    found["master key"] = bytes.fromhex((run.customer_keys / "master.key").read_text())
    for customer in keyring.customers():
        found[f"key of {customer}"] = keyring.key_of(customer)
        for path in (run.objects / customer).rglob("*"):
            if path.is_file():
                key = path.relative_to(run.objects).as_posix()
                envelope = path.read_bytes()[:ENVELOPE_OCTETS]
                opened = open_envelope(keyring.key_of(customer), envelope, key)
                found[f"data key of {key}"] = opened
    return found


def spellings(secret: bytes) -> Iterator[bytes]:
    """How a secret may stand in a log: as it is, in hexadecimal, in base64, as Python shows it."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    yield base64.b64encode(secret).rstrip(b"=")
    yield base64.urlsafe_b64encode(secret).rstrip(b"=")
    yield repr(secret)[2:-1].encode()


def told_in(folder: Path, secrets: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which file below `folder` tells which secret."""
    wanted = {one: name for name, secret in secrets.items() for one in spellings(secret)}
    return [
        (path.relative_to(folder).as_posix(), name)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for octets in (path.read_bytes(),)
        for one, name in wanted.items()
        if one in octets
    ]
