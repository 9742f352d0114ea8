"""The OTV: radio with Earth, recorder, relay for the cubes, telecommands, housekeeping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groundsys.ccsds.cltu import decode_cltu
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import FrameError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.board import Board, Housekeeping
from sims.craft.computer.command_receiver import CommandReceiver
from sims.craft.computer.commands import CommandExecutor, CommandFailure, failing, read_command
from sims.craft.computer.common_commands import common_effects
from sims.craft.computer.mishaps import expect_orbiter_faults
from sims.craft.computer.packets import Packet
from sims.craft.computer.recorder import Recorder
from sims.craft.computer.schedule import OnboardSchedule
from sims.craft.computer.upload_commands import upload_area, upload_effects
from sims.craft.mothership.departure import departure_of
from sims.craft.mothership.hazardous_commands import propulsion_effects, release_effects
from sims.craft.mothership.orbiter_commands import orbiter_effects
from sims.craft.mothership.orbiter_platform import Loads, OrbiterPlatform
from sims.craft.mothership.orbiter_telemetry import orbiter_telemetry
from sims.craft.mothership.own_payload import OwnPayload, payload_effects
from sims.craft.mothership.release import ReleaseMechanism, release_of
from sims.craft.mothership.umbilicals import Umbilicals
from sims.craft.nature.dust import Dust
from sims.craft.nature.planets import Vector
from sims.craft.payload.natures import nature_of
from sims.craft.platform.attitude import AttitudeMode
from sims.craft.platform.propulsion import Propulsion
from sims.craft.platform.thermal import Heater
from sims.craft.radio.antennas import Antennas
from sims.craft.radio.beacon import BeaconTransmitter
from sims.craft.radio.downlink import Downlink, first_rate_bps
from sims.craft.radio.listening import Listener
from sims.craft.radio.relay import RelayStation, Session, answer_time_ns
from sims.craft.radio.relayed_frames import RelayedFrames
from sims.craft.radio.transmitter import Transmitter
from sims.faults import one_holds
from sims.parting import springs_m_s

_SECOND_NS = 1_000_000_000
_SUBSYSTEM_OFF_S = 10.0
_EARTH_AGAIN_AFTER_NS = 3_600 * _SECOND_NS
_RECORDER_WARNING_PERCENT = 80.0
#: held cubes are told how warm the deck is this often
_DECK_PERIOD_NS = 300 * _SECOND_NS


class Orbiter:
    """All parts of the OTV and how they work on each other; times are true TAI nanoseconds."""

    def __init__(
        self,
        craft: Spacecraft,
        mission: Mission,
        scenario: Scenario,
        seed: int,
        truth_directory: Path,
        keys: Path,
    ) -> None:
        self.board = Board(craft, scenario, seed, truth_directory)
        self.board.store = self._store
        self.platform = OrbiterPlatform(craft, seed, self.board.start_ns)
        self.propulsion = Propulsion(
            self.board, self, self.platform.tank, self.platform.attitude, scenario.truth, seed
        )
        self.recorder = Recorder(
            round(craft.platform["recorder_mb"] * 1e6),
            overwritten=lambda packet: self.transmitter.downlink.drop(packet),
        )
        self._cubes = {
            cube.framing.spacecraft_id: cube
            for cube in mission.spacecraft.values()
            if cube.relay == craft.id and cube.id in scenario.spacecraft
        }
        self._frames = RelayedFrames(
            self.board,
            self._cubes,
            self.recorder,
            lambda packet, priority, now_ns: self.transmitter.send_live(packet, priority, now_ns),
        )
        self.index = self._frames.index
        self.release = ReleaseMechanism(
            self.board,
            {
                scid: cube.platform["mass_kg"]
                for scid, cube in sorted(self._cubes.items())
                if cube.release is not None
            },
            frozenset(scid for scid, cube in self._cubes.items() if cube.id in scenario.attached),
            may_release=self._is_still,
            springs_m_s=lambda scid: springs_m_s(
                *(release_of(self._cubes[scid]), self._cubes[scid].id, seed, scenario.truth),
                share=self.board.faults.spring_share,
            ),
            let_go=self._let_go,
        )
        self.umbilicals = Umbilicals(self.board, self._cubes, lambda: self.release.attached)
        self.relay = RelayStation(
            {scid: cube.id for scid, cube in self._cubes.items()},
            self.board.agenda,
            rate_bps=self._rate_with_bps,
            answer_time_ns=answer_time_ns(scenario),
            say=self._say_to_cube,
            take_frame=self._frames.keep,
            tell=self._tell_of_session,
            may_begin=lambda: self.board.mode != "SAFE",
        )
        self.listener = Listener(
            self._live_channels(craft),
            is_awake=lambda: self.board.mode != "SAFE",
            keep=self._frames.keep_live,
            tell_tone=self._frames.tell_tone,
        )
        self.receiver = CommandReceiver(
            self.board, keys, lambda packet, now_ns: self.executor.receive(packet, now_ns)
        )
        self.replays = 0
        #: whether the container for what explorers gather is sealed with something in it
        self.has_sample = False
        self.relay_c_n0_dbhz = 0.0
        self._recorder_warned = False
        self.antennas = Antennas(
            craft.radios["x_band"],
            faces_earth=self.platform.attitude.faces_earth,
            off_earth_deg=self.platform.off_earth_deg,
        )
        self.transmitter = Transmitter(
            self.board,
            Downlink(craft.framing, first_rate_bps(craft)),
            safe_rate_bps=min(craft.radios["x_band"].rates_bps),
            clcw=lambda: self.receiver.clcw(no_rf_available=not self.transmitter.is_locked),
            gain_db=self.antennas.gain_db,
            time_report=self._make_time_report,
            on_lock=self._repeat_unacknowledged,
            beacon=None if craft.beacon is None else BeaconTransmitter(self.board, craft.beacon),
        )
        self.housekeeping = Housekeeping(self.board, lambda now_ns: orbiter_telemetry(self, now_ns))
        self.schedule = OnboardSchedule(
            self.board,
            lambda packet: read_command(craft.model, packet),
            lambda packet, now_ns: self.executor.receive(packet, now_ns),
        )
        self.uploads = upload_area(self.board)
        self.payload = self._make_payload(craft, mission, seed)
        effects = {
            **common_effects(self),
            **orbiter_effects(self),
            **propulsion_effects(self),
            **release_effects(self),
            **upload_effects(self.uploads),
            **({} if self.payload is None else payload_effects(self.payload, self.settle)),
        }
        self.executor = CommandExecutor(
            craft.model,
            failing(effects) if self.board.faults.fail_commands else effects,
            self.board.agenda,
            self.board.report,
            self.board.truth.note,
            execution_s=craft.platform["command_execution_s"],
            repeat_every=self.board.faults.repeat_every,
        )
        self.board.computer_c = self._computer_c
        self.board.after_clock_reset.append(lambda _, jump_ns: self.relay.move_sessions(-jump_ns))
        self.departure = departure_of(self, scenario, seed)
        self.transmitter.start(self.board.start_ns)
        self.housekeeping.start(self.board.start_ns + _SECOND_NS)
        self.board.agenda.every(self.board.start_ns, _DECK_PERIOD_NS, self._warm_cubes)
        expect_orbiter_faults(self)

    @property
    def heater(self) -> Heater:
        return self.platform.heater

    @property
    def mass_kg(self) -> float:
        """All together: `mass_kg` of the platform is without cubes, tanks as at the start."""
        tank = self.platform.tank
        used_kg = tank.first_propellant_kg - tank.propellant_kg
        return self.board.craft.platform["mass_kg"] - used_kg + self.release.attached_kg

    @property
    def battery_percent(self) -> float:
        return self.platform.battery.percent

    def push(self, at_ns: int, delta_v_m_s: Vector) -> None:
        """The true path takes a Δv: ours, and that by which space carries what we send."""
        self.platform.push(at_ns, delta_v_m_s)
        body = {"at_ns": at_ns, "delta_v_m_s": list(delta_v_m_s)}
        now = Instant(self.board.agenda.now_ns)
        self.board.say(Message(self.board.craft.id, "space", "impulse", now, body))

    def receive(self, message: Message, now_ns: int) -> None:
        """Take one message out of the air."""
        body = message.body
        if message.kind == "x_up_carrier":
            self.settle(now_ns)
            self.transmitter.hear_carrier(
                body["antenna"], bool(body["on"]), body.get("c_n0_dbhz"), now_ns
            )
        elif message.kind == "x_up":
            self._take_cltu(body["cltu"], now_ns)
        elif message.kind == "prox" and body["kind"] in ("live", "tone"):
            self.listener.receive(body, message.time.tai_ns, now_ns)
        elif message.kind == "umbilical" and body["kind"] == "docked":
            self._take_back(int(body["scid"]), float(body["sample_g"]), now_ns)
        elif message.kind in ("prox", "umbilical"):
            self.relay_c_n0_dbhz = body.get("c_n0_dbhz", self.relay_c_n0_dbhz)
            self.settle(now_ns)
            self.relay.receive(body, message.time.tai_ns, now_ns)

    def settle(self, now_ns: int) -> None:
        """Bring the models of power, heat and attitude up to `now_ns`."""
        loads = Loads(
            transmitter=self.transmitter.is_on,
            relay=self.relay.state != "IDLE",
            safe_mode=self.board.mode == "SAFE",
            propulsion_w=self.propulsion.load_w,
            cubes_w=self.umbilicals.load_w,
            payload_w=0.0 if self.payload is None else self.payload.load_w,
        )
        self.platform.advance(now_ns, loads)
        self.propulsion.advance(now_ns, self.platform.structure_c, self.platform.tank_c)

    def replay(self, packets: Sequence[Packet], now_ns: int) -> None:
        """Send stored packets again."""
        self.replays += 1
        if self.board.faults.no_replay:
            self.board.truth.note("fault", fault="no_replay", time_ns=now_ns)
            return
        waiting = self.transmitter.downlink.waits("REPLAY")
        for packet in packets:
            if packet not in waiting:
                self.transmitter.queue("REPLAY", packet, now_ns)

    def set_downlink_rate(self, rate_bps: float, now_ns: int) -> None:
        self.transmitter.set_rate(rate_bps, now_ns)

    def cube_of_entity(self, entity: int) -> Spacecraft | None:
        """The cube that is this CFDP entity."""
        return next((cube for cube in self._cubes.values() if cube.entity_id == entity), None)

    def forward_pdu(self, entity: int, pdu: bytes) -> None:
        """Queue a CFDP PDU for the cube that is this entity."""
        if (cube := self.cube_of_entity(entity)) is not None:
            self.relay.forward(cube.framing.spacecraft_id, "file", pdu)

    def turn_to(self, mode: AttitudeMode, now_ns: int) -> float:
        """Begin to turn; the seconds it takes.  Away from Earth, the craft turns back in time."""
        self.settle(now_ns)
        seconds = self.platform.attitude.turn_to(mode, now_ns)
        self.transmitter.look(now_ns)
        if mode != "EARTH_POINTING":
            self.board.agenda.at(now_ns + _EARTH_AGAIN_AFTER_NS, self._turn_back)
        return seconds

    def look_again(self, now_ns: int) -> None:
        """A turn is over: what the high-gain antenna sees may have changed."""
        self.settle(now_ns)
        self.transmitter.look(now_ns)

    def report_time(self, now_ns: int) -> None:
        self.transmitter.want_time_report(now_ns)

    def reset_counters(self) -> None:
        self.executor.accepted = self.executor.rejected = 0
        self.receiver.reset_counters()
        self.schedule.reset_counters()

    def may_enter(self, mode: str) -> bool:
        return mode in ("SAFE", "NOMINAL")

    def reset_subsystem(self, subsystem: str, now_ns: int) -> float:
        if subsystem in ("OBC", "AOCS"):
            self.propulsion.require_idle()
            self.propulsion.shut_down("COMMANDED", now_ns)
        match subsystem:
            case "OBC":
                boot_s = self.board.craft.platform["boot_s"]
                self.schedule.disable_all(now_ns)
                after_ns = now_ns + round(boot_s * 1e9)
                self.board.agenda.at(after_ns, self._reboot)
                return boot_s
            case "COMM":
                self.transmitter.switch(False, now_ns)
                on_ns = now_ns + round(_SUBSYSTEM_OFF_S * 1e9)
                self.board.agenda.at(on_ns, lambda t: self.transmitter.switch(True, t))
            case "AOCS":
                self.platform.attitude.restart_star_tracker(now_ns)
            case "PAYLOAD":
                if self.payload is None:
                    raise CommandFailure("NOT_FOUND")
                switch = self.payload.switch
                switch(False, now_ns)
                on_ns = now_ns + round(_SUBSYSTEM_OFF_S * 1e9)
                self.board.agenda.at(on_ns, lambda t: switch(True, t))
        return _SUBSYSTEM_OFF_S

    def _make_payload(self, craft: Spacecraft, mission: Mission, seed: int) -> OwnPayload | None:
        """What it carries itself, beside the cubes."""
        if craft.payload is None:
            return None
        payload = mission.payloads[craft.payload]
        nature = nature_of(payload, craft, mission, seed, Dust())
        return OwnPayload(self.board, payload, nature, self._replay_held)

    def _replay_held(self, packets: Sequence[Packet], now_ns: int) -> None:
        self.replay([one for one in packets if one in self.recorder], now_ns)

    def _reboot(self, now_ns: int) -> None:
        self.uploads.boot()
        self.board.reboot("COMMAND", now_ns)

    def _turn_back(self, now_ns: int) -> None:
        if self.platform.attitude.mode != "EARTH_POINTING" and not self.propulsion.is_busy:
            seconds = self.turn_to("EARTH_POINTING", now_ns)
            self.board.agenda.at(now_ns + round(seconds * 1e9), self.look_again)

    def _is_still(self, now_ns: int) -> bool:
        return self.platform.attitude.is_steady(now_ns) and not self.propulsion.is_busy

    def _computer_c(self, now_ns: int) -> float:
        self.settle(now_ns)
        return self.platform.computer_c

    def _store(self, packet: Packet, now_ns: int) -> None:
        self.recorder.store(packet)
        self.transmitter.send_new(packet, now_ns)
        if self.recorder.fill_percent > _RECORDER_WARNING_PERCENT and not self._recorder_warned:
            self._recorder_warned = True
            self.board.event("MEDIUM", "RECORDER_NEARLY_FULL", self.recorder.fill_percent, now_ns)

    def _make_time_report(self, first_bit_ns: int) -> Packet:
        values = self.board.time_report_values(first_bit_ns)
        packet = self.board.packets.make("TIME_REPORT", values, first_bit_ns)
        self.recorder.store(packet)
        return packet

    def _repeat_unacknowledged(self, now_ns: int) -> None:
        """A lock begins: EOFs that were sent before and never acknowledged go out again."""
        unsent = self.transmitter.downlink.waits("RELAY")
        own = [] if self.payload is None else self.payload.index.unacknowledged_eofs()
        for packets in (*self.index.unacknowledged_eofs(), *own):
            if unsent.isdisjoint(packets):
                for packet in packets:
                    if packet in self.recorder:
                        self.transmitter.queue("REPLAY", packet, now_ns)

    def _take_cltu(self, cltu: bytes, now_ns: int) -> None:
        faults = self.board.faults
        for name, stretches in (
            ("command_deaf", faults.command_deaf),
            ("uplink_lock_lost", faults.uplink_lock_lost),
        ):
            if one_holds(stretches, now_ns):
                self.board.truth.note("fault", fault=name, time_ns=now_ns)
                return
        try:
            octets = decode_cltu(cltu)
        except FrameError:
            self.receiver.reject()
            return
        if self.receiver.take(octets, now_ns):
            self.transmitter.show_clcw(now_ns)

    def _let_go(self, scid: int, velocity_m_s: Vector, share: float, now_ns: int) -> None:
        """A cube leaves: a session by its cable ends first."""
        self.settle(now_ns)
        self.relay.break_off(scid, now_ns)
        self.umbilicals.part(scid, velocity_m_s, share, self.platform.orbit, now_ns)

    def _take_back(self, scid: int, sample_g: float, now_ns: int) -> None:
        """A cube has docked: it is held as before, and what it has gathered is aboard."""
        self.settle(now_ns)
        self.relay.break_off(scid, now_ns)
        self.release.attached.add(scid)
        self.has_sample = self.has_sample or sample_g > 0.0
        self.board.truth.note("docked", spacecraft_id=scid, sample_g=sample_g, time_ns=now_ns)
        self.board.event("INFO", "DOCKED", float(scid), now_ns)

    def _warm_cubes(self, now_ns: int) -> None:
        if self.release.attached:
            self.settle(now_ns)
            self.umbilicals.warm(self.platform.structure_c, now_ns)

    def _rate_with_bps(self, cube: str) -> float:
        """Of the link with a cube: its cable's while it is held, else our radio's highest."""
        by_cable = self.umbilicals.rate_bps(cube)
        return max(self.board.craft.radios["uhf"].rates_bps) if by_cable is None else by_cable

    def _say_to_cube(self, cube: str, body: Mapping[str, Any], time_ns: int) -> None:
        """By cable while it is held, by radio from then on."""
        if self.umbilicals.rate_bps(cube) is not None:
            self.umbilicals.say(cube, body, time_ns)
        else:
            more = {"transmit_power_w": self.board.craft.radios["uhf"].transmit_power_w}
            name = self.board.craft.id
            self.board.say(Message(name, "space", "prox", Instant(time_ns), {**body, **more}))
        if body["kind"] == "frames":
            self.board.truth.note(
                "forward", spacecraft=cube, frames=len(body["frames"]), time_ns=time_ns
            )

    def _live_channels(self, craft: Spacecraft) -> int:
        spoilt = self.board.faults.live_channels
        return round(craft.platform.get("live_channels", 0.0)) if spoilt is None else spoilt

    def _tell_of_session(self, what: str, session: Session, now_ns: int) -> None:
        self.settle(now_ns)
        self.board.truth.note(
            "session", session=session.number, spacecraft=session.cube, event=what, time_ns=now_ns
        )
        value = float(session.spacecraft_id)
        if what == "started":
            self.board.event("INFO", "RELAY_SESSION_STARTED", value, now_ns)
        elif what == "ended":
            self.board.event("INFO", "RELAY_SESSION_ENDED", value, now_ns)
        elif what == "unanswered":
            self.board.event("LOW", "RELAY_SESSION_FAILED", value, now_ns)
