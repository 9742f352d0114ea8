"""The disk is full for desks and hub while they work: they wait, and all comes home."""

from __future__ import annotations

import pytest

from groundsys.store import Store
from tests.rehearsal.faulty_flights import Flown, rehearse

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

FAULTS = (
    "disk_full,process=desks,state=queued,for_s=1.5",
    "disk_full,process=hub,state=radiated,for_s=3",
)


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    injected = [word for fault in FAULTS for word in ("--inject", fault)]
    return rehearse(tmp_path_factory.mktemp("full"), *injected)


def test_every_criterion_holds_and_the_report_tells_what_struck(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    assert flown.report["disks_filled"] == 2
    assert flown.report["processes_killed"] == 0
    assert "the disk is full: desks wait for room" in flown.output


def test_people_come_to_know(flown: Flown) -> None:
    with Store(flown.run / "store.sqlite", read_only=True) as store:
        told = [one for one in store.watch.recent_events(2_000) if "disk was full" in one.text]
        (alarm,) = [one for one in store.watch.alarms() if one.id == "ground:disk"]
    assert {one.severity for one in told} == {"critical"}
    for who in ("desks", "hub, notary"):
        assert any(f"the disk was full for {who}" in one.text for one in told)
    assert (alarm.level, alarm.acknowledged) == ("critical", False)


def test_their_logs_say_what_was_not_written_and_what_to_do(flown: Flown) -> None:
    for process in ("desks", "hub"):
        log = (flown.run / "logs" / f"{process}.log").read_text()
        assert "the disk was full" in log
        assert "make more room" in log
        assert "Traceback" not in log
