"""Real flights: one that succeeds, and four with faults that fail on these faults' criteria alone.

Each flight has several faults, whose effects lie apart: on different craft, links or counts.
All are flown by `make campaign`.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.rehearsal.faulty_flights import Flown, rehearse, spoilt_definitions

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

CRAFT = ("otv", "cube-polar", "cube-tharsis")
CUSTOMERS = ("polar-weather", "tharsis-seismo")

#: what fails in each flight, fault by fault
SPOILT_FILES = {
    "corrupt_file": {"hash_mismatches"},
    "stray_file": {"foreign_files"},
    "drop_file, after the cut-off": {"bytes_delivered[tharsis-seismo]"},
    "lose_packets": {"packets_archived[cube-polar]"},
    "a second of wall time": {"wall_seconds"},
    "rewritten_log": {"audit_verified"},
}
CLEAN_AIR = {
    # nothing is lost, so nothing is corrected and nothing has to be sent again
    "clean_air": {"frames_lost_on_link", "frames_corrected", "retransmission_rounds"},
    "drop_file": {"files_delivered"},
    "fail_commands": {"commands_failed"},
    # what the craft did and never told is unknown, and was given up although it was done
    "no_reports of a cube and of its relay": {
        "commands_unknown",
        "own_words_unreported",
        "spurious_timeouts",
    },
}
SILENT_CUBE = {
    # a cube that is not heard sends no frame, makes no packet, delivers no file; its commands stay
    # with the relay, which nobody answers
    "silent_cube": {
        "relay_sessions_executed",
        "frames_received[cube-polar]",
        "packets_archived[cube-polar]",
        "files_delivered",
        "bytes_delivered[polar-weather]",
    },
    "deaf_antenna for an hour": {"passes_executed"},
    "commands after the last uplink": {"commands_to_every_craft"},
}
DEAF_ANTENNA = {
    # a missed last pass takes with it what it would have brought: the recorder's rest, a cube's
    # session with its files, reports on commands – and the commands that answer all this
    "deaf_antenna": {
        "passes_missed",
        "passes_executed",
        "packets_archived[otv]",
        "packets_archived[cube-tharsis]",
        "frames_received[cube-tharsis]",
        "relay_sessions_executed",
        "files_delivered",
        "bytes_delivered[tharsis-seismo]",
        "commands_unknown",
        "spurious_timeouts",
        "commands_issued",
    },
}


#: the campaign `faults` has the fault for it
BROKEN_ELSEWHERE = {"commands_executed_twice"}


def failing(faults: dict[str, set[str]]) -> set[str]:
    return set().union(*faults.values())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    return rehearse(tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def spoilt_files(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("spoilt")
    definitions = spoilt_definitions(
        folder,
        faults=[
            {"fault": "corrupt_file", "spacecraft": "cube-polar", "sequence": 1},
            {"fault": "stray_file", "spacecraft": "cube-tharsis", "sequence": 2},
            {"fault": "drop_file", "spacecraft": "cube-tharsis", "sequence": 4},
            {"fault": "lose_packets", "spacecraft": "cube-polar", "packet": "EPS", "nth": 5},
            {"fault": "rewritten_log"},
        ],
        criteria={"min_bytes_tharsis-seismo": 650_000, "max_wall_seconds": 1},
    )
    return rehearse(folder, "--mission-db", str(definitions))


def test_a_sound_flight_meets_every_criterion(sound: Flown) -> None:
    assert sound.failed == set()
    assert sound.exit_code == 0, sound.output
    assert sound.report["ok"] is True
    assert "OK" in sound.output


def test_its_report_has_every_field(sound: Flown) -> None:
    report = sound.report
    assert report["scenario"] == "short"
    assert report["seed"] == 2
    assert report["mission_start"] == "2031-08-20T00:00:00Z"
    assert report["mission_end"] == "2031-08-20T06:00:00Z"
    assert report["wall_seconds"] > 0
    assert report["rate"] > 1
    assert set(report["spacecraft"]) == set(CRAFT)
    for counts in report["spacecraft"].values():
        assert set(counts) == {
            "frames_sent", "frames_received", "frames_corrected", "frames_lost_on_link",
            "packets_generated", "packets_archived", "files", "commands", "next_contact_ns",
        }  # fmt: skip
        assert counts["commands"]["completed"] > 0
        assert counts["packets_generated"] == counts["packets_archived"] > 0
    assert set(report["audit"]) == {"entries", "countersigned", "verified"}
    assert report["audit"]["verified"] is True
    assert report["audit"]["entries"] >= report["audit"]["countersigned"] > 50
    assert set(report["passes"]) == {"planned", "executed", "degraded", "missed"}
    assert set(report["relay_sessions"]) == {"planned", "executed"}
    assert set(report["commands"]) >= {"issued", "completed", "failed", "unknown"}
    assert report["commands"]["unknown"] == 0
    assert set(report["customers"]) == set(CUSTOMERS)
    for customer in report["customers"].values():
        assert set(customer) == {
            "files_generated", "files_delivered", "payload_bytes_generated",
            "payload_bytes_delivered", "hash_mismatches", "latency_s", "directory", "versions",
            "service_level", "sla_met",
        }  # fmt: skip
        assert customer["files_generated"] == customer["files_delivered"] > 0
        assert customer["payload_bytes_generated"] == customer["payload_bytes_delivered"] > 0
        assert customer["hash_mismatches"] == 0
        assert 0 < customer["latency_s"]["median"] <= customer["latency_s"]["max"]


def test_a_customers_folder_holds_its_files_and_no_others(sound: Flown) -> None:
    for customer, payload in zip(CUSTOMERS, ("weather", "seismometer"), strict=True):
        folder = sound.run / "deliveries" / customer
        assert str(folder) == sound.report["customers"][customer]["directory"]
        files = {path.name for path in folder.rglob("*.dat")}
        assert files
        assert all(name.startswith(f"{payload}-") for name in files)


def test_spoilt_files_fail_the_criteria_on_files(spoilt_files: Flown) -> None:
    assert spoilt_files.failed == failing(SPOILT_FILES)
    assert spoilt_files.exit_code == 1
    assert spoilt_files.report["ok"] is False
    for name in spoilt_files.failed:
        assert f"not met {name}:" in spoilt_files.output


def test_the_same_seed_makes_the_same_truth(sound: Flown, spoilt_files: Flown) -> None:
    """Payload files, clock errors and lost frames, whatever else has happened meanwhile."""
    for cube in ("cube-polar", "cube-tharsis"):
        assert list(sound.truth(cube, "file")) == list(spoilt_files.truth(cube, "file"))
    (reached, lost), (reached_again, lost_again) = map(downlink_frames, (sound, spoilt_files))
    common = reached & reached_again
    assert len(common) > 0.8 * len(reached)
    assert lost & common == lost_again & common
    assert lost & common


def downlink_frames(flown: Flown) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """Antenna and number of every frame that reached a pointed antenna, and of those lost."""
    reached: set[tuple[str, int]] = set()
    lost: set[tuple[str, int]] = set()
    for burst in flown.truth("space", "downlink"):
        first, last = burst["numbers"]
        reached.update((burst["antenna"], number) for number in range(first, last + 1))
        lost.update((burst["antenna"], number) for number in burst["lost_numbers"])
    return reached, lost


def test_clean_air_and_failing_commands(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("clean")
    definitions = spoilt_definitions(
        folder,
        faults=[
            {"fault": "clean_air"},
            {"fault": "drop_file", "spacecraft": "cube-polar", "sequence": 1},
            {"fault": "fail_commands", "spacecraft": "cube-polar"},
            {"fault": "no_reports", "spacecraft": "cube-tharsis"},
            {"fault": "no_reports", "spacecraft": "otv"},
        ],
    )
    flown = rehearse(folder, "--mission-db", str(definitions))
    assert flown.failed == failing(CLEAN_AIR)
    assert flown.exit_code == 1


def test_a_silent_cube_and_an_antenna_deaf_for_an_hour(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("silent")
    definitions = spoilt_definitions(
        folder,
        faults=[
            {"fault": "silent_cube", "spacecraft": "cube-polar"},
            {"fault": "deaf_antenna", "antenna": "dss-43", "after_s": 14_400, "until_s": 18_000},
        ],
        moved_commands={"cube-tharsis": "05:45"},
    )
    flown = rehearse(folder, "--mission-db", str(definitions))
    assert flown.failed == failing(SILENT_CUBE)
    assert flown.exit_code == 1


def test_a_deaf_antenna_misses_its_pass(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("deaf")
    definitions = spoilt_definitions(
        folder,
        faults=[{"fault": "deaf_antenna", "antenna": "dss-43"}],
        criteria={"min_commands": 25},
    )
    flown = rehearse(folder, "--mission-db", str(definitions))
    assert flown.failed == failing(DEAF_ANTENNA)
    assert flown.exit_code == 1


def test_every_criterion_has_a_fault_that_fails_it(spoilt_files: Flown) -> None:
    by_kind: dict[str, set[str]] = defaultdict(set)
    for flight in (SPOILT_FILES, CLEAN_AIR, SILENT_CUBE, DEAF_ANTENNA):
        for name in failing(flight):
            by_kind[name.partition("[")[0]].add(name)
    judged = {one["name"].partition("[")[0] for one in spoilt_files.report["criteria"]}
    assert judged == {*by_kind, *BROKEN_ELSEWHERE}
