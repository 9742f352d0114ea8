"""Effects of the OTV's own commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.ccsds.cfdp import AckPdu, FinishedPdu, NakPdu, nak_pdu, parse_pdu
from groundsys.mission.spacecraft.onboard_files import GROUND_ENTITY
from groundsys.values.errors import FrameError
from sims.craft.computer.commands import CommandFailure, Effect, Execution
from sims.craft.radio.relay import TABLE_SIZE

if TYPE_CHECKING:
    from sims.craft.mothership.orbiter import Orbiter


def orbiter_effects(orbiter: Orbiter) -> dict[str, Effect]:
    """Effect by command name."""
    board, relay = orbiter.board, orbiter.relay

    def set_downlink_rate(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        rate_bps = float(arguments["downlink_rate_bps"])
        return Execution(finish=lambda time_ns: orbiter.set_downlink_rate(rate_bps, time_ns))

    def recorder_replay(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        packets = orbiter.recorder.find(
            arguments["replay_apid"], arguments["first_count"], arguments["last_count"]
        )
        return Execution(finish=lambda time_ns: orbiter.replay(packets, time_ns))

    def relay_session_add(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        spacecraft_id = arguments["session_spacecraft_id"]
        if relay.cube_of(spacecraft_id) is None:
            raise CommandFailure("NOT_FOUND")
        if len(relay.table) >= TABLE_SIZE:
            raise CommandFailure("TABLE_FULL")
        start_ns = board.clock.when(arguments["session_start_sclk"] * 1_000_000_000)
        end_ns = start_ns + arguments["session_duration_s"] * 1_000_000_000
        if end_ns <= now_ns:
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        return Execution(finish=lambda time_ns: relay.add_session(spacecraft_id, start_ns, end_ns))

    def relay_sessions_clear(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=lambda time_ns: relay.clear())

    def forward_frame(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        spacecraft_id, frame = arguments["forward_spacecraft_id"], arguments["forward_frame"]
        if relay.cube_of(spacecraft_id) is None:
            raise CommandFailure("NOT_FOUND")
        if board.mode == "SAFE":
            raise CommandFailure("WRONG_MODE")
        return Execution(finish=lambda time_ns: relay.forward(spacecraft_id, "telecommand", frame))

    def cfdp_pdu(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        octets = arguments["pdu"]
        try:
            pdu = parse_pdu(octets)
        except FrameError as error:
            raise CommandFailure("BAD_CHECKSUM") from error
        if pdu.destination_entity == board.craft.entity_id and pdu.source_entity == GROUND_ENTITY:
            return Execution(finish=lambda time_ns: orbiter.uploads.take(pdu, time_ns))
        own = orbiter.payload
        if own is not None and pdu.source_entity == board.craft.entity_id:
            return Execution(finish=lambda time_ns: own.take(pdu, octets, time_ns))
        if orbiter.cube_of_entity(pdu.source_entity) is None:
            raise CommandFailure("NOT_FOUND")

        def relay_pdu(time_ns: int) -> None:
            match pdu:
                case NakPdu():
                    _answer(orbiter, pdu, time_ns)
                case AckPdu():
                    orbiter.index.acknowledge_eof(pdu.source_entity, pdu.transaction)
                case FinishedPdu():
                    orbiter.index.forget(pdu.source_entity, pdu.transaction)
                    orbiter.forward_pdu(pdu.source_entity, octets)

        return Execution(finish=relay_pdu)

    def set_transmit_power(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def set_power(time_ns: int) -> None:
            orbiter.settle(time_ns)
            orbiter.platform.transmit_power_w = float(arguments["transmit_power"])

        return Execution(finish=set_power)

    def set_attitude_mode(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        mode = arguments["attitude_mode"]
        acquiring = orbiter.platform.attitude.is_acquiring
        if (
            acquiring
            or orbiter.propulsion.is_busy
            or (mode == "BURN" and orbiter.propulsion.plan is None)
        ):
            raise CommandFailure("WRONG_MODE")
        return Execution(orbiter.turn_to(mode, now_ns), orbiter.look_again)

    schedule = orbiter.schedule

    def schedule_insert(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        entry = (
            arguments["schedule_id"],
            arguments["release_sclk"],
            arguments["scheduled_packet"],
        )
        schedule.check_insert(*entry, now_ns)
        return Execution(finish=lambda time_ns: schedule.insert(*entry, time_ns))

    def schedule_enable(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        sub = arguments["schedule_id"]
        schedule.check_enable(sub)
        return Execution(finish=lambda time_ns: schedule.enable(sub, time_ns))

    def schedule_disable(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        sub = arguments["schedule_id"]
        return Execution(finish=lambda time_ns: schedule.disable(sub, time_ns))

    def schedule_delete(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        sub = arguments["schedule_id"]
        schedule.check_delete(sub)
        return Execution(finish=lambda time_ns: schedule.delete(sub, time_ns))

    def schedule_report(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        sub = arguments["schedule_id"]
        return Execution(finish=lambda time_ns: schedule.report(sub, time_ns))

    return {
        "SCHEDULE_INSERT": schedule_insert,
        "SCHEDULE_ENABLE": schedule_enable,
        "SCHEDULE_DISABLE": schedule_disable,
        "SCHEDULE_DELETE": schedule_delete,
        "SCHEDULE_REPORT": schedule_report,
        "SET_DOWNLINK_RATE": set_downlink_rate,
        "RECORDER_REPLAY": recorder_replay,
        "RELAY_SESSION_ADD": relay_session_add,
        "RELAY_SESSIONS_CLEAR": relay_sessions_clear,
        "FORWARD_FRAME": forward_frame,
        "CFDP_PDU": cfdp_pdu,
        "SET_TRANSMIT_POWER": set_transmit_power,
        "SET_ATTITUDE_MODE": set_attitude_mode,
    }


def _answer(orbiter: Orbiter, nak: NakPdu, now_ns: int) -> None:
    """Replay what the OTV has of what is asked for; ask the cube for the rest."""
    answer = orbiter.index.answer(nak)
    orbiter.replay([one for one in answer.carriers if one in orbiter.recorder], now_ns)
    if answer.missing:
        octets = nak_pdu(
            nak.source_entity,
            nak.destination_entity,
            nak.transaction,
            scope_start=nak.scope_start,
            scope_end=nak.scope_end,
            segments=answer.missing,
        )
        orbiter.forward_pdu(nak.source_entity, octets)
