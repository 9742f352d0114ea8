"""Whatever is lost, doubled, held back or forgotten: the same octets, or an open state.

The ground's decisions against the craft's own receiver, over a line that hypothesis bends.  The
ground keeps a list of what it has queued, as its ledger does, and nothing else: each turn decides
anew from it, so every turn is a restart.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from groundsys.ccsds.cfdp import Pdu, parse_pdu
from groundsys.mission.spacecraft.onboard_files import software_image
from groundsys.uploads.packets import PDU_COMMAND, command_of
from groundsys.uploads.progress import FileReport, Heard, Sent, pieces_of, progress_of, segment_of
from groundsys.uploads.standing import standing_of
from groundsys.uploads.transfer import Pace, decide
from groundsys.uploads.upload import Upload, draft_upload
from groundsys.values.instants import Instant
from sims.craft.computer.commands import CommandFailure
from tests.uploads.craft import OTV, Craft

START = Instant.from_utc_iso("2031-08-20T12:00:00Z")
TURN_S = 200.0
PACE = Pace(not_radiated=3, under_way=8)


@dataclass
class Word:
    """A command on the ground: what it carries, and what the ground knows of it."""

    sent: Sent
    name: str
    octets: bytes
    sha256: bytes = b""
    reported: str = ""


class World:
    """Ground and craft; `draws` is the weather."""

    def __init__(self, content: bytes, draws: random.Random, weather: tuple[float, ...]) -> None:
        self.content = content
        self.draws = draws
        self.lose_up, self.lose_down, self.double, self.late, self.forget = weather
        self.craft = Craft()
        self.now = START
        upload = draft_upload(
            1, "otv", "software", "a.img", content,
            why="a test", operator="ada", now=START, limit=256_000,
        )  # fmt: skip
        self.upload: Upload = replace(upload, approver="ben", approved_at=START, state="approved")
        self.words: list[Word] = []
        self.heard: list[Heard] = []
        self.reports: list[FileReport] = []
        #: on the way up: (turn at which it arrives, word)
        self.flying: list[tuple[int, Word]] = []
        self.turn = 0
        self.sent_although_known: list[str] = []

    def step(self, *, clear: bool = False) -> None:
        self.turn += 1
        self.now = self.now.plus_seconds(TURN_S)
        self._decide(clear=clear)
        arriving = [word for turn, word in self.flying if turn <= self.turn]
        self.flying = [one for one in self.flying if one[0] > self.turn]
        if not clear and self.draws.random() < 0.5:
            self.draws.shuffle(arriving)
        for word in arriving:
            self._arrive(word, clear=clear)
        self._bring_down(clear=clear)

    def _decide(self, *, clear: bool) -> None:
        sent = [word.sent for word in self.words]
        progress = progress_of(self.upload.size, sent, self.heard, self.reports)
        self.upload = standing_of(self.upload, progress, sent, self.now)
        if self.upload.state in ("failed", "enabled"):
            return
        pieces = pieces_of(self.upload.size, 90)
        # once the weather has cleared, all that the craft has said is heard
        silent = {one.command for one in sent if clear and one.arrives_at != self.now}
        decision = decide(pieces, progress, sent, PACE, silent=silent)
        for word in self.words:
            if word.sent.command in decision.lost:
                word.sent = replace(word.sent, fate="absent")
        for what in decision.say:
            segment = segment_of(what)
            if segment is not None and progress.has(segment):
                self.sent_although_known.append(what)
            name, arguments = command_of(self.upload, OTV, what, self.content)
            word = Word(
                Sent(f"otv-{len(self.words)}", what, "under_way", self.now),
                name,
                arguments.get("pdu", b""),
                arguments.get("file_sha256", b""),
            )
            self.words.append(word)
            for _ in range(2 if self.draws.random() < self.double else 1):
                late = self.draws.randint(1, 4) if self.draws.random() < self.late else 0
                self.flying.append((self.turn + late, word))

    def _arrive(self, word: Word, *, clear: bool) -> None:
        if not clear and self.draws.random() < self.lose_up:
            return
        area, now_ns = self.craft.area, self.now.tai_ns
        try:
            if word.name == PDU_COMMAND:
                area.take(parse_pdu(word.octets), now_ns)
            elif word.name == "FILE_VERIFY":
                area.verify(1, word.sha256, now_ns)
            else:
                area.report(1, now_ns)
            word.reported = "done"
        except CommandFailure as failure:
            word.reported = f"refused {failure.code}"

    def _bring_down(self, *, clear: bool) -> None:
        def lost() -> bool:
            return not clear and self.draws.random() < self.lose_down

        kept: list[Pdu] = []
        for pdu in self.craft.take_said():
            (kept if lost() else []).append(pdu)
            if not kept or kept[-1] is not pdu:
                self.heard.append(Heard(pdu, self.now))
        self.craft.said = kept  # in the recorder: it comes with a later turn
        for values in self.craft.reports:
            report = FileReport(
                values["file_state"], values["file_sha256"].hex(),
                values["file_octets_received"], values["file_size"], self.now,
            )  # fmt: skip
            if not lost():
                self.reports.append(report)
        self.craft.reports.clear()
        for word in self.words:
            if word.sent.fate not in ("under_way",):
                continue
            if word.reported and not lost():
                fate, _, code = word.reported.partition(" ")
                word.sent = replace(word.sent, fate=fate, message=code)  # type: ignore[arg-type]
            elif self.draws.random() < self.forget and not word.reported:
                word.sent = replace(word.sent, fate="lost")  # its deadline has passed

    @property
    def on_board(self) -> bytes | None:
        file = self.craft.area.find(1)
        return None if file is None or not file.is_whole else bytes(file.memory)


rates = st.sampled_from([0.0, 0.1, 0.3, 0.6])


# to shrink a world takes minutes and makes it no clearer
@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    size=st.integers(1, 1_500),
    seed=st.integers(0, 2**32),
    weather=st.tuples(rates, rates, rates, rates, rates),
    turns=st.integers(0, 60),
)
def test_the_same_octets_or_an_open_state_and_never_a_false_verified(
    size: int, seed: int, weather: tuple[float, ...], turns: int
) -> None:
    draws = random.Random(seed)
    content = software_image(3, draws.randbytes(size))
    world = World(content, draws, weather)
    for _ in range(turns):
        world.step()
        if world.upload.state in ("verified", "enabled"):
            assert world.on_board == content
        if world.on_board is not None:
            assert hashlib.sha256(world.on_board).hexdigest() == world.upload.sha256
        assert world.upload.octets_acknowledged <= len(content)
    assert world.upload.state != "failed"
    # then the weather clears, and whatever has happened, the file comes whole
    for _ in range(60):
        world.step(clear=True)
        if world.upload.state == "verified":
            break
    assert world.upload.state == "verified", (world.upload, [w.sent for w in world.words])
    assert world.on_board == content
    assert world.sent_although_known == []


@pytest.mark.parametrize("seed", range(20))
def test_an_altered_piece_is_never_verified(seed: int) -> None:
    """Somebody changes a piece on its way, and the checksum that goes with it."""
    draws = random.Random(seed)
    content = software_image(3, draws.randbytes(600))
    changed = bytearray(content)
    changed[draws.randrange(6, len(changed))] ^= 1 << draws.randrange(8)
    world = World(bytes(changed), draws, (0.2, 0.2, 0.2, 0.2, 0.2))
    approved = draft_upload(
        1, "otv", "software", "a.img", content,
        why="a test", operator="ada", now=START, limit=256_000,
    )  # fmt: skip
    world.upload = replace(world.upload, sha256=approved.sha256)
    for turn in range(120):
        world.step(clear=turn > 40)
        assert world.upload.state not in ("verified", "enabled")
    assert world.upload.state == "failed"
    assert "HASH_MISMATCH" in world.upload.message
    with pytest.raises(CommandFailure, match="FILE_NOT_VERIFIED"):
        world.craft.area.enable(1, 0)
