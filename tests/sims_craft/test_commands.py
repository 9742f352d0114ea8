"""Telecommands on board: what is refused when, and in which order reports come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from groundsys.ccsds.space_packets import TcPacket, decode_tc_packet, encode_tc_packet
from groundsys.mission.model import Mission
from groundsys.values.errors import DefinitionError
from sims.craft.computer.agenda import Agenda
from sims.craft.computer.commands import (
    CommandExecutor,
    CommandFailure,
    Effect,
    Execution,
    read_command,
)
from tests.sims_craft.air import command_packet

_Report = tuple[str, Mapping[str, Any], int]
_SECOND = 1_000_000_000


def _executor(
    mission: Mission, effects: Mapping[str, Effect]
) -> tuple[CommandExecutor, Agenda, list[_Report]]:
    reports: list[_Report] = []
    agenda = Agenda(0)
    model = mission.spacecraft["otv"].model
    nothing: Effect = lambda arguments, now_ns: Execution()  # noqa: E731
    executor = CommandExecutor(
        model,
        {**{command.name: nothing for command in model.commands}, **effects},
        agenda,
        lambda name, values, now_ns, source: reports.append((name, values, now_ns)),
        lambda record, **facts: None,
        execution_s=1.0,
    )
    return executor, agenda, reports


def test_arguments_arrive_in_engineering_values(mission: Mission) -> None:
    otv = mission.spacecraft["otv"]
    octets = command_packet(otv, "SET_HEATER", 5, {"heater_state": "AUTO"})
    command = read_command(otv.model, decode_tc_packet(octets))
    assert command.definition.name == "SET_HEATER"
    assert command.arguments == {"heater_state": "AUTO"}
    frame = b"0123456789"
    arguments = {"forward_spacecraft_id": 418, "forward_frame_length": 10, "forward_frame": frame}
    octets = command_packet(otv, "FORWARD_FRAME", 6, arguments)
    assert read_command(otv.model, decode_tc_packet(octets)).arguments["forward_frame"] == frame


@pytest.mark.parametrize(
    ("service", "subtype", "data", "code"),
    [
        (8, 1, bytes((250,)), "UNKNOWN_COMMAND"),
        (8, 1, b"", "UNKNOWN_COMMAND"),
        (99, 1, bytes((1, 1)), "UNKNOWN_COMMAND"),
        (8, 1, bytes((2, 7)), "ARGUMENT_OUT_OF_RANGE"),  # no such heater state
        (8, 1, bytes((4, 0x0F, 0xA0)), "ARGUMENT_OUT_OF_RANGE"),  # period of 4000 s
        (8, 1, bytes((4, 0x0F)), "ARGUMENT_OUT_OF_RANGE"),  # cut short
        (8, 1, bytes((4, 0, 60, 0)), "ARGUMENT_OUT_OF_RANGE"),  # too long
        (8, 1, bytes((3, 0x7F, 0xC0, 0, 0)), "ARGUMENT_OUT_OF_RANGE"),  # not a number
    ],
)
def test_bad_command_is_refused(
    mission: Mission, service: int, subtype: int, data: bytes, code: str
) -> None:
    with pytest.raises(CommandFailure) as refused:
        read_command(mission.spacecraft["otv"].model, TcPacket(1, 3, service, subtype, data))
    assert refused.value.code == code
    executor, _, reports = _executor(mission, {})
    executor.receive(encode_tc_packet(TcPacket(1, 3, service, subtype, data)), 0)
    values = {"request_apid": 1, "request_sequence_count": 3, "failure_code": code}
    assert reports == [("ACCEPTANCE_FAILURE", values, 0)]
    assert (executor.accepted, executor.rejected) == (0, 1)


def test_model_with_a_command_that_nobody_simulates_is_refused(mission: Mission) -> None:
    model = mission.spacecraft["otv"].model
    with pytest.raises(DefinitionError, match=r"do not know .*PING"):
        CommandExecutor(
            model, {}, Agenda(0), lambda *_: None, lambda *_, **__: None, execution_s=1.0
        )


def test_harmed_packet_is_counted_and_not_answered(mission: Mission) -> None:
    executor, _, reports = _executor(mission, {})
    octets = bytearray(command_packet(mission.spacecraft["otv"], "PING", 1))
    octets[-1] ^= 1
    executor.receive(bytes(octets), 0)
    assert reports == []
    assert executor.rejected == 1


def test_reports_of_a_good_command(mission: Mission) -> None:
    done: list[int] = []
    executor, agenda, reports = _executor(
        mission, {"PING": lambda arguments, now_ns: Execution(3.0, done.append)}
    )
    executor.receive(command_packet(mission.spacecraft["otv"], "PING", 1), 0)
    agenda.run_until(10 * _SECOND)
    assert [(name, now_ns) for name, _, now_ns in reports] == [
        ("ACCEPTANCE_SUCCESS", 0),
        ("START_SUCCESS", 100_000_000),
        ("COMPLETION_SUCCESS", 3_100_000_000),
    ]
    assert done == [3_100_000_000]


def test_commands_are_executed_one_after_the_other(mission: Mission) -> None:
    executor, agenda, reports = _executor(
        mission, {"PING": lambda arguments, now_ns: Execution(2.0)}
    )
    for count in range(3):
        executor.receive(command_packet(mission.spacecraft["otv"], "PING", count), 0)
    agenda.run_until(10 * _SECOND)
    starts = [now_ns / 1e9 for name, _, now_ns in reports if name == "START_SUCCESS"]
    assert starts == pytest.approx([0.1, 2.2, 4.3])


def test_failures_at_start_and_at_completion(mission: Mission) -> None:
    def refuse(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        raise CommandFailure("WRONG_MODE")

    def break_down(now_ns: int) -> None:
        raise CommandFailure("HARDWARE_FAULT")

    for effect, expected in (
        (refuse, [("START_FAILURE", "WRONG_MODE")]),
        (
            lambda arguments, now_ns: Execution(finish=break_down),
            [("START_SUCCESS", None), ("COMPLETION_FAILURE", "HARDWARE_FAULT")],
        ),
    ):
        executor, agenda, reports = _executor(mission, {"PING": effect})
        executor.receive(command_packet(mission.spacecraft["otv"], "PING", 1), 0)
        agenda.run_until(10 * _SECOND)
        assert [(name, values.get("failure_code")) for name, values, _ in reports[1:]] == expected
