"""What telemetry shows of samples: a label by its latest reading, a number by all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.entry.sample_custody import Recording, Shown
from groundsys.entry.sample_evidence import Told, look
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2033-11-19T00:00:00Z")
RULE = Recording(
    event="verified",
    procedure="container-check",
    spacecraft="stage",
    shows=(Shown("lid", equals="CLOSED"), Shown("seal", minimum=-40.0, maximum=60.0)),
    place="on the way",
    by="Operations",
    holder="capsule",
    giver="capsule",
)


def told(*values: object) -> list[Told]:
    return [Told(value, START.plus_seconds(60.0 * n)) for n, value in enumerate(values)]


def test_a_record_is_of_the_latest_reading_and_says_what_it_rests_on() -> None:
    found = look(RULE, {"lid": told("OPEN", "CLOSED"), "seal": told(5.0, 59.9, 20.0)}, "run-1")
    assert found.transfer is not None
    assert found.transfer.at == START.plus_seconds(120.0)
    assert (found.transfer.event, found.transfer.holder) == ("verified", "capsule")
    assert found.transfer.evidence == (
        "run-1 completed; telemetry of stage: lid CLOSED at 2033-11-19T00:01:00Z; "
        "seal 5.0 to 59.9 in 3 readings"
    )


@pytest.mark.parametrize(
    ("lid", "seal", "why"),
    [
        (("CLOSED", "OPEN"), (5.0,), "lid OPEN"),
        (("CLOSED",), (5.0, 61.0, 5.0), "seal 5.0 to 61.0"),
        (("CLOSED",), (5.0, -41.0), "seal -41.0 to 5.0"),
        ((), (5.0,), "lid: none"),
        (("CLOSED",), (), "seal: none"),
        (("CLOSED",), (5.0, float("nan")), "seal nan"),
        (("CLOSED",), (5.0, "COLD"), "seal COLD"),
    ],
)
def test_what_is_not_shown_makes_no_record(
    lid: tuple[str, ...], seal: tuple[object, ...], why: str
) -> None:
    found = look(RULE, {"lid": told(*lid), "seal": told(*seal)}, "run-1")
    assert found.transfer is None
    assert why in found.why


def test_a_run_alone_shows_nothing() -> None:
    found = look(replace(RULE, shows=()), {}, "run-1")
    assert found.transfer is None
    assert found.why == "nothing is asked of telemetry"
