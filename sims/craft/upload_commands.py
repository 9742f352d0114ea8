"""Effects of the OTV's commands on the files of its upload area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sims.craft.commands import Effect, Execution
from sims.craft.uploads import UploadArea


def upload_effects(area: UploadArea) -> dict[str, Effect]:
    """Effect by command name."""

    def file_verify(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        number, sha256 = int(arguments["file_number"]), bytes(arguments["file_sha256"])
        return Execution(finish=lambda time_ns: area.verify(number, sha256, time_ns))

    def file_enable(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        number = int(arguments["file_number"])
        return Execution(finish=lambda time_ns: area.enable(number, time_ns))

    def file_delete(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        number = int(arguments["file_number"])
        return Execution(finish=lambda time_ns: area.delete(number))

    def file_report(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        number = int(arguments["file_number"])
        return Execution(finish=lambda time_ns: area.report(number, time_ns))

    return {
        "FILE_VERIFY": file_verify,
        "FILE_ENABLE": file_enable,
        "FILE_DELETE": file_delete,
        "FILE_REPORT": file_report,
    }
