"""The portal speaks in clear to this machine alone; everybody else gets TLS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from groundsys.values.errors import EnvironmentLackError
from groundsys.values.hosts import is_loopback_host


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A certificate, with its chain, and its private key (PEM, PKCS#8)."""

    certificate: Path
    key: Path


def check_tls(host: str, tls: TlsFiles | None) -> None:
    """Raise `EnvironmentLackError` rather than speak in clear off this machine, or not at all."""
    if tls is None and not is_loopback_host(host):
        raise EnvironmentLackError(
            f"the portal does not listen in clear on {host}",
            expected="an address of this machine alone, such as 127.0.0.1, or a certificate",
            remedy="name one with --certificate and its key with --certificate-key",
        )
    for path in () if tls is None else (tls.certificate, tls.key):
        if not path.is_file():
            raise EnvironmentLackError(
                "the portal's certificate or key is missing",
                expected=f"a file {path} (PEM)",
                remedy="name both with --certificate and --certificate-key",
            )
