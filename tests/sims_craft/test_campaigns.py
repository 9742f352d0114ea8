"""A logger samples a campaign's window at its cadence, and leaves no gap around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission import load_mission
from groundsys.mission.spacecraft.keys import make_keys
from sims.craft.payload.payload_files import HEADER, Campaign
from sims.craft.probe.lander import Lander

_MISSION = load_mission()
_SCENARIO = replace(_MISSION.scenarios["surface-network"], faults=())
_START = _SCENARIO.span.start
_SECOND_NS = 1_000_000_000


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Lander, list[bytes]]]:
    """A weather station, and the files that it has kept."""
    craft = _MISSION.spacecraft["cube-boreum"]
    make_keys(tmp_path / "keys", [craft])
    lander = Lander(craft, _MISSION, _SCENARIO, 1, tmp_path, tmp_path / "keys")
    kept: list[bytes] = []
    lander.source.add_file = lambda number, name, data: kept.append(data)  # type: ignore[method-assign]
    yield lander, kept
    lander.board.truth.close()


def spans(kept: list[bytes]) -> list[tuple[float, float, float]]:
    """Of each file: first record and where the next would be, in s of SCLK, and the cadence."""
    found = []
    for data in kept:
        _, _, _, records, _, first_ns, interval_ns = HEADER.unpack_from(data)
        end_ns = first_ns + records * interval_ns
        found.append((first_ns / 1e9, end_ns / 1e9, interval_ns / 1e9))
    return found


def test_the_window_has_a_file_of_its_own(files: tuple[Lander, list[bytes]]) -> None:
    lander, kept = files
    now_s = lander.board.clock.reading(_START.tai_ns) // _SECOND_NS
    # odd on purpose: no record of the usual cadence falls on its ends
    start_s = now_s + 9_001
    lander.plan_campaign(
        Campaign(start_s * _SECOND_NS, 3_601 * _SECOND_NS, 500_000_000), _START.tai_ns
    )
    lander.board.agenda.run_until(_START.plus_seconds(50_000.0).tai_ns)
    before, during, after, later = spans(kept)
    assert during == (start_s, start_s + 3_601, 0.5)
    assert {one[2] for one in (before, after, later)} == {2.0}
    assert 0.0 <= during[0] - before[1] + 2.0 <= 2.0
    assert 0.0 <= after[0] - during[1] < 2.0
    assert (after[0] - before[0]) % 2.0 == 0.0
    # files end where they would have without a campaign
    assert after[1] == before[0] + 21_600.0
    assert later[:2] == (after[1], after[1] + 21_600.0)


def test_a_window_over_a_boundary_has_two(files: tuple[Lander, list[bytes]]) -> None:
    lander, kept = files
    origin_s = lander.board.clock.reading(_START.tai_ns) // _SECOND_NS + 30
    start_s = origin_s + 21_600 - 1_800
    lander.plan_campaign(
        Campaign(start_s * _SECOND_NS, 3_600 * _SECOND_NS, 500_000_000), _START.tai_ns
    )
    lander.board.agenda.run_until(_START.plus_seconds(30_000.0).tai_ns)
    assert [one[2] for one in spans(kept)] == [2.0, 0.5, 0.5]
    assert spans(kept)[1][1] == spans(kept)[2][0]


def test_switched_off_it_has_no_file(files: tuple[Lander, list[bytes]]) -> None:
    lander, kept = files
    now_s = lander.board.clock.reading(_START.tai_ns) // _SECOND_NS
    lander.plan_campaign(
        Campaign((now_s + 9_000) * _SECOND_NS, 3_600 * _SECOND_NS, 500_000_000), _START.tai_ns
    )
    agenda = lander.board.agenda
    agenda.run_until(_START.plus_seconds(8_000.0).tai_ns)
    lander.switch_payload(False, agenda.now_ns)
    agenda.run_until(_START.plus_seconds(14_000.0).tai_ns)
    lander.switch_payload(True, agenda.now_ns)
    agenda.run_until(_START.plus_seconds(30_000.0).tai_ns)
    assert [one[2] for one in spans(kept)] == [2.0, 2.0]
    assert np.diff([one[0] for one in spans(kept)])[0] > 13_000.0


def test_a_clock_that_jumps_forgets_it(files: tuple[Lander, list[bytes]]) -> None:
    lander, kept = files
    now_s = lander.board.clock.reading(_START.tai_ns) // _SECOND_NS
    lander.plan_campaign(
        Campaign((now_s + 9_000) * _SECOND_NS, 3_600 * _SECOND_NS, 500_000_000), _START.tai_ns
    )
    lander.logger.begin_anew(_START.tai_ns)
    lander.board.agenda.run_until(_START.plus_seconds(30_000.0).tai_ns)
    assert {one[2] for one in spans(kept)} == {2.0}
