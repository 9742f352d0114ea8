"""The quickstart's plan as contacts: files come home, commands go out."""

from __future__ import annotations

import doctest
from dataclasses import replace
from functools import cache

import pytest

from groundsys.mission import load_mission
from groundsys.planning import Plan
from groundsys.planning.routing import GROUND, Bundle, contacts_of, deliver, delivery, route
from tests.planning.missions import made

MISSION = load_mission()
SCENARIO = MISSION.scenarios["quickstart"]


@cache
def the_plan() -> Plan:
    return made(SCENARIO).plan


def test_a_weather_file_goes_by_the_relay_and_the_next_pass() -> None:
    plan = the_plan()
    session = next(one for one in plan.relay_sessions if one.spacecraft == "cube-polar")
    found = route(contacts_of(plan, MISSION), "cube-polar", GROUND, 400_000, SCENARIO.span.start)
    assert found is not None
    relay, home, _ = found.hops
    assert relay.contact.id == session.id
    carrying = next(one for one in plan.passes if one.id == home.contact.id)
    assert carrying.start <= home.last_received <= carrying.end
    later = [
        one
        for one in plan.passes
        if one.end.plus_seconds(-one.light_time_s) > relay.last_received.plus_seconds(60)
    ]
    assert carrying == later[0]


def test_a_command_reaches_a_cube_through_its_relay() -> None:
    plan = the_plan()
    found = route(contacts_of(plan, MISSION), GROUND, "cube-tharsis", 2000, SCENARIO.span.start)
    assert found is not None
    assert found.nodes[0] == GROUND
    assert found.nodes[2:] == ("otv", "cube-tharsis")
    assert found.hops[1].contact.id.endswith("/up")
    carrying = next(one for one in plan.passes if f"{one.id}/up" == found.hops[1].contact.id)
    assert carrying.uplink_from <= found.hops[1].first_sent
    assert found.hops[1].last_sent <= carrying.uplink_until


def test_less_usable_rate_brings_the_same_file_home_later() -> None:
    passes = tuple(replace(one, volume_bits=0.0) for one in the_plan().passes)
    plan = replace(the_plan(), passes=passes)
    file = Bundle("day", "otv", GROUND, 50_000_000, SCENARIO.span.start)
    whole, half = (
        deliver(contacts_of(plan, MISSION, usable=share), [file]).deliveries[0].arrival
        for share in (1.0, 0.5)
    )
    assert whole is not None
    assert half is not None
    assert half > whole


def test_a_contact_carries_the_volume_that_the_plan_states() -> None:
    plan = the_plan()
    passes = tuple(replace(one, volume_bits=1e6) for one in plan.passes)
    sessions = tuple(replace(one, volume_bits=2e5) for one in plan.relay_sessions)
    contacts = contacts_of(Plan(plan.scenario, passes, sessions), MISSION, usable=0.5)
    volumes = {one.id: one.volume_bits for one in map(contacts.contact, range(len(contacts)))}
    assert volumes["pass-01"] == pytest.approx(1e6)
    assert volumes["relay-01"] == pytest.approx(2e5)
    length_s = sessions[0].end.seconds_since(sessions[0].start)
    assert volumes["relay-01/up"] == pytest.approx(0.5 * sessions[0].rate_bps * length_s)


def test_the_example_of_deliver_runs_as_printed() -> None:
    results = doctest.testmod(delivery)
    assert results.attempted > 0
    assert results.failed == 0
