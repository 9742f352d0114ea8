"""Bookings: a contact never carries more than it can, nor two bits at a time."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from groundsys.planning.routing import (
    Bundle,
    Contact,
    ContactPlan,
    Hop,
    Prediction,
    book,
    deliver,
    route,
)
from groundsys.values.errors import PlanError
from tests.planning.routing.plans import START, all_routes, at, random_contacts

RELAY_01 = Contact("relay-01", "cube", "otv", at(0), at(600), 8000.0)
PASS_01 = Contact("pass-01", "otv", "usuda", at(0), at(7200), 64_000.0, 500.0)


def random_prediction(seed: int) -> tuple[list[Contact], Prediction]:
    random = Random(seed)
    contacts = random_contacts(random, random.randrange(4, 16), 5)
    nodes = sorted({node for one in contacts for node in (one.sender, one.receiver)})
    bundles = []
    for number in range(12):
        source, destination = random.sample(nodes, 2)
        bundles.append(
            Bundle(
                f"bundle-{number}",
                source,
                destination,
                random.choice([100, 7_001, 60_000]),
                at(random.randrange(0, 400)),
                random.randrange(3),
                None if random.random() < 0.7 else at(600),
            )
        )
    plan = ContactPlan.from_contacts(contacts)
    return contacts, deliver(plan, bundles, random.choice([None, 5_000]))


def test_no_contact_is_overbooked_in_a_thousand_plans() -> None:
    booked = refused = 0
    for seed in range(1000):
        contacts, prediction = random_prediction(seed)
        taken: dict[int, list[Hop]] = defaultdict(list)
        for delivery in prediction.deliveries:
            refused += not delivery.routes
            for one in delivery.routes:
                for hop in one.hops:
                    taken[hop.number].append(hop)
            carried = sum(one.size_bits for one in delivery.routes)
            assert carried in (0, delivery.bundle.size_bits)
        used_bits = np.zeros(len(contacts))
        for number, hops in taken.items():
            contact = contacts[number]
            hops.sort(key=lambda hop: hop.first_sent)
            assert all(hop.contact == contact for hop in hops)
            assert contact.start <= hops[0].first_sent
            assert hops[-1].last_sent <= contact.end
            assert all(left.last_sent <= right.first_sent for left, right in pairwise(hops))
            used_bits[number] = (
                sum(hop.last_sent.seconds_since(hop.first_sent) for hop in hops) * contact.rate_bps
            )
            booked += len(hops)
        volumes = np.array([contact.volume_bits for contact in contacts])
        np.testing.assert_allclose(
            prediction.plan.residual_bits(), volumes - used_bits, atol=1e-3, rtol=0.0
        )
    assert booked > 5000
    assert refused > 1000


@pytest.mark.parametrize("seed", range(40))
def test_each_bundle_takes_the_best_that_those_before_it_left(seed: int) -> None:
    """The oracle again, now among the gaps that earlier bookings left."""
    random = Random(seed)
    contacts = random_contacts(random, 8, 4)
    plan = ContactPlan.from_contacts(contacts)
    free = {number: [contact] for number, contact in enumerate(contacts)}
    source, destination = contacts[0].sender, contacts[0].receiver
    for _ in range(4):
        size = random.choice([100, 8_000])
        gaps = [gap for parts in free.values() for gap in parts]
        ways = [*all_routes(gaps, source, destination, size, START)]
        found = route(plan, source, destination, size, START)
        if not ways:
            assert found is None
            break
        assert found is not None
        best = min((arrival_ns, len(taken)) for arrival_ns, taken in ways)
        assert (found.arrival.tai_ns, len(found.hops)) == best
        plan = book(plan, found)
        for hop in found.hops:
            free[hop.number] = [part for gap in free[hop.number] for part in without(gap, hop)]


def without(gap: Contact, hop: Hop) -> list[Contact]:
    if not (gap.start <= hop.first_sent and hop.last_sent <= gap.end):
        return [gap]
    return [
        Contact(gap.id, gap.sender, gap.receiver, start, end, gap.rate_bps, gap.light_time_s)
        for start, end in ((gap.start, hop.first_sent), (hop.last_sent, gap.end))
        if start < end
    ]


def test_a_route_cannot_be_booked_twice() -> None:
    plan = ContactPlan.from_contacts([RELAY_01, PASS_01])
    found = route(plan, "cube", "usuda", 8000, START)
    assert found is not None
    booked = book(plan, found)
    with pytest.raises(PlanError, match="contact 'relay-01' is booked already"):
        book(booked, found)
    assert book(plan, found).residual_bits() == pytest.approx(booked.residual_bits())


def test_the_more_urgent_goes_first_and_the_older_before_the_newer() -> None:
    plan = ContactPlan.from_contacts([RELAY_01])
    bundles = [
        Bundle("new", "cube", "otv", 80_000, at(10)),
        Bundle("old", "cube", "otv", 80_000, at(0)),
        Bundle("urgent", "cube", "otv", 80_000, at(5), priority=2),
    ]
    new, old, urgent = deliver(plan, bundles).deliveries
    assert urgent.arrival == at(15)
    assert old.arrival == at(25)
    assert new.arrival == at(35)


def test_a_file_larger_than_any_contact_travels_in_fragments() -> None:
    later = Contact("relay-02", "cube", "otv", at(10_000), at(10_600), 8000.0)
    plan = ContactPlan.from_contacts([RELAY_01, later])
    file = Bundle("day", "cube", "otv", 8_000_000, START)
    assert deliver(plan, [file]).undeliverable == (file,)
    delivery = deliver(plan, [file], fragment_bits=1_000_000).deliveries[0]
    assert len(delivery.routes) == 8
    assert delivery.arrival == at(10_500)


def test_nothing_is_booked_for_what_cannot_arrive_whole() -> None:
    plan = ContactPlan.from_contacts([RELAY_01])
    file = Bundle("day", "cube", "otv", 8_000_000, START)
    small = Bundle("hour", "cube", "otv", 4_800_000, at(0), priority=-1)
    prediction = deliver(plan, [file, small], fragment_bits=4_800_000)
    assert prediction.undeliverable == (file,)
    assert prediction.deliveries[1].arrival == at(600)


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        (Contact("c", "a", "a", at(0), at(1), 1.0), "two different nodes"),
        (Contact("c", "a", "b", at(1), at(1), 1.0), "a start before its end"),
        (Contact("c", "a", "b", at(0), at(1), 0.0), "a finite rate above 0"),
        (Contact("c", "a", "b", at(0), at(1), float("nan")), "a finite rate above 0"),
        (Contact("c", "a", "b", at(0), at(1), 1.0, -0.1), "light time of at least 0"),
    ],
)
def test_a_contact_that_cannot_be_is_named(contact: Contact, words: str) -> None:
    with pytest.raises(PlanError, match=r"contact 'c' cannot be") as refusal:
        ContactPlan.from_contacts([RELAY_01, contact])
    assert words in str(refusal.value)


def test_columns_must_fit() -> None:
    with pytest.raises(PlanError, match="columns of contacts differ in length"):
        ContactPlan.from_arrays(["a", "b"], [0], [1], [0, 1], [1], [1.0], [0.0])
    with pytest.raises(PlanError, match="sender and receiver from 0 to 1"):
        ContactPlan.from_arrays(["a", "b"], [0], [2], [0], [1], [1.0], [0.0])
    with pytest.raises(PlanError, match="a node is named twice"):
        ContactPlan.from_arrays(["a", "a"], [0], [1], [0], [1], [1.0], [0.0])


def test_an_empty_plan_knows_no_node() -> None:
    with pytest.raises(PlanError, match="the plan is empty"):
        route(ContactPlan.from_contacts([]), "cube", "otv", 1, START)
