"""Commands through a real Yamcs: packets, frames, COP-1 under loss, reports, refusals."""

from __future__ import annotations

import contextlib

import pytest

from groundsys.backend import Credentials, Yamcs, YamcsServer
from groundsys.backend.configuration import SLIDING_WINDOW
from groundsys.ccsds.farm import FarmState, advance_farm, report
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.requests import SCHEDULE_SOURCE, YAMCS_SOURCES
from groundsys.ccsds.space_packets import decode_tc_packet
from groundsys.commanding.packets import content_hash
from groundsys.values.errors import BackendError, CommandRefusedError
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft, wait_for


def activate(yamcs: Yamcs, craft: Craft, farm: FarmState) -> None:
    """Start AD service and let the craft's report complete it."""
    yamcs.initialise_cop1(craft.spacecraft)
    assert yamcs.cop1_status(craft.spacecraft) == "initialising"
    craft.report(yamcs, report(farm))
    wait_for(lambda: yamcs.cop1_status(craft.spacecraft) == "active")


def in_sequence(
    yamcs: Yamcs, craft: Craft, *, t1_s: float, limit: int, expected: int = 0
) -> FarmState:
    """Have AD service, and the craft's FARM-1 as it stands."""
    channel = craft.spacecraft.framing.tc_virtual_channel
    farm = FarmState(virtual_channel=channel, expected=expected)
    yamcs.set_cop1_timer(craft.spacecraft, t1_s=t1_s, limit=limit)
    activate(yamcs, craft, farm)
    return farm


def test_a_command_of_a_cube_leaves_as_an_expedited_frame(
    yamcs: Yamcs, cube: Craft, now: Instant
) -> None:
    issued = yamcs.issue_command(
        cube.spacecraft, "SET_HEATER_SETPOINT", {"heater_setpoint": -22}, bypass=True
    )
    frame = cube.receive()
    assert frame.kind == "BD"
    assert frame.spacecraft_id == cube.spacecraft.framing.spacecraft_id
    assert frame.data == issued.binary
    packet = decode_tc_packet(frame.data)
    assert (packet.source_id, packet.sequence_count) == (issued.source, issued.sequence_count)
    assert issued.source in YAMCS_SOURCES
    definition = cube.spacecraft.model.command("SET_HEATER_SETPOINT")
    assert (packet.service, packet.subtype) == (definition.service, definition.subtype)
    assert packet.data[0] == definition.function
    assert "heater_setpoint" in decode_fields(definition.arguments, packet.data[1:])
    [record] = yamcs.command_records(cube.spacecraft, now)
    assert (record.id, record.name) == (issued.id, "SET_HEATER_SETPOINT")
    assert record.generation == now
    assert wait_for(lambda: yamcs.command_records(cube.spacecraft, now)[0].sent)
    assert (record.source, record.sequence_count) == (issued.source, issued.sequence_count)
    assert (record.acceptance, record.start, record.completion) == (None, None, None)


def test_no_two_commands_are_taken_for_one_though_mission_time_stands_and_desks_start_anew(
    server: YamcsServer, cube: Craft, yamcs: Yamcs, now: Instant
) -> None:
    """Yamcs would overwrite a command by another of the same time and number."""
    issued = []
    for _ in range(2):
        with contextlib.closing(server.connect()) as desks:
            issued += [
                desks.issue_command(cube.spacecraft, "PING", {}, bypass=True) for _ in range(3)
            ]
    records = yamcs.command_records(cube.spacecraft, now)
    assert {record.generation for record in records} == {now}
    assert {record.id for record in records} == {one.id for one in issued}
    assert len({one.id for one in issued}) == len(issued) == 6
    assert [cube.receive().data for _ in issued] == [one.binary for one in issued]


@pytest.mark.parametrize("arguments", [{"heater_setpoint": -22}, {"heater_setpoint": 3.5}])
def test_what_is_prepared_is_what_leaves_and_preparing_leaves_no_trace(
    yamcs: Yamcs, cube: Craft, now: Instant, arguments: dict[str, float]
) -> None:
    prepared = yamcs.prepare_command(cube.spacecraft, "SET_HEATER_SETPOINT", arguments)
    assert not yamcs.command_records(cube.spacecraft, now)
    assert not cube.has_received()
    other = yamcs.prepare_command(cube.spacecraft, "SET_HEATER_SETPOINT", {"heater_setpoint": -1})
    issued = yamcs.issue_command(cube.spacecraft, "SET_HEATER_SETPOINT", arguments, bypass=True)
    assert cube.receive().data == issued.binary
    assert len(prepared) == len(issued.binary)
    assert content_hash(prepared) == content_hash(issued.binary) != content_hash(other)


def test_the_database_refuses_to_prepare_what_is_out_of_range(
    yamcs: Yamcs, cube: Craft, now: Instant
) -> None:
    with pytest.raises(CommandRefusedError):
        yamcs.prepare_command(cube.spacecraft, "SET_HEATER_SETPOINT", {"heater_setpoint": 900})
    with pytest.raises(CommandRefusedError, match="has no command"):
        yamcs.prepare_command(cube.spacecraft, "DANCE", {})


def test_binary_arguments_go_whole(yamcs: Yamcs, otv: Craft, now: Instant) -> None:
    unit = bytes(range(200))
    yamcs.issue_command(
        otv.spacecraft, "CFDP_PDU", {"pdu_length": len(unit), "pdu": unit}, bypass=True
    )
    packet = decode_tc_packet(otv.receive().data)
    arguments = otv.spacecraft.model.command("CFDP_PDU").arguments
    assert decode_fields(arguments, packet.data[1:])["pdu"] == unit


def test_frames_in_sequence_arrive_in_order_under_loss(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    farm = in_sequence(yamcs, otv, t1_s=600.0, limit=5, expected=37)
    issued = [
        yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False).sequence_count
        for _ in range(6)
    ]
    frames = [otv.receive() for _ in range(6)]
    assert [frame.kind for frame in frames] == ["AD"] * 6
    assert [frame.sequence_number for frame in frames] == list(range(37, 43))
    lost = {38, 41}
    on_board = []
    for frame in frames:
        if frame.sequence_number not in lost:
            farm, accepted = advance_farm(farm, frame)
            on_board += [frame] if accepted else []
    assert farm.retransmit
    otv.report(yamcs, report(farm))
    for _ in range(5):  # 38 to 42 again
        farm, accepted = advance_farm(farm, frame := otv.receive())
        on_board += [frame] if accepted else []
    otv.report(yamcs, report(farm))
    assert [decode_tc_packet(frame.data).sequence_count for frame in on_board] == issued
    wait_for(lambda: all(record.sent for record in yamcs.command_records(otv.spacecraft, now)))
    assert not otv.has_received()


def test_no_more_leave_in_sequence_than_fop_1_may_have_unacknowledged(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    """Yamcs would keep the next one, without a packet, until a report comes."""
    farm = in_sequence(yamcs, otv, t1_s=600.0, limit=2)
    for _ in range(SLIDING_WINDOW):
        yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False)
        farm, _ = advance_farm(farm, otv.receive())
    assert yamcs.cop1_status(otv.spacecraft) == "full"
    with pytest.raises(CommandRefusedError, match="in sequence"):
        yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False)
    otv.report(yamcs, report(farm))
    wait_for(lambda: yamcs.cop1_status(otv.spacecraft) == "active")
    yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False)
    assert otv.receive().sequence_number == farm.expected
    assert not otv.has_received()


def test_an_unacknowledged_frame_is_sent_again_after_t1_up_to_the_limit(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    in_sequence(yamcs, otv, t1_s=0.2, limit=2)
    yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False)
    assert otv.receive() == otv.receive()
    wait_for(lambda: yamcs.cop1_status(otv.spacecraft) == "suspended")
    assert not otv.has_received()
    yamcs.terminate_cop1(otv.spacecraft)
    assert yamcs.cop1_status(otv.spacecraft) == "bypass"


def test_without_cop1_nothing_leaves_in_sequence(yamcs: Yamcs, otv: Craft, now: Instant) -> None:
    yamcs.terminate_cop1(otv.spacecraft)
    with pytest.raises(CommandRefusedError, match="in sequence"):
        yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False)
    yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=True)
    assert otv.receive().kind == "BD"
    assert not otv.has_received()


def test_a_farm_in_lockout_is_unlocked(yamcs: Yamcs, otv: Craft, now: Instant) -> None:
    channel = otv.spacecraft.framing.tc_virtual_channel
    farm = FarmState(virtual_channel=channel, expected=5, lockout=True)
    yamcs.set_cop1_timer(otv.spacecraft, t1_s=600.0, limit=2)
    yamcs.initialise_cop1(otv.spacecraft)
    otv.report(yamcs, report(farm))
    wait_for(lambda: yamcs.cop1_status(otv.spacecraft) == "initial")
    yamcs.initialise_cop1(otv.spacecraft, unlock=True)
    farm, _ = advance_farm(farm, frame := otv.receive())
    assert frame.kind == "BC"
    assert not farm.lockout
    otv.report(yamcs, report(farm))
    wait_for(lambda: yamcs.cop1_status(otv.spacecraft) == "active")
    yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False)
    assert otv.receive().sequence_number == farm.expected


def test_reports_from_the_craft_complete_a_command_however_they_come(
    yamcs: Yamcs, cube: Craft, otv: Craft, now: Instant
) -> None:
    for craft, channels in ((cube, ["TELEMETRY"]), (otv, ["REALTIME", "PLAYBACK"])):
        issued = yamcs.issue_command(craft.spacecraft, "PING", {}, bypass=True)
        reported = {"request_apid": 1, "request_sequence_count": issued.sequence_count}
        craft.receive()
        for number, name in enumerate(
            ["ACCEPTANCE_SUCCESS", "START_SUCCESS", "COMPLETION_SUCCESS"]
        ):
            at = now.plus_seconds(number)
            packet = craft.packet(name, at, destination=issued.source, **reported)
            channel = channels[number % len(channels)]
            craft.send_and_wait(yamcs, craft.frames(channel, [packet]))

        def is_complete(spacecraft=craft.spacecraft) -> bool:  # type: ignore[no-untyped-def]
            [record] = yamcs.command_records(spacecraft, now)
            return (record.acceptance, record.start, record.completion) == ("ok", "ok", "ok")

        wait_for(is_complete)


def test_a_report_on_what_the_craft_released_by_itself_verifies_nothing(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    """The same APID and count, by another source: the radiated command is still open."""
    issued = yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=True)
    otv.receive()
    reported = {"request_apid": 1, "request_sequence_count": issued.sequence_count}

    def report(name: str, after_s: int, destination: int) -> None:
        packet = otv.packet(name, now.plus_seconds(after_s), destination=destination, **reported)
        otv.send_and_wait(yamcs, otv.frames("REALTIME", [packet]))

    report("COMPLETION_FAILURE", 1, SCHEDULE_SOURCE)
    report("COMPLETION_SUCCESS", 2, SCHEDULE_SOURCE)
    # the verifiers hear packets in order: once this one is heard, those were passed over
    report("ACCEPTANCE_SUCCESS", 3, issued.source)
    wait_for(lambda: yamcs.command_records(otv.spacecraft, now)[0].acceptance)
    [record] = yamcs.command_records(otv.spacecraft, now)
    assert (record.acceptance, record.start, record.completion) == ("ok", None, None)


def test_a_failure_report_fails_the_command(yamcs: Yamcs, cube: Craft, now: Instant) -> None:
    issued = yamcs.issue_command(cube.spacecraft, "PAYLOAD_SELF_TEST", {}, bypass=True)
    cube.receive()
    packet = cube.packet(
        "START_FAILURE",
        now,
        destination=issued.source,
        request_apid=1,
        request_sequence_count=issued.sequence_count,
        failure_code=7,
    )
    cube.send_and_wait(yamcs, cube.frames("TELEMETRY", [packet]))
    wait_for(lambda: yamcs.command_records(cube.spacecraft, now)[0].completion)
    [record] = yamcs.command_records(cube.spacecraft, now)
    assert record.completion == "failed"
    assert "LOW_POWER" in record.message


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("NO_SUCH_COMMAND", {}),
        ("SET_HEATER_SETPOINT", {}),
        ("SET_HEATER_SETPOINT", {"heater_setpoint": 10_000}),
        ("SET_HEATER_SETPOINT", {"heater_setpoint": 1, "nonsense": 2}),
    ],
)
def test_what_yamcs_refuses_is_refused(
    yamcs: Yamcs, cube: Craft, now: Instant, name: str, arguments: dict[str, float]
) -> None:
    with pytest.raises(CommandRefusedError):
        yamcs.issue_command(cube.spacecraft, name, arguments, bypass=True)
    assert not cube.has_received()


def test_nobody_else_may_command(server: YamcsServer, cube: Craft) -> None:
    for credentials in (
        Credentials("admin", "admin"),
        Credentials("guest", "guest"),
        Credentials("groundsys", "wrong"),
    ):
        with pytest.raises(BackendError, match="account"):
            Yamcs(server.url, credentials)
    guest = Yamcs(server.url, None)
    with pytest.raises(BackendError, match="account"):
        guest.issue_command(cube.spacecraft, "PING", {}, bypass=True)
    with pytest.raises(BackendError, match="account"):
        guest.count_packets(cube.spacecraft)
    guest.close()
    assert not cube.has_received()
