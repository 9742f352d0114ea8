"""What customers are told: in order, once, kept, and also of what was there before."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.store import CustomerEvent, ProductRecord, Store, StoredToken
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
PRODUCT = ProductRecord(
    *("1-1-0", "polar-weather", "cube", "weather", "1:1", "a.dat", "L0"),
    *("application/octet-stream", 9, "ab" * 32, "polar-weather/cube/a.dat", NOON),
)


def test_a_product_is_told_once_with_what_made_it(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        for _ in range(2):
            store.catalogue.put_products([PRODUCT])
        store.customer_events.add(CustomerEvent("tharsis-seismo", NOON, "command", "c-1"))
        store.catalogue.put_products([replace(PRODUCT, id="1-1-1", level="L1")])
        assert store.customer_events.last() == {"polar-weather": 2, "tharsis-seismo": 1}
        told = store.customer_events.of("polar-weather")
        assert [(one.number, one.kind, one.subject) for one in told] == [
            (1, "product", "1-1-0"),
            (2, "product", "1-1-1"),
        ]
        assert store.customer_events.of("polar-weather", 1, 1) == []
    with Store(tmp_path / "store.sqlite") as store:
        assert store.customer_events.last() == {"polar-weather": 2, "tharsis-seismo": 1}
        assert store.customer_events.of("polar-weather") == told


def test_what_is_taken_back_was_not_told(tmp_path: Path) -> None:
    def break_off(store: Store) -> None:
        with store.writing():
            store.catalogue.put_products([PRODUCT])
            raise ValueError("broken off")

    with Store(tmp_path / "store.sqlite") as store:
        assert store.customer_events.last() == {}
        with pytest.raises(ValueError, match="broken off"):
            break_off(store)
        assert store.customer_events.last() == {}
        assert store.catalogue.product("polar-weather", PRODUCT.id) is None


def test_a_store_from_before_tells_what_it_holds_and_keeps_its_tokens(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.catalogue.put_products([PRODUCT])
        store.tokens.add(StoredToken("cafe", "polar-weather", NOON))
    connection = sqlite3.connect(path)
    for statement in (
        "DROP TABLE customer_events",
        "DROP TABLE webhooks",
        *(f"ALTER TABLE tokens DROP COLUMN {name}" for name in ("label", "scopes", "made_by")),
        *(f"ALTER TABLE tokens DROP COLUMN {name}" for name in ("expires_s", "parent")),
        "ALTER TABLE products DROP COLUMN measured_from_ns",
        "ALTER TABLE products DROP COLUMN measured_until_ns",
        "DELETE FROM _sqlite_migrations WHERE name = '0013_customer_access'",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()
    with Store(path) as store:
        assert [one.subject for one in store.customer_events.of("polar-weather")] == ["1-1-0"]
        token = store.tokens.usable("cafe", 0.0)
        assert token == StoredToken("cafe", "polar-weather", NOON)
        assert store.catalogue.products("polar-weather") == [PRODUCT]
