"""The watch over alarms: nobody paged twice, however often it is killed; nobody forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundsys.pager import Contact, Duty, Page, Step
from groundsys.pager.watching import Journal, Watch
from groundsys.values.errors import NoAnswerError, RequestError

DUTY = Duty(
    people={"ada": Contact("ada", mail="a@x"), "grace": Contact("grace", mail="g@x")},
    steps=(Step(60.0, ("ada",)), Step(900.0, ("grace",))),
    repeat_s=600.0,
    desks_silent_s=120.0,
)
HOT = {"id": "otv:1", "spacecraft": "otv", "parameter": "obc_temperature", "value": "80"}


@dataclass
class World:
    """Desks that tell alarms, people who get pages, and a pager that is started anew at will."""

    path: Path
    alarms: list[dict[str, Any]] = field(default_factory=list)
    desks_answer: bool = True
    desks_know_alarms: bool = True
    hooks_work: bool = True
    pages: list[tuple[float, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    now_s: float = 50_000.0

    def __post_init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        self.watch = Watch(DUTY, Journal(self.path), self._status, self._send, self.said.append)

    def _status(self) -> dict[str, Any]:
        if not self.desks_answer:
            raise NoAnswerError("no answer to 'status' within 5 s")
        return {"alarms": {"alarms": self.alarms}} if self.desks_know_alarms else {"clock": {}}

    def _send(self, contact: Contact, _page: Page) -> None:
        if not self.hooks_work:
            raise RequestError(f"mail to {contact.name} failed")
        self.pages.append((self.now_s, contact.name))

    def let_pass(self, seconds: float, every_s: float = 5.0) -> None:
        until = self.now_s + seconds
        while self.now_s < until:
            self.watch.look(self.now_s)
            self.now_s += every_s

    def hot(self, level: str = "critical", *, acknowledged: bool = False) -> None:
        self.alarms = [
            {**HOT, "level": level, "state": "acknowledged" if acknowledged else "unacknowledged"}
        ]


def test_an_alarm_that_nobody_acknowledges_goes_up_the_steps(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.hot()
    world.let_pass(1_600.0)
    assert [(at - 50_000.0, who) for at, who in world.pages] == [
        (60.0, "ada"), (900.0, "grace"), (1_500.0, "grace"),
    ]  # fmt: skip


def test_who_acknowledges_ends_it_and_what_comes_again_begins_anew(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.hot()
    world.let_pass(70.0)
    world.hot(acknowledged=True)
    world.let_pass(2_000.0)
    assert [who for _, who in world.pages] == ["ada"]
    world.hot()
    world.let_pass(70.0)
    assert [who for _, who in world.pages] == ["ada", "ada"]


def test_an_alarm_below_the_rosters_levels_pages_nobody(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.hot("distress")
    world.let_pass(4_000.0, every_s=50.0)
    assert world.pages == []


def test_a_pager_that_is_killed_again_and_again_pages_as_one_that_was_not(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.hot()
    for _ in range(40):
        world.let_pass(40.0)
        with (tmp_path / "pages.jsonl").open("a") as journal:
            journal.write('{"what": "pa')  # killed while it wrote
        world.start_anew()
    assert [(at - 50_000.0, who) for at, who in world.pages] == [
        (60.0, "ada"), (900.0, "grace"), (1_500.0, "grace"),
    ]  # fmt: skip


def test_a_hook_that_fails_is_tried_again_ever_later_until_it_works(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.hot()
    world.hooks_work = False
    world.let_pass(200.0)
    failed = [words for words in world.said if "failed" in words]
    assert [words.rpartition("in ")[2] for words in failed] == ["15 s", "30 s", "60 s", "120 s"]
    world.hooks_work = True
    world.let_pass(120.0)
    assert [who for _, who in world.pages] == ["ada"]


def test_desks_that_are_silent_page_and_keep_what_stood(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.hot()
    world.let_pass(30.0)
    world.desks_answer = False
    world.let_pass(170.0)
    assert [who for _, who in world.pages] == ["ada"]  # of the alarm that stood
    world.let_pass(60.0)
    assert [who for _, who in world.pages] == ["ada", "ada"]  # 120 s silent, then 60 s
    world.desks_answer, world.alarms = True, []
    world.let_pass(4_000.0, every_s=50.0)
    assert len(world.pages) == 2


def test_desks_that_have_just_been_started_clear_nothing(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.hot()
    world.let_pass(30.0)
    world.desks_know_alarms = False
    world.let_pass(20.0)
    world.desks_know_alarms = True
    world.let_pass(20.0)
    assert [(at - 50_000.0, who) for at, who in world.pages] == [(60.0, "ada")]


def test_a_disk_that_takes_nothing_more_stops_no_page(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    world = World(folder / "pages.jsonl")  # the folder is not there: nothing can be written
    world.hot()
    world.let_pass(1_000.0)
    assert [who for _, who in world.pages] == ["ada", "grace"]
    assert any("cannot be written" in words for words in world.said)
    folder.mkdir()
    world.let_pass(600.0)
    assert [who for _, who in world.pages] == ["ada", "grace", "grace"]
    assert world.path.exists()


def test_a_shelved_alarm_pages_nobody_until_it_comes_back(tmp_path: Path) -> None:
    world = World(tmp_path / "pages.jsonl")
    world.alarms = [{**HOT, "level": "critical", "state": "shelved"}]
    world.let_pass(2_000.0)
    assert world.pages == []
    world.alarms = [{**HOT, "level": "critical", "state": "latched"}]
    world.let_pass(70.0)
    assert [who for _, who in world.pages] == ["ada"]
