"""The sharing desk: gives partners what their files say, as often as it has changed.

Of what is told in messages the newest that a partner has been given is kept in mind as a digest:
a desk that is started anew tells nothing twice and leaves nothing out.  Products are copied, octet
by octet and with their customer's own manifest and signature, into the partner's space, sealed by
the partner's key; how far each customer's have been looked through is kept beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version as version_of

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.customers import name_in_space
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.delivery.product_records import record_of
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.planning.planning_desk import PlanningDesk
from groundsys.mission.ground.partner_model import Partner, Shared
from groundsys.passes.changes import planned_of
from groundsys.planning import Plan
from groundsys.ports import ObjectStore
from groundsys.products import sign_manifest
from groundsys.sharing import (
    Telling,
    build_message_set,
    schedule_of_craft,
    tracking_of_pass,
    trajectory_of,
)
from groundsys.store import ProductRecord
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import Instant, Interval

#: products that are copied in one look: the desks wait meanwhile
_AT_ONCE = 40
#: stations hand over what they measured within so long of a pass's end
_HANDED_OVER_S = 3600.0


class SharingDesk:
    """Looks what is new for each partner of the scenario, no more often than its file says."""

    def __init__(
        self,
        room: ControlRoom,
        planning: PlanningDesk,
        passes: PassDesk,
        objects: ObjectStore,
        signing_key: Ed25519PrivateKey,
    ) -> None:
        self._room, self._planning, self._passes = room, planning, passes
        self._objects, self._signing_key = objects, signing_key
        self._partners = [room.mission.partners[id] for id in room.scenario.partners]
        self._look_at: dict[str, Instant] = {}
        #: by partner, kind and craft: what its message was made from last, in this life
        self._told_by: dict[tuple[str, Shared, str], object] = {}
        #: passes of which nothing more will come
        self._tracked: set[tuple[str, str]] = set()
        self._troubled: set[str] = set()

    def work(self, *, now: bool = False) -> None:
        """Tell each partner what is new, if it is time to, or at once."""
        for partner in self._partners:
            due = self._look_at.get(partner.id)
            if not now and due is not None and self._room.now < due:
                continue
            self._look_at[partner.id] = self._room.now.plus_seconds(partner.every_s)
            try:
                for telling in self._tellings(partner):
                    self._tell(partner, telling)
                while self._share_products(partner) and now:
                    pass
                self._troubled.discard(partner.id)
            except (GroundsysError, OSError) as error:  # tried again with the next look
                if partner.id not in self._troubled:
                    self._troubled.add(partner.id)
                    text = f"{partner.id} cannot be told what is new: {error}"
                    self._room.log("", "critical", "sharing", text)

    # --- messages ------------------------------------------------------------------------------

    def _tellings(self, partner: Partner) -> Iterator[Telling]:
        """What there is to tell that may be new."""
        flown = [one.id for one in self._room.speakers if one.id in partner.spacecraft]
        if "schedule" in partner.shares:
            for craft in flown:
                yield from self._schedule(partner, craft)
        if "trajectories" in partner.shares:
            yield from self._trajectories(partner)
        if "tracking" in partner.shares:
            for craft in flown:
                yield from self._tracking(partner, craft)

    def _schedule(self, partner: Partner, craft: str) -> Iterator[Telling]:
        """Of its passes since the beginning: what is over stays as it was."""
        passes = tuple(planned_of(one) for one in self._passes.of(craft))
        plan = Plan(self._room.scenario.id, passes, ())
        if self._told_by.get((partner.id, "schedule", craft)) == plan:
            return
        if telling := schedule_of_craft(plan, self._room.mission, craft):
            yield telling
        self._told_by[partner.id, "schedule", craft] = plan

    def _trajectories(self, partner: Partner) -> Iterator[Telling]:
        room, until = self._room, self._planning.version.until
        moving = [
            one.id
            for one in room.craft
            if one.id in partner.spacecraft
            and one.site is None
            and one.id not in room.scenario.attached
        ]
        for craft in moving:
            by = (room.geometry.craft(craft).trajectory, until)
            if self._told_by.get((partner.id, "trajectories", craft)) == by:
                continue
            planned = Interval(room.scenario.span.start, until)
            adopted = self._planning.adopted_oem(craft)
            if telling := trajectory_of(room.geometry, craft, planned, adopted):
                yield telling
            self._told_by[partner.id, "trajectories", craft] = by

    def _tracking(self, partner: Partner, craft: str) -> Iterator[Telling]:
        for one in self._passes.of(craft):
            key = (partner.id, one.id)
            if key in self._tracked or one.state != "closed":
                continue
            points = [p for p in self._room.store.tracking.of(one.id) if p.spacecraft == craft]
            if telling := tracking_of_pass(self._room.mission, craft, one.id, points):
                yield telling
            if self._room.now > one.end.plus_seconds(_HANDED_OVER_S):
                self._tracked.add(key)

    def _tell(self, partner: Partner, telling: Telling) -> None:
        """Give a partner the next version, if it tells anything that the last one did not."""
        store = self._room.store
        file = shared_file(partner.id, telling.about)
        fact, digest = f"told:{file}", telling.digest()
        if store.facts.get(fact) == digest:
            return
        made = store.catalogue.products_of(file)
        newest = max((one.version for one in made), default=0)
        previous = next(
            (one.sha256 for one in made if (one.level, one.version) == ("manifest", newest)), ""
        )
        version = self._next_version(file, newest)
        products = self._make(partner, telling, file, version, previous)
        with store.writing():
            store.catalogue.put_products(products)
            store.facts.put(fact, digest)
        text = f"{partner.id} is told {products[0].name}"
        self._room.log(telling.spacecraft, "info", "sharing", text)

    def _next_version(self, file: str, newest: int) -> int:
        """Written down before it is made: what a crash or a full disk leaves is never reused.

        It tells when it was made, so that made again it would be other octets under the same name.
        """
        fact, facts = f"tried:{file}", self._room.store.facts
        version = max(newest, int(facts.get(fact, 0))) + 1
        facts.put(fact, version)
        return version

    def _make(
        self, partner: Partner, telling: Telling, file: str, version: int, previous: str
    ) -> list[ProductRecord]:
        span = telling.span
        built = build_message_set(
            *(telling, partner.id),
            told_at=self._room.now,
            version=version,
            previous_manifest=previous,
            software_version=version_of("groundsys"),
        )
        built.append(sign_manifest(built, self._signing_key))
        products = [
            record_of(
                *(one, number),
                file=file,
                customer=partner.id,
                spacecraft=telling.spacecraft,
                payload="",
                version=version,
                created=self._room.now,
                measured=(span.start, span.end) if span else (None, None),
            )
            for number, one in enumerate(built)
        ]
        for product, one in zip(products, built, strict=True):
            self._objects.put(product.key, one.octets)
        return products

    # --- products ------------------------------------------------------------------------------

    def _share_products(self, partner: Partner) -> bool:
        """Copy what has come for customers who share with this partner; whether there is more."""
        store, more = self._room.store, False
        for customer in partner.products_of:
            fact = f"shared:{shared_file(partner.id, customer)}"
            looked = int(store.facts.get(fact, 0))
            events = store.customer_events.of(customer, looked, kind="product", limit=_AT_ONCE)
            if not events:
                continue
            found = (store.catalogue.product(customer, one.subject) for one in events)
            theirs = [one for one in found if one and one.spacecraft in partner.spacecraft]
            copies = [copy for one in theirs if (copy := self._copied(partner, one)) is not None]
            with store.writing():
                store.catalogue.put_products(copies)
                store.facts.put(fact, events[-1].number)
            more = more or len(events) == _AT_ONCE
        return more

    def _copied(self, partner: Partner, product: ProductRecord) -> ProductRecord | None:
        """The product in the partner's space; None if its customer's key is no more."""
        stream = self._objects.open(product.key)
        if stream is None:
            return None
        # whose it is stands in its path, so that two customers' may be called alike
        key = f"{partner.id}/{product.key}"
        name_in_space(partner.id, key)
        with stream:
            self._objects.put(key, stream.read())
        return replace(
            product,
            id=f"{partner.id}-{product.id}",
            customer=partner.id,
            file=shared_file(partner.id, product.file),
            key=key,
            created=self._room.now,
        )


def shared_file(partner: str, file: str) -> str:
    """What stands for a payload file in the catalogue, of a partner's copy or message."""
    return f"{partner}:{file}"
