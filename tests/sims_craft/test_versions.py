"""A craft's software is updated in flight: its packets change when its own clock says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import decode_tm_packet
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import LaterModel
from sims.craft.computer.board import Board, Housekeeping
from sims.craft.computer.packets import Packet

VALUES = {
    "thermal_heater_mode": "AUTO",
    "thermal_heater_power": 4.0,
    "thermal_setpoint": -25.0,
    "thermal_structure_temperature": -60.0,
    "thermal_spare": 0,
    "comm_uplink_lock": "LOCKED",
    "comm_uplink_c_n0": 40.0,
    "comm_downlink_rate": 8000,
    "comm_frames_sent": 1,
    "comm_frames_repeated": 2,
    "comm_frames_accepted": 3,
    "comm_frames_rejected": 4,
    "comm_amplifier_temperature": 10.0,
    "comm_transmit_power": 6.0,
}


def test_packets_change_at_the_moment_that_the_clock_on_board_shows(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    cube = mission.spacecraft["cube-polar"]
    packets = {packet.name: packet for packet in cube.model.packets}
    thermal = packets["THERMAL"]
    packets["THERMAL"] = replace(thermal, fields=(thermal.fields[0], *thermal.fields[3:0:-1]))
    del packets["COMM"]
    later = replace(cube.model, id="cube-2", packets=tuple(packets.values()))
    change = scenario.span.start.plus_seconds(3600.0)
    craft = replace(cube, later_models=(LaterModel(change, later),))
    slow = replace(scenario, truth={"clock_offset_s": 2.0})  # one sigma, drawn by the seed
    board = Board(craft, slow, 1, tmp_path)
    late_ns = change.tai_ns - board.clock.epoch_ns - board.clock.reading(change.tai_ns)
    assert abs(late_ns) > 10**8

    made: list[Packet] = []
    board.store = lambda packet, _: made.append(packet)
    housekeeping = Housekeeping(board, lambda _: VALUES)
    changes_ns = board.clock.when(change.tai_ns - board.clock.epoch_ns)
    for at_ns in (changes_ns - 10**6, changes_ns):
        housekeeping.make(("THERMAL", "COMM"), at_ns)
    board.truth.close()
    read = [decode_tm_packet(packet.data) for packet in made]
    before, after = cube.model.packet("THERMAL"), later.packet("THERMAL")
    assert len(read) == 3  # COMM is made no more
    first, last = read[0], read[-1]
    assert last.sclk_ns == change.tai_ns - board.clock.epoch_ns
    told: list[dict[str, Any]] = [
        decode_fields(definition.fields, packet.data)
        for definition, packet in ((before, first), (after, last))
    ]
    assert told[0]["thermal_setpoint"] == told[1]["thermal_setpoint"]
    assert first.data != last.data
