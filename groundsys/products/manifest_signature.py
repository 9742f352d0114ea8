"""The signature of a manifest: 64 octets (Ed25519, RFC 8032) in a file of its own beside it."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.products.provenance import ProductFile
from groundsys.products.writing import finish, workshop, write_synced

MANIFEST_SUFFIX, SIGNATURE_SUFFIX = ".manifest.json", ".manifest.sig"


def sign_manifest(product_set: Sequence[ProductFile], key: Ed25519PrivateKey) -> ProductFile:
    """Write the signature over the set's manifest beside it, as the set's last product.

    The same manifest always has the same signature.
    """
    [manifest] = [file for file in product_set if file.level == "manifest"]
    directory = manifest.path.parent
    with workshop(directory) as folder:
        made = folder / f"{manifest.name.removesuffix(MANIFEST_SUFFIX)}{SIGNATURE_SUFFIX}"
        write_synced(made, key.sign(manifest.path.read_bytes()))
        return finish(made, directory, "signature", "application/octet-stream")
