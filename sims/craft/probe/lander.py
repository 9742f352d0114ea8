"""A cube: asleep but for its logger and wake-up receiver, awake in relay sessions.

One that is carried speaks by cable until it is let go (`carriage`), and by radio from orbit then.
A cube that is still to come down (a capsule) tells of its entry until it lands; its instrument goes
on then.  Power and heat are modelled as if it lay at its site from the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import DefinitionError, FrameError
from groundsys.values.messages import Message
from sims.craft.computer.board import Board, Housekeeping
from sims.craft.computer.command_receiver import CommandReceiver
from sims.craft.computer.commands import CommandExecutor, CommandFailure, failing
from sims.craft.computer.common_commands import common_effects
from sims.craft.computer.mishaps import expect_lander_faults
from sims.craft.computer.packets import Packet
from sims.craft.nature.dust import Dust
from sims.craft.payload.body_pictures import BodyPictureLog, flyby_of
from sims.craft.payload.file_closing import FileClosing
from sims.craft.payload.natures import nature_of
from sims.craft.payload.payload_files import (
    Campaign,
    PayloadFile,
    PayloadLogger,
    note_closed,
    stray_copy,
)
from sims.craft.platform.thermal import Heater
from sims.craft.probe.carriage import Carriage, carried_platform
from sims.craft.probe.cfdp_source import CfdpSource, corrupted
from sims.craft.probe.descent import descent_of
from sims.craft.probe.explorer import explorer_effects, explorer_of
from sims.craft.probe.guests import Guests
from sims.craft.probe.lander_commands import lander_effects
from sims.craft.probe.lander_platform import CubePlatform, LanderLoads, LanderPlatform
from sims.craft.probe.lander_telemetry import lander_telemetry
from sims.craft.probe.power_saving import PowerSaving
from sims.craft.probe.scout import PictureLog, Scout
from sims.craft.radio.cube_radio import LAST_WORDS_NS, Contact, CubeRadio
from sims.craft.radio.proximity import ProximityFrame
from sims.faults import one_holds

_SECOND_NS = 1_000_000_000
_GROUND_ENTITY = 1
#: octets of a CFDP_PDU packet around the PDU: headers, length field, CRC
_PACKET_OVERHEAD = TM_HEADER_LENGTH + 2 + CRC_LENGTH
_SUBSYSTEM_OFF_S = 5.0
#: a commanded sleep begins this long after the command, so that its reports get out
_FALL_ASLEEP_NS = 20 * _SECOND_NS
#: the wake-up receiver boots nothing on a battery emptier than this, percent
_LEAST_CHARGE = 5.0


class Lander:
    """All parts of a cube and how they work on each other; times are true TAI nanoseconds."""

    def __init__(
        self,
        craft: Spacecraft,
        mission: Mission,
        scenario: Scenario,
        seed: int,
        truth_directory: Path,
        keys: Path,
    ) -> None:
        if craft.payload is None or craft.relay is None or not craft.is_cube:
            raise DefinitionError(
                f"craft {craft.id} cannot be a cube",
                expected="a payload, a relay, and a site or a release",
                found=f"payload {craft.payload}, relay {craft.relay}, site {craft.site}",
            )
        self.board = Board(craft, scenario, seed, truth_directory)
        self.board.store = self._store
        dust = Dust(self.board.faults.dust_storms)
        self.board.at_new_faults.append(lambda faults: dust.take(faults.dust_storms))
        self.platform, self.carriage = self._make_body(mission, scenario, seed, dust)
        payload = mission.payloads[craft.payload]
        self.logger: PayloadLogger | PictureLog | BodyPictureLog
        if payload.kind == "camera" and craft.site is not None:
            self.logger = PictureLog(payload, self.board.clock)
            self.scout = Scout(self, payload, craft.site, self.logger, dust, seed)
        elif payload.kind == "camera":
            flyby = flyby_of(craft, payload, mission, scenario, seed, self.board.truth)
            self.logger = BodyPictureLog(
                *(payload, flyby, self.board.clock, self.board.start_ns, seed),
                *(self.board.truth, self.board.faults.misaligned_deg),
            )
        else:
            nature = nature_of(payload, craft, mission, seed, dust)
            self.logger = PayloadLogger(payload, nature, self.board.clock, self.board.start_ns)
        self.payload_gain = 0
        #: of files from before its beginning: they are never sent
        self.bytes_from_before = 0
        self.source = CfdpSource(craft.entity_id, _GROUND_ENTITY)
        self.guests = Guests(
            self.board,
            [
                PayloadLogger(
                    guest,
                    nature_of(guest, craft, mission, seed, dust),
                    self.board.clock,
                    self.board.start_ns,
                )
                for guest in (mission.payloads[id] for id in craft.guests)
            ],
            self._offer,
        )
        self.radio = CubeRadio(
            self.board,
            scenario,
            craft.relay,
            clcw=lambda: self.receiver.clcw(),
            next_file_packet=self._make_file_packet,
            take=self._take_frame,
            by_cable=lambda: self.carriage is not None and self.carriage.is_held,
        )
        self._file_apid = craft.model.packet("CFDP_PDU").apid
        self.receiver = CommandReceiver(
            self.board, keys, lambda packet, now_ns: self.executor.receive(packet, now_ns)
        )
        self._booting = False
        self._deaf_until_ns = 0
        self._settled_ns = self.board.start_ns
        self.c_n0_dbhz = 0.0
        self.housekeeping = Housekeeping(self.board, lambda now_ns: lander_telemetry(self, now_ns))
        self.explorer = explorer_of(self, mission, scenario, seed)
        more = explorer_effects(self.explorer)
        effects = {**common_effects(self), **lander_effects(self), **more}
        self.executor = CommandExecutor(
            craft.model,
            failing(effects) if self.board.faults.fail_commands else effects,
            self.board.agenda,
            self.board.report,
            self.board.truth.note,
            execution_s=craft.platform["command_execution_s"],
            repeat_every=self.board.faults.repeat_every,
        )
        self.board.mode = "SLEEP"
        self.board.computer_c = self._computer_c
        self._closing = FileClosing(self.board, self.logger, self.keep_file)
        self.descent = descent_of(self, scenario, seed)
        self.power_saving = PowerSaving(self)
        self._closing.begin(self.board.start_ns)
        expect_lander_faults(self)

    @property
    def heater(self) -> Heater:
        return self.platform.heater

    @property
    def recorder_bytes(self) -> float:
        return self.board.craft.platform["recorder_mb"] * 1e6

    def receive(self, message: Message, now_ns: int) -> None:
        """Take one message out of the air, or by the cable: a cube hears its relay alone."""
        if message.kind not in ("prox", "umbilical"):
            return
        body = message.body
        if self.carriage is not None and body["kind"] in ("deck", "separated"):
            self.carriage.notice(body, now_ns)
            return
        self.c_n0_dbhz = body.get("c_n0_dbhz", self.c_n0_dbhz)
        contact = self.radio.contact
        if body["kind"] == "hail":
            self._hear_hail(body, now_ns)
        elif contact is not None and contact.number == body["session"]:
            if body["kind"] == "end":
                self._sleep(contact, now_ns)
            else:
                self.radio.receive(body, now_ns)

    def settle(self, now_ns: int) -> None:
        """Bring the models of power and heat up to `now_ns`."""
        share = self.radio.share_transmitting((now_ns - self._settled_ns) / 1e9)
        awake = (
            self.radio.contact is not None
            or (self.descent is not None and self.descent.is_telling)
            or (self.explorer is not None and self.explorer.is_flying)
        )
        self.platform.advance(now_ns, LanderLoads(awake, self.logger.is_on, share))
        self._settled_ns = now_ns

    def switch_payload(self, on: bool, now_ns: int) -> None:
        """Switch the instrument; its file is closed when it goes off."""
        if on == self.logger.is_on:
            return
        self.settle(now_ns)
        if on:
            self.logger.switch_on(now_ns)
            self._closing.begin(now_ns)
        else:
            self.keep_file(self.logger.switch_off(now_ns), now_ns)
        self.board.event("INFO", "PAYLOAD_SWITCHED", float(on), now_ns)

    def plan_campaign(self, campaign: Campaign, now_ns: int) -> None:
        """Sample as the campaign asks in its window, and as usual before and after."""
        self.logger.plan_campaign(campaign)
        self._closing.begin(now_ns)

    def set_transmit_power(self, power_w: float) -> None:
        self.platform.transmit_power_w = self.radio.transmit_power_w = power_w

    def hibernate(self, seconds: float, now_ns: int) -> None:
        """Fall asleep soon and answer no hail for `seconds`."""
        self.board.event("INFO", "HIBERNATION_STARTED", seconds, now_ns)
        self._deaf_until_ns = now_ns + round(seconds * 1e9)
        self._sleep_soon(now_ns)

    def report_time(self, now_ns: int) -> None:
        self.radio.send_time_report(now_ns)

    def reset_counters(self) -> None:
        self.executor.accepted = self.executor.rejected = 0
        self.receiver.reset_counters()

    def may_enter(self, mode: str) -> bool:
        if mode == "SLEEP":
            self._sleep_soon(self.board.agenda.now_ns)
        return True

    def reset_subsystem(self, subsystem: str, now_ns: int) -> float:
        match subsystem:
            case "AOCS":
                raise CommandFailure("NOT_FOUND")
            case "OBC":
                boot_s = self.board.craft.platform["boot_s"]
                after_ns = now_ns + round(boot_s * 1e9)
                self.board.agenda.at(after_ns, lambda t: self.board.reboot("COMMAND", t))
                return boot_s
            case "PAYLOAD":
                self.switch_payload(False, now_ns)
                on_ns = now_ns + round(_SUBSYSTEM_OFF_S * 1e9)
                self.board.agenda.at(on_ns, lambda t: self.switch_payload(True, t))
        return _SUBSYSTEM_OFF_S

    def _make_body(
        self, mission: Mission, scenario: Scenario, seed: int, dust: Dust
    ) -> tuple[CubePlatform, Carriage | None]:
        """The cube's body, and what carries it if something does."""
        board, craft = self.board, self.board.craft
        if craft.release is None:
            return LanderPlatform(craft, seed, board.start_ns, dust), None
        body = carried_platform(craft, mission, scenario, seed, board.start_ns)
        return body, Carriage(board, craft.release, body, self.settle, self._part)

    def _part(self, now_ns: int) -> None:
        """The cable is gone, or there again, and with it a session that went the other way."""
        if self.radio.contact is not None:
            self._sleep(self.radio.contact, now_ns)

    def _hear_hail(self, body: Mapping[str, Any], now_ns: int) -> None:
        if self.descent is not None and self.descent.is_mute:
            return
        if self.carriage is not None and self.carriage.is_mute(now_ns):
            return
        if one_holds(self.board.faults.silent, now_ns):
            self.board.truth.note("fault", fault="silent_cube", time_ns=now_ns)
            return
        contact = self.radio.contact
        if contact is not None and contact.number == body["session"]:
            self.radio.answer_hail(now_ns)
            return
        self.settle(now_ns)
        charged = self.platform.battery.percent > _LEAST_CHARGE
        if self._booting or now_ns < self._deaf_until_ns or not charged:
            return
        if not self.power_saving.may_wake(now_ns):
            return
        end_ns = now_ns + round(body["remaining_s"] * 1e9)
        heard = Contact(int(body["session"]), end_ns, float(body["rate_bps"]))
        self._booting = True
        boot_ns = round(self.board.craft.platform["boot_s"] * 1e9)
        self.board.agenda.at(now_ns + boot_ns, lambda time_ns: self._wake(heard, time_ns))

    def _wake(self, contact: Contact, now_ns: int) -> None:
        self._booting = False
        if now_ns >= contact.end_ns:
            return
        self.settle(now_ns)
        self._note_session(contact, "started", now_ns)
        self.power_saving.note_session(now_ns)
        if self.board.mode == "SLEEP":
            self.board.mode = "NOMINAL"
        self.radio.begin(contact, now_ns)
        if not self.board.is_quiet(now_ns):
            self.radio.send_time_report(now_ns)
        self.board.reboot("WAKE_UP", now_ns)
        self.housekeeping.start(now_ns, until_ns=contact.end_ns - LAST_WORDS_NS)
        self.board.agenda.at(contact.end_ns, lambda time_ns: self._sleep(contact, time_ns))

    def _sleep(self, contact: Contact, now_ns: int) -> None:
        if self.radio.contact is not contact:
            return
        self.settle(now_ns)
        self.housekeeping.stop()
        self.radio.end()
        if self.board.mode == "NOMINAL":
            self.board.mode = "SLEEP"
        self._note_session(contact, "ended", now_ns)

    def _sleep_soon(self, now_ns: int) -> None:
        contact = self.radio.contact
        if contact is not None:
            self.board.agenda.at(
                now_ns + _FALL_ASLEEP_NS, lambda time_ns: self._sleep(contact, time_ns)
            )

    def _note_session(self, contact: Contact, what: str, now_ns: int) -> None:
        self.board.truth.note(
            "session",
            session=contact.number,
            spacecraft=self.board.craft.id,
            event=what,
            time_ns=now_ns,
        )

    def _offer(self, transaction: int, name: str, data: bytes) -> None:
        """A guest's closed file waits with the others."""
        self.source.add_file(transaction, name, data)
        self.radio.wake()

    def _take_frame(self, frame: ProximityFrame, now_ns: int) -> None:
        if frame.port == "telecommand":
            self.receiver.take(frame.data, now_ns)
        elif frame.port == "file":
            try:
                deleted = self.source.receive(frame.data)
            except FrameError:
                return
            self.radio.wake()
            if deleted is not None:
                self.board.truth.note("file_deleted", name=deleted, time_ns=now_ns)
                files = float(self.source.files_delivered)
                self.board.event("INFO", "FILE_DELETED", files, now_ns)

    def _store(self, packet: Packet, now_ns: int) -> None:
        self.radio.add(packet, is_file=packet.apid == self._file_apid)

    def _make_file_packet(self, room: int, now_ns: int) -> bool:
        """Make one packet with a CFDP PDU, not in safe mode; whether there was one to make."""
        if self.board.mode == "SAFE":
            return False
        pdu = self.source.next_pdu(room - _PACKET_OVERHEAD)
        if pdu is None:
            return False
        self.board.emit("CFDP_PDU", {"pdu_length": len(pdu), "pdu": pdu}, now_ns)
        return True

    def _computer_c(self, now_ns: int) -> float:
        self.settle(now_ns)
        return self.platform.computer_c

    def keep_file(self, closed: PayloadFile | None, now_ns: int) -> None:
        """Keep a closed file until the ground has it; None is none."""
        if closed is None:
            return
        truth, faults = self.board.truth, self.board.faults
        note_closed(truth, closed, str(self.board.craft.payload), now_ns)
        data = closed.data
        if closed.sequence in faults.drop_file:
            truth.note("fault", fault="drop_file", time_ns=now_ns)
            return
        if closed.sequence in faults.corrupt_file:
            truth.note("fault", fault="corrupt_file", time_ns=now_ns)
            data = corrupted(data)
        self.source.add_file(closed.sequence, closed.name, data)
        if closed.sequence in faults.stray_file:
            truth.note("fault", fault="stray_file", time_ns=now_ns)
            stray = stray_copy(closed)
            self.source.add_file(stray.sequence, stray.name, stray.data)
        self.radio.wake()
        if self.radio.contact is not None:
            self.board.event("INFO", "FILE_CLOSED", float(closed.sequence), now_ns)
