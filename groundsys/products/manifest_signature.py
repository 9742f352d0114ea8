"""The signature of a manifest: 64 octets (Ed25519, RFC 8032) in a file of its own beside it."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.products.manifest import MANIFEST_SUFFIX
from groundsys.products.provenance import ProductFile

SIGNATURE_SUFFIX = ".manifest.sig"


def sign_manifest(product_set: Sequence[ProductFile], key: Ed25519PrivateKey) -> ProductFile:
    """The signature over the set's manifest, the set's last product; the same for the same one."""
    [manifest] = [file for file in product_set if file.level == "manifest"]
    name = f"{manifest.name.removesuffix(MANIFEST_SUFFIX)}{SIGNATURE_SUFFIX}"
    return ProductFile(name, key.sign(manifest.octets), "signature", "application/octet-stream")
