"""The ledger of returned samples: what is whole, and every way in which it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.entry.sample_custody import (
    Custody,
    SampleReturn,
    Transfer,
    custody_of,
    known_before,
    transfer_of_fact,
    transfer_to_fact,
)
from groundsys.mission import load_mission
from groundsys.mission.parsing.findings import Findings
from groundsys.procedures.sample_custody_files import read_returns
from groundsys.values.instants import Instant

CAPSULE = "return-capsule"
NOW = Instant.from_utc_iso("2033-12-04T00:00:00Z")


def _transfer(event: str, at: str, giver: str, holder: str) -> Transfer:
    return Transfer(event, Instant.from_utc_iso(at), "there", "somebody", holder, giver, "seen")


FLOWN = (
    _transfer("released", "2033-12-03T05:30:00Z", CAPSULE, "free flight"),
    _transfer("landed", "2033-12-03T17:55:00Z", "free flight", "landing zone"),
    _transfer("recovered", "2033-12-03T19:55:00Z", "landing zone", "recovery team"),
    _transfer("received", "2033-12-03T21:25:00Z", "recovery team", "laboratory"),
)


@pytest.fixture(scope="module")
def filed() -> dict[str, SampleReturn]:
    findings = Findings()
    found = read_returns(load_mission(), findings)
    assert findings.ordered() == []
    return found


def _of(filed: dict[str, SampleReturn], *flown: Transfer, received: bool = True) -> Custody:
    up_to = "received" if received else "verified"
    return custody_of(CAPSULE, filed, (*filed[CAPSULE].assumed, *flown), NOW, up_to=up_to)


def test_what_is_filed_lets_it_go_and_a_whole_flight_closes_it(
    filed: dict[str, SampleReturn],
) -> None:
    before = _of(filed, received=False)
    assert before.is_whole
    assert before.why == "assumed, not shown by a flight: sealed, verified"
    found = _of(filed, *FLOWN)
    assert found.is_whole, found.reasons
    assert found.holder == "laboratory"


@pytest.mark.parametrize("missing", range(4))
def test_each_record_that_lacks_is_told(filed: dict[str, SampleReturn], missing: int) -> None:
    flown = [one for number, one in enumerate(FLOWN) if number != missing]
    reasons = _of(filed, *flown).reasons
    assert f"no record of when it was {FLOWN[missing].event}" in reasons


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(FLOWN[3], giver="somebody else"), "recovery team held it"),
        (replace(FLOWN[3], at=FLOWN[0].at), "of before it was recovered"),
        (replace(FLOWN[3], by=""), "not told by whom"),
        (replace(FLOWN[3], at=NOW.plus_seconds(60.0)), "to come"),
        (replace(FLOWN[3], event="landed"), "landed after it was recovered"),
        (replace(FLOWN[3], event="opened"), "opened by somebody, not by"),
    ],
)
def test_each_wrong_record_is_told(
    filed: dict[str, SampleReturn], wrong: Transfer, why: str
) -> None:
    assert any(why in one for one in _of(filed, *FLOWN[:3], wrong).reasons)


def test_what_is_called_unrestricted_after_the_release_was_nothing_then(
    filed: dict[str, SampleReturn],
) -> None:
    one = filed[CAPSULE]
    late = replace(one, determination=replace(one.determination, at=FLOWN[1].at))
    assert "called what it is" in _of({CAPSULE: late}, *FLOWN).reasons[0]


def test_nothing_is_let_go_by_a_determination_that_is_to_come(
    filed: dict[str, SampleReturn],
) -> None:
    one = filed[CAPSULE]
    planned = replace(one, determination=replace(one.determination, at=NOW.plus_seconds(60.0)))
    found = _of({CAPSULE: planned}, received=False)
    assert found.reasons == ("its return has not been called what it is yet",)


def test_a_restricted_return_needs_containment(filed: dict[str, SampleReturn]) -> None:
    one = filed[CAPSULE]
    bare = replace(
        one,
        determination=replace(one.determination, earth_return="restricted"),
        receiving=replace(one.receiving, containment=""),
    )
    assert any("no containment" in why for why in _of({CAPSULE: bare}, *FLOWN).reasons)


def test_nothing_filed_is_told() -> None:
    assert not custody_of(CAPSULE, {}, FLOWN, NOW).is_whole


def test_what_is_assumed_stands_in_for_flights_before_that_nobody_has_flown(
    filed: dict[str, SampleReturn],
) -> None:
    one, cruise = filed[CAPSULE], Instant.from_utc_iso("2033-10-17T00:00:00Z")
    assert [each.event for each in known_before(one, None, cruise)] == ["sealed"]
    assert [each.event for each in known_before(one, None, NOW)] == ["sealed", "verified"]
    assert known_before(one, (), NOW) == ()
    assert known_before(one, FLOWN[:1], NOW) == FLOWN[:1]


def test_records_are_kept_as_they_are() -> None:
    assert transfer_of_fact(transfer_to_fact(FLOWN[2])) == FLOWN[2]
