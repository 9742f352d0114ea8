"""The custody book: from what the store keeps to where every payload file is, and what came late.

Desks, command line and rehearsals read the same book; it is made anew each time, from the store.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundsys.custody import (
    FileCustody,
    Foreseen,
    KnownFile,
    LatencySplit,
    Outcome,
    Paths,
    Standing,
    Told,
    Version,
    flown_at,
    light_time_ns,
    paths_of,
    place_of,
    split_latency,
    standing,
    surely_made,
    tell_customer,
)
from groundsys.geometry import Geometry
from groundsys.mission.ground.customer_model import Customer
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.planning.contact_graph.demand import file_bits
from groundsys.relay.sessions import RelaySession
from groundsys.store import FileRecord, PlanVersion, Store
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True, slots=True)
class Entry:
    """A file's custody, and of one that is home and known to the second, its latency."""

    custody: FileCustody
    latency: LatencySplit | None


def fact_of_files(craft: str) -> str:
    """The name of the fact in the store: which file a cube has said that it writes."""
    return f"payload_files:{craft}"


def version_of(stored: PlanVersion) -> Version:
    """A version of the plan as custody reads it."""
    return Version(stored.made_at, stored.until, stored.plan, stored.homecomings)


class LatencyClock:
    """The latency clock: paths home by geometry, found once for as long as is known."""

    def __init__(self, scenario: Scenario, geometry: Geometry) -> None:
        self._scenario = scenario
        self._geometry = geometry
        self._paths: dict[str, tuple[Instant, Paths]] = {}
        self._splits: dict[str, LatencySplit] = {}

    def split(self, cube: Spacecraft, record: FileRecord) -> LatencySplit | None:
        """Where a delivered file's time went; None if its way was not seen."""
        known = self._splits.get(record.id)
        if known is not None:  # what is over does not change
            return known
        made, received, published = record.measured_until, record.received_at, record.delivered_at
        if made is None or received is None or published is None:
            return None
        if not record.antenna:
            return None
        light_ns = light_time_ns(self._geometry, record.antenna, cube.relay or cube.id, received)
        departure = self._of(cube.id, cube.relay, published).departure(made)
        split = split_latency(made, departure, received, light_ns, published)
        self._splits[record.id] = split
        return split

    def _of(self, cube: str, relay: str | None, until: Instant) -> Paths:
        known = self._paths.get(cube)
        if known is None or known[0] < until:
            span = self._scenario.span
            end = max(span.end, until.plus_seconds(86_400.0))
            within = Interval(span.start, end)
            antennas = self._scenario.antennas
            known = (end, paths_of(self._geometry, antennas, cube, relay, within))
            self._paths[cube] = known
        return known[1]


def read_book(
    store: Store,
    mission: Mission,
    scenario: Scenario,
    clock: LatencyClock,
    versions: Sequence[Version],
    now: Instant,
) -> tuple[Entry, ...]:
    """Every file that is known or surely made, by customer and time of its making."""
    records: dict[str, dict[int, FileRecord]] = {}
    for kept in store.catalogue.files():
        records.setdefault(kept.spacecraft, {})[kept.transaction] = kept
    fetched = _fetched(store, scenario.customers)
    sessions = store.relay_sessions.all()
    sending = {
        one.spacecraft for one in store.passes.all() if one.state == "locked" and one.end > now
    }
    found = []
    for craft_id in scenario.spacecraft:
        craft = mission.spacecraft[craft_id]
        told = _told(store.facts.get(fact_of_files(craft_id)))
        held = _held([one for one in sessions if one.spacecraft == craft_id], now)
        own = records.get(craft_id, {})
        for file in _files(mission, scenario, craft, own, told, fetched, now):
            relay_has_it = bisect_left(held, file.made) < len(held)
            place = place_of(
                file,
                relay_has_it=relay_has_it,
                in_a_pass=(craft.relay or craft.id) in sending,
                relayed=craft.relay is not None,
            )
            promised = flown_at(versions, file.made)
            arguments = (craft_id, file.payload, file.made)
            custody = FileCustody(
                file,
                place,
                Foreseen() if promised is None else promised.foreseen(*arguments),
                versions[-1].foreseen(*arguments) if versions else Foreseen(),
            )
            record = own.get(file.transaction)
            latency = clock.split(craft, record) if record and custody.is_home else None
            found.append(Entry(custody, latency))
    return tuple(sorted(found, key=_order))


def outcomes_of(entries: Iterable[Entry], versions: Sequence[Version]) -> list[Outcome]:
    """The same files as a service level counts them."""
    until = versions[-1].until if versions else None
    return [
        Outcome(
            made=one.custody.file.made,
            published=one.custody.file.published_at,
            foreseen=one.custody.foreseen.published,
            planned_until=until,
        )
        for one in entries
    ]


def by_customer(book: Iterable[Entry], customers: Iterable[str]) -> dict[str, list[Entry]]:
    """The entries of each of these customers."""
    found: dict[str, list[Entry]] = {id: [] for id in customers}
    for one in book:
        if one.custody.file.customer in found:
            found[one.custody.file.customer].append(one)
    return found


def standing_of(
    customer: Customer, entries: Iterable[Entry], versions: Sequence[Version], now: Instant
) -> Standing | None:
    """How a customer's service level stands; None if it has none."""
    level = customer.service_level
    return None if level is None else standing(level, outcomes_of(entries, versions), now)


def tell_entries(
    mission: Mission,
    entries: Mapping[str, Sequence[Entry]],
    versions: Sequence[Version],
    now: Instant,
) -> dict[str, Any]:
    """The book's pages of some customers as plain values."""
    return {
        "now_ns": now.tai_ns,
        "customers": {
            id: tell_customer(
                [one.custody for one in of_customer],
                [one.latency for one in of_customer if one.latency is not None],
                standing_of(mission.customers[id], of_customer, versions, now),
            )
            for id, of_customer in entries.items()
        },
    }


def tell_book(
    store: Store,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    now: Instant,
    customer: str = "",
) -> dict[str, Any]:
    """The whole book, or one customer's pages, from a store alone."""
    versions = [version_of(one) for one in store.plans.all()]
    clock = LatencyClock(scenario, geometry)
    book = read_book(store, mission, scenario, clock, versions, now)
    chosen = (customer,) if customer else scenario.customers
    return tell_entries(mission, by_customer(book, chosen), versions, now)


def _order(entry: Entry) -> tuple[str, Instant, str, int]:
    file = entry.custody.file
    return (file.customer, file.made, file.spacecraft, file.transaction)


def _files(
    mission: Mission,
    scenario: Scenario,
    craft: Spacecraft,
    records: Mapping[int, FileRecord],
    told: Told | None,
    fetched: Mapping[str, Instant],
    now: Instant,
) -> Iterable[KnownFile]:
    owners = {
        payload: id for id in scenario.customers for payload in mission.customers[id].payloads
    }
    for place, payload_id in enumerate(craft.payloads):
        payload, customer = mission.payloads[payload_id], owners.get(payload_id, "")
        first = place * Spacecraft.TRANSACTIONS
        word = told if place == 0 else None
        # only they can tell: a camera takes pictures when it may, a capsule measures once landed
        if word is None and (payload.kind == "camera" or craft.entry is not None):
            word = Told(1, scenario.span.start, False)
        elif word is not None and payload.kind == "camera":
            word = replace(word, is_on=False)
        expected = {
            first + one.sequence: one.closed
            for one in surely_made(scenario.span.start, payload.file_interval_s, word, now)
        }
        mine = {
            number
            for number in (*expected, *records)
            if number >= 0 and craft.payload_of(number) == payload_id
        }
        octets = round(file_bits(payload) / 8.0)
        for number in sorted(mine):
            record = records.get(number)
            made = expected.get(number)
            if record is None:
                assert made is not None
                yield KnownFile(
                    *(customer, craft.id, payload_id, number, ""),
                    size=octets,
                    size_is_known=False,
                    made=made,
                    made_is_known=False,
                )
                continue
            measured = record.measured_until
            yield KnownFile(
                *(customer, craft.id, payload_id, number, record.name),
                size=octets if record.size is None else record.size,
                size_is_known=record.size is not None,
                made=measured or made or record.first_reception or now,
                made_is_known=measured is not None,
                octets_received=record.octets_received,
                relayed_at=record.relayed_at,
                received_at=record.received_at,
                archived_at=_archived(record),
                published_at=record.delivered_at,
                fetched_at=fetched.get(record.id),
                antenna=record.antenna,
                retransmission_rounds=record.retransmission_rounds,
            )


def _archived(record: FileRecord) -> Instant | None:
    """When a file was whole in the archive: Yamcs' clock follows in steps, so never before ERT."""
    if record.completed_at is None or record.received_at is None:
        return record.completed_at
    return max(record.completed_at, Instant(record.received_at.tai_ns))


def _told(fact: Any) -> Told | None:
    return None if fact is None else Told(fact["sequence"], Instant(fact["at_ns"]), fact["is_on"])


def _held(sessions: Sequence[RelaySession], now: Instant) -> list[Instant]:
    """When the sessions began in which the cube was or may have been heard, in order.

    One that nobody has heard of yet is taken to have gone well, as `bits_aboard` does.
    """
    return sorted(
        one.start
        for one in sessions
        if one.end <= now and one.state == "closed" and one.verdict != "missed"
    )


def _fetched(store: Store, customers: Iterable[str]) -> Mapping[str, Instant]:
    """By file: when its customer had first fetched the whole of it as it was received."""
    found: dict[str, Instant] = {}
    for customer in customers:
        level_0 = {
            one.id: one.file for one in store.catalogue.products(customer) if one.level == "L0"
        }
        for access in store.catalogue.accesses(customer):
            if access.complete and access.product in level_0:
                found.setdefault(level_0[access.product], access.time)
    return found
