"""The ground segment's public key is kept with the first fetch, and never exchanged in silence."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from groundsys.client import fetch
from groundsys.client.errors import PortalError
from groundsys.client.signing_key import SIGNING_KEY, keep_signing_key
from groundsys.objects import FolderObjectStore
from groundsys.signing import key_id, public_pem
from groundsys.values.errors import ProductError
from tests.portal.fake_desks import POLAR_TOKEN, FakeDesks, listening
from tests.portal.portal_process import running_portal


def shown(pem: bytes, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=pem)


def pem_of(key: Ed25519PrivateKey) -> bytes:
    return public_pem(key.public_key())


def test_a_fetch_keeps_the_portal_s_key_and_refuses_one_that_changed(tmp_path: Path) -> None:
    desks = FakeDesks(FolderObjectStore(tmp_path / "objects"))
    desks.deliver("polar-weather", "w.dat", b"first")
    home = tmp_path / "home"
    with listening(desks) as endpoint, running_portal(endpoint, tmp_path / "objects") as url:
        answer = httpx.get(f"{url}/api/v1/signing-key")
        assert answer.headers["content-type"].startswith("application/x-pem-file")
        fetch("polar-weather", POLAR_TOKEN, url, home)
        assert (home / SIGNING_KEY).read_bytes() == answer.content == pem_of(desks.signing_key)

        before, desks.signing_key = desks.signing_key, Ed25519PrivateKey.generate()
        desks.deliver("polar-weather", "x.dat", b"second")
        with pytest.raises(ProductError, match="another signing key") as refused:
            fetch("polar-weather", POLAR_TOKEN, url, home)
    assert key_id(before.public_key()) in refused.value.expected
    assert key_id(desks.signing_key.public_key()) in refused.value.found
    assert "another way" in refused.value.remedy
    assert (home / SIGNING_KEY).read_bytes() == pem_of(before)
    assert not (home / "cube" / "x.dat").exists()


@pytest.mark.parametrize(
    "answer",
    [
        shown(b"", 404),
        shown(b"<html>"),
        shown(
            X25519PrivateKey.generate()
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        ),
    ],
)
def test_what_is_no_signing_key_is_not_kept(answer: httpx.Response, tmp_path: Path) -> None:
    with pytest.raises(PortalError, match="signing key"):
        keep_signing_key(answer, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_key_that_can_no_longer_be_read_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / SIGNING_KEY).write_bytes(b"spoilt")
    with pytest.raises(ProductError, match="another signing key") as refused:
        keep_signing_key(shown(pem_of(Ed25519PrivateKey.generate())), tmp_path)
    assert "none that can be read" in refused.value.expected
    assert (tmp_path / SIGNING_KEY).read_bytes() == b"spoilt"
