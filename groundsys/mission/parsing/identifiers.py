"""Ids of definitions, which are the names of their files."""

from __future__ import annotations

from pathlib import Path

from groundsys.mission.parsing.reading import Section


def read_id(section: Section) -> str:
    """The id of a definition, which is also the name of its file."""
    identity = section.text("id")
    stem = Path(section.here.file).stem
    if identity and identity != stem:
        section.note("id", f"id is {identity!r} in file {stem}.yaml", "name them alike")
    return identity
