"""A craft's upload area for tests, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.ccsds.cfdp import Pdu, parse_pdu
from groundsys.mission.spacecraft.onboard_files import software_image
from sims.craft.computer.uploads import UploadArea

OTV = 417
IMAGE = software_image(7, bytes(range(256)) * 12)


class Craft:
    """An area whose words are kept."""

    def __init__(self, capacity: int = 256_000, upsets: frozenset[int] = frozenset()) -> None:
        self.said: list[Pdu] = []
        self.reports: list[Mapping[str, Any]] = []
        self.area = UploadArea(
            OTV,
            capacity,
            1,
            say=lambda pdu, now_ns: self.said.append(parse_pdu(pdu)),
            report=lambda values, now_ns: self.reports.append(values),
            upsets=upsets,
        )

    def take_said(self) -> list[Pdu]:
        said, self.said = self.said, []
        return said
