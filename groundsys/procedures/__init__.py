"""Operator procedures: their language, what is wrong with them, and how a run of one goes on.

Decisions only.  `read_library` reads and checks a folder of them; `advance_run` is the run.
"""

from __future__ import annotations

from groundsys.procedures.advancing import advance_run, start_run
from groundsys.procedures.library import Library, default_procedures, read_library
from groundsys.procedures.schema import procedure_schema

__all__ = [
    "Library",
    "advance_run",
    "default_procedures",
    "procedure_schema",
    "read_library",
    "start_run",
]
