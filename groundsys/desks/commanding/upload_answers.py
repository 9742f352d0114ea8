"""What craft answer to uploads: their PDUs and reports on files, folded from the archive."""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.telemetry.telemetry_desk import TelemetryDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.onboard_files import GROUND_ENTITY
from groundsys.uploads.packets import FILE_REPORT, PDU_PACKET, read_pdu, read_report
from groundsys.uploads.progress import FileReport, Heard
from groundsys.uploads.upload import Upload
from groundsys.values.errors import FrameError
from groundsys.values.records import ArchivedPacket


class UploadAnswers:
    """Everything heard of each file; after a restart it is read again from the beginning."""

    def __init__(self, room: ControlRoom, telemetry: TelemetryDesk) -> None:
        self._room = room
        self._telemetry = telemetry
        self._heard: dict[tuple[str, int], list[Heard]] = {}
        self._reports: dict[tuple[str, int], list[FileReport]] = {}

    def on(self, upload: Upload) -> tuple[Sequence[Heard], Sequence[FileReport]]:
        """The PDUs and the reports about one upload."""
        key = (upload.spacecraft, upload.number)
        return self._heard.get(key, ()), self._reports.get(key, ())

    def take_packets(self, craft: Spacecraft, packets: Sequence[ArchivedPacket]) -> None:
        """Fold in what a craft has answered; nothing else of its packets is looked at."""
        for packet in packets:
            if packet.name not in (PDU_PACKET, FILE_REPORT):
                continue
            made_at = self._telemetry.event_time(craft, packet.generation)
            try:
                if packet.name == PDU_PACKET:
                    pdu = read_pdu(craft.model, packet)
                    if pdu.source_entity == GROUND_ENTITY:
                        found = self._heard.setdefault((craft.id, pdu.transaction), [])
                        found.append(Heard(pdu, made_at))
                else:
                    number, report = read_report(craft.model, packet, made_at)
                    self._reports.setdefault((craft.id, number), []).append(report)
            except FrameError as error:
                text = f"{packet.name} cannot be read: {error.message}"
                self._room.log(craft.id, "warning", "upload", text)
