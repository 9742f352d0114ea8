"""The frame hub before the real Yamcs: two antennas, a relay, commands, and how fast it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundsys.backend import Yamcs, YamcsServer
from groundsys.hub import FrameHub
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.messages import Message
from tests.hub import ground
from tests.hub.test_relay import relayed
from tests.hub.test_up import poll, uplink


@pytest.fixture
def hub(
    mission: Mission,
    scenario: Scenario,
    server: YamcsServer,
    yamcs: Yamcs,
    keys: Path,
    tmp_path: Path,
) -> Iterator[FrameHub]:
    made = FrameHub(mission, scenario, yamcs, server.links, tmp_path, keys)
    yield made
    made.close()


def advance(hub: FrameHub, *messages: Message) -> tuple[Message, ...]:
    return hub.advance(ground.START.plus_seconds(5), messages).outbox


def test_a_cubes_packets_come_home_through_the_relay(
    hub: FrameHub, yamcs: Yamcs, mission: Mission
) -> None:
    otv, cube = mission.spacecraft["otv"], mission.spacecraft["cube-tharsis"]
    relay, lander = ground.Craft(otv), ground.Craft(cube)
    yamcs.set_time(ground.START, 0.0)
    relay_packets = yamcs.count_packets(otv)
    unit = bytes(range(256)) * 3
    packets = [lander.named_packet("CFDP_PDU", pdu_length=768, pdu=unit) for _ in range(300)]
    carriers = relayed(
        relay, "RELAY_FILES", lander.frames("FILES", packets), cube.framing.spacecraft_id
    )
    frames = ground.timed(relay.frames("RELAY", carriers))
    sixth = len(frames) // 6
    first = ground.frames_message("usuda-64", "otv", [*frames[: 3 * sixth], *frames[4 * sixth :]])
    second = ground.frames_message("dss-43", "otv", frames[2 * sixth : 5 * sixth])
    told = [*advance(hub, first), *advance(hub, second)]
    received = [message for message in told if message.kind == "received"]
    assert {message.body["archived"] for message in received} == {True}
    assert yamcs.count_packets(otv) == relay_packets + len(carriers)
    assert yamcs.count_packets(cube) == len(packets)
    archived, _ = yamcs.packets_since(cube, "", ["CFDP_PDU"])
    assert {packet.binary for packet in archived} == set(packets)
    assert yamcs.link_counts(cube).tm_frames_in >= len(carriers)


def test_commands_go_up_and_cubes_commands_go_through_the_relay(
    hub: FrameHub, yamcs: Yamcs, mission: Mission
) -> None:
    otv, cube = mission.spacecraft["otv"], mission.spacecraft["cube-polar"]
    advance(hub, uplink("uplink_open", "usuda-64"))
    issued = yamcs.issue_command(cube, "PING", {}, bypass=True)
    [request] = advance(hub, poll("cube-polar", 1))
    assert request.kind == "forward_request"
    frame = request.body["tc_frame"]
    assert issued.binary not in frame
    assert (request.body["source"], request.body["sequence_count"]) == (
        issued.source,
        issued.sequence_count,
    )
    arguments = {
        "forward_spacecraft_id": cube.framing.spacecraft_id,
        "forward_frame_length": len(frame),
        "forward_frame": frame,
    }
    forward = yamcs.issue_command(otv, "FORWARD_FRAME", arguments, bypass=True)
    [radiate] = advance(hub, poll("otv", 1))
    assert (radiate.kind, radiate.target) == ("radiate", "antenna:usuda-64")
    assert radiate.body["radiation_id"].endswith(f":s{forward.source}:p{forward.sequence_count}")


def test_frames_are_given_at_the_pace_of_yamcs(
    hub: FrameHub, yamcs: Yamcs, mission: Mission
) -> None:
    otv = mission.spacecraft["otv"]
    relay = ground.Craft(otv)
    packets = [relay.named_packet("PING_REPORT") for _ in range(20_000)]
    frames = ground.timed(relay.frames("PLAYBACK", packets))
    before = yamcs.count_packets(otv)
    [message] = advance(hub, ground.frames_message("usuda-64", "otv", frames))
    assert message.body["channels"][0]["frames"] == len(frames)
    assert yamcs.count_packets(otv) == before + len(packets)
