"""A snapshot as definitions that can be flown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission import load_mission, load_scenario, mdb_version
from groundsys.mission.scenario.scenario_model import ProcedureRun
from groundsys.planning import Plan, PlannedPass, PlannedRelaySession
from groundsys.planning.exchange import read_plan_json
from groundsys.procedures import read_library
from groundsys.procedures.library import text_hash
from groundsys.procedures.rehearsing import CraftSnapshot, Snapshot, StateReading
from groundsys.rehearsal.flying.rehearsed_definitions import SCENARIO, plan_from, write_definitions
from groundsys.rehearsal.options import FlightOptions, check_rehearsing
from groundsys.values.errors import CommandRefusedError, DefinitionError
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    SpacecraftEventTime,
    TransmitTime,
)

NOW = Instant.from_utc_iso("2031-08-20T12:00:00Z")
MISSION = load_mission()
TEXT = "id: rescue\ntitle: R\ncraft: otv\nsteps: [{id: a, do: note, text: there}]\n"
TEXTS = {"rescue": TEXT}


def a_pass(starts_s: float, lasts_s: float = 7200.0, number: int = 1) -> PlannedPass:
    start, end = (NOW.plus_seconds(one).tai_ns for one in (starts_s, starts_s + lasts_s))
    return PlannedPass(
        f"pass-{number}", "dss-25", "otv", EarthReceiveTime(start), EarthReceiveTime(end),
        TransmitTime(start), TransmitTime(end - 1_500 * 10**9), 500.0, 32000.0, 40.0,
    )  # fmt: skip


def snapshot(*passes: PlannedPass, heard_s_ago: float = 60.0) -> Snapshot:
    at = NOW.plus_seconds(-heard_s_ago)
    readings = (
        StateReading("mode", "obc_mode", "SAFE", at),
        StateReading("battery_percent", "eps_battery_charge", 41.5, at),
    )
    cube = CraftSnapshot("cube-polar", mdb_version(MISSION.spacecraft["cube-polar"]), False, ())
    otv = CraftSnapshot("otv", mdb_version(MISSION.spacecraft["otv"]), True, readings)
    return Snapshot(
        *("rescue-r001", "rescue", "otv", {}, {"rescue": text_hash(TEXT)}, NOW, "quickstart"),
        *((otv, cube), ("told",), Plan("quickstart", passes, ())),
    )


def test_it_is_flown_as_the_desks_handed_it_out(tmp_path: Path) -> None:
    taken = snapshot(a_pass(3600.0), heard_s_ago=1800.0)
    what = write_definitions(taken, TEXTS, None, tmp_path, within_h=48.0)
    mission, scenario = load_scenario(SCENARIO, what.mission_db)
    assert scenario.rehearses == "rescue"
    assert scenario.initial == {"otv": {"mode": "SAFE", "battery_percent": 41.5}}
    assert scenario.span.start == NOW.plus_seconds(-1800.0)
    assert scenario.spacecraft == MISSION.scenarios["quickstart"].spacecraft
    assert (scenario.commands, scenario.faults, scenario.notices) == ((), (), ())
    assert not [name for name in scenario.truth if name.endswith("_probability")]
    assert scenario.truth["clock_drift_ppm"] == 2.0
    assert read_library(what.procedures, mission).texts == TEXTS
    assert read_plan_json(what.plan.read_text()).passes == taken.plan.passes
    assert (what.begins, what.until) == (NOW.plus_seconds(3600.0), NOW.plus_seconds(10_800.0))
    assert what.assumed[0] == "told"
    assert write_definitions(
        taken, TEXTS, None, tmp_path / "shorter", within_h=1.0
    ).until == NOW.plus_seconds(7200.0)


def test_other_definitions_or_texts_or_no_contact_are_refused(tmp_path: Path) -> None:
    taken = snapshot(a_pass(3600.0))
    other = replace(taken, craft=(replace(taken.craft[0], mdb_version="otv 0.9"),))
    with pytest.raises(DefinitionError, match="are not those of the desks"):
        write_definitions(other, TEXTS, None, tmp_path, within_h=48.0)
    with pytest.raises(DefinitionError, match="texts are not those"):
        write_definitions(taken, {"rescue": TEXT + " "}, None, tmp_path, within_h=48.0)
    with pytest.raises(DefinitionError, match="no scenario 'elsewhere'"):
        write_definitions(
            replace(taken, scenario="elsewhere"), TEXTS, None, tmp_path, within_h=48.0
        )
    with pytest.raises(CommandRefusedError, match="no contact with otv is planned"):
        write_definitions(snapshot(), TEXTS, None, tmp_path, within_h=48.0)
    assert list(tmp_path.iterdir()) == []


@given(
    starts=st.lists(st.integers(-7_000, 90_000), max_size=4),
    lasts_s=st.integers(1_200, 9_000),
)
def test_of_a_plan_only_what_antennas_can_still_be_told_is_flown(
    starts: list[int], lasts_s: int
) -> None:
    passes = tuple(
        a_pass(float(start), float(lasts_s), number) for number, start in enumerate(starts)
    )
    sessions = tuple(
        PlannedRelaySession(
            f"session-{number}", "otv", "cube-polar",
            SpacecraftEventTime(NOW.plus_seconds(start).tai_ns),
            SpacecraftEventTime(NOW.plus_seconds(start + 600.0).tai_ns), 8000.0, 40.0,
        )
        for number, start in enumerate(starts)
    )  # fmt: skip
    left = plan_from(Plan("quickstart", passes, sessions), NOW)
    told = NOW.plus_seconds(1_200.0)
    assert all(one.start >= told and one.end > one.start for one in left.passes)
    assert all(one.uplink_from >= one.start for one in left.passes)
    kept = {one.id: one for one in left.passes}
    for one in passes:
        if one.start > told:
            assert kept[one.id] == one
        elif one.id in kept:
            assert kept[one.id].end == one.end
    assert {one.id for one in left.relay_sessions} == {
        one.id for one in sessions if one.start > told
    }


@pytest.mark.parametrize(("url", "endless"), [("http://127.0.0.1:8090", False), (None, True)])
def test_a_rehearsal_s_scenario_is_flown_for_nothing_else(url: str | None, endless: bool) -> None:
    quickstart = MISSION.scenarios["quickstart"]
    options = FlightOptions("quickstart", yamcs_url=url)
    check_rehearsing(options, quickstart, endless=endless)
    with pytest.raises(DefinitionError, match="is there to rehearse rescue"):
        check_rehearsing(options, replace(quickstart, rehearses="rescue"), endless=endless)


def test_a_scenario_that_is_itself_a_rehearsal_is_flown_on_a_yamcs_of_its_own() -> None:
    quickstart = MISSION.scenarios["quickstart"]
    run = ProcedureRun(
        *("rescue@otv", "rescue", "otv", quickstart.span.start, "", {}, "ada", {}), rehearsed="here"
    )
    own, joined = (FlightOptions("quickstart", yamcs_url=url) for url in (None, "http://there"))
    mine = replace(quickstart, procedures=(run,))
    check_rehearsing(own, mine, endless=False)
    check_rehearsing(joined, mine, endless=True)  # nobody runs it there, and every rule holds
    with pytest.raises(DefinitionError, match="is itself the rehearsal of rescue"):
        check_rehearsing(joined, mine, endless=False)
    check_rehearsing(
        joined, replace(mine, procedures=(replace(run, rehearsed="before"),)), endless=False
    )


def of_release(flags: float | None) -> Snapshot:
    """Of the scenario `release-short`, three hours on: cube-parker-1 has the first place."""
    now = MISSION.scenarios["release-short"].span.start.plus_seconds(3 * 3600.0)
    readings = () if flags is None else (
        StateReading("cubes_attached", "release_attached", flags, now),
    )  # fmt: skip
    otv = CraftSnapshot("otv", mdb_version(MISSION.spacecraft["otv"]), True, readings)
    taken = snapshot(a_pass(4 * 3600.0))
    return replace(taken, scenario="release-short", craft=(otv,), taken_at=now)


@pytest.mark.parametrize(
    ("flags", "held"),
    [
        (3.0, ("cube-parker-1", "cube-kiso")),
        (None, ("cube-parker-1", "cube-kiso")),
        (2.0, ("cube-kiso",)),
        (0.0, ()),
    ],
)
def test_a_cube_that_has_left_by_telemetry_is_on_its_way(
    tmp_path: Path, flags: float | None, held: tuple[str, ...]
) -> None:
    what = write_definitions(of_release(flags), TEXTS, None, tmp_path, within_h=48.0)
    mission, scenario = load_scenario(SCENARIO, what.mission_db)
    assert scenario.attached == held
    for cube in ("cube-parker-1", "cube-kiso"):
        release = mission.spacecraft[cube].release
        assert release is not None
        if cube not in held:
            assert release.at is not None
            assert release.at <= scenario.span.start
