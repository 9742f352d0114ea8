"""Plans in JSON and CSV: all of them comes back, and what does not fit is named with its place."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.planning import Plan
from groundsys.planning.exchange import read_plan_json, write_plan_json
from groundsys.planning.exchange.fields import read_record, to_plain
from groundsys.planning.exchange.files import read_whole, write_whole
from groundsys.planning.exchange.plan_csv import read_plan_csv, write_plan_csv
from groundsys.planning.exchange.times import day_of_year_text, read_utc, utc_text
from groundsys.values.errors import PlanError
from groundsys.values.instants import EarthReceiveTime, Instant
from tests.planning.exchange.plans import PASS_01, PLAN

#: 1972 to 2100, after the first leap second of the table
instants = st.integers(63_072_010 * 10**9, 4_102_444_837 * 10**9).map(EarthReceiveTime)
words = st.text("abc-09", min_size=1)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(instants, st.floats(0.0, 1e9), st.lists(words).map(tuple)), min_size=1),
    words,
)
def test_any_plan_comes_back_from_json_and_csv(
    drawn: list[tuple[EarthReceiveTime, float, tuple[str, ...]]], scenario: str
) -> None:
    passes = [
        replace(PASS_01, start=start, rate_bps=rate, serves=serves) for start, rate, serves in drawn
    ]
    passes.sort(key=lambda one: one.start)
    plan = Plan(scenario, tuple(passes), PLAN.relay_sessions)
    text = write_plan_json(plan)
    assert read_plan_json(text) == plan
    assert read_plan_csv(write_plan_csv(plan)) == plan
    assert write_plan_json(read_plan_json(text)) == text


def test_instants_keep_their_clock() -> None:
    read = read_plan_json(write_plan_json(PLAN))
    for name in ("start", "end", "uplink_from", "uplink_until"):
        assert type(getattr(read.passes[0], name)) is type(getattr(PASS_01, name))


def test_the_file_is_readable_and_in_order_of_time() -> None:
    text = write_plan_json(replace(PLAN, passes=PLAN.passes[::-1]))
    document = json.loads(text)
    assert document["schema"] == "groundsys.plan/1"
    assert document["passes"][0]["start"] == "2031-08-20T01:00:00.123456789Z"
    assert document["passes"][0]["end"] == "2031-08-20T02:30:00.5Z"
    assert text == write_plan_json(PLAN)


def test_a_field_with_a_default_may_be_missing_from_an_older_file() -> None:
    document = json.loads(write_plan_json(PLAN))
    del document["passes"][1]["serves"]
    assert read_plan_json(json.dumps(document)) == PLAN


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("passes", 1, "rate_bps"), None, "plan.passes[1].rate_bps does not fit"),
        (("passes", 1, "rate_bps"), "fast", "plan.passes[1].rate_bps does not fit"),
        (("passes", 1, "rate_bps"), True, "plan.passes[1].rate_bps does not fit"),
        (("passes", 0, "antenna"), 7, "plan.passes[0].antenna does not fit"),
        (("passes", 0, "start"), "yesterday", "plan.passes[0].start is no time"),
        (("passes", 0, "start"), "2031-13-01T00:00:00Z", "plan.passes[0].start is no time"),
        (("passes", 0, "serves"), "health-1", "plan.passes[0].serves does not fit"),
        (("passes", 0, "serves"), [1], "plan.passes[0].serves[0] does not fit"),
        (("relay_sessions", 0, "mood"), "good", "plan.relay_sessions[0] has a field that is not"),
        (("passes",), {}, "plan.passes does not fit"),
        (("passes", 0), 3, "plan.passes[0] does not fit"),
        (("schema",), "groundsys.plan/2", "not a plan that this version reads"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(
    path: tuple[str | int, ...], value: object, words: str
) -> None:
    document = json.loads(write_plan_json(PLAN))
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(PlanError) as refusal:
        read_plan_json(json.dumps(document))
    assert refusal.value.message.startswith(words)


def test_a_missing_field_is_named_with_its_place() -> None:
    document = json.loads(write_plan_json(PLAN))
    del document["passes"][1]["antenna"]
    with pytest.raises(PlanError, match=r"plan.passes\[1\] lacks the field antenna"):
        read_plan_json(json.dumps(document))


def test_half_a_file_is_refused_with_its_line() -> None:
    text = write_plan_json(PLAN)
    with pytest.raises(PlanError, match=r"line \d+, column \d+ is no JSON"):
        read_plan_json(text[: len(text) // 2])
    with pytest.raises(PlanError, match="not a plan"):
        read_plan_json("[]")


def test_what_is_no_number_is_not_written() -> None:
    broken = replace(PLAN, passes=(replace(PASS_01, rate_bps=float("nan")),))
    with pytest.raises(PlanError, match=r"plan.passes\[0\].rate_bps cannot be written"):
        write_plan_json(broken)


def test_the_table_opens_in_any_spreadsheet() -> None:
    text = write_plan_csv(PLAN)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["id"] for row in rows] == ["pass-01", "relay-01", "pass-02"]
    assert rows[1]["relay"] == "otv"
    assert rows[1]["antenna"] == ""
    assert rows[0]["serves"] == "health-1 command-2"
    assert text.count("\r\n") == text.count("\n") == 4


@pytest.mark.parametrize(
    ("found", "instead", "words"),
    [
        ("64000.0", "fast", "line 2, rate_bps is no number"),
        ("relay_session,", "picnic,", "line 3: kind"),
        ("pass,day,pass-02", "pass,night,pass-02", "a table holds the plan of one scenario"),
        ("malargue-35", "malargue-35,otv", "line 4 has more or fewer cells"),
        ("usuda-64", "", "line 2 lacks the field antenna"),
        ("2031-08-20T02:30:00.5Z", "half past two", "line 2.end is no time"),
        ("kind,", "sort,", "the first line names no column kind"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_its_line(
    found: str, instead: str, words: str
) -> None:
    text = write_plan_csv(PLAN)
    assert found in text
    with pytest.raises(PlanError) as refusal:
        read_plan_csv(text.replace(found, instead, 1))
    assert refusal.value.message.startswith(words)


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    level: Literal["low", "high"] = "low"


@dataclass(frozen=True, slots=True)
class Rich:
    """The kinds of fields that a plan may grow."""

    notes: tuple[Note, ...]
    best: Note | None
    at: Instant | None
    rates: tuple[tuple[Instant, float], ...]
    share: dict[str, float]
    count: int
    done: bool = False


@pytest.mark.parametrize("empty", [False, True])
def test_fields_of_other_kinds_come_back_too(empty: bool) -> None:
    at = Instant(1_950_000_000_000_000_001)
    rich = Rich(
        () if empty else (Note("a", "high"), Note("b")),
        None if empty else Note("c"),
        None if empty else at,
        () if empty else ((at, 8000.0),),
        {} if empty else {"usuda-64": 0.25},
        3,
    )
    plain = json.loads(json.dumps(to_plain(rich, "rich")))
    assert read_record(Rich, plain, "rich") == rich
    plain["notes"] = [{"text": "d", "level": "loud"}]
    with pytest.raises(PlanError, match=r"rich.notes\[0\].level does not fit"):
        read_record(Rich, plain, "rich")


@given(instants)
def test_both_time_codes_are_read(instant: EarthReceiveTime) -> None:
    read = read_utc(utc_text(instant), EarthReceiveTime, "time")
    assert read == instant
    day_of_year = read_utc(day_of_year_text(instant), EarthReceiveTime, "time")
    assert instant.tai_ns // 1_000_000 == day_of_year.tai_ns // 1_000_000


@pytest.mark.parametrize("text", ["2031-366T00:00:00Z", "2031-000T00:00:00Z", "2031-001", ""])
def test_a_day_that_is_not_is_refused(text: str) -> None:
    with pytest.raises(PlanError, match="start is no time"):
        read_utc(text, Instant, "start")


def test_a_file_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plans" / "day.json"
    write_whole(path, "old\r\n")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("groundsys.planning.exchange.files.os.fsync", full)
    with pytest.raises(PlanError, match="cannot be written"):
        write_whole(path, "new")
    assert read_whole(path) == "old\r\n"
    assert [one.name for one in path.parent.iterdir()] == ["day.json"]


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"none\.json cannot be read"):
        read_whole(tmp_path / "none.json")
    (tmp_path / "image.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlanError, match=r"image\.json is no text"):
        read_whole(tmp_path / "image.json")
