"""An audit log verified from its files: the store, the notary's heads, and its public key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from groundsys.audit import Verification, read_heads, verify_audit
from groundsys.signing import load_public_key
from groundsys.store import Store
from groundsys.values.errors import EnvironmentLackError


def verify_store(store: Path, heads: Path | None = None, key: Path | None = None) -> Verification:
    """Verify the log in `store`; without the notary's files nothing shows that its end is cut off.

    A file of heads that is not there is one without a head.  It may be done while both are being
    written: heads are read first, so that every one of them has its entry.
    """
    if not store.is_file():
        raise EnvironmentLackError(
            "there is no operations store to verify",
            expected=f"a file {store}",
            remedy="name it with --store, or its run's folder with --run",
        )
    if heads is None or key is None:
        with Store(store, read_only=True) as opened:
            return verify_audit(opened.audit.all())
    text = heads.read_text(errors="replace") if heads.exists() else ""
    found, findings = read_heads(text)
    public = load_public_key(key, "the notary")
    with Store(store, read_only=True) as opened:
        verification = verify_audit(opened.audit.all(), found, public)
    return replace(verification, findings=(*findings, *verification.findings))
