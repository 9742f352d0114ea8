"""Customers and partners, who fetch their data as customers do, and what goes wrong with them.

`{fault: mixed_up_key, customer: …, of: …}`: whoever handed the keys out gave one that is another's,
and who fetches by it does not name a space, since `fetch` refuses one that is not the key's.
`{fault: bit_rot, customer: …}`: a bit of what was fetched turns over on the disk where it lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundsys.client import fetch
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.run_directory import RunDirectory

#: products that a customer fetches at once, as `groundsys fetch` does
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class FetchingFaults:
    """Everybody has their own key, and a sound disk, unless said otherwise."""

    #: whose key it is, by who has it
    mixed_up: Mapping[str, str] = field(default_factory=dict)
    rotten: frozenset[str] = frozenset()
    all_rotten: bool = False

    @classmethod
    def of(cls, faults: Sequence[Mapping[str, Any]]) -> FetchingFaults:
        rotten = [one.get("customer") for one in faults if one["fault"] == "bit_rot"]
        return cls(
            {one["customer"]: one["of"] for one in faults if one["fault"] == "mixed_up_key"},
            frozenset(one for one in rotten if one is not None),
            None in rotten,
        )


def deliver_to_customers(run: RunDirectory, scenario: Scenario) -> None:
    """Let each customer and partner fetch over HTTP, by the key that it has, into its folder."""
    url = str(run.endpoints("portal")["url"])
    faults = FetchingFaults.of(scenario.faults)
    for customer in scenario.spaces:
        token = (run.tokens / faults.mixed_up.get(customer, customer)).read_text().strip()
        named = "" if customer in faults.mixed_up else customer
        fetch(named, token, url, run.deliveries / customer, jobs=_AT_ONCE)
        if faults.all_rotten or customer in faults.rotten:
            _turn_a_bit(run, customer)


def _turn_a_bit(run: RunDirectory, customer: str) -> None:
    """In the middle of the largest file of raw data, if there is any."""
    files = [one for one in (run.deliveries / customer).rglob("*.dat") if one.stat().st_size]
    if files:
        path = max(files, key=lambda one: (one.stat().st_size, str(one)))
        octets = bytearray(path.read_bytes())
        octets[len(octets) // 2] ^= 1
        path.write_bytes(octets)
