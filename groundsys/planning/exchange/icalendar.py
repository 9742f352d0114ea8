"""Plans as a calendar (RFC 5545), for the people who attend them."""

from __future__ import annotations

from collections.abc import Iterator

from groundsys.mission.model import Mission
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

#: octets of a line, its end not counted (RFC 5545, section 3.1)
_LINE_OCTETS = 75


def write_icalendar(plan: Plan, mission: Mission, generated: Instant) -> str:
    """The plan's passes and relay sessions as events, in UTC and whole seconds, rounded outwards.

    An event keeps its UID as long as pass or session keeps its id: a calendar that takes the next
    version of the plan moves the event, and does not add another.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//groundsys//contact planning//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(f'Contacts of {plan.scenario}')}",
    ]
    events: list[PlannedPass | PlannedRelaySession] = [*plan.passes, *plan.relay_sessions]
    for event in sorted(events, key=lambda one: (one.start, one.id)):
        lines += ["BEGIN:VEVENT"]
        lines += [f"UID:{_escaped(f'{event.id}.{plan.scenario}@groundsys')}"]
        lines += [f"DTSTAMP:{_seconds(generated.tai_ns // NANOSECONDS_PER_SECOND)}"]
        lines += [f"DTSTART:{_seconds(event.start.tai_ns // NANOSECONDS_PER_SECOND)}"]
        lines += [f"DTEND:{_seconds(-(-event.end.tai_ns // NANOSECONDS_PER_SECOND))}"]
        if isinstance(event, PlannedPass):
            lines += _pass_lines(event, mission)
        else:
            lines += _session_lines(event)
        lines += ["STATUS:CONFIRMED", "END:VEVENT"]
    lines += ["END:VCALENDAR"]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _pass_lines(one: PlannedPass, mission: Mission) -> Iterator[str]:
    antenna = mission.antennas.get(one.antenna)
    place = one.antenna if antenna is None else antenna.name
    yield f"SUMMARY:{_escaped(f'{one.spacecraft} over {place}')}"
    yield f"LOCATION:{_escaped(place)}"
    if antenna is not None:
        yield f"GEO:{antenna.latitude_deg:.6f};{antenna.longitude_deg:.6f}"
    yield "CATEGORIES:PASS"
    uplink = "none"
    if one.uplink_from < one.uplink_until:
        uplink = f"{one.uplink_from.utc_iso(0)} to {one.uplink_until.utc_iso(0)} (transmit time)"
    description = (
        f"Pass {one.id}, times of reception\n"
        f"Uplink {uplink}\n"
        f"One-way light time {one.light_time_s:.1f} s\n"
        f"Downlink {one.rate_bps:g} bit/s\n"
        f"Highest elevation {one.maximum_elevation_deg:.0f}°"
    )
    yield f"DESCRIPTION:{_escaped(description)}"


def _session_lines(one: PlannedRelaySession) -> Iterator[str]:
    yield f"SUMMARY:{_escaped(f'{one.spacecraft} through {one.relay}')}"
    yield "CATEGORIES:RELAY SESSION"
    description = (
        f"Relay session {one.id}, times at the craft\n"
        f"{one.rate_bps:g} bit/s\n"
        f"Highest elevation {one.maximum_elevation_deg:.0f}°"
    )
    yield f"DESCRIPTION:{_escaped(description)}"
    yield "TRANSP:TRANSPARENT"


def _seconds(tai_s: int) -> str:
    return f"{Instant(tai_s * NANOSECONDS_PER_SECOND).to_utc():%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Text as a value (RFC 5545, section 3.3.11)."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text.replace("\r", "")


def _folded(line: str) -> Iterator[str]:
    """A content line in parts that fit; those after the first begin with a space."""
    part, octets = "", 0
    for character in line:
        length = len(character.encode())
        if octets + length > _LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part += character
        octets += length
    yield part
