"""Protected frames in the hub: read, named, retransmissions put right, others not let out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.ccsds.cltu import decode_cltu, encode_cltu
from groundsys.ccsds.sdls import SecurityAssociation, process, protect, receiver
from groundsys.ccsds.space_packets import TcPacket, encode_tc_packet
from groundsys.ccsds.tc_frames import TcFrame, decode_tc_frame, encode_tc_frame, unlock_frame
from groundsys.hub import FrameHub
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.keys import key_path, make_keys, read_keys
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.messages import Message
from tests.hub.ground import FakeYamcs
from tests.hub.test_down import said, say
from tests.hub.test_up import poll, uplink

Associations = dict[int, SecurityAssociation]


@pytest.fixture(scope="module")
def mission() -> Mission:
    return load_mission()


@pytest.fixture
def keys(mission: Mission, tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    make_keys(folder, mission.spacecraft.values())
    return folder


@pytest.fixture
def hub(mission: Mission, yamcs: FakeYamcs, tmp_path: Path, keys: Path) -> Iterator[FrameHub]:
    scenario = mission.scenarios["quickstart"]
    made = FrameHub(mission, scenario, yamcs, yamcs.links, tmp_path, keys)
    yield made
    made.close()


@pytest.fixture
def otv_keys(mission: Mission, keys: Path) -> Associations:
    return associations(mission, keys, "otv")


def associations(mission: Mission, keys: Path, craft: str) -> Associations:
    read = read_keys(keys, mission.spacecraft[craft])
    return {spi: SecurityAssociation(spi, key) for spi, key in read.items()}


def plain(count: int, number: int = 0, *, scid: int = 417, bypass: bool = False) -> TcFrame:
    packet = encode_tc_packet(TcPacket(1, count, 17, 1, b"\x00", 4098))
    return TcFrame(scid, 0, number, bypass, False, packet)


def radiated(messages: list[Message]) -> list[TcFrame]:
    return [decode_tc_frame(decode_cltu(one.body["cltu"])) for one in messages]


def emit(yamcs: FakeYamcs, *frames: TcFrame, craft: str = "otv") -> None:
    for frame in frames:
        yamcs.emit(craft, encode_cltu(encode_tc_frame(frame)))


def test_a_protected_frame_is_radiated_as_it_is_and_named_by_its_packet(
    hub: FrameHub, yamcs: FakeYamcs, otv_keys: Associations
) -> None:
    say(hub, uplink("uplink_open", "usuda-64"))
    sent = protect(otv_keys[2], plain(12, 5), 77)
    emit(yamcs, sent)
    [message] = said(say(hub, poll("otv", 1)), "radiate")
    assert message.body["cltu"] == encode_cltu(encode_tc_frame(sent))
    assert message.body["radiation_id"].endswith(":AD5:s4098:p12")


def test_a_cubes_frame_goes_to_the_relay_still_protected(
    hub: FrameHub, yamcs: FakeYamcs, mission: Mission, keys: Path
) -> None:
    association = associations(mission, keys, "cube-polar")[1]
    sent = protect(association, plain(9, scid=418, bypass=True), 1)
    emit(yamcs, sent, craft="cube-polar")
    [message] = said(say(hub, poll("cube-polar", 1)), "forward_request")
    assert message.body == {
        "spacecraft": "cube-polar",
        "tc_frame": encode_tc_frame(sent),
        "source": 4098,
        "sequence_count": 9,
    }


def yamcs_again(sent: TcFrame, association: SecurityAssociation, number: int) -> TcFrame:
    """What Yamcs makes of a frame that FOP-1 sends again: encrypted as it lies there."""
    return protect(association, replace(sent, data=sent.data[14:-16]), number)


def test_a_retransmission_of_yamcs_is_put_right(
    hub: FrameHub, yamcs: FakeYamcs, otv_keys: Associations
) -> None:
    """Also the second one, and one under another key."""
    say(hub, uplink("uplink_open", "usuda-64"))
    first = protect(otv_keys[1], plain(12, 5), 1)
    second = yamcs_again(first, otv_keys[1], 2)
    third = yamcs_again(second, otv_keys[2], 1)
    emit(yamcs, first, second, third)
    found = said(say(hub, poll("otv", 1)), "radiate") + said(say(hub), "radiate")
    assert [one.body["radiation_id"].split(":", 1)[1] for one in found] == ["AD5:s4098:p12"] * 3
    assert radiated(found) == [
        first,
        protect(otv_keys[1], plain(12, 5), 2),
        protect(otv_keys[2], plain(12, 5), 1),
    ]
    state = receiver(otv_keys, active=1, window=64)
    for frame in radiated(found)[:2]:
        state, result = process(state, frame)
        assert result == plain(12, 5)


def test_a_frame_number_that_comes_again_carries_what_it_carries(
    hub: FrameHub, yamcs: FakeYamcs, otv_keys: Associations
) -> None:
    say(hub, uplink("uplink_open", "usuda-64"))
    frames = [protect(otv_keys[1], plain(count, 5), count) for count in (12, 13)]
    emit(yamcs, *frames, yamcs_again(frames[1], otv_keys[1], 14))
    found = said(say(hub, poll("otv", 2)), "radiate") + said(say(hub), "radiate")
    assert radiated(found) == [*frames, protect(otv_keys[1], plain(13, 5), 14)]


def test_a_retransmission_from_before_the_hub_began_does_not_leave(
    hub: FrameHub, yamcs: FakeYamcs, otv_keys: Associations
) -> None:
    say(hub, uplink("uplink_open", "usuda-64"))
    emit(yamcs, yamcs_again(protect(otv_keys[1], plain(12, 5), 1), otv_keys[1], 2), plain_unlock())
    step = say(hub, poll("otv", 1))
    assert [one.kind for one in radiated(said(step, "radiate"))] == ["BC"]
    [told] = said(step, "not_radiated")
    assert "holds no packet" in told.body["reason"]
    assert told.body["spoilt"] == "otv"


def plain_unlock() -> TcFrame:
    return unlock_frame(417, 0)


def test_what_yamcs_has_not_protected_does_not_leave(
    hub: FrameHub, yamcs: FakeYamcs, otv_keys: Associations
) -> None:
    """The port is open to this whole machine; the keys are not."""
    say(hub, uplink("uplink_open", "usuda-64"))
    stranger = SecurityAssociation(1, bytes(32))
    emit(yamcs, plain(12), protect(stranger, plain(13), 1), plain_unlock())
    step = say(hub, poll("otv", 1))
    assert [one.kind for one in radiated(said(step, "radiate"))] == ["BC"]
    reasons = [message.body["reason"] for message in said(step, "not_radiated")]
    assert all("spoilt" not in message.body for message in said(step, "not_radiated"))
    assert len(reasons) == 2
    assert all("does not bear its craft's security" in reason for reason in reasons)


def test_a_hub_without_keys_does_not_begin(
    mission: Mission, yamcs: FakeYamcs, keys: Path, tmp_path: Path
) -> None:
    scenario = mission.scenarios["quickstart"]
    path = key_path(keys, "cube-polar", 2)
    path.chmod(0o644)
    with pytest.raises(EnvironmentLackError, match="not fit for use"):
        FrameHub(mission, scenario, yamcs, yamcs.links, tmp_path, keys)
    path.unlink()
    with pytest.raises(EnvironmentLackError, match="missing"):
        FrameHub(mission, scenario, yamcs, yamcs.links, tmp_path, keys)
