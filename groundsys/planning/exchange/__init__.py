"""Plans for others: files that stations, customers and other planners read, and ours."""

from groundsys.planning.exchange.formats import (
    EXPORTS,
    IMPORTS,
    ExportContext,
    Exporter,
    Importer,
    export_plan,
    import_plan,
)
from groundsys.planning.exchange.plan_json import read_plan_json, write_plan_json

__all__ = [
    "EXPORTS",
    "IMPORTS",
    "ExportContext",
    "Exporter",
    "Importer",
    "export_plan",
    "import_plan",
    "read_plan_json",
    "write_plan_json",
]
