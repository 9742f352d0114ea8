"""Walk: where every file is and where its time went, as the ground tells it and as it truly was."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from groundsys.values.instants import Instant
from tests.walks.flown_day import FlownDay

CUBES = {"polar-weather": "cube-polar", "tharsis-seismo": "cube-tharsis"}
#: a file is closed a moment after its last measurement, and clocks are known to less than that
CLOCKS_S = 1.0


@pytest.fixture(scope="module")
def told(day: FlownDay) -> dict[str, Any]:
    customers: dict[str, Any] = day.requester.ask("custody")["customers"]
    return customers


def test_each_hop_was_when_the_simulators_and_the_journal_say(
    day: FlownDay, told: dict[str, Any]
) -> None:
    seen = 0
    for customer, cube in CUBES.items():
        sessions = day.truth(cube, "session")
        held = [
            (begun["time_ns"], ended["time_ns"])
            for begun, ended in pairwise(sessions)
            if (begun["event"], ended["event"]) == ("started", "ended")
        ]
        receptions = {frame.ert_ns for frame in day.frames(cube, virtual_channel=1)}
        for file in told[customer]["files"]:
            if file["place"] not in ("product", "fetched"):
                continue
            [true] = day.truth(cube, "file", name=file["name"])
            actual = {hop: one["actual_ns"] for hop, one in file["hops"].items()}
            assert file["octets"] == true["size"]
            assert abs(actual["made"] - true["closed_ns"]) < CLOCKS_S * 1e9
            assert any(
                begun <= actual["relayed"] + CLOCKS_S * 1e9 and actual["relayed"] <= ended
                for begun, ended in held
            )
            assert actual["received"] in receptions
            light_s = day.light_time_s(Instant(actual["received"]))
            assert actual["received"] - actual["relayed"] >= (light_s - CLOCKS_S) * 1e9
            times = [
                actual[hop] for hop in ("made", "relayed", "received", "archived", "published")
            ]
            assert times == sorted(times)
            assert file["hops"]["published"]["predicted_ns"] is not None
            seen += 1
    assert seen >= 3


def test_the_latency_clock_adds_up_to_the_true_latency(day: FlownDay, told: dict[str, Any]) -> None:
    for customer, cube in CUBES.items():
        home = [one for one in told[customer]["files"] if one["hops"]["published"]["actual_ns"]]
        true_s = [
            (
                file["hops"]["published"]["actual_ns"]
                - day.truth(cube, "file", name=file["name"])[0]["closed_ns"]
            )
            / 1e9
            for file in home
        ]
        latency = told[customer]["latency_s"]
        assert latency["files"] == len(home) > 0
        assert min(latency["split"].values()) >= 0.0
        mean_s = sum(true_s) / len(true_s)
        assert sum(latency["split"].values()) == pytest.approx(mean_s, abs=CLOCKS_S)
        assert latency["split"]["light_time"] == pytest.approx(
            day.light_time_s(Instant(home[0]["hops"]["received"]["actual_ns"])), abs=2.0
        )


def test_what_is_not_home_has_been_made_and_is_where_it_was_left(
    day: FlownDay, told: dict[str, Any]
) -> None:
    end_ns = day.scenario.span.end.tai_ns
    for customer, cube in CUBES.items():
        true = day.truth(cube, "file")
        files = told[customer]["files"]
        # half a minute before the end the next file may have closed
        assert {one["number"] for one in files} == {
            one["sequence"] for one in true if one["closed_ns"] <= end_ns
        }
        later = [one for one in files if one["place"] == "cube"]
        last_session = max(one["time_ns"] for one in day.truth(cube, "session"))
        assert all(one["hops"]["made"]["predicted_ns"] > last_session - 600e9 for one in later)
        octets = sum(place["octets"] for place in told[customer]["places"].values())
        assert octets == sum(one["octets"] for one in files)
