"""`groundsys up`, `status`, `down`: a ground segment that stands on after its scenario's span."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import pytest

from groundsys.bus.live import Requester
from groundsys.mission import default_mission_db
from groundsys.rehearsal.run_directory import current_run
from groundsys.values.instants import Instant
from tests.rehearsal.command_line import (
    awaited,
    family,
    groundsys,
    listening_ports,
    open_ports,
    processes_of,
    still_alive,
)

pytestmark = pytest.mark.xdist_group("rehearsal")

#: one pass, no relay session, and quiet almost at once: everything else is planned onward
BRIEF = """\
id: brief
title: Two hours and whatever follows
start: 2031-08-20T00:00:00Z
end: 2031-08-20T02:00:00Z
cut_off: 2031-08-20T00:05:00Z
quiet_from: 2031-08-20T00:05:00Z
spacecraft: [otv, cube-polar, cube-tharsis]
antennas: [dss-25, dss-43]
customers: [polar-weather, tharsis-seismo]
truth: {orbit_along_track_km: 2.0, clock_offset_s: 0.4, clock_drift_ppm: 2.0}
criteria: {min_passes: 1, min_relay_sessions: 0, min_commands: 0}
"""
#: the hub finds no room for a second, once a command is under way, and goes on
HELD = "disk_full,process=hub,for_s=1"
BRIEF_END = Instant.from_utc_iso("2031-08-20T02:00:00Z")


def executed_after_the_span(desks: Requester) -> list[str]:
    return [
        one["id"]
        for one in desks.ask("status")["passes"]["passes"]
        if one["start_ns"] > BRIEF_END.tai_ns and one["verdict"] == "executed"
    ]


def test_up_goes_on_after_the_span_and_down_leaves_nothing(tmp_path: Path) -> None:
    mission_db = tmp_path / "mission_db"
    shutil.copytree(default_mission_db(), mission_db)
    (mission_db / "scenarios" / "brief.yaml").write_text(BRIEF)
    data = ("--data", str(tmp_path / "data"))

    brief = ("up", "brief", "--detach", "--rate", "100000", "--mission-db", str(mission_db), *data)
    refused = groundsys(*brief, "--inject", "duplicate_frames,nth=1", "--inject", "earthquake")
    assert refused.returncode == 2
    assert "earthquake" in refused.stderr
    assert not (tmp_path / "data").exists()
    started = groundsys(*brief, "--inject", "duplicate_frames,nth=3", "--inject", HELD)
    assert started.returncode == 0, started.stderr
    run = current_run(tmp_path / "data")
    segment = family(int(run.facts()["pid"]))
    ports = listening_ports(segment)
    try:
        assert run.facts()["endless"] is True
        assert len(segment) >= 9
        assert ports
        assert open_ports(ports) == ports

        told = groundsys("status", "--json", *data)
        assert told.returncode == 0, told.stderr
        status = json.loads(told.stdout)
        assert [one["fault"] for one in status["injected"]] == ["duplicate_frames", "disk_full"]
        shown = groundsys("status", *data).stdout.splitlines()
        assert shown[1:3] == ["injected: duplicate_frames,nth=3", f"injected: {HELD}"]
        booked = status["passes"]["passes"]
        # the last pass stands 14 h ahead or more, long after the end of the scenario
        assert booked[-1]["end_ns"] > BRIEF_END.plus_seconds(10 * 3600.0).tai_ns
        assert {one["spacecraft"] for one in status["passes"]["relay_sessions"]} == {
            "cube-polar",
            "cube-tharsis",
        }
        with contextlib.closing(Requester(run.endpoints("desks")["requests"])) as desks:
            awaited(lambda: executed_after_the_span(desks), "a pass after the scenario's end")
            fleet = desks.ask("status")["fleet"]["craft"]
        assert fleet["otv"]["battery_percent"] > 50.0
    finally:
        stopped = groundsys("down", *data)
    assert stopped.returncode == 0, stopped.stderr
    assert stopped.stdout.startswith("down:")
    assert still_alive(segment) == []
    assert open_ports(ports) == set()
    assert processes_of(tmp_path) == []
    # what was injected has struck
    heard = (run.truth / "space.jsonl").read_text().splitlines()
    assert any(json.loads(line).get("doubled") for line in heard)

    again = groundsys("down", *data)
    assert again.returncode == 0
    assert "is not running" in again.stdout
    asked = groundsys("status", *data)
    assert asked.returncode == 2
    assert "has ended" in asked.stderr
