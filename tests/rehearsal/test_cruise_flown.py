"""The cruise, flown for real: every criterion holds, and each fault fails what it is for.

`cruise-short`, two days: within 2° of the Sun until 18:11 of the first; a burn in the night, an
orbit told 25 h after the start, safe mode 28 h after it, and the last pass from 47:55 to 51:55.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.rehearsal.faulty_flights import Flown, rehearse, spoilt_definitions

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("journeys"),
]

PATIENCE_S = 600.0
IN_CONJUNCTION = "commands_in_conjunction"
#: nobody is told the orbit after the burn; after the last pass the clock jumps, and, once the
#: craft has been brought back from it, safe mode comes again
FAULTS = """\
- {fault: lose_solution, spacecraft: otv}
- {fault: safe_mode, spacecraft: otv, after_s: 167400}
- {fault: clock_reset, spacecraft: otv, jump_s: 3, after_s: 187100}
"""


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    return rehearse(
        tmp_path_factory.mktemp("cruise"), scenario="cruise-short", patience_s=PATIENCE_S
    )


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("spoilt")
    (folder / "faults.yaml").write_text(FAULTS)
    faults = ("--inject", str(folder / "faults.yaml"))
    return rehearse(folder, *faults, scenario="cruise-short", patience_s=PATIENCE_S)


def test_every_criterion_holds(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    assert flown.exit_code == 0
    names = {one["name"] for one in flown.report["criteria"]}
    assert names >= {
        "commands_in_conjunction[otv]",
        "commands_held_in_conjunction[otv]",
        "clock_error[otv]",
        "clock_within_uncertainty[otv]",
        "trajectory_drifted[otv]",
        "trajectory_followed[otv]",
        "safe_mode_recovered[otv]",
        "procedure[trajectory-correction@otv]",
        "procedure[safe-mode-recovery@otv]",
    }


def test_the_nearest_that_was_sent_is_in_the_verdict(flown: Flown) -> None:
    sent = [one["sun_earth_probe_deg"] for one in flown.truth("space", "uplink")]
    assert sent
    assert 2.0 < min(sent) <= max(sent) < 2.3
    assert sent == sorted(sent)  # it moves away from the Sun
    (told,) = [one for one in flown.report["criteria"] if one["name"].startswith(IN_CONJUNCTION)]
    assert told["found"] == f"the nearest at {min(sent):.3f}°"


def test_the_true_clock_is_in_the_record(flown: Flown) -> None:
    readings = [(one["time_ns"], one["sclk_ns"]) for one in flown.truth("otv", "clock")]
    assert len(readings) >= 53 * 6 - 1
    for (before, shown), (after, later) in pairwise(readings):
        assert later - shown == pytest.approx(after - before, rel=1e-5)


def test_each_fault_fails_what_it_is_for(spoilt: Flown) -> None:
    assert spoilt.exit_code == 1
    assert spoilt.failed == {
        "trajectory_followed[otv]",
        "safe_mode_recovered[otv]",
        "clock_error[otv]",
        "clock_within_uncertainty[otv]",
    }, spoilt.output
    assert [one["fault"] for one in spoilt.truth("space", "fault")] == ["lose_solution"]


def test_nobody_is_told_an_orbit_that_is_lost(flown: Flown, spoilt: Flown) -> None:
    assert len(list(flown.truth("space", "solution"))) == 1
    assert not list(spoilt.truth("space", "solution"))


def test_a_keep_out_that_is_too_small_sends_near_the_sun(tmp_path: Path) -> None:
    """The ground goes by the craft's definition, and the scenario asks what the link needs."""
    root = spoilt_definitions(tmp_path, scenario="cruise-short")
    path = root / "spacecraft" / "otv.yaml"
    assert "conjunction" not in path.read_text()  # the usual 2°
    with path.open("a") as definition:
        definition.write("\nconjunction: {uplink_forbidden_below_deg: 1.0}\n")
    flown = rehearse(
        *(tmp_path, "--mission-db", str(root)), scenario="cruise-short", patience_s=PATIENCE_S
    )
    assert {one.partition("[")[0] for one in flown.failed} >= {
        IN_CONJUNCTION, "commands_held_in_conjunction",
    }  # fmt: skip
