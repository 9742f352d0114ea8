"""Parameters, alarms and events of one craft's instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.backend.session import Session, instant_of_text, json_value
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import Names, plain_name
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant
from groundsys.values.records import (
    AlarmRecord,
    EventRecord,
    ParameterReading,
    ParameterSample,
)

_PAGE = 500
#: how Yamcs 5.12 words it when a replay is over before its processor was seen to run
_REPLAY_OVER_TOO_SOON = "type: ArchiveRetrieval to be TERMINATED, but the service has FAILED"
_REPLAY_ATTEMPTS = 10
#: what limits Yamcs says that a value exceeds, in our words; others are within them
_LEVELS = {name.upper(): name for name in ("watch", "warning", "distress", "critical", "severe")}


def parameter_values(
    session: Session, spacecraft: Spacecraft, names: Sequence[str]
) -> dict[str, ParameterReading]:
    """The present engineering value of each named parameter that has one."""
    called = Names(spacecraft)
    body = {
        "id": [
            {"name": _qualified(spacecraft, version)}
            for name in names
            for version in called.of(name)
        ],
        "fromCache": True,
    }
    path = f"/processors/{spacecraft.id}/realtime/parameters:batchGet"
    answer = session.post(path, body, f"read parameters of {spacecraft.id}")
    readings = [_reading(spacecraft, value) for value in answer.get("value", ())]
    found = [reading for reading in readings if reading is not None]
    return {one.name: one for one in sorted(found, key=lambda one: one.generation)}


def parameter_history(
    session: Session, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant
) -> list[ParameterReading]:
    """Every value that the archive holds for generation times from `start` up to `stop`.

    It is made anew from the archived packets, so that telemetry that came late is in it.
    """
    readings = [
        reading
        for version in Names(spacecraft).of(name)
        for reading in _history(session, spacecraft, version, start, stop)
    ]
    return sorted(readings, key=lambda one: one.generation)


def parameter_samples(
    session: Session, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant, count: int
) -> list[ParameterSample]:
    """A number's history as at most `count` spans, each with its least and greatest value.

    As in `parameter_history` nothing that came late lacks; spans without a value are left out.
    """
    parameters = {
        "start": start.utc_iso(3),
        "stop": stop.utc_iso(3),
        "count": count,
        "source": "replay",
    }
    found: list[ParameterSample] = []
    for version in Names(spacecraft).of(name):
        path = f"/archive/{spacecraft.id}/parameters{_qualified(spacecraft, version)}/samples"
        answer = _replay(session, path, f"read samples of {name}", parameters)
        found += [_sample(one) for one in answer.get("sample", ()) if one.get("n", 0)]
    return sorted(found, key=lambda one: one.first)


def _history(
    session: Session, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant
) -> list[ParameterReading]:
    path = f"/archive/{spacecraft.id}/parameters{_qualified(spacecraft, name)}"
    parameters: dict[str, Any] = {
        "start": start.utc_iso(3),
        "stop": stop.utc_iso(3),
        "order": "asc",
        "source": "replay",
        "limit": _PAGE,
    }
    readings: list[ParameterReading] = []
    while True:
        answer = _replay(session, path, f"read the history of {name}", parameters)
        found = [_reading(spacecraft, value) for value in answer.get("parameter", ())]
        readings += [reading for reading in found if reading is not None]
        if "continuationToken" not in answer:
            return readings
        parameters["next"] = answer["continuationToken"]


def alarms(session: Session, spacecraft: Spacecraft) -> list[AlarmRecord]:
    """Alarms active now, acknowledged or not, oldest first."""
    path = f"/processors/{spacecraft.id}/realtime/alarms"
    answer = session.get(path, f"read the alarms of {spacecraft.id}", order="asc")
    return [_alarm(spacecraft, alarm) for alarm in answer.get("alarms", ())]


def acknowledge_alarm(
    session: Session, spacecraft: Spacecraft, alarm_id: str, *, operator: str, comment: str
) -> None:
    """Acknowledge in the operator's name: Yamcs itself knows our service account alone."""
    name, _, number = alarm_id.rpartition("#")
    if not number.isdigit():
        raise BackendError(f"there is no alarm '{alarm_id}'", remedy="name it as `alarms` lists it")
    text = f"{operator}: {comment}" if comment else operator
    alarm = f"{_qualified(spacecraft, name)}/{number}"
    session.post(
        f"/processors/{spacecraft.id}/realtime/alarms{alarm}:acknowledge",
        {"comment": text},
        f"acknowledge the alarm {alarm_id}",
    )


def events(session: Session, spacecraft: Spacecraft, since: Instant) -> list[EventRecord]:
    """Events stamped at or after `since`, oldest first."""
    parameters: dict[str, Any] = {"start": since.utc_iso(3), "order": "asc", "limit": _PAGE}
    found: list[EventRecord] = []
    while True:
        answer = session.get(f"/archive/{spacecraft.id}/events", "read the events", **parameters)
        found += [_event(spacecraft, event) for event in answer.get("events", ())]
        if "continuationToken" not in answer:
            return found
        parameters["next"] = answer["continuationToken"]


def _replay(
    session: Session, path: str, what: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Ask for a replay, again if it ended so soon that Yamcs took its end for a failure."""
    for _ in range(_REPLAY_ATTEMPTS - 1):
        try:
            return session.get(path, what, **parameters)
        except BackendError as error:
            if _REPLAY_OVER_TOO_SOON not in str(error):
                raise
    return session.get(path, what, **parameters)


def _qualified(spacecraft: Spacecraft, name: str) -> str:
    return f"/{spacecraft.space_system}/{name}"


def _bare(spacecraft: Spacecraft, identifier: Mapping[str, Any]) -> str:
    return plain_name(str(identifier["name"]).removeprefix(f"/{spacecraft.space_system}/"))


def _reading(spacecraft: Spacecraft, value: Mapping[str, Any]) -> ParameterReading | None:
    if "engValue" not in value:
        return None
    reception = value.get("acquisitionTime")
    return ParameterReading(
        name=_bare(spacecraft, value["id"]),
        value=json_value(value["engValue"]),
        generation=instant_of_text(value["generationTime"]),
        reception=None if reception is None else instant_of_text(reception),
        level=_LEVELS.get(str(value.get("monitoringResult", "")), ""),
        is_valid=value.get("acquisitionStatus", "ACQUIRED") == "ACQUIRED",
    )


def _sample(sample: Mapping[str, Any]) -> ParameterSample:
    return ParameterSample(
        first=instant_of_text(sample["firstTime"]),
        last=instant_of_text(sample["lastTime"]),
        minimum=float(sample["min"]),
        maximum=float(sample["max"]),
        count=int(sample["n"]),
    )


def _alarm(spacecraft: Spacecraft, alarm: Mapping[str, Any]) -> AlarmRecord:
    name = str(alarm["id"]["name"])
    if alarm["id"].get("namespace"):
        name = f"{alarm['id']['namespace']}/{name}"
    name = name.removeprefix(f"/{spacecraft.space_system}/")
    acknowledged = alarm.get("acknowledgeInfo", {})
    operator, _, _ = str(acknowledged.get("acknowledgeMessage", "")).partition(":")
    current = alarm.get("parameterDetail", {}).get("currentValue", {})
    return AlarmRecord(
        id=f"{name}#{alarm.get('seqNum', 0)}",
        spacecraft=spacecraft.id,
        parameter=plain_name(name),
        level=str(alarm["severity"]).lower(),
        value=str(json_value(current["engValue"])) if "engValue" in current else "",
        since=instant_of_text(alarm["triggerTime"]),
        acknowledged=bool(alarm.get("acknowledged", False)),
        acknowledged_by=operator,
        cleared=bool(alarm.get("processOK", False)),
    )


def _event(spacecraft: Spacecraft, event: Mapping[str, Any]) -> EventRecord:
    return EventRecord(
        spacecraft=spacecraft.id,
        time=instant_of_text(event["generationTime"]),
        severity=str(event.get("severity", "INFO")).lower(),
        source=str(event.get("source", "")),
        text=str(event.get("message", "")),
    )
