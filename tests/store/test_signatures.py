"""Once something is signed, the key that signed it is not replaced in silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from groundsys.store import ProductRecord, Store
from groundsys.values.instants import Instant

MANIFEST = ProductRecord(
    *("1", "polar-weather", "cube-polar", "weather", "418:1", "w.manifest.json", "manifest"),
    *("application/json", 3, "00", "polar-weather/cube-polar/w.manifest.json", Instant(0)),
)


def test_a_store_knows_whether_something_was_signed(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.catalogue.put_products([MANIFEST])
        assert not store.catalogue.holds_signatures()  # made before manifests were signed
        signature = replace(MANIFEST, id="2", name="w.manifest.sig", level="signature")
        store.catalogue.put_products([signature])
        assert store.catalogue.holds_signatures()
        assert store.catalogue.named("w.manifest.sig") == [signature]
        assert store.catalogue.named("1") == [MANIFEST]
