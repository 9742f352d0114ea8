"""Issuing commands, and what Yamcs' command history says of them."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.backend.cop1 import cop1_status
from groundsys.backend.session import (
    RefusedByYamcsError,
    Session,
    UnknownToYamcsError,
    instant_of_text,
    json_value,
)
from groundsys.ccsds.requests import read_source
from groundsys.ccsds.space_packets import CRC_LENGTH
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import flown_commands
from groundsys.values.errors import BackendError, CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.records import CommandRecord, IssuedCommand, Outcome

BYPASS_OPTION = "cop1Bypass"
SEQUENCE_COUNT_ATTRIBUTE = "ccsds-seqcount"
ISSUE_TIMEOUT_S = 10.0
_POLL_S = 0.005

_PAGE = 500


def issue_command(
    session: Session,
    spacecraft: Spacecraft,
    name: str,
    arguments: Mapping[str, Any],
    *,
    bypass: bool,
) -> IssuedCommand:
    """Hand one command to Yamcs and wait until it has become a packet.

    `CommandRefusedError` if Yamcs refuses it: unknown, wrong arguments, FOP-1 not ready.
    """
    _require_known(spacecraft, name, arguments)
    if not bypass and spacecraft.framing.uplink_mode == "AD":
        _require_active(session, spacecraft, name)
    options: dict[str, Any] = {}
    if bypass and spacecraft.framing.uplink_mode == "AD":
        options["extra"] = {BYPASS_OPTION: {"type": "BOOLEAN", "booleanValue": True}}
    issued = _hand_over(session, spacecraft, name, arguments, options)
    return _await_packet(session, spacecraft, name, str(issued["id"]))


def prepare_command(
    session: Session, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any]
) -> bytes:
    """The packet that Yamcs would send, but for its sequence count; nothing is issued.

    Its postprocessor, which sets length and checksum, does not run when nothing is to be sent.
    """
    _require_known(spacecraft, name, arguments)
    dry = _hand_over(session, spacecraft, name, arguments, {"dryRun": True})
    content = base64.b64decode(dry["binary"])
    packet = content[:4] + (len(content) + CRC_LENGTH - 7).to_bytes(2, "big") + content[6:]
    return packet + binascii.crc_hqx(packet, 0xFFFF).to_bytes(CRC_LENGTH, "big")


def _hand_over(
    session: Session,
    spacecraft: Spacecraft,
    name: str,
    arguments: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Yamcs' answer to one command; its word against it becomes a refusal."""
    path = f"/processors/{spacecraft.id}/realtime/commands/{spacecraft.space_system}/{name}"
    content = {
        "args": {key: _text(value) for key, value in arguments.items()},
        "sequenceNumber": session.next_command_number(),
        **options,
    }
    try:
        answer: Mapping[str, Any] = session.post(path, content, f"issue {name}")
    except (RefusedByYamcsError, UnknownToYamcsError) as error:
        raise CommandRefusedError(
            f"Yamcs refuses /{spacecraft.space_system}/{name}",
            expected="arguments within their ranges",
            found=error.found,
        ) from error
    return answer


def _text(value: Any) -> str:
    """An argument as Yamcs reads it, whatever its type: octets in hexadecimal digits."""
    return value.hex() if isinstance(value, bytes) else str(value)


def command_records(
    session: Session, spacecraft: Spacecraft, since: Instant
) -> Sequence[CommandRecord]:
    """Every command issued at or after `since`, in order of issue."""
    parameters: dict[str, Any] = {"start": since.utc_iso(3), "order": "asc", "limit": _PAGE}
    records: list[CommandRecord] = []
    while True:
        answer = session.get(
            f"/archive/{spacecraft.id}/commands", "read the command history", **parameters
        )
        records += [_record(spacecraft, entry) for entry in answer.get("commands", ())]
        if "continuationToken" not in answer:
            return records
        parameters["next"] = answer["continuationToken"]


def _require_known(spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any]) -> None:
    """Yamcs takes arguments that no command has, and says nothing."""
    commands = {command.name: command for command in flown_commands(spacecraft)}
    if name not in commands:
        raise CommandRefusedError(
            f"{spacecraft.id} has no command {name}",
            expected=f"one of {', '.join(sorted(commands))}",
            remedy="see the craft's model in mission_db/models",
        )
    known = [argument.name for argument in commands[name].arguments]
    if unknown := sorted(arguments.keys() - set(known)):
        raise CommandRefusedError(
            f"{name} of {spacecraft.id} has no argument {', '.join(unknown)}",
            expected=", ".join(known) or "no arguments",
        )


def _require_active(session: Session, spacecraft: Spacecraft, name: str) -> None:
    state = cop1_status(session, spacecraft)
    if state != "active":  # Yamcs would keep it and send it whenever it comes to that
        raise CommandRefusedError(
            f"{name} of {spacecraft.id} cannot leave in sequence",
            expected="COP-1 to be active",
            found=state,
            remedy="initialise COP-1 and wait for the craft's report, or bypass it",
        )


def _await_packet(
    session: Session, spacecraft: Spacecraft, name: str, identifier: str
) -> IssuedCommand:
    deadline = time.monotonic() + ISSUE_TIMEOUT_S
    while True:
        attributes = _attributes_of(_history_entry(session, spacecraft, identifier))
        if SEQUENCE_COUNT_ATTRIBUTE in attributes and "binary" in attributes:
            return IssuedCommand(
                id=identifier,
                sequence_count=attributes[SEQUENCE_COUNT_ATTRIBUTE],
                binary=attributes["binary"],
                source=read_source(attributes["binary"]),
            )
        if attributes.get("CommandComplete_Status") == "NOK":
            raise CommandRefusedError(
                f"{name} of {spacecraft.id} has failed before it left",
                found=str(attributes.get("CommandComplete_Message", "")),
            )
        if time.monotonic() > deadline:
            raise BackendError(
                f"{name} of {spacecraft.id} has not become a packet",
                expected=f"within {ISSUE_TIMEOUT_S:.0f} s",
                found="FOP-1's window is full" if attributes else "no entry in the history",
                remedy="see the command history and the links in Yamcs' own web pages",
            )
        time.sleep(_POLL_S)  # a condition is polled here, with a deadline


def _history_entry(session: Session, spacecraft: Spacecraft, identifier: str) -> Mapping[str, Any]:
    """A command in the history; empty if the recorder is behind the issuer.

    The newest entry is nearly always the one, and Yamcs reads it in half the time that it takes to
    find one by its identifier.
    """
    path, what = f"/archive/{spacecraft.id}/commands", "read the command history"
    newest = session.get(path, what, order="desc", limit=1).get("commands", ())
    for entry in newest:
        if entry["id"] == identifier:
            return dict(entry)
    try:
        return session.get(f"{path}/{identifier}", what)
    except UnknownToYamcsError:
        return {}


def _attributes_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        attribute["name"]: json_value(attribute["value"]) for attribute in entry.get("attr", ())
    }


def _record(spacecraft: Spacecraft, entry: Mapping[str, Any]) -> CommandRecord:
    attributes = _attributes_of(entry)
    sequence_count, packet = attributes.get(SEQUENCE_COUNT_ATTRIBUTE), attributes.get("binary")
    return CommandRecord(
        id=entry["id"],
        name=entry["commandName"].removeprefix(f"/{spacecraft.space_system}/"),
        generation=instant_of_text(entry["generationTime"]),
        sent=attributes.get("Acknowledge_Sent_Status") == "OK",
        acceptance=_outcome(attributes, "Verifier_Accepted"),
        start=_outcome(attributes, "Verifier_Started"),
        completion=_outcome(attributes, "CommandComplete"),
        sequence_count=sequence_count,
        message=str(attributes.get("CommandComplete_Message") or ""),
        source=None if packet is None else read_source(packet),
    )


def _outcome(attributes: Mapping[str, Any], stage: str) -> Outcome | None:
    match attributes.get(f"{stage}_Status"):
        case "OK":
            return "ok"
        case "NOK":
            return "failed"
        case _:  # not yet, or nobody looked long enough: silence is no failure
            return None
