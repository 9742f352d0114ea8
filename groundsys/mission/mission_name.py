"""What a mission is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that is one mission to its customers, whatever craft and scenarios it has."""

    name: str = ""
    #: in PDS4's logical identifiers
    identifier: str = ""
    #: flown where nobody names one
    first_scenario: str = ""
