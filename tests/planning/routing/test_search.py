"""Routes: the earliest of all there are, with the fewest hops, and timed bit by bit."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.planning.routing import Contact, ContactPlan, arrival_tree, route
from groundsys.values.errors import PlanError
from tests.benchmarks.routing import measure
from tests.planning.routing.plans import START, all_routes, at, random_contacts

RELAY_01 = Contact("relay-01", "cube", "otv", at(0), at(600), 8000.0)
SLOW = Contact("pass-01", "otv", "usuda", at(0), at(7200), 1000.0, 500.0)
FAST = Contact("pass-02", "otv", "malargue", at(900), at(3600), 64_000.0, 500.0)
LINES = [
    Contact("line-usuda", "usuda", "archive", at(0), at(90_000), 1e9),
    Contact("line-malargue", "malargue", "archive", at(0), at(90_000), 1e9),
]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(4, 24), st.sampled_from([1, 1000, 10_000]))
def test_the_earliest_arrival_is_that_of_every_way_tried(seed: int, count: int, size: int) -> None:
    random = Random(seed)
    contacts = random_contacts(random, count, 5)
    plan = ContactPlan.from_contacts(contacts)
    earliest = at(random.randrange(0, 300))
    source = contacts[0].sender
    tree = arrival_tree(plan, source, size, earliest)
    for node in plan.nodes:
        if node == source:
            assert node not in tree.arrivals
            continue
        ways = [*all_routes(contacts, source, node, size, earliest)]
        found = route(plan, source, node, size, earliest)
        if not ways:
            assert found is None
            assert tree.route(node) is None
            continue
        best_ns, fewest_hops = min((arrival_ns, len(taken)) for arrival_ns, taken in ways)
        for one in (found, tree.route(node)):
            assert one is not None
            assert one.arrival.tai_ns == best_ns == tree.arrivals[node].tai_ns
            assert len(one.hops) == fewest_hops
            assert (best_ns, [hop.contact for hop in one.hops]) in ways


def test_a_later_contact_may_bring_data_home_first() -> None:
    plan = ContactPlan.from_contacts([RELAY_01, SLOW, FAST, *LINES])
    found = route(plan, "cube", "archive", 1_000_000, START)
    assert found is not None
    assert found.nodes == ("cube", "otv", "malargue", "archive")
    first, second, third = found.hops
    assert (first.first_sent, first.last_sent) == (at(0), at(125))
    assert (second.first_sent, second.last_sent) == (at(900), at(915.625))
    assert (second.first_received, second.last_received) == (at(1400), at(1415.625))
    assert third.last_received == found.arrival == at(1415.626)


def test_a_small_file_goes_by_the_slow_contact() -> None:
    plan = ContactPlan.from_contacts([RELAY_01, SLOW, FAST, *LINES])
    found = route(plan, "cube", "archive", 1000, START)
    assert found is not None
    assert found.nodes == ("cube", "otv", "usuda", "archive")


def test_the_volume_limit_is_that_of_the_tightest_contact() -> None:
    plan = ContactPlan.from_contacts([RELAY_01, FAST, *LINES])
    found = route(plan, "cube", "archive", 8000, at(100))
    assert found is not None
    assert found.volume_limit_bits == pytest.approx((600 - 100) * 8000)
    assert found.closes == at(600)


def test_the_limit_of_a_contact_is_set_by_what_closes_after_it() -> None:
    closing = Contact("pass-03", "otv", "usuda", at(0), at(50), 1e6)
    plan = ContactPlan.from_contacts([RELAY_01, closing])
    found = route(plan, "cube", "usuda", 8000, START)
    assert found is not None
    assert found.volume_limit_bits == pytest.approx(50 * 8000)


def test_a_file_that_fills_a_contact_fits_and_one_bit_more_does_not() -> None:
    plan = ContactPlan.from_contacts([RELAY_01])
    assert route(plan, "cube", "otv", 4_800_000, START) is not None
    assert route(plan, "cube", "otv", 4_800_001, START) is None


def test_what_would_arrive_too_late_does_not_travel() -> None:
    plan = ContactPlan.from_contacts([RELAY_01])
    assert route(plan, "cube", "otv", 8000, START, until=at(1)) is not None
    assert route(plan, "cube", "otv", 8000, START, until=at(0.999_999_999)) is None
    assert dict(arrival_tree(plan, "cube", 8000, START, until=at(0.5)).arrivals) == {}


@pytest.mark.parametrize(
    ("source", "destination", "size", "words"),
    [
        ("cube", "moon", 1, "no contact begins or ends at 'moon'"),
        ("moon", "cube", 1, "no contact begins or ends at 'moon'"),
        ("cube", "cube", 1, "leads nowhere"),
        ("cube", "otv", 0, "nothing to route"),
    ],
)
def test_a_question_without_sense_is_refused(
    source: str, destination: str, size: int, words: str
) -> None:
    plan = ContactPlan.from_contacts([RELAY_01])
    with pytest.raises(PlanError, match=words):
        route(plan, source, destination, size, START)


def test_dijkstra_over_contacts_finds_the_same() -> None:
    figures = measure("small", 20, 100, 2000, sources=5)
    assert figures.arrivals_compared > 50
    assert figures.arrivals_differing == 0
