from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.portal.portal_state import PortalState
from groundsys.published import PortalKit
from groundsys.signing import public_pem


def test_threads_that_keep_at_once_are_in_nobodys_way(tmp_path: Path) -> None:
    """One has looked at the store, another has asked the desks."""
    state = PortalState(tmp_path)
    kit = PortalKit(public_pem(Ed25519PrivateKey.generate().public_key()), bytes(32), {}, 0)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: state.keep(kit, number), range(400)))
    assert state.seen == 399
    assert PortalState(tmp_path).kit(lambda *_, **__: {"kit": kit.to_json()}) == kit
    assert state.seen == 399
