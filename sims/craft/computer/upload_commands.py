"""Effects of the OTV's commands on the files of its upload area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sims.craft.computer.board import Board
from sims.craft.computer.commands import Effect, Execution
from sims.craft.computer.uploads import UploadArea


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


def upload_area(board: Board) -> UploadArea:
    """A craft's memory for files that go up, which speaks and reports by packets."""

    def say(pdu: bytes, now_ns: int) -> None:
        board.emit("CFDP_PDU", {"pdu_length": len(pdu), "pdu": pdu}, now_ns)

    def report(values: Mapping[str, Any], now_ns: int) -> None:
        board.emit("FILE_REPORT", values, now_ns)

    return UploadArea(
        board.craft.entity_id,
        round(board.craft.platform["upload_area_kb"] * 1e3),
        round(board.craft.platform["software_version"]),
        say=say,
        report=report,
        upsets=board.faults.upset_upload,
    )
