"""Faults injected from the command line into the scenario `short`: borne, or failing a criterion.

`short` has a pass at Goldstone (15 min to 2 h 41 min after its start), an overflight of each cube
(from 1 h 51 min and 2 h 36 min) and a pass at Canberra (3 h 26 min to 5 h 55 min).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.desks.people.token_files import owner_name
from groundsys.mission.faults.fault_catalogue import fault_text
from tests.rehearsal.command_line import groundsys
from tests.rehearsal.faulty_flights import Flown, rehearse, spoilt_definitions

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

#: a disturbance that Reed–Solomon corrects, frames twice, a gauge that is stuck, an idle antenna
BORNE = """\
- {fault: duplicate_frames, nth: 3}
- {fault: bit_errors, antenna: dss-43, rate: 0.001}
- {fault: bit_errors, direction: uplink, rate: 0.0001}
- {fault: sensor_stuck, spacecraft: otv, parameter: eps_battery_voltage, after_s: 3600}
"""
STOWED = "wind_stow,antenna=malargue-35,from=2031-08-20T01:00:00Z"


@pytest.fixture(scope="module")
def borne(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("borne")
    (folder / "faults.yaml").write_text(BORNE)
    return rehearse(folder, "--inject", str(folder / "faults.yaml"), "--inject", STOWED)


def test_what_the_ground_stands_fails_no_criterion(borne: Flown) -> None:
    assert borne.failed == set(), borne.output
    assert borne.exit_code == 0
    assert sum(one.get("doubled", 0) for one in borne.truth("space", "downlink")) > 100
    counts = borne.report["spacecraft"]["otv"]
    # every frame of the pass at Canberra needs its correction, and is counted once
    assert counts["frames_corrected"] > 0.4 * counts["frames_received"]
    assert counts["frames_received"] <= counts["frames_sent"]


def test_what_was_injected_is_told(borne: Flown) -> None:
    told = borne.report["faults"]
    assert [one["fault"] for one in told] == [
        "duplicate_frames", "bit_errors", "bit_errors", "sensor_stuck", "wind_stow",
    ]  # fmt: skip
    assert all(one["injected"] for one in told)
    assert told[-1] == {
        "fault": "wind_stow", "injected": True, "antenna": "malargue-35", "after_s": 3600.0,
    }  # fmt: skip
    first = borne.output.splitlines()[0]
    assert "flown with duplicate_frames,nth=3, bit_errors,antenna=dss-43,rate=0.001" in first
    assert first.endswith("wind_stow,antenna=malargue-35,after_s=3600")


LATE = "wind_stow,antenna=dss-43,after_s=12000"
#: in one line, and criteria that it fails
FAILING = {
    LATE: {"passes_missed", "passes_executed"},
    "safe_mode,spacecraft=otv,after_s=6000": {"relay_sessions_executed", "files_delivered"},
    "safe_mode,spacecraft=cube-polar": {"files_delivered", "bytes_delivered[polar-weather]"},
    "uplink_lock_lost,after_s=12000": {"packets_archived[otv]", "files_delivered"},
    "recorder_full,after_s=9000,left_kb=20": {"packets_archived[otv]", "files_delivered"},
    "bit_errors,antenna=dss-43,rate=0.02": {"passes_executed", "files_delivered"},
    "silent_cube,spacecraft=cube-polar,sols=0.5": {
        "relay_sessions_executed", "frames_received[cube-polar]",
    },
}  # fmt: skip


@pytest.mark.parametrize(("fault", "expected"), FAILING.items(), ids=FAILING)
def test_what_it_does_not_stand_fails_criteria(
    tmp_path: Path, fault: str, expected: set[str]
) -> None:
    flown = rehearse(tmp_path, "--inject", fault)
    assert flown.exit_code == 1
    assert expected <= flown.failed


def test_what_is_injected_while_it_flies_fails_its_criteria_too(tmp_path: Path) -> None:
    """As the same stowed antenna does that was stated at the start."""
    answers = []

    def inject(run: Path) -> None:
        answers.append(groundsys("inject", LATE, "--why", "wind drill", "--run", str(run)))

    flown = rehearse(tmp_path, meanwhile=inject)
    assert answers[0].returncode == 0, answers[0].stderr
    assert flown.exit_code == 1
    assert FAILING[LATE] <= flown.failed
    (told,) = flown.report["faults"]
    assert (told["injected"], told["injected_by"]) == (True, owner_name())
    assert fault_text(told) == LATE
    assert f"injected under way by {owner_name()}: {LATE}" in flown.output
    assert [one["fault"] for one in flown.truth("space", "injected_fault")] == ["wind_stow"]


def test_a_new_scenario_flies(tmp_path: Path) -> None:
    definitions = ("--mission-db", str(spoilt_definitions(tmp_path)))
    moved = ("--from", "short", "--start", "2031-08-21T00:00:00Z")
    made = groundsys("scenario", "new", "next-day", *moved, *definitions)
    assert made.returncode == 0, made.stderr
    flown = rehearse(tmp_path, *definitions, scenario="next-day")
    assert flown.failed == set(), flown.output
    assert flown.report["mission_start"] == "2031-08-21T00:00:00Z"
