"""Off this machine the portal speaks TLS, or it does not begin."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from groundsys.objects import FolderObjectStore
from groundsys.portal.serving import serve_portal
from groundsys.portal.tls import TlsFiles
from groundsys.values.errors import EnvironmentLackError
from tests.portal.fake_desks import POLAR_TOKEN, FakeDesks, listening
from tests.portal.portal_process import running_portal


@pytest.fixture
def tls(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "portal.pem", tmp_path / "portal.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_with_a_certificate_it_speaks_https_and_nothing_else(
    tmp_path: Path, tls: tuple[Path, Path]
) -> None:
    desks = FakeDesks(FolderObjectStore(tmp_path / "objects"))
    weather = desks.deliver("polar-weather", "weather.dat", b"secret")
    bearer = {"Authorization": f"Bearer {POLAR_TOKEN}"}
    with listening(desks) as endpoint, running_portal(endpoint, tmp_path / "objects", tls) as url:
        assert url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(tls[0]))
        with httpx.Client(base_url=url, verify=trusting) as client:
            assert client.get(f"/api/v1/products/{weather}", headers=bearer).content == b"secret"
        with httpx.Client(base_url=url) as client, pytest.raises(httpx.ConnectError):
            client.get("/api/v1/health")  # whoever does not trust the certificate
        in_clear = url.replace("https", "http")
        with httpx.Client(base_url=in_clear) as client, pytest.raises(httpx.TransportError):
            client.get(f"/api/v1/products/{weather}", headers=bearer)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "ground.example", ""])
def test_in_clear_it_is_for_this_machine_alone(tmp_path: Path, host: str) -> None:
    with pytest.raises(EnvironmentLackError, match="does not listen in clear"):
        serve_portal("tcp://127.0.0.1:1", tmp_path, host=host)


def test_a_certificate_that_is_not_there_is_said_at_once(
    tmp_path: Path, tls: tuple[Path, Path]
) -> None:
    gone = TlsFiles(tls[0], tmp_path / "gone.key")
    with pytest.raises(EnvironmentLackError, match=r"gone\.key"):
        serve_portal("tcp://127.0.0.1:1", tmp_path, tls=gone)
