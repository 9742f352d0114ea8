"""A mission's contacts: what passes, relay sessions and lines on the ground can carry."""

from __future__ import annotations

from groundsys.mission.model import Mission
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.planning.routing.contacts import Contact, ContactPlan
from groundsys.values.instants import Instant

#: where data come to rest and commands come from
GROUND = "ground"

#: lines on the ground are open before, during and after every plan
_ALWAYS = (Instant(0), Instant(2**61))


def contacts_of(
    plan: Plan, mission: Mission, usable: float = 1.0, line_bps: float = 100e6
) -> ContactPlan:
    """The contact plan of a plan, both ways: cube ↔ orbiter ↔ antenna ↔ `GROUND`.

    Nodes are ids of craft and antennas, and `GROUND`; contacts have the ids of their pass or
    session, followed by `/up` for uplink and forward link.  A pass or session carries back the
    volume that the plan states for it, or, where it states none, the part `usable` of its rate; of
    uplink and forward rates `usable` counts too.  `line_bps` is what each antenna's line to the
    ground segment carries.  A pass's light time is that of its middle: arrivals are up to 0.3 s off
    for it.
    """
    contacts = [
        contact
        for one in plan.passes
        for contact in _of_pass(
            one, usable, mission.spacecraft[one.spacecraft].framing.uplink_rate_bps
        )
    ]
    contacts += [contact for one in plan.relay_sessions for contact in _of_session(one, usable)]
    antennas = sorted({one.antenna for one in plan.passes})
    lines = [
        Contact(f"line/{sender}/{receiver}", sender, receiver, *_ALWAYS, line_bps)
        for antenna in antennas
        for sender, receiver in ((antenna, GROUND), (GROUND, antenna))
    ]
    return ContactPlan.from_contacts([*contacts, *lines])


def _of_pass(one: PlannedPass, usable: float, uplink_rate_bps: float) -> list[Contact]:
    light_s = one.light_time_s
    down = Contact(
        one.id,
        one.spacecraft,
        one.antenna,
        one.start.plus_seconds(-light_s),
        one.end.plus_seconds(-light_s),
        _data_bps(one, usable),
        light_s,
    )
    if not one.uplink_from < one.uplink_until:
        return [down]
    up = Contact(
        f"{one.id}/up",
        one.antenna,
        one.spacecraft,
        one.uplink_from,
        one.uplink_until,
        uplink_rate_bps * usable,
        light_s,
    )
    return [down, up]


def _of_session(one: PlannedRelaySession, usable: float) -> list[Contact]:
    """Both directions run at the session's rate: the relay is the stronger transmitter."""
    rate_bps = one.rate_bps * usable
    back = Contact(one.id, one.spacecraft, one.relay, one.start, one.end, _data_bps(one, usable))
    forward = Contact(f"{one.id}/up", one.relay, one.spacecraft, one.start, one.end, rate_bps)
    return [back, forward]


def _data_bps(one: PlannedPass | PlannedRelaySession, usable: float) -> float:
    if one.volume_bits > 0.0:
        return one.volume_bits / one.end.seconds_since(one.start)
    return one.rate_bps * usable
