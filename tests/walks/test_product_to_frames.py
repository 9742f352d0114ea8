"""The fourth walk, backwards: a sample of a product → its file → PDUs → packets → frames → antenna.

What the store and the hub's journal tell is held against the simulators' own record.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from groundsys.client import fetch
from groundsys.store import ProductRecord
from groundsys.values.instants import Instant
from tests.walks.flown_day import FlownDay, PacketInFrame

CUBE, OWNER = "cube-tharsis", "tharsis-seismo"
#: the rate of Proximity-1 lets a cube send some 16 frames in so much, and then it listens
BURST_S = 1.2


@pytest.fixture(scope="module")
def product(day: FlownDay) -> ProductRecord:
    """Waveforms of a file of which something was lost on the way, and asked for again."""
    with day.store() as store:
        [file, *_] = [
            one for one in store.catalogue.files() if one.spacecraft == CUBE and one.delivered_at
            and one.retransmission_rounds
        ]  # fmt: skip
        made = store.catalogue.products_of(file.id)
    return next(one for one in made if one.name.endswith(".mseed"))


@pytest.fixture(scope="module")
def packets(day: FlownDay) -> dict[str, list[PacketInFrame]]:
    """By craft, every packet in its frames, read by nobody but the CCSDS layer."""
    return {craft: day.packets(craft) for craft in (CUBE, "otv")}


def trace(day: FlownDay, product: str, sample: int) -> dict[str, Any]:
    """What an operator types."""
    arguments = ["trace", product, "--sample", str(sample), "--run", str(day.run.path), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "groundsys", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def level_0(day: FlownDay, told: dict[str, Any]) -> bytes:
    """The file as its customer has it."""
    home = day.run.path / "traced"
    fetch(OWNER, day.token(OWNER), day.portal_url, home)
    return (home / CUBE / str(told["level_0"]["name"])).read_bytes()


@pytest.mark.parametrize("sample", [0, 1200, 17_999])
def test_a_sample_leads_to_the_frames_that_truly_carried_it(
    day: FlownDay,
    product: ProductRecord,
    packets: dict[str, list[PacketInFrame]],
    sample: int,
) -> None:
    told = trace(day, product.id, sample)
    assert told["is_whole"]
    begins, ends = told["record"]["octets"]

    # the record is in the file that the cube truly wrote
    content = level_0(day, told)
    [made] = day.truth(CUBE, "file", name=told["level_0"]["name"])
    assert told["level_0"]["sha256"] == made["sha256"]
    assert made["first_sclk_ns"] + sample * 100_000_000 == told["record"]["sclk_ns"]
    record = content[begins:ends]
    raw = [int.from_bytes(record[n : n + 3], "big", signed=True) for n in (0, 3, 6)]
    assert [one["raw"] for one in told["record"]["values"].values()] == raw

    # its packets are packets that the cube truly made, and whoever reads frames finds it in them
    covered: set[int] = set()
    for segment in told["segments"]:
        first, after = segment["octets"]
        covered |= set(range(first, after))
        packet = segment["packet"]
        [true] = day.truth(CUBE, "packet", apid=packet["apid"], count=packet["sequence_count"])
        assert (true["name"], true["sclk_ns"]) == ("CFDP_PDU", packet["sclk_ns"])
        [read] = [
            one
            for one in packets[CUBE]
            if (one.packet.apid, one.packet.sequence_count)
            == (packet["apid"], packet["sequence_count"])
        ]
        assert content[first:after] in read.octets
        assert read.frame.count == packet["frames"][-1]["unwrapped_count"]
        for frame in packet["frames"]:
            check_relay(day, packets, frame)
    assert set(range(begins, ends)) <= covered


def check_relay(
    day: FlownDay, packets: dict[str, list[PacketInFrame]], frame: dict[str, Any]
) -> None:
    """The OTV truly had the frame then, and the antenna truly received what it made of it."""
    relayed = frame["relayed"]
    assert relayed["relay"] == "otv"
    scet = Instant.from_utc_iso(relayed["reception_utc"])
    bursts = [Instant(one["time_ns"]) for one in day.truth(CUBE, "frames", link="proximity")]
    assert any(0.0 <= burst.seconds_since(scet) + 0.1 <= BURST_S for burst in bursts)
    packet = relayed["packet"]
    [true] = day.truth("otv", "packet", apid=packet["apid"], count=packet["sequence_count"])
    assert (true["name"], true["sclk_ns"]) == ("RELAY_FILES", packet["sclk_ns"])
    [journaled] = [
        one
        for one in day.frames(CUBE, virtual_channel=frame["virtual_channel"])
        if one.count == frame["unwrapped_count"]
    ]
    [read] = [
        one
        for one in packets["otv"]
        if (one.packet.apid, one.packet.sequence_count)
        == (packet["apid"], packet["sequence_count"])
    ]
    assert journaled.data in read.octets
    last = packet["frames"][-1]
    assert read.frame.antenna == last["antenna"]
    assert Instant(read.frame.ert_ns).utc_iso(6) == last["ert_utc"]
    for one in packet["frames"]:
        ert_ns = Instant.from_utc_iso(one["ert_utc"]).tai_ns
        heard = [
            burst
            for burst in day.truth("space", "downlink", spacecraft="otv", antenna=one["antenna"])
            if burst["time_ns"] - ert_ns + 1_000 >= 0
        ]
        burst = min(heard, key=lambda burst: burst["time_ns"])  # noted when it had come
        assert burst["frames"] > burst["lost"]


def test_a_fetched_file_s_path_names_the_product(
    day: FlownDay, product: ProductRecord, tmp_path: Path
) -> None:
    at_home = tmp_path / product.spacecraft / product.name
    assert trace(day, str(at_home), 5)["product"]["id"] == product.id


def test_what_cannot_be_traced_is_refused_with_what_can(day: FlownDay) -> None:
    for wanted, words in (("no-such.cdf", "there is no product"), ("absent", "no product")):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "groundsys", "trace", wanted, "--sample", "0"),
                *("--run", str(day.run.path)),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert words in done.stderr
