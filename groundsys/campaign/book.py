"""A campaign's folder: one file a flight, so that a campaign that was broken off goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groundsys.campaign.definition import Case, case_for_machines, same_case
from groundsys.values.errors import EnvironmentLackError


class CampaignBook:
    """What has been flown, by the same software and definitions (`fingerprint`)."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        try:
            (folder / "flights").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentLackError(
                f"the campaign's folder {folder} cannot be made",
                found=error.strerror or str(error),
                remedy="name another one with --into",
            ) from error

    def flown(self, case: Case) -> dict[str, Any] | None:
        """The report on a case, or None if it is to be flown (again)."""
        try:
            told: dict[str, Any] = json.loads(self._path(case).read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        known = told.get("fingerprint") == self._fingerprint and same_case(
            case, told.get("case", {})
        )
        report: dict[str, Any] | None = told.get("report")
        return report if known else None

    def keep(self, case: Case, result: dict[str, Any]) -> None:
        """Write down what came of a case, whole or not at all."""
        path = self._path(case)
        told = {"fingerprint": self._fingerprint, "case": case_for_machines(case), **result}
        new = path.with_suffix(".new")
        try:
            new.write_text(json.dumps(told) + "\n")
            new.replace(path)
        except OSError as error:
            raise EnvironmentLackError(
                f"the flight {case.name} cannot be written down in {path.parent}",
                found=error.strerror or str(error),
                remedy="make room; the same command goes on with what lacks",
            ) from error

    def _path(self, case: Case) -> Path:
        return self._folder / "flights" / f"{case.name}.json"
