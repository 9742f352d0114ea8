"""SDLS as the real Yamcs does it: opened by us, under loss, through a restart, with another key."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from groundsys.backend import Yamcs, YamcsServer
from groundsys.ccsds.farm import FarmState, advance_farm, report
from groundsys.ccsds.sdls import (
    FIRST_NUMBER,
    ReceiverState,
    activate,
    ciphertext,
    first_number_of_life,
    open_frame,
    process,
    protect,
    receiver,
)
from groundsys.ccsds.space_packets import decode_tc_packet
from groundsys.ccsds.tc_frames import TcFrame
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft
from tests.yamcs.test_commanding import activate as begin_ad


@dataclass
class OnBoard:
    """The craft's end: security, then FARM-1, then what it would execute."""

    security: ReceiverState
    farm: FarmState
    executed: list[int]
    refused: list[str]

    def hear(self, frame: TcFrame) -> None:
        self.security, result = process(self.security, frame)
        if not isinstance(result, TcFrame):
            self.refused.append(result)
            return
        self.farm, accepted = advance_farm(self.farm, result)
        if accepted:
            self.executed.append(decode_tc_packet(result.data).sequence_count)


def on_board(craft: Craft, expected: int = 0, *, window: int = 64, active: int = 1) -> OnBoard:
    state = receiver(craft.associations, active=active, window=window)
    channel = craft.spacecraft.framing.tc_virtual_channel
    return OnBoard(state, FarmState(channel, expected=expected), [], [])


@pytest.fixture(autouse=True)
def _first_key(yamcs: Yamcs, otv: Craft, cube: Craft) -> Iterator[None]:
    yield
    for craft in (otv, cube):
        yamcs.use_association(craft.spacecraft, 1)


@pytest.mark.parametrize("name", ["otv", "cube"])
def test_a_frame_of_yamcs_is_opened_and_made_alike(
    name: str, yamcs: Yamcs, now: Instant, request: pytest.FixtureRequest
) -> None:
    craft: Craft = request.getfixturevalue(name)
    issued = yamcs.issue_command(craft.spacecraft, "PING", {}, bypass=True)
    sent = craft.receive_raw()
    opened = open_frame(craft.associations, sent)
    assert opened.frame.data == issued.binary
    assert issued.binary not in sent.data
    assert protect(craft.associations[opened.spi], opened.frame, opened.number) == sent
    yamcs.issue_command(craft.spacecraft, "PING", {}, bypass=True)
    following = open_frame(craft.associations, craft.receive_raw())
    assert (following.spi, following.number) == (opened.spi, opened.number + 1)


def test_yamcs_encrypts_what_it_sends_again_twice(yamcs: Yamcs, otv: Craft, now: Instant) -> None:
    """Once it does not, the hub's remedy (`groundsys.hub.frame_security`) can go."""
    yamcs.set_cop1_timer(otv.spacecraft, t1_s=0.2, limit=2)
    begin_ad(yamcs, otv, FarmState(0, expected=3))
    yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False)
    first, again = otv.receive_raw(), otv.receive_raw()
    opened, opened_again = (open_frame(otv.associations, one) for one in (first, again))
    assert opened_again.number == opened.number + 1
    assert first.sequence_number == again.sequence_number == 3
    assert opened_again.frame.data == ciphertext(first)
    yamcs.terminate_cop1(otv.spacecraft)


@pytest.mark.parametrize("seed", range(3))
def test_under_loss_every_command_is_executed_once_and_no_recording(
    seed: int, yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    """A third of the frames is lost; each that was heard is heard again, also past FARM-1."""
    draws = random.Random(seed)
    craft = on_board(otv, expected=37)
    yamcs.set_cop1_timer(otv.spacecraft, t1_s=600.0, limit=50)
    begin_ad(yamcs, otv, craft.farm)
    issued = [
        yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=False).sequence_count
        for _ in range(12)
    ]
    heard: list[TcFrame] = []
    waiting = len(issued)
    while waiting:
        frames = [otv.receive_protected()[0] for _ in range(waiting)]
        # of a lost end, and of a frame lost again, FOP-1 knows by T1 alone, which stands still here
        kept = {len(frames) - 1, 0 if heard else len(frames) - 1}
        arrive = [
            frame for place, frame in enumerate(frames) if place in kept or draws.random() > 1 / 3
        ]
        for frame in arrive:
            craft.hear(frame)
        heard += arrive
        waiting = len(issued) - len(craft.executed)
        assert craft.farm.retransmit == (waiting > 0)
        otv.report(yamcs, report(craft.farm))
    assert craft.executed == issued
    assert len(heard) > len(issued)
    assert craft.refused == []
    for recording in heard:
        craft.hear(recording)
        craft.hear(replace(recording, bypass=True))
    assert craft.executed == issued
    assert craft.refused == ["replayed"] * (2 * len(heard))


def test_another_key_while_it_runs(yamcs: Yamcs, otv: Craft, now: Instant) -> None:
    craft = on_board(otv)

    def ping() -> TcFrame:
        yamcs.issue_command(otv.spacecraft, "PING", {}, bypass=True)
        frame, _ = otv.receive_protected()
        craft.hear(frame)
        return frame

    first = ping()
    craft.security = activate(craft.security, 2)
    ping()  # the ground does not know yet
    yamcs.use_association(otv.spacecraft, 2)
    under_two = ping()
    assert open_frame(otv.associations, under_two).spi == 2
    yamcs.use_association(otv.spacecraft, 1)
    ping()
    assert len(craft.executed) == 3
    assert craft.refused == ["invalid_spi"]
    craft.security = activate(craft.security, 1)
    craft.hear(first)
    ping()
    assert craft.refused[1:] == ["replayed"]
    assert len(craft.executed) == 4


def test_an_association_that_yamcs_does_not_have_is_refused(yamcs: Yamcs, otv: Craft) -> None:
    """Yamcs itself would take it, and send in clear."""
    with pytest.raises(CommandRefusedError, match="no security association 3"):
        yamcs.use_association(otv.spacecraft, 3)


def test_a_killed_yamcs_goes_on_counting(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    """No number (IV) comes twice; its choice of a key is forgotten."""
    spacecraft = mission.spacecraft["otv"]
    numbers: list[tuple[int, int]] = []
    boards: list[OnBoard] = []
    for life in range(2):
        with (
            YamcsServer.start(tmp_path, mission, scenario) as server,
            contextlib.closing(server.connect()) as yamcs,
            contextlib.closing(
                Craft(spacecraft, server.links["otv"], tmp_path / "keys").open()
            ) as craft,
        ):
            yamcs.set_time(scenario.span.start.plus_seconds(1000.0 * (life + 1)), 0.0)
            boards = boards or [on_board(craft)]
            for association in (1, 2):
                if life == 0 or association == 2:
                    yamcs.use_association(spacecraft, association)
                boards[0].security = activate(boards[0].security, association)
                yamcs.issue_command(spacecraft, "PING", {}, bypass=True)
                frame, _ = craft.receive_protected()
                boards[0].hear(frame)
                opened = open_frame(craft.associations, frame)
                numbers.append((opened.spi, opened.number))
            assert server.pid is not None
            if life == 0:
                os.kill(server.pid, signal.SIGKILL)
    first, later = FIRST_NUMBER, first_number_of_life(1)
    assert numbers == [(1, first), (2, first), (1, later), (2, later)]
    assert boards[0].refused == []
    assert len(boards[0].executed) == 4


@pytest.mark.parametrize("issues", [True, False])
def test_a_yamcs_that_is_killed_again_and_again_uses_no_number_twice(
    mission: Mission, scenario: Scenario, tmp_path: Path, issues: bool
) -> None:
    """Also a life that protects no frame, after which Yamcs itself would begin anew."""
    spacecraft = mission.spacecraft["cube-polar"]
    numbers: list[int] = []
    with YamcsServer.start(tmp_path, mission, scenario) as server:
        for life in range(3):
            if issues or life != 1:
                with (
                    contextlib.closing(server.connect()) as yamcs,
                    contextlib.closing(
                        Craft(spacecraft, server.links["cube-polar"], tmp_path / "keys").open()
                    ) as craft,
                ):
                    yamcs.set_time(scenario.span.start.plus_seconds(1000.0 * (life + 1)), 0.0)
                    yamcs.issue_command(spacecraft, "PING", {}, bypass=True)
                    frame, _ = craft.receive_protected()
                    numbers.append(open_frame(craft.associations, frame).number)
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            server.restart(mission)
    assert numbers == sorted(set(numbers))
    assert len(numbers) == (3 if issues else 2)


def test_keys_are_their_owners_alone_and_in_no_log(
    server: YamcsServer, keys: Path, run_directory: Path
) -> None:
    files = sorted(keys.glob("*.key"))
    assert len(files) == 6
    assert keys.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    secrets = [path.read_bytes() for path in files]
    assert len(set(secrets)) == 6
    for path in [*run_directory.rglob("*.log"), *run_directory.rglob("*.yaml")]:
        content = path.read_bytes()
        for key in secrets:
            assert key not in content
            assert key.hex().encode() not in content.lower()
