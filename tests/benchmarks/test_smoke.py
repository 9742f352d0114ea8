"""The benchmark's parts run, on the smallest size; no figure is judged here."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.keys import make_keys
from tests.benchmarks.bare_sender import BareSender, FramesLostError
from tests.benchmarks.chain import Chain, on_the_air
from tests.benchmarks.commanding import measure as measure_commanding
from tests.benchmarks.console import measure as measure_console
from tests.benchmarks.memory import MemorySampler, process_name, sample
from tests.benchmarks.products import measure as measure_products
from tests.benchmarks.stages import measure_clock, measure_coding
from tests.benchmarks.traffic import CUBE, RELAY, TrafficMaker
from tests.hub.ground import FakeYamcs


@pytest.fixture(scope="module")
def mission() -> Mission:
    return load_mission()


@pytest.fixture(scope="module")
def scenario(mission: Mission) -> Scenario:
    return mission.scenarios["quickstart"]


def test_the_chain_brings_every_frame_and_packet(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    traffic = TrafficMaker(mission, scenario).make(60)
    keys = tmp_path / "keys"
    make_keys(keys, mission.spacecraft.values())
    with (
        contextlib.closing(FakeYamcs(mission, scenario.spacecraft)) as yamcs,
        contextlib.closing(Chain(mission, scenario, yamcs, yamcs.links, tmp_path, keys)) as chain,
    ):
        chain.carry(on_the_air(traffic.relay_frames, seed=1))
        assert chain.listener.archived
        assert chain.listener.frames == traffic.frames == 60 + 48
        assert chain.listener.corrected > 0
        assert len(yamcs.archive[RELAY]) == traffic.relay_packets
        assert len(yamcs.archive[CUBE]) == traffic.cube_packets


def test_the_bare_sender_loses_nothing_and_says_so_if_it_does(
    mission: Mission, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.benchmarks.bare_sender.STILL_S", 0.05)
    traffic = TrafficMaker(mission, scenario).make(60)
    frames = {RELAY: traffic.relay_frames, CUBE: traffic.cube_frames}
    relay = mission.spacecraft[RELAY]
    cube = mission.spacecraft[CUBE]
    with contextlib.closing(FakeYamcs(mission, scenario.spacecraft)) as yamcs:
        counts = {
            RELAY: lambda: yamcs.tm_frames_in(relay),
            CUBE: lambda: yamcs.tm_frames_in(cube),
        }
        with contextlib.closing(BareSender(yamcs.links, counts)) as sender:
            sender.send(frames, window=16)
            assert yamcs.counts[RELAY] == len(traffic.relay_frames)
            assert sender.blast(RELAY, traffic.relay_frames[:20])[0] == 20
            yamcs.loses = lambda arrival: True
            with pytest.raises(FramesLostError, match="0 of 16"):
                sender.send(frames, window=16)


def test_memory_is_that_of_a_process_and_its_children() -> None:
    alone = sample(os.getpid()).total
    content = "import sys; kept = bytearray(b'x') * 30_000_000; print('.', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", content], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with MemorySampler(os.getpid()) as memory:
            pass
        child.communicate(b"\n")
    assert memory.samples == 1
    assert memory.peak.total > alone + 20_000_000
    assert sum(memory.peak_by_process.values()) == memory.peak.total


def test_processes_are_called_by_what_they_host() -> None:
    java = ["/somewhere/java", "-cp", "jars/*", "org.yamcs.YamcsServer", "--etc-dir", "etc"]
    antenna = ["python", "-m", "groundsys", "node", "antenna", "--id", "dss-43", "--run", "x"]
    assert process_name(java) == "yamcs"
    assert process_name(antenna) == "antenna dss-43"
    assert process_name(["python", "-m", "sims", "--nodes", "space", "--seed", "1"]) == "space"


def test_stages_have_figures() -> None:
    coding = measure_coding(at_least_s=0.01)
    assert min(astuple(coding)) > 0
    clock = measure_clock(hosts=2, steps=20)
    assert clock.steps >= 20
    assert clock.steps_per_s > 0


def test_every_command_of_either_way_is_executed(mission: Mission, scenario: Scenario) -> None:
    measured = measure_commanding(mission, scenario, commands=6)
    assert measured.completed == measured.commands == 6
    assert measured.whole.median_ms > measured.bare.median_ms > 0


def test_the_command_teaches() -> None:
    command = [sys.executable, "-m", "tests.benchmarks"]
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert "flight" in shown.stdout
    assert "--out" in shown.stdout
    wrong = subprocess.run([*command, "speed"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "there are flight, rate, archive, commanding" in wrong.stderr


def test_every_kind_of_payload_becomes_products(mission: Mission) -> None:
    figures = list(measure_products(rounds=1))
    assert {one.payload for one in figures} >= {"weather", "scout-camera"}
    assert all(one.octets and one.building_ms > 0 for one in figures)


def test_every_key_is_seen_on_the_screen_of_a_busy_console() -> None:
    figures = measure_console(3, 40, 10, 2)
    assert figures.all_keys.presses == 6
    assert figures.values.presses == 2
    assert 0.0 < figures.all_keys.median_ms <= figures.all_keys.worst_ms
    assert figures.rss > 10_000_000
    assert figures.messages_per_s > 0.0
