"""What a form asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form: its name, what it asks for, what stands in it, and what may."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    #: what it may be, for the arrow keys to run through; none: anything
    values: tuple[str, ...] = ()
