"""Custody of commands over two dates: all criteria hold, and each fails when it should."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.audit import Verification
from groundsys.ccsds.requests import SCHEDULE_SOURCE, source_of_life
from groundsys.ccsds.space_packets import TcPacket, encode_tc_packet
from groundsys.commanding.ledger import Attempt, Command
from groundsys.entry.sample_custody import Custody, Transfer
from groundsys.mission import load_mission, load_scenario
from groundsys.rehearsal.flying.killing import strikes_of
from groundsys.rehearsal.flying.traffic import draw_traffic
from groundsys.rehearsal.legs import dealt, seed_of
from groundsys.rehearsal.report.together import LegResult, report_of_all
from groundsys.rehearsal.truth.record import CraftTruth, TrueCommand
from groundsys.rehearsal.verdict.custody import (
    ENDS,
    command_counts,
    executed_twice,
    executions,
    kept_for_overflights,
    spurious_timeouts,
)
from groundsys.rehearsal.verdict.samples import LedgerEvidence
from groundsys.rehearsal.verdict.strikes import Strikes
from groundsys.rehearsal.verdict.verdict import (
    Criterion,
    Evidence,
    SpacecraftEvidence,
)
from groundsys.relay.sessions import RelaySession
from groundsys.scheduling import insert_arguments
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, SpacecraftEventTime, TransmitTime

pytestmark = pytest.mark.xdist_group("flights")

T0 = Instant.from_utc_iso("2034-07-23T00:00:00Z")
LIMITS = {
    "min_passes": 6,
    "min_passes_missed": 1,
    "min_relay_sessions": 4,
    "min_commands_of_people": 40,
    "max_wall_seconds": 600,
}


# --- the flight -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("commanding")
    path = folder / "report.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "groundsys", "rehearse", "commanding-short", "--seed", "2"),
            *("--data", str(folder / "data"), "--report", str(path)),
        ],
        capture_output=True,
        text=True,
        timeout=600.0,
        check=False,
    )
    assert path.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(path.read_text())
    assert done.returncode == (0 if found["ok"] else 1)
    return found


@pytest.mark.campaign
def test_every_criterion_of_both_legs_holds(report: dict[str, Any]) -> None:
    assert [one for one in report["criteria"] if not one["ok"]] == []
    assert 0 < report["audit"]["countersigned"] <= report["audit"]["entries"]


@pytest.mark.campaign
def test_no_command_is_lost_doubled_or_unexplained(report: dict[str, Any]) -> None:
    commands = report["commands"]
    assert commands["of_people"] >= 40
    assert commands["unknown"] == commands["executed_twice"] == commands["spurious_timeouts"] == 0
    ends = sum(commands[one] for one in ENDS)
    assert commands["issued"] == ends
    planned = len(strikes_of(_short(), 2))
    assert Strikes(planned).enough <= report["processes_killed"] <= planned


@pytest.mark.campaign
def test_the_clock_jumps_and_light_takes_3_to_22_minutes(report: dict[str, Any]) -> None:
    assert [leg["owlt_min"] for leg in report["legs"]] == [
        pytest.approx(22.04, abs=0.02),
        pytest.approx(3.16, abs=0.02),
    ]
    assert report["legs"][0]["seed"] != report["legs"][1]["seed"]


# --- the legs and their traffic ---------------------------------------------------------------


def _short() -> Any:
    return load_mission().scenarios["commanding-short"]


def test_a_leg_is_a_scenario_of_its_own_date() -> None:
    first, second = (load_scenario(f"commanding-short@{number}") for number in (1, 2))
    assert load_scenario("commanding-short")[1] == first[1]
    assert second[1].span.start == Instant.from_utc_iso("2035-09-12T00:00:00Z")
    assert second[1].span.seconds == first[1].span.seconds
    assert second[1].traffic is not None
    assert second[1].span.contains(second[1].traffic.span.start)
    orbit = second[0].spacecraft["otv"].orbit
    assert orbit is not None
    assert orbit.epoch == second[1].span.start
    with pytest.raises(DefinitionError, match="no leg 3"):
        load_scenario("commanding-short@3")
    with pytest.raises(DefinitionError, match="no leg"):
        load_scenario("quickstart@1")


def test_the_whole_asks_for_five_hundred_commands_over_the_light_times() -> None:
    scenario = load_mission().scenarios["commanding"]
    assert scenario.traffic is not None
    assert scenario.traffic.commands * len(scenario.legs) >= 500
    assert len(scenario.spacecraft) == 4
    years = {leg.to_utc().year for leg in scenario.legs}
    assert years == {2033, 2034, 2035}


def test_the_seed_draws_the_traffic() -> None:
    mission, scenario = load_scenario("commanding-short@1")
    assert scenario.traffic is not None
    drawn = draw_traffic(scenario.traffic, mission, 7)
    assert drawn == draw_traffic(scenario.traffic, mission, 7)
    assert drawn != draw_traffic(scenario.traffic, mission, 8)
    assert sum(one.fate == "leaves" for one in drawn) == scenario.traffic.commands
    assert all(scenario.traffic.span.contains(one.time) for one in drawn)
    assert len({one.why for one in drawn}) == len(drawn)
    hazardous = [one for one in drawn if one.approver]
    assert hazardous
    assert all(one.approver != one.operator for one in hazardous)


def test_every_kill_falls_to_one_leg() -> None:
    strikes = strikes_of(_short(), 3)
    legs = [dealt(strikes, number, 2) for number in (1, 2)]
    assert sorted(map(repr, [*legs[0], *legs[1]])) == sorted(map(repr, strikes))
    assert seed_of(3, 1) == seed_of(3, 1) != seed_of(3, 2)


# --- what is judged ---------------------------------------------------------------------------


def _command(*attempts: Attempt, state: Any = "completed", purpose: Any = "operator") -> Command:
    return Command(
        *("otv-0001", "otv", "PING", {}, purpose, "amber", T0, T0),
        state=state,
        attempts=attempts,
    )


def _truth(*counts: int) -> dict[str, CraftTruth]:
    done = tuple(TrueCommand("PING", count, T0.plus_seconds(1500.0)) for count in counts)
    return {"otv": CraftTruth((), (), 0, done)}


LOST = Attempt("y1", 1, T0, absent=True)
SECOND = Attempt("y2", 2, T0.plus_seconds(60.0))


def test_expired_with_proof_is_no_unknown_and_without_it_is() -> None:
    assert command_counts([_command(LOST, state="expired")])["unknown"] == 0
    silent = replace(LOST, absent=False)
    assert command_counts([_command(silent, state="expired")])["unknown"] == 1
    assert command_counts([_command(silent, state="radiated")])["unknown"] == 1
    assert command_counts([_command(LOST, state="queued")])["waiting"] == 1


def test_what_the_relay_keeps_for_an_overflight_waits_unless_the_cube_has_executed_it() -> None:
    carried = replace(_command(replace(LOST, absent=False), state="radiated"), id="otv-0009")
    taken = replace(SECOND, completed_at=SpacecraftEventTime(T0.plus_seconds(900.0).tai_ns))
    forward = replace(_command(taken, purpose="forward"), subject=carried.id)
    before = RelaySession("s1", "otv", "otv", T0.plus_seconds(300.0), T0.plus_seconds(800.0))
    after = replace(before, start=T0.plus_seconds(1000.0), end=T0.plus_seconds(1500.0))
    end = T0.plus_seconds(3600.0)

    def kept(session: RelaySession, truths: dict[str, CraftTruth]) -> frozenset[str]:
        return kept_for_overflights([carried, forward], [session], truths, end)

    assert kept(before, {}) == {carried.id}
    assert kept(after, {}) == frozenset()
    assert kept(replace(after, state="cancelled"), {}) == {carried.id}
    assert kept(before, _truth(1)) == frozenset()
    counts = command_counts([carried], kept(before, {}))
    assert (counts["waiting"], counts["unknown"]) == (1, 0)


def test_an_attempt_given_up_and_yet_executed_is_a_spurious_timeout() -> None:
    again = _command(LOST, SECOND)
    assert spurious_timeouts([again], (), _truth(2)) == ()
    assert spurious_timeouts([again], (), _truth(1)) == ("otv-0001",)
    assert spurious_timeouts([_command(LOST)], ("otv-0001",), _truth(1)) == ("otv-0001",)
    assert executed_twice([again], _truth(1, 2)) == ("otv-0001",)
    assert executed_twice([again], _truth(2)) == ()
    assert executed_twice([again], _truth(2, 9)) != ()


def test_an_execution_is_of_the_attempt_that_bears_its_source() -> None:
    """The same count, issued before and after Yamcs was started anew; both were executed."""
    first = replace(SECOND, sequence_count=1, source=source_of_life(0), issued_at=T0)
    later = replace(SECOND, yamcs_id="y3", sequence_count=1, source=source_of_life(1))
    commands = [_command(first), replace(_command(later), id="otv-0002")]
    [done] = _truth(1)["otv"].executed
    both = [replace(done, source=source) for source in (later.source, first.source)]

    def of(*executed: TrueCommand) -> list[str | None]:
        found = executions(commands, {"otv": CraftTruth((), (), 0, executed)})
        return [one.command.id if one.command else None for one in found]

    assert of(*both) == ["otv-0002", "otv-0001"]
    assert of(replace(done, source=source_of_life(2))) == [None]
    assert executed_twice(commands, {"otv": CraftTruth((), (), 0, tuple(both))}) == ()
    again = CraftTruth((), (), 0, (both[0], both[0]))
    assert executed_twice(commands, {"otv": again}) == ("otv-0002",)


def test_an_execution_is_of_no_attempt_that_light_has_not_brought() -> None:
    """Two attempts of one count and source: the later was radiated, and was still on its way."""
    arrives_at = SpacecraftEventTime(T0.plus_seconds(1600.0).tai_ns)
    later = replace(
        SECOND,
        sequence_count=1,
        radiated_at=TransmitTime(T0.plus_seconds(70.0).tai_ns),
        arrives_at=arrives_at,
    )
    commands = [_command(replace(LOST, absent=False)), replace(_command(later), id="otv-0002")]
    [early] = executions(commands, _truth(1))
    assert early.command is commands[0]
    [done] = _truth(1)["otv"].executed
    after = CraftTruth((), (), 0, (replace(done, time=arrives_at.plus_seconds(3.0)),))
    [late] = executions(commands, {"otv": after})
    assert late.command is commands[1]


def test_what_a_craft_releases_counts_by_what_was_put_on_board() -> None:
    packet = encode_tc_packet(TcPacket(1, 1, 17, 1, bytes(1)))
    put = replace(
        _command(LOST),
        name="SCHEDULE_INSERT",
        arguments=insert_arguments(1, 50_000, packet, 1),
    )

    def told(*counts: int) -> tuple[str, ...]:
        done = [replace(one, source=SCHEDULE_SOURCE) for one in _truth(*counts)["otv"].executed]
        return executed_twice([put], {"otv": CraftTruth((), (), 0, tuple(done))})

    assert told() == told(1) == ()
    assert told(1, 1) == ("otv PING (scheduled 1), released 2 times of 1",)
    assert told(2) == ("otv PING (scheduled 2), released 1 times of 0",)


COUNTS = {"issued": 30, "of_people": 20, "completed": 30, "unknown": 0, "own_unreported": 0}


def _evidence(**changes: Any) -> Evidence:
    craft = SpacecraftEvidence(10, 9, 1, 1, 5, 5, (), ())
    evidence = Evidence(
        spacecraft={"otv": craft},
        files=(),
        customers=("hellas-demo",),
        passes={"planned": 4, "executed": 3, "degraded": 0, "missed": 1},
        relay_sessions={"planned": 2, "executed": 2},
        commands={
            "issued": 30,
            "of_people": 20,
            "completed": 30,
            "unknown": 0,
            "own_unreported": 0,
        },
        commanded_spacecraft=frozenset({"otv"}),
        retransmission_rounds=1,
        foreign_files=0,
        wall_seconds=100.0,
        kills=Strikes(2, 2),
        audit=Verification(50, None, ()),
    )
    return replace(evidence, **changes)


def _judged(*parts: Evidence, leg_ok: bool = True) -> dict[str, Any]:
    held = (Criterion("commands_unknown", leg_ok, "0", "?"),)
    legs = [
        LegResult(number, "2034-07-23T00:00:00Z", (1322.0, 1322.0), 1, one, held)
        for number, one in enumerate(parts, 1)
    ]
    facts = {"run": "run", "deliveries": "run"}
    return report_of_all(legs, LIMITS, facts)


def test_legs_are_judged_together() -> None:
    found = _judged(_evidence(), _evidence())
    assert found["ok"]
    assert found["commands"]["of_people"] == 40
    assert found["passes"]["missed"] == 2
    assert found["spacecraft"]["otv"]["frames_sent"] == 20
    assert found["audit"] == {"entries": 100, "countersigned": 0, "verified": True}
    assert [leg["leg"] for leg in found["legs"]] == [1, 2]


def test_a_leg_of_a_voyage_says_what_was_flown_and_what_of_its_samples_is_known() -> None:
    sealed = Transfer("sealed", Instant(0), "there", "us", "capsule", "", "telemetry")
    evidence = _evidence(ledgers={"capsule": LedgerEvidence(Custody((), (sealed,)), 1)})
    leg = LegResult(2, "2034-07-23T00:00:00Z", (60.0, 60.0), 1, evidence, (), "going-there")
    told = leg.for_report()
    assert told["scenario"] == "going-there"
    assert [one["event"] for one in told["custody"]["capsule"]] == ["sealed"]
    assert "custody" not in replace(leg, scenario="").for_report()


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"passes": {"executed": 2, "degraded": 0, "missed": 1}}, "min_passes"),
        ({"relay_sessions": {"executed": 1}}, "min_relay_sessions"),
        ({"commands": {"of_people": 19}}, "min_commands_of_people"),
        ({"wall_seconds": 501.0}, "max_wall_seconds"),
        ({"kills": Strikes(planned=6, done=3)}, "processes_killed"),
        ({"full_disks": Strikes(planned=2, done=1)}, "disks_filled"),
    ],
)
def test_each_criterion_of_all_legs_can_fail(changes: dict[str, Any], failing: str) -> None:
    found = _judged(_evidence(), _evidence(**changes))
    assert not found["ok"]
    assert [one["name"] for one in found["criteria"] if not one["ok"]] == [f"all legs: {failing}"]


def test_one_leg_that_fails_fails_the_whole() -> None:
    assert not _judged(_evidence(), _evidence(), leg_ok=False)["ok"]


@pytest.mark.campaign
def test_a_run_folder_holds_each_leg(report: dict[str, Any]) -> None:
    run = Path(report["run"])
    assert sorted(one.name for one in run.iterdir()) == ["leg-1", "leg-2"]
