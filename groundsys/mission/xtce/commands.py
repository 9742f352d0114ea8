"""Commands and their verifiers: what Yamcs encodes telecommands with.

The abstract command `pus_command` writes both headers and the function number; Yamcs'
`PusCommandPostprocessor` fills in sequence count and length and appends the CRC.  Its verifiers
hold for every command: a report of PUS service 1 that names the command's APID and sequence
count, and goes to its source, accepts, starts, completes or fails it.  The source is the same for
all commands of a database (`groundsys.ccsds.requests` tells which sources there are).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from yamcs.pymdb.calibrators import Polynomial
from yamcs.pymdb.commands import (
    Argument,
    ArgumentEntry,
    BinaryArgument,
    Command,
    EnumeratedArgument,
    FixedValueEntry,
    FloatArgument,
    IntegerArgument,
    StringArgument,
)
from yamcs.pymdb.encodings import uint8_t, uint11_t
from yamcs.pymdb.expressions import AndExpression, EqExpression, Expression, OrExpression
from yamcs.pymdb.parameters import Parameter
from yamcs.pymdb.systems import System
from yamcs.pymdb.verifiers import (
    AcceptedVerifier,
    CompleteVerifier,
    ExecutionVerifier,
    ExpressionCheck,
    FailedVerifier,
)

from groundsys.mission.spacecraft.packet_model import CommandDefinition, Field
from groundsys.mission.xtce.telemetry import choices_of, encoding_of, whole_bits

#: Yamcs times verifiers by the wall clock; light time and relay sessions are the desks' business.
_CHECK_WINDOW_S = 24 * 3600

#: PUS service 1 (ECSS-E-ST-70-41C 8.1): subtypes of success, and those of failure.
_VERIFICATION_SERVICE = 1
_ACCEPTED, _STARTED, _COMPLETED = 1, 3, 7
_FAILURES = (2, 4, 8)

#: 2: PUS-C, then all four acknowledgements asked for.
_PUS_VERSION_AND_ACKNOWLEDGEMENTS = "2F"

#: pymdb compares with values only: one that begins so stands for the parameter named after it.
PARAMETER_MARK = "parameter:"

BASE_COMMAND = "pus_command"
HEADER_ARGUMENTS = ("apid", "service", "subtype", "function")


def add_commands(
    system: System,
    commands: Sequence[CommandDefinition],
    parameters: dict[str, Parameter[Any]],
    source: int,
) -> None:
    """Add commands to `system` from a source ID, verified by its `parameters`."""
    base = _base_command(system, source)
    _add_verifiers(base, parameters, source)
    for command in commands:
        _add_command(system, base, command)


def _base_command(system: System, source: int) -> Command:
    apid, service, subtype, function = (
        IntegerArgument(name, signed=False, encoding=uint11_t if name == "apid" else uint8_t)
        for name in HEADER_ARGUMENTS
    )
    return Command(
        system,
        BASE_COMMAND,
        abstract=True,
        short_description="PUS telecommand packet (ECSS-E-ST-70-41C)",
        arguments=[apid, service, subtype, function],
        entries=[
            FixedValueEntry("00", "ccsds_version", bits=3),
            FixedValueEntry("01", "ccsds_type", bits=1),
            FixedValueEntry("01", "ccsds_secondary_header", bits=1),
            ArgumentEntry(apid),
            FixedValueEntry("03", "ccsds_group_flags", bits=2),
            FixedValueEntry("0000", "ccsds_sequence_count", bits=14),
            FixedValueEntry("0000", "ccsds_length", bits=16),
            FixedValueEntry(_PUS_VERSION_AND_ACKNOWLEDGEMENTS, "pus_version", bits=8),
            ArgumentEntry(service),
            ArgumentEntry(subtype),
            FixedValueEntry(f"{source:04X}", "pus_source", bits=16),
            ArgumentEntry(function),
        ],
    )


def _add_verifiers(base: Command, parameters: dict[str, Parameter[Any]], source: int) -> None:
    def reported(*subtypes: int) -> ExpressionCheck:
        of_stage: list[Expression] = [
            EqExpression(parameters["pus_subtype"], subtype) for subtype in subtypes
        ]
        return ExpressionCheck(
            AndExpression(
                EqExpression(parameters["pus_service"], _VERIFICATION_SERVICE),
                EqExpression(parameters["pus_destination"], source),
                of_stage[0] if len(of_stage) == 1 else OrExpression(*of_stage),
                EqExpression("/yamcs/cmd/arg/apid", f"{PARAMETER_MARK}request_apid"),
                EqExpression(
                    "/yamcs/cmdHist/ccsds-seqcount", f"{PARAMETER_MARK}request_sequence_count"
                ),
            )
        )

    base.accepted_verifier = AcceptedVerifier(
        reported(_ACCEPTED), timeout=_CHECK_WINDOW_S, name="Accepted"
    )
    base.execution_verifiers = [
        ExecutionVerifier(reported(_STARTED), timeout=_CHECK_WINDOW_S, name="Started")
    ]
    base.complete_verifiers = [
        CompleteVerifier(reported(_COMPLETED), timeout=_CHECK_WINDOW_S, name="Completed")
    ]
    base.failed_verifier = FailedVerifier(
        reported(*_FAILURES), timeout=_CHECK_WINDOW_S, name="Failed",
        return_parameter=parameters["failure_code"],
    )  # fmt: skip


def _add_command(system: System, base: Command, command: CommandDefinition) -> None:
    Command(
        system,
        command.name,
        base=base,
        short_description=command.description or None,
        assignments={
            "apid": command.apid,
            "service": command.service,
            "subtype": command.subtype,
            "function": command.function,
        },
        arguments=[_argument(item, command) for item in command.arguments],
        warning_message=command.significance_reason or None,
    )


def _argument(item: Field, command: CommandDefinition) -> Argument[Any]:
    description = item.description or None
    unit = item.unit or None
    encoding = encoding_of(item)
    match item.kind:
        case "enum":
            return EnumeratedArgument(
                item.name, choices_of(item), default=item.default,
                short_description=description, units=unit, encoding=encoding,
            )  # fmt: skip
        case "binary":
            length = next((i for i in command.arguments if i.name == item.length_field), None)
            longest = length.maximum if length is not None else item.bits / 8
            return BinaryArgument(
                item.name, max_length=None if longest is None else int(longest),
                short_description=description, units=unit, encoding=encoding,
            )  # fmt: skip
        case "string":
            return StringArgument(
                item.name, default=item.default, max_length=item.bits // 8,
                short_description=description, units=unit, encoding=encoding,
            )  # fmt: skip
    if item.kind == "float" or item.polynomial:
        return FloatArgument(
            item.name, bits=cast(Literal[32, 64], item.bits if item.kind == "float" else 64),
            minimum=item.minimum, maximum=item.maximum, default=item.default,
            short_description=description, units=unit, encoding=encoding,
            calibrator=Polynomial(list(item.polynomial)) if item.polynomial else None,
        )  # fmt: skip
    return IntegerArgument(
        item.name, signed=item.kind == "int", bits=whole_bits(item),
        minimum=None if item.minimum is None else int(item.minimum),
        maximum=None if item.maximum is None else int(item.maximum),
        default=item.default, short_description=description, units=unit, encoding=encoding,
    )  # fmt: skip
