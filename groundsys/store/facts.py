"""Single facts that outlive a restart, such as which scenario this store belongs to."""

from __future__ import annotations

from typing import Any

from groundsys.store.database import StoreDatabase
from groundsys.store.rows import from_json, to_json


class FactTable:
    """Plain values by name."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put(self, name: str, value: Any) -> None:
        with self._database.writing():
            self._database.put("facts", {"name": name, "value": to_json(value)})

    def get(self, name: str, default: Any = None) -> Any:
        for row in self._database.rows("facts", "name = ?", (name,)):
            return from_json(row["value"])
        return default
