"""The XML of CCSDS 902.1-B-1, Simple Schedule Format: written, and read from any provider.

Names are those of the standard's schema (namespace `urn:ccsds:schema:cssm:1.0.0`): a header, then
packages, activities and services, all their values as attributes, times as ASCII time code B.
Providers' files are also taken without the namespace, and with extended parameters, which are
passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar, get_args
from xml.etree import ElementTree

from groundsys.planning.exchange.schedule import (
    Activity,
    ActivityStatus,
    Package,
    Schedule,
    ScheduleStatus,
    Service,
)
from groundsys.planning.exchange.times import InstantT, day_of_year_text, read_utc
from groundsys.values.errors import PlanError
from groundsys.values.instants import EarthReceiveTime, Instant

NAMESPACE = "urn:ccsds:schema:cssm:1.0.0"

#: elements that carry more than a schedule needs; what they hold is not looked into
_PASSED_OVER = frozenset({"servicePackageXRef", "extendedParameter"})

_Token = TypeVar("_Token", ScheduleStatus, ActivityStatus)


def write_simple_schedule(schedule: Schedule) -> str:
    """The schedule as an XML document."""
    root = ElementTree.Element(
        "simpleSchedule", {"xmlns": NAMESPACE, "srvMgtEntityType": "SIMPLE_SCHEDULE"}
    )
    ElementTree.SubElement(
        root,
        "simpleScheduleHeader",
        {
            "originatingOrganization": schedule.organization,
            "generationTime": day_of_year_text(schedule.generated),
            "version": schedule.version,
            "startTime": day_of_year_text(schedule.start),
            "endTime": day_of_year_text(schedule.end),
            "status": schedule.status,
            "inclusionType": "OVERLAP_INCLUSION",
        },
    )
    for package in schedule.packages:
        element = ElementTree.SubElement(
            root,
            "scheduledPackage",
            {
                "user": package.user,
                "comment": package.comment,
                "scheduledPackageId": package.id,
            },
        )
        for activity in package.activities:
            _add_activity(element, activity)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _add_activity(package: ElementTree.Element, activity: Activity) -> None:
    values = {
        "scheduledActivityId": activity.id,
        "activityStatus": activity.status,
        "siteRef": activity.site,
        "apertureRef": activity.aperture,
        "beginningOfTrack": day_of_year_text(activity.track_start),
        "endOfTrack": day_of_year_text(activity.track_end),
    }
    if activity.start is not None:
        values["beginningOfActivity"] = day_of_year_text(activity.start)
    if activity.end is not None:
        values["endOfActivity"] = day_of_year_text(activity.end)
    element = ElementTree.SubElement(package, "scheduledActivity", values)
    for service in activity.services:
        ElementTree.SubElement(
            element,
            "serviceInfo",
            {"serviceType": service.type, "frequencyBand": service.frequency_band},
        )


def read_simple_schedule(text: str) -> Schedule:
    """The schedule of such a document.

    `PlanError` names the element and attribute that is missing or does not fit.  A document with a
    type declaration is refused: entities could make it endless.
    """
    if "<!DOCTYPE" in text:
        raise PlanError("a schedule with a document type", expected="plain XML", found="DOCTYPE")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise PlanError(
            f"line {line}, column {column + 1} is no XML",
            expected="a Simple Schedule (CCSDS 902.1-B-1)",
            found=str(error),
        ) from error
    if _name(root) != "simpleSchedule":
        raise PlanError(
            "not a Simple Schedule", expected="<simpleSchedule>", found=f"<{_name(root)}>"
        )
    header = _only(root, "simpleScheduleHeader")
    packages = tuple(
        _package(element, f"scheduledPackage {number}")
        for number, element in enumerate(_children(root, "scheduledPackage"), 1)
    )
    _refuse_others(root, ("simpleScheduleHeader", "scheduledPackage"), "simpleSchedule")
    where = "simpleScheduleHeader"
    return Schedule(
        _text(header, "originatingOrganization", where),
        _time(header, "generationTime", where, Instant),
        _text(header, "version", where),
        _token(header, "status", where, get_args(ScheduleStatus)),
        _time(header, "startTime", where, Instant),
        _time(header, "endTime", where, Instant),
        packages,
    )


def _package(element: ElementTree.Element, where: str) -> Package:
    id = _text(element, "scheduledPackageId", where)
    where = f"{where} ({id})"
    activities = tuple(
        _activity(child, f"{where}, scheduledActivity {number}")
        for number, child in enumerate(_children(element, "scheduledActivity"), 1)
    )
    _refuse_others(element, ("scheduledActivity",), where)
    if not activities:
        raise PlanError(f"{where} has no scheduledActivity", expected="at least one", found="none")
    return Package(id, _text(element, "user", where), element.get("comment", ""), activities)


def _activity(element: ElementTree.Element, where: str) -> Activity:
    id = _text(element, "scheduledActivityId", where)
    where = f"{where} ({id})"
    services = tuple(
        Service(_text(child, "serviceType", where), _text(child, "frequencyBand", where))
        for child in _children(element, "serviceInfo")
    )
    start, end = (
        _time(element, name, where, EarthReceiveTime) if name in element.attrib else None
        for name in ("beginningOfActivity", "endOfActivity")
    )
    activity = Activity(
        id,
        _token(element, "activityStatus", where, get_args(ActivityStatus)),
        _text(element, "siteRef", where),
        _text(element, "apertureRef", where),
        _time(element, "beginningOfTrack", where, EarthReceiveTime),
        _time(element, "endOfTrack", where, EarthReceiveTime),
        start,
        end,
        services,
    )
    moments = [
        moment
        for moment in (activity.start, activity.track_start, activity.track_end, activity.end)
        if moment is not None
    ]
    if moments != sorted(moments) or activity.track_start == activity.track_end:
        raise PlanError(
            f"{where} is not in order of time",
            expected="activity begins, track begins, track ends, activity ends",
            found=", ".join(moment.utc_iso() for moment in moments),
        )
    return activity


def _name(element: ElementTree.Element) -> str:
    """The element's name; one of another namespace keeps it."""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def _children(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (child for child in element if _name(child) == name)


def _only(element: ElementTree.Element, name: str) -> ElementTree.Element:
    found = [*_children(element, name)]
    if len(found) != 1:
        raise PlanError(
            f"{_name(element)} needs one {name}", expected="exactly one", found=f"{len(found)}"
        )
    return found[0]


def _refuse_others(element: ElementTree.Element, known: Sequence[str], where: str) -> None:
    for child in element:
        name = _name(child)
        if name not in known and name not in _PASSED_OVER and not name.endswith("Parameter"):
            raise PlanError(
                f"{where} has an element that is not the standard's",
                expected=", ".join(known),
                found=f"<{name}>",
            )


def _text(element: ElementTree.Element, name: str, where: str) -> str:
    text = element.get(name)
    if text is None or not text.strip():
        raise PlanError(
            f"{where} lacks the attribute {name}",
            expected=f"{name} with a value",
            found=", ".join(element.attrib) or "no attribute at all",
        )
    return text


def _time(element: ElementTree.Element, name: str, where: str, kind: type[InstantT]) -> InstantT:
    return read_utc(_text(element, name, where), kind, f"{where}, {name}")


def _token(
    element: ElementTree.Element, name: str, where: str, known: tuple[_Token, ...]
) -> _Token:
    text = _text(element, name, where)
    for token in known:
        if token == text:
            return token
    raise PlanError(f"{where}, {name} does not fit", expected=" or ".join(known), found=text)
