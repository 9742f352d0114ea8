"""Keys are made once, for their owner alone, and a lost one is not replaced in silence."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.signing import is_signed, key_id, load_public_key, own_key, public_pem
from groundsys.values.errors import EnvironmentLackError

#: RFC 8032 §7.1, test 3: secret key, public key, message, signature
SECRET = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
PUBLIC = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
MESSAGE = "af82"
SIGNATURE = (
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)


def test_signatures_are_those_of_rfc_8032() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET))
    assert key.public_key().public_bytes_raw().hex() == PUBLIC
    assert key.sign(bytes.fromhex(MESSAGE)).hex() == SIGNATURE
    signature = bytes.fromhex(SIGNATURE)
    assert is_signed(bytes.fromhex(MESSAGE), signature, key.public_key())
    assert not is_signed(b"\xaf\x83", signature, key.public_key())
    assert not is_signed(bytes.fromhex(MESSAGE), signature[:-1], key.public_key())


def test_a_key_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    made = own_key(path, "the signer", "its words", may_be_made=True)
    again = own_key(path, "the signer", "its words", may_be_made=False)
    assert made.private_bytes_raw() == again.private_bytes_raw()
    assert path.stat().st_mode & 0o777 == 0o600
    public = tmp_path / "public.pem"
    public.write_bytes(public_pem(made.public_key()))
    assert key_id(load_public_key(public, "the signer")) == key_id(made.public_key())
    told = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", str(public)], capture_output=True, check=True
    )
    assert told.stdout == public.read_bytes()


def test_a_lost_key_is_not_replaced_once_something_was_signed(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLackError, match="the signer's key is gone") as lost:
        own_key(tmp_path / "key.pem", "the signer", "its words", may_be_made=False)
    assert "its words are signed" in lost.value.expected
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "key.pem").write_text("spoilt")
    with pytest.raises(EnvironmentLackError, match="cannot be read"):
        own_key(tmp_path / "key.pem", "the signer", "its words", may_be_made=True)
