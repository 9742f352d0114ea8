"""A cube released in flight: by cable before, at its gates, silent, and then met by radio.

With faults it is flown by `make campaign`: which criteria each breaks.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from groundsys.values.instants import Instant
from tests.rehearsal.faulty_flights import Flown, rehearse

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("journeys"),
]

CUBE, STAYS = "cube-parker-1", "cube-kiso"
RUN = f"cube-release@{CUBE}"


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    return rehearse(tmp_path_factory.mktemp("release"), scenario="release-short", seed=1)


def test_every_criterion_holds(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    names = {one["name"] for one in flown.report["criteria"]}
    assert names >= {
        f"procedure[{RUN}]", f"procedure_gates[{RUN}]", f"procedure_time[{RUN}]",
        f"telemetry_by_cable[{CUBE}]", f"release[{CUBE}]", f"first_contact[{CUBE}]",
        f"telemetry_by_cable[{STAYS}]", f"release[{STAYS}]",
    }  # fmt: skip


def test_the_run_is_told_with_its_times_and_who_said_go(flown: Flown) -> None:
    (run,) = flown.report["procedures"]
    assert (run["procedure"], run["outcome"]) == (RUN, "completed")
    assert run["started"] < run["ended"]
    gates = {one["gate"]: one["go"] for one in run["gates"]}
    both = {"operator": "cedar", "flight_director": "birch"}
    assert gates["cube-release.go-to-release/1"] == both
    assert len(gates) == 4


def test_this_flight_is_written_down_as_its_rehearsal(flown: Flown) -> None:
    store = sqlite3.connect(f"{(flown.run / 'store.sqlite').as_uri()}?mode=ro", uri=True)
    (detail,) = store.execute("select detail from audit where action = 'procedure.start'")
    store.close()
    assert '"this_flight_rehearses":"cube-release"' in detail[0].replace(" ", "")


def test_it_spoke_by_cable_and_from_orbit_by_radio_and_never_in_between(flown: Flown) -> None:
    (released,) = flown.truth("otv", "release")
    bursts = list(flown.truth(CUBE, "frames"))
    cable = [one["time_ns"] for one in bursts if one["link"] == "umbilical"]
    radio = [one["time_ns"] for one in bursts if one["link"] == "proximity"]
    assert max(cable) < released["time_ns"]
    silent_until = Instant(released["time_ns"]).plus_seconds(2_700.0)
    assert min(radio) > silent_until.tai_ns
    told = flown.report["releases"][CUBE]
    first = Instant.from_utc_iso(told["first_contact"])
    assert abs(first.seconds_since(Instant(min(radio)))) < 5.0
    # the other never leaves its cable
    assert {one["link"] for one in flown.truth(STAYS, "frames")} == {"umbilical"}


def test_its_springs_erred_and_the_plan_held_all_the_same(flown: Flown) -> None:
    (parting,) = flown.truth("space", "parting")
    radial, along, across = parting["relative_m_s"]
    assert along == pytest.approx(0.8, rel=0.15)
    assert (radial, across) != (0.0, 0.0)
    assert flown.report["relay_sessions"]["executed"] >= 4


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("fault", "failing"),
    [
        (
            "stuck_release,spacecraft=otv",
            {f"procedure[{RUN}]", f"release[{CUBE}]", f"first_contact[{CUBE}]", "commands_failed"},
        ),
        (
            f"silent_cube,spacecraft={CUBE},after_s=8000",
            {f"first_contact[{CUBE}]", "files_delivered"},
        ),
    ],
)
def test_a_fault_fails_what_it_should(tmp_path: Path, fault: str, failing: set[str]) -> None:
    spoilt = rehearse(tmp_path, "--inject", fault, scenario="release-short", seed=1)
    assert spoilt.failed >= failing, spoilt.output
    assert spoilt.exit_code == 1
