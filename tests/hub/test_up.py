"""CLTUs from Yamcs: to the antenna whose uplink is open, or back to the desks for the relay."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from groundsys.ccsds.cltu import encode_cltu
from groundsys.ccsds.space_packets import TcPacket, encode_tc_packet
from groundsys.ccsds.tc_frames import TcFrame, encode_tc_frame, unlock_frame
from groundsys.hub import FrameHub
from groundsys.hub import uplink as uplink_module
from groundsys.mission.model import Mission
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.messages import Message
from tests.hub.ground import START, FakeYamcs
from tests.hub.test_down import said, say


def tc_frame(count: int, number: int = 0, *, scid: int = 417, bypass: bool = False) -> bytes:
    packet = encode_tc_packet(TcPacket(1, count, 17, 1, b"\x00", 4098))
    return encode_tc_frame(TcFrame(scid, 0, number, bypass, False, packet))


def emit_all(yamcs: FakeYamcs, cltus: list[bytes]) -> None:
    for cltu in cltus:
        yamcs.emit("otv", cltu)


def uplink(kind: str, antenna: str) -> Message:
    body = {"antenna": antenna, "spacecraft": "otv", "rate_bps": 4000.0}
    return Message(f"antenna:{antenna}", "hub", kind, START, body)


def poll(craft: str, expected: int) -> Message:
    return Message(
        "desks", "hub", "poll_uplink", START, {"spacecraft": craft, "expected": expected}
    )


def test_a_cltu_goes_to_the_antenna_whose_uplink_is_open(hub: FrameHub, yamcs: FakeYamcs) -> None:
    step = say(hub, uplink("uplink_open", "usuda-64"))
    assert step.wake_at == START.plus_seconds(11)
    cltu = encode_cltu(tc_frame(12, 5))
    yamcs.emit("otv", cltu)
    [message] = said(say(hub, poll("otv", 1)), "radiate")
    assert message.target == "antenna:usuda-64"
    assert message.body["cltu"] == cltu
    assert message.body["spacecraft"] == "otv"
    assert message.body["radiation_id"].endswith(":AD5:s4098:p12")
    say(hub, uplink("uplink_open", "misasa-54"), uplink("uplink_closed", "usuda-64"))
    yamcs.emit("otv", encode_cltu(tc_frame(13, 6)))
    [second] = said(say(hub, poll("otv", 1)), "radiate")
    assert second.target == "antenna:misasa-54"
    assert second.body["radiation_id"] != message.body["radiation_id"]
    assert say(hub, uplink("uplink_closed", "misasa-54")).wake_at is None


def test_without_an_open_uplink_the_desks_are_told(hub: FrameHub, yamcs: FakeYamcs) -> None:
    yamcs.emit("otv", encode_cltu(tc_frame(12, bypass=True)))
    [message] = said(say(hub, poll("otv", 1)), "not_radiated")
    assert message.target == "desks"
    assert message.body["radiation_id"].endswith(":BD0:s4098:p12")
    assert "no uplink to otv" in message.body["reason"]


def test_a_cubes_frame_is_handed_to_the_desks_for_forwarding(
    hub: FrameHub, yamcs: FakeYamcs
) -> None:
    frame = tc_frame(9, scid=418, bypass=True)
    yamcs.emit("cube-polar", encode_cltu(frame))
    [message] = said(say(hub, poll("cube-polar", 1)), "forward_request")
    assert message.body == {
        "spacecraft": "cube-polar",
        "tc_frame": frame,
        "source": 4098,
        "sequence_count": 9,
    }


def test_the_hub_waits_for_what_the_desks_have_issued(hub: FrameHub, yamcs: FakeYamcs) -> None:
    say(hub, uplink("uplink_open", "usuda-64"))
    cltus = [encode_cltu(tc_frame(count, count)) for count in range(3)]
    yamcs.emit("otv", cltus[0])
    late = threading.Timer(0.1, emit_all, (yamcs, cltus[1:]))
    late.start()
    found = said(say(hub, poll("otv", 2), poll("otv", 1)), "radiate")
    late.join()
    assert [message.body["cltu"] for message in found] == cltus


def test_a_retransmission_is_radiated_but_is_not_what_was_awaited(
    hub: FrameHub, yamcs: FakeYamcs
) -> None:
    say(hub, uplink("uplink_open", "usuda-64"))
    cltu = encode_cltu(tc_frame(1, 1))
    yamcs.emit("otv", cltu)
    assert len(said(say(hub, poll("otv", 1)), "radiate")) == 1
    yamcs.emit("otv", cltu)
    assert len(said(say(hub), "radiate")) == 1
    late = threading.Timer(0.1, lambda: yamcs.emit("otv", encode_cltu(tc_frame(2, 2))))
    late.start()
    [message] = said(say(hub, poll("otv", 1)), "radiate")
    late.join()
    assert message.body["radiation_id"].endswith(":p2")


def test_waiting_has_an_end(
    hub: FrameHub, yamcs: FakeYamcs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uplink_module, "PATIENCE_S", 0.05)
    say(hub, uplink("uplink_open", "usuda-64"))
    assert said(say(hub, poll("otv", 1)), "radiate") == []


def test_control_commands_and_nonsense(hub: FrameHub, yamcs: FakeYamcs) -> None:
    say(hub, uplink("uplink_open", "usuda-64"))
    yamcs.emit("otv", b"nonsense")
    yamcs.emit("otv", encode_cltu(encode_tc_frame(unlock_frame(417, 0))))
    [message] = said(say(hub, poll("otv", 1)), "radiate")
    assert message.body["radiation_id"].endswith(":BC0")


def test_a_port_in_use_is_named(mission: Mission, yamcs: FakeYamcs, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", yamcs.links["otv"].tc_port))
        port = yamcs.links["otv"].tc_port
        scenario = mission.scenarios["quickstart"]
        with pytest.raises(EnvironmentLackError, match=f"UDP port {port} is in use"):
            FrameHub(mission, scenario, yamcs, yamcs.links, tmp_path, tmp_path)
