"""An OTV and a cube through a trivial air: files, clocks, commands, losses, replays, faults."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from groundsys.ccsds.cfdp import (
    AckPdu,
    EofPdu,
    FileDataPdu,
    MetadataPdu,
    ack_pdu,
    finished_pdu,
    nak_pdu,
    parse_pdu,
)
from groundsys.ccsds.space_packets import TmPacket, decode_tm_packet, encode_tm_packet
from groundsys.ccsds.tm_frames import decode_tm_frame, first_packet
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from sims.craft.computer.clock import OnBoardClock
from sims.draws import uniform
from tests.sims_craft.flight import Flight, LossyAir, keys, outcomes, readings

_CUBE = "cube-polar"
_ENTITY = 418


def _pdus(packets: list[TmPacket]) -> list[Any]:
    return [parse_pdu(packet.data[2:]) for packet in packets if packet.service == 201]


def _files(packets: list[TmPacket]) -> dict[str, bytes]:
    """Files by name, from their PDUs; each must be whole."""
    names: dict[int, tuple[str, int]] = {}
    pieces: dict[int, bytearray] = {}
    for pdu in _pdus(packets):
        if isinstance(pdu, MetadataPdu):
            names[pdu.transaction] = (pdu.source_name, pdu.file_size)
            pieces[pdu.transaction] = bytearray()
        elif isinstance(pdu, FileDataPdu):
            assert len(pieces[pdu.transaction]) == pdu.offset
            pieces[pdu.transaction] += pdu.data
    assert all(len(pieces[number]) == size for number, (_, size) in names.items())
    return {name: bytes(pieces[number]) for number, (name, _) in names.items()}


def _hour_with_a_session(flight: Flight) -> None:
    """Lock from 100 s to 5400 s, a session of 10 minutes after the first file has closed."""
    flight.carrier(100, True)
    flight.session(200, 3700, 600, _CUBE)
    flight.carrier(5400, False)


def test_a_file_comes_home_and_nothing_is_missing(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    _hour_with_a_session(flight)
    flight.run(5390)
    flight.close()
    (file,) = flight.truth(_CUBE, "file")
    cube_packets = flight.cube_packets(_CUBE)
    files = _files(cube_packets)
    assert hashlib.sha256(files[file["name"]]).hexdigest() == file["sha256"]
    assert file["closed_ns"] == flight.after(3630).tai_ns
    assert keys(cube_packets) == flight.generated(_CUBE)
    late = flight.after(5380).tai_ns - flight.otv.sclk_epoch.tai_ns
    due = {key for key in flight.generated("otv") if key[2] < late}
    assert due <= keys(flight.air.packets())
    assert flight.truth("otv", "totals")[0]["frames"]["downlink"] == len(flight.air.down)
    events = [line["event"] for line in flight.truth("otv", "session")]
    assert events == ["started", "heard", "ended"]
    housekeeping = readings(mission.spacecraft[_CUBE].model, cube_packets, "EPS")
    assert len(housekeeping) == 9  # each minute from boot until 90 s before the end


def test_time_reports_tell_when_their_frame_left(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    drifting = replace(scenario, truth={"clock_offset_s": 0.4, "clock_drift_ppm": 2.0})
    flight = Flight(
        mission, drifting, tmp_path, air=LossyAir(lambda number: uniform(5, number) < 0.3)
    )
    _hour_with_a_session(flight)
    flight.run(5390)
    flight.close()
    otv_clock = flight.orbiter.orbiter.board.clock
    cube_clock = flight.landers[_CUBE].lander.board.clock
    as_built = OnBoardClock.of(flight.otv, drifting, 1)
    start_ns, end_ns = (flight.after(at).tai_ns for at in (0, 5390))
    assert otv_clock.reading(start_ns) == as_built.reading(start_ns)
    assert 0 < abs(otv_clock.reading(end_ns) - as_built.reading(end_ns)) < 10**5  # it is warm

    def report_ns(octets: bytes | None) -> int | None:
        packet = None if octets is None else decode_tm_packet(octets)
        if packet is None or packet.service != 9:
            return None
        ticks = int.from_bytes(packet.data, "big")
        return ticks * 10**9 >> 24

    couples = [
        (start_ns, sclk_ns)
        for start_ns, frame in flight.air.frames()
        if (sclk_ns := report_ns(first_packet(frame))) is not None
    ]
    assert len(couples) == 18  # 10 s after lock, then each 300 s
    for start_ns, sclk_ns in couples:
        assert abs(otv_clock.reading(start_ns) - sclk_ns) < 100
    (couple,) = [
        (reception_ns, sclk_ns)
        for reception_ns, octets in flight.relayed(_CUBE)
        if (sclk_ns := report_ns(first_packet(decode_tm_frame(octets)))) is not None
    ]
    emitted_ns = cube_clock.when(couple[1])
    assert abs(otv_clock.reading(emitted_ns) - couple[0]) < 200


def test_a_clock_that_is_reset_starts_files_and_counts_anew(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    """The file under way is closed; its successor counts from what the clock shows then."""
    reset = {"fault": "clock_reset", "spacecraft": _CUBE, "after_s": 1_800}
    flight = Flight(mission, replace(scenario, faults=(reset,)), tmp_path)
    flight.run(5_500)
    flight.close()
    [told] = flight.truth(_CUBE, "fault")
    assert told["time_ns"] == flight.after(1_800).tai_ns
    first, second = flight.truth(_CUBE, "file")
    assert first["closed_ns"] == told["time_ns"]
    clock = flight.landers[_CUBE].lander.board.clock
    assert clock.reading(told["time_ns"]) == 0
    assert second["first_sclk_ns"] == 30 * 10**9
    interval_ns = round(mission.payloads["weather"].file_interval_s * 1e9)
    assert abs(second["closed_ns"] - told["time_ns"] - 30 * 10**9 - interval_ns) < 10**6
    assert second["sequence"] == first["sequence"] + 1


def test_losses_between_cube_and_otv_lose_nothing(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    air = LossyAir(lambda number: uniform(9, number) < 0.2)
    flight = Flight(mission, scenario, tmp_path, air=air)
    _hour_with_a_session(flight)
    flight.session(210, 4500, 600, _CUBE)
    flight.run(5390)
    flight.close()
    assert air.lost > 10
    assert keys(flight.cube_packets(_CUBE)) == flight.generated(_CUBE)
    (file,) = flight.truth(_CUBE, "file")
    files = _files(flight.cube_packets(_CUBE))
    assert hashlib.sha256(files[file["name"]]).hexdigest() == file["sha256"]
    assert flight.truth(_CUBE, "totals")[0]["repeated"]["proximity"] > 0


def test_commands_reach_craft_and_cube_and_change_telemetry(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    cube = mission.spacecraft[_CUBE]
    _hour_with_a_session(flight)
    flight.command(1000, "SET_HEATER", heater_state="ON")
    flight.command(1010, "SET_DOWNLINK_RATE", downlink_rate_bps=128_000)
    flight.command(1020, "REPORT_HOUSEKEEPING", housekeeping_structure=3)
    flight.command(1030, "SET_MODE", mode="SLEEP")
    flight.command(1040, "PING")
    forwarded: list[tuple[str, dict[str, Any]]] = [
        ("SET_HEATER", {"heater_state": "ON"}),
        ("PAYLOAD_SET_GAIN", {"gain": 2}),
        ("PING", {}),
    ]
    for number, (name, arguments) in enumerate(forwarded):
        flight.forward(1100 + number, _CUBE, flight.cube_frame(_CUBE, name, **arguments))
    flight.run(5390)
    flight.close()
    packets = flight.air.packets()
    reports = outcomes(flight.otv.model, packets)
    done = [("ACCEPTANCE_SUCCESS", None), ("START_SUCCESS", None), ("COMPLETION_SUCCESS", None)]
    assert reports.pop(4) == [("ACCEPTANCE_SUCCESS", None), ("START_FAILURE", "WRONG_MODE")]
    assert all(report == done for report in reports.values())
    assert len(reports) == 8

    zero_ns = scenario.span.start.tai_ns - flight.otv.sclk_epoch.tai_ns
    power = {
        round((sclk_ns - zero_ns) / 1e9): values["eps_load_power"]
        for sclk_ns, values in readings(flight.otv.model, packets, "EPS")
    }
    assert power[1081] - power[961] == pytest.approx(60.0, abs=4.0)
    thermal = readings(flight.otv.model, packets, "THERMAL")
    assert thermal[-1][1]["thermal_heater_mode"] == "ON"
    warmer = thermal[-1][1]["thermal_structure_temperature"]
    assert warmer > thermal[0][1]["thermal_structure_temperature"] + 3.0
    rates = [body["rate_bps"] for body in flight.air.downlinks]
    assert (set(rates), rates[-1]) == ({64_000.0, 128_000.0}, 128_000.0)

    cube_packets = flight.cube_packets(_CUBE)
    assert list(outcomes(cube.model, cube_packets).values()) == [done] * 3
    gains = [values["payload_gain"] for _, values in readings(cube.model, cube_packets, "PAYLOAD")]
    assert (gains[0], gains[-1]) == (0, 2)
    heater = [
        (values["thermal_heater_mode"], values["thermal_heater_power"])
        for _, values in readings(cube.model, cube_packets, "THERMAL")
    ]
    assert (heater[0], heater[-1]) == (("AUTO", 0.0), ("ON", 4.0))
    _, power_at_end = readings(cube.model, cube_packets, "EPS")[-1]
    assert power_at_end["eps_load_power"] == pytest.approx(9.0 + 0.9 + 4.0, abs=0.2)
    assert len([one for one in cube_packets if (one.service, one.subtype) == (17, 2)]) == 1


def test_files_are_repeated_acknowledged_and_finished(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    _hour_with_a_session(flight)

    def pdu(seconds: float, octets: bytes) -> None:
        flight.command(seconds, "CFDP_PDU", pdu_length=len(octets), pdu=octets)

    pdu(4600, nak_pdu(_ENTITY, 1, 1, scope_start=0, scope_end=15_000, segments=[(5000, 6000)]))
    flight.run(5300)
    copies = [packet for packet in flight.air.packets() if packet.apid == 3]
    repeated = [packet.sequence_count for packet in copies]
    assert len(repeated) - len(set(repeated)) in (2, 3)  # frames that carry octets 5000 to 5999
    flight.carrier(5600, True)  # the EOF was never acknowledged: it comes again
    flight.run(5700)
    assert len([one for one in flight.air.packets() if one.apid == 3]) == len(copies) + 1
    pdu(5700, ack_pdu(_ENTITY, 1, 1, acknowledged="eof"))
    pdu(5710, finished_pdu(_ENTITY, 1, 1))
    flight.session(5720, 6000, 300, _CUBE)
    flight.carrier(6500, False)
    flight.carrier(6600, True)
    flight.run(6700)
    flight.close()
    pdus = _pdus(flight.cube_packets(_CUBE))
    assert sum(isinstance(one, EofPdu) for one in pdus) == 1
    assert [one.acknowledged for one in pdus if isinstance(one, AckPdu)] == ["finished"]
    (deleted,) = flight.truth(_CUBE, "file_deleted")
    assert deleted["name"] == "weather-000001.dat"


def test_a_file_is_repeated_from_its_own_packets_when_counts_have_come_again(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    _hour_with_a_session(flight)
    flight.run(4500)
    own = [packet for packet in flight.air.packets() if packet.apid == 3]
    recorder = flight.orbiter.orbiter.recorder
    for packet in own:
        (held,) = recorder.find(3, packet.sequence_count, packet.sequence_count)
        later = replace(packet, data=bytes(len(packet.data)))
        recorder.store(replace(held, data=encode_tm_packet(later)))
    nak = nak_pdu(_ENTITY, 1, 1, scope_start=0, scope_end=15_000, segments=[(5000, 6000)])
    flight.command(4600, "CFDP_PDU", pdu_length=len(nak), pdu=nak)
    flight.carrier(5600, True)
    flight.run(5700)
    flight.close()
    repeated = [one for one in flight.air.packets() if one.apid == 3][len(own) :]
    assert len(repeated) in (3, 4)  # as above, and the EOF
    assert all(one in own for one in repeated)


def test_recorder_replays_what_is_asked_for(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.carrier(1000, True)
    flight.command(1100, "RECORDER_REPLAY", replay_apid=1, first_count=3, last_count=7)
    flight.run(1200)
    flight.close()
    counts = [packet.sequence_count for packet in flight.air.packets() if packet.apid == 1]
    assert sorted(set(counts)) == list(range(max(counts) + 1))
    assert sorted(count for count in set(counts) if counts.count(count) == 2) == [3, 4, 5, 6, 7]
    channels = {frame.virtual_channel for _, frame in flight.air.frames()}
    assert channels == {0, 1, 3, 7}


def test_without_the_grounds_carrier_only_idle_frames_are_sent(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.run(1800)
    flight.close()
    assert flight.air.carrier_on == {"otv": True}
    assert {frame.virtual_channel for _, frame in flight.air.frames()} == {7}
    assert 28 <= len(flight.air.down) <= 31


def test_rate_falls_back_when_the_lock_is_lost(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.carrier(100, True)
    flight.command(200, "SET_DOWNLINK_RATE", downlink_rate_bps=256_000)
    flight.carrier(600, False)
    flight.carrier(900, True)
    flight.run(1000)
    flight.close()
    rates = [body["rate_bps"] for body in flight.air.downlinks]
    changes = [rate for rate, before in zip(rates, [0.0, *rates], strict=False) if rate != before]
    assert changes == [64_000.0, 256_000.0, 64_000.0]
    for body in flight.air.downlinks:
        starts = [frame["start_ns"] for frame in body["frames"]]
        frame_ns = round(body["frames"][0]["bits"] / body["rate_bps"] * 1e9)
        assert all(b - a >= frame_ns for a, b in pairwise(starts))


def test_nothing_is_said_unasked_once_it_is_quiet(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    quiet = replace(scenario, quiet_from=scenario.span.start.plus_seconds(600))
    flight = Flight(mission, quiet, tmp_path, cubes=())
    flight.carrier(1000, True)
    flight.command(1100, "PING")
    flight.carrier(2000, False)
    flight.run(2500)
    flight.close()
    late_ns = quiet.quiet_from.tai_ns - flight.otv.sclk_epoch.tai_ns
    late = [line["name"] for line in flight.truth("otv", "packet") if line["sclk_ns"] >= late_ns]
    assert late == ["ACCEPTANCE_SUCCESS", "START_SUCCESS", "PING_REPORT", "COMPLETION_SUCCESS"]


def _with_fault(scenario: Scenario, **fault: Any) -> Scenario:
    return replace(scenario, faults=(fault,))


def test_dropped_file_is_recorded_and_never_sent(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, _with_fault(scenario, fault="drop_file"), tmp_path)
    _hour_with_a_session(flight)
    flight.run(5390)
    flight.close()
    assert len(flight.truth(_CUBE, "file")) == 1
    assert _pdus(flight.cube_packets(_CUBE)) == []


def test_corrupt_file_passes_its_checksum_and_has_another_hash(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, _with_fault(scenario, fault="corrupt_file"), tmp_path)
    _hour_with_a_session(flight)
    flight.run(5390)
    flight.close()
    (file,) = flight.truth(_CUBE, "file")
    (data,) = _files(flight.cube_packets(_CUBE)).values()
    assert len(data) == file["size"]
    assert hashlib.sha256(data).hexdigest() != file["sha256"]


def test_a_stray_file_is_one_that_no_payload_made(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, _with_fault(scenario, fault="stray_file"), tmp_path)
    _hour_with_a_session(flight)
    flight.run(5390)
    flight.close()
    (file,) = flight.truth(_CUBE, "file")
    first, second = _files(flight.cube_packets(_CUBE)).values()
    assert first[32:] == second[32:]
    assert first[:32] != second[:32]
    assert hashlib.sha256(first).hexdigest() == file["sha256"]


def test_silent_cube_answers_no_hail(mission: Mission, scenario: Scenario, tmp_path: Path) -> None:
    flight = Flight(mission, _with_fault(scenario, fault="silent_cube"), tmp_path)
    _hour_with_a_session(flight)
    flight.run(5390)
    flight.close()
    assert flight.generated(_CUBE) == set()
    assert [one["event"] for one in flight.truth("otv", "session")] == ["started", "unanswered"]
    events = readings(flight.otv.model, flight.air.packets(), "EVENT_LOW")
    assert [values["event_id"] for _, values in events] == ["RELAY_SESSION_FAILED"]


@pytest.mark.parametrize(
    ("fault", "missing"),
    [("command_deaf", "commands"), ("lose_packets", "packets"), ("reset_counts", "counts")],
)
def test_faults_of_the_otv(
    mission: Mission, scenario: Scenario, tmp_path: Path, fault: str, missing: str
) -> None:
    faulty = _with_fault(scenario, fault=fault, nth=5, after_s=900)
    flight = Flight(mission, faulty, tmp_path, cubes=())
    flight.carrier(100, True)
    flight.command(1000, "PING")
    flight.run(1900)
    flight.close()
    packets = flight.air.packets()
    assert flight.truth("otv", "fault")
    generated = [(line["apid"], line["count"]) for line in flight.truth("otv", "packet")]
    assert (outcomes(flight.otv.model, packets) == {}) == (missing == "commands")
    assert (len(keys(packets)) < len(generated)) == (missing == "packets")
    assert (len(set(generated)) < len(generated)) == (missing == "counts")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("fail_commands", ["ACCEPTANCE_SUCCESS", "START_FAILURE"]),
        ("no_reports", []),
        ("repeat_commands", ["ACCEPTANCE_SUCCESS", *2 * ("START_SUCCESS", "COMPLETION_SUCCESS")]),
    ],
)
def test_commands_may_fail_or_be_repeated_or_kept_quiet_about(
    mission: Mission, scenario: Scenario, tmp_path: Path, fault: str, told: list[str]
) -> None:
    flight = Flight(mission, _with_fault(scenario, fault=fault), tmp_path, cubes=())
    flight.carrier(100, True)
    flight.command(1000, "PING")
    flight.run(1900)
    flight.close()
    names = [line["name"] for line in flight.truth("otv", "packet")]
    assert [name for name in names if name.endswith(("SUCCESS", "FAILURE"))] == told
    reports = {"fail_commands": 0, "no_reports": 1, "repeat_commands": 2}
    assert names.count("PING_REPORT") == reports[fault]


def test_one_kind_of_packet_may_be_lost(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    faulty = _with_fault(scenario, fault="lose_packets", nth=2, packet="EPS")
    flight = Flight(mission, faulty, tmp_path, cubes=())
    flight.carrier(100, True)
    flight.run(1900)
    flight.close()
    made = [line for line in flight.truth("otv", "packet") if line["name"] == "EPS"]
    lost = {(line["apid"], line["count"]) for line in made[1::2]}
    generated = {(line["apid"], line["count"]) for line in flight.truth("otv", "packet")}
    assert generated - keys(flight.air.packets()) >= lost
    assert not lost & keys(flight.air.packets())


def test_same_seed_makes_the_same_truth(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    records = []
    for name in ("one", "two"):
        flight = Flight(mission, mission.scenarios["quickstart"], tmp_path / name)
        _hour_with_a_session(flight)
        flight.run(4400)
        flight.close()
        records.append(
            [(tmp_path / name / f"{craft}.jsonl").read_bytes() for craft in ("otv", _CUBE)]
        )
    assert records[0] == records[1]
