"""Customers fetch by the keys that they have, from a real portal; keys and disks may be bad."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.mission import load_injected, load_scenario
from groundsys.objects import FolderObjectStore
from groundsys.rehearsal.flying.customers import deliver_to_customers
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.values.errors import DefinitionError
from tests.portal.fake_desks import POLAR_TOKEN, THARSIS_TOKEN, FakeDesks, listening
from tests.portal.portal_process import running_portal

POLAR, THARSIS = "polar-weather", "tharsis-seismo"


def test_a_mixed_up_key_opens_whosever_it_is_and_rot_turns_one_bit(tmp_path: Path) -> None:
    desks = FakeDesks(FolderObjectStore(tmp_path / "objects"))
    desks.deliver(POLAR, "w-1.dat", b"weather", "cube")
    desks.deliver(THARSIS, "s-1.dat", b"small", "cube")
    desks.deliver(THARSIS, "s-2.dat", b"the largest", "cube")
    base = replace(load_scenario("quickstart")[1], customers=(POLAR, THARSIS), partners=())
    mixed_up = {"fault": "mixed_up_key", "customer": POLAR, "of": THARSIS}
    rot = {"fault": "bit_rot", "customer": THARSIS}
    runs = {}
    with (
        listening(desks) as endpoint,
        running_portal(endpoint, tmp_path / "objects") as url,
    ):
        for name, faults in (("well", ()), ("mixed", (mixed_up,)), ("rot", (rot,))):
            run = runs[name] = RunDirectory(tmp_path / name)
            run.create()
            run.tokens.mkdir(exist_ok=True)
            (run.tokens / POLAR).write_text(f"{POLAR_TOKEN}\n")
            (run.tokens / THARSIS).write_text(f"{THARSIS_TOKEN}\n")
            run.announce("portal", {"url": url})
            deliver_to_customers(run, replace(base, faults=faults))
    polar, tharsis = {"w-1.dat": b"weather"}, {"s-1.dat": b"small", "s-2.dat": b"the largest"}
    assert raw_of(runs["well"]) == {POLAR: polar, THARSIS: tharsis}
    assert raw_of(runs["mixed"]) == {POLAR: tharsis, THARSIS: tharsis}
    rotten = {**tharsis, "s-2.dat": b"the l`rgest"}
    assert raw_of(runs["rot"]) == {POLAR: polar, THARSIS: rotten}


def raw_of(run: RunDirectory) -> dict[str, dict[str, bytes]]:
    return {
        customer: {
            path.name: path.read_bytes() for path in (run.deliveries / customer).rglob("*.dat")
        }
        for customer in (POLAR, THARSIS)
    }


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("mixed_up_key,of=sagami-lab", "customer is missing"),
        ("mixed_up_key,customer=sagami-lab", "of is missing"),
        ("mixed_up_key,customer=sagami-lab,of=sagami-lab", "has its own key anyway"),
        ("mixed_up_key,customer=esa-escort-desk,of=sagami-lap", "did you mean 'sagami-lab'?"),
        ("bit_rot,customer=sagami-lap", "did you mean 'sagami-lab'?"),
    ],
)
def test_who_is_struck_has_a_space_in_the_scenario(stated: str, told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_injected([stated], "apophis-flyby")
    assert told in str(caught.value)


def test_customers_and_partners_may_be_struck() -> None:
    load_injected(
        ["bit_rot", "mixed_up_key,customer=esa-escort-desk,of=sagami-lab"], "apophis-flyby"
    )
