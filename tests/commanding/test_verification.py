"""What a craft reports is matched to the right command, also when sequence counts come round."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.requests import GROUND_SOURCE, SCHEDULE_SOURCE, YAMCS_SOURCES, source_of_life
from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet
from groundsys.commanding.events import Intended, Issued, Reported
from groundsys.commanding.ledger import Command, advance_command
from groundsys.commanding.verification import (
    REPORTS,
    StageReport,
    read_report,
    reported_attempt,
)
from groundsys.mission import load_mission
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


@pytest.fixture(scope="module")
def model() -> SpacecraftModel:
    return load_mission().spacecraft["otv"].model


def packet(model: SpacecraftModel, name: str, data: bytes) -> ArchivedPacket:
    definition = model.packet(name)
    binary = encode_tm_packet(
        TmPacket(1, 9, definition.service, definition.subtype, 5_000_000_000, data)
    )
    return ArchivedPacket(name, NOON, 1, 9, NOON, binary)


def issued(number: int, count: int, hour: float, source: int = GROUND_SOURCE) -> Command:
    at = NOON.plus_seconds(3600 * hour)
    command = Command(f"otv-{number}", "otv", "PING", {}, "plan", "", at, at)
    command = advance_command(command, Intended(), at)
    return advance_command(command, Issued(f"y{number}", count, None, source=source), at)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_is_read(model: SpacecraftModel, name: str) -> None:
    stage, outcome = REPORTS[name]
    data = b"\x00\x01\x02\x03" + (b"\x07" if outcome == "failed" else b"")
    report = read_report(model, packet(model, name, data), NOON)
    failure = "LOW_POWER" if outcome == "failed" else ""
    assert report == StageReport(0x0203, stage, outcome, failure, NOON)


def test_what_is_no_report_is_none(model: SpacecraftModel) -> None:
    good = packet(model, "COMPLETION_SUCCESS", b"\x00\x01\x00\x05")
    assert read_report(model, packet(model, "PING_REPORT", b""), NOON) is None
    assert read_report(model, replace(good, binary=b""), NOON) is None
    assert read_report(model, replace(good, binary=good.binary[:21]), NOON) is None


def test_the_newest_attempt_before_the_report_is_meant() -> None:
    commands = [issued(1, 5, 0), issued(2, 5, 10), issued(3, 6, 1), issued(4, 5, 20)]

    def meant(hour: float, count: int = 5) -> str | None:
        report = StageReport(count, "completion", "ok", "", NOON.plus_seconds(3600 * hour))
        found = reported_attempt(commands, report)
        return found[0].id if found else None

    assert [meant(hour) for hour in (-1, 1, 11, 21)] == [None, "otv-1", "otv-2", "otv-4"]
    assert meant(11, count=6) == "otv-3"
    assert meant(11, count=7) is None


def test_a_report_for_another_source_is_on_no_attempt(model: SpacecraftModel) -> None:
    definition = model.packet("COMPLETION_SUCCESS")
    told = TmPacket(
        *(1, 9, definition.service, definition.subtype, 5_000_000_000, b"\x00\x01\x00\x05"),
        destination_id=SCHEDULE_SOURCE,
    )
    archived = ArchivedPacket(definition.name, NOON, 1, 9, NOON, encode_tm_packet(told))
    report = read_report(model, archived, NOON)
    assert report is not None
    assert (report.sequence_count, report.source) == (5, SCHEDULE_SOURCE)
    assert reported_attempt([issued(1, 5, 0)], report) is None
    assert reported_attempt([issued(1, 5, 0)], replace(report, source=GROUND_SOURCE)) is not None


@pytest.mark.parametrize(
    ("stage", "outcome", "state"),
    [
        ("acceptance", "ok", "accepted"),
        ("start", "ok", "started"),
        ("completion", "ok", "completed"),
        ("completion", "failed", "failed"),
    ],
)
def test_a_report_moves_its_command(stage: str, outcome: str, state: str) -> None:
    report = StageReport(5, stage, outcome, "WHY", NOON)  # type: ignore[arg-type]
    found = reported_attempt([issued(1, 5, 0)], report)
    assert found is not None
    command, record = found
    assert advance_command(command, Reported(record), NOON).state == state


@given(st.data())
def test_each_life_of_yamcs_hears_of_its_own_attempts(data: st.DataObject) -> None:
    """One command a life, all of one count and within minutes; reports in any order and long
    after, so that no date tells them apart."""
    count = data.draw(st.integers(0, 0x3FFF))
    numbers = data.draw(
        st.lists(st.sampled_from(YAMCS_SOURCES), min_size=2, max_size=5, unique=True)
    )
    commands = {
        f"otv-{number}": issued(number, count, number / 60, source)
        for number, source in enumerate(numbers)
    }
    outcomes = data.draw(
        st.lists(
            st.sampled_from(["ok", "failed", None]), min_size=len(numbers), max_size=len(numbers)
        )
    )
    reports = []
    for source, outcome in zip(numbers, outcomes, strict=True):
        made_at = NOON.plus_seconds(data.draw(st.floats(3_600, 360_000)))
        reports.append(StageReport(count, "acceptance", "ok", "", made_at, source))
        if outcome is not None:
            reports.append(StageReport(count, "completion", outcome, "", made_at, source))
    for report in data.draw(st.permutations(reports)):
        found = reported_attempt(commands.values(), report)
        assert found is not None
        command, record = found
        assert command.attempts[-1].source == report.source == record.source
        commands[command.id] = advance_command(command, Reported(record), NOON)
    states = {"ok": "completed", "failed": "failed", None: "accepted"}
    assert [one.state for one in commands.values()] == [states[one] for one in outcomes]


def test_a_later_life_is_heard_of_no_earlier_attempt() -> None:
    first, second = (issued(life, 5, life, source_of_life(life)) for life in (0, 1))
    made_at = NOON.plus_seconds(7_200)
    lost = StageReport(5, "completion", "ok", "", made_at, source_of_life(2))
    assert reported_attempt([first, second], lost) is None
    early = replace(lost, source=source_of_life(0))
    found = reported_attempt([first, second], early)
    assert found is not None
    assert found[0] is first
