"""The OTV's software is updated between two passes: the whole chain flies on, from craft to Yamcs.

Packets of either version come as they are made and, hours later, from the recorder; afterwards a
Yamcs that starts anew on the archive reads each by the version that made it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from groundsys.backend import Yamcs, YamcsServer
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.values.instants import Instant
from tests.rehearsal.faulty_flights import Flown, rehearse, spoilt_definitions

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

CHANGE = Instant.from_utc_iso("2031-08-20T02:15:00Z")
CHARGE = 'eps_battery_charge, kind: uint, bits: 8, unit: "%", polynomial: [0, 0.5]'
RECALIBRATED = 'eps_battery_charge, kind: uint, bits: 16, unit: "%", polynomial: [20, 0.01]'


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = spoilt_definitions(tmp_path_factory.mktemp("definitions"))
    shutil.copytree(root / "models" / "otv", root / "models" / "otv-2")
    _replace(root / "models" / "otv-2" / "model.yaml", "id: otv", "id: otv-2")
    _replace(root / "models" / "otv-2" / "telemetry.yaml", CHARGE, RECALIBRATED)
    later = f"model: otv\nlater_models: [{{model: otv-2, from: {CHANGE.utc_iso(0)}}}]\n"
    _replace(root / "spacecraft" / "otv.yaml", "model: otv\n", later)
    return root


@pytest.fixture(scope="module")
def flown(definitions: Path, tmp_path_factory: pytest.TempPathFactory) -> Flown:
    return rehearse(tmp_path_factory.mktemp("updated"), "--mission-db", str(definitions))


@pytest.fixture(scope="module")
def mission(definitions: Path) -> Mission:
    return load_mission(definitions)


@pytest.fixture(scope="module")
def yamcs(flown: Flown, mission: Mission) -> Iterator[Yamcs]:
    """A Yamcs that starts anew on what the flight's has kept."""
    with (
        YamcsServer.start(flown.run, mission, mission.scenarios["short"]) as server,
        contextlib.closing(server.connect()) as session,
    ):
        yield session


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_day_meets_every_criterion(flown: Flown) -> None:
    assert flown.failed == set(), flown.output


def test_the_charge_of_the_battery_makes_no_leap_at_the_change(
    flown: Flown, mission: Mission, yamcs: Yamcs
) -> None:
    """The one version's raw value read by the other's polynomial is off by 20 % and more."""
    span = mission.scenarios["short"].span
    history = yamcs.parameter_history(
        mission.spacecraft["otv"], "eps_battery_charge", span.start, span.end
    )
    made = list(flown.truth("otv", "packet"))
    assert len(history) == sum(one["name"] == "EPS" for one in made)
    assert sum(one.generation < CHANGE for one in history) > 10
    assert sum(one.generation >= CHANGE for one in history) > 10
    charges = [float(one.value) for one in history]
    assert max(abs(after - before) for before, after in pairwise(charges)) < 5.0
    assert all(0.0 < one <= 101.0 for one in charges)


def test_stored_packets_of_the_version_before_came_after_the_change(
    mission: Mission, yamcs: Yamcs
) -> None:
    packets, _ = yamcs.packets_since(mission.spacecraft["otv"], "", ["EPS"], with_binary=False)
    late = [one for one in packets if one.generation < CHANGE < one.reception]
    assert late
    assert {one.name for one in packets} == {"EPS"}
