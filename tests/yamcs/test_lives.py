"""A real Yamcs that is killed and started anew counts anew, as another source of commands."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.backend import Yamcs, YamcsServer
from groundsys.ccsds.requests import request_id, source_of_life
from groundsys.commanding.packets import content_hash
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from groundsys.values.records import CommandRecord, IssuedCommand
from tests.yamcs.craft import Craft, wait_for

CUBE = "cube-polar"


@pytest.fixture
def alone(mission: Mission, scenario: Scenario, tmp_path: Path) -> Iterator[YamcsServer]:
    """A server for one craft, to be killed."""
    with YamcsServer.start(tmp_path, mission, replace(scenario, spacecraft=(CUBE,))) as running:
        yield running


def record_of(yamcs: Yamcs, craft: Craft, issued: IssuedCommand, since: Instant) -> CommandRecord:
    records = yamcs.command_records(craft.spacecraft, since)
    [record] = [one for one in records if one.id == issued.id]
    return record


def test_commands_of_one_count_from_two_lives_are_told_apart(
    alone: YamcsServer, mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    start = scenario.span.start
    craft = Craft(mission.spacecraft[CUBE], alone.links[CUBE], tmp_path / "keys").open()
    with contextlib.closing(craft):
        with contextlib.closing(alone.connect()) as yamcs:
            prepared = yamcs.prepare_command(craft.spacecraft, "PING", {})
            first = yamcs.issue_command(craft.spacecraft, "PING", {}, bypass=True)
            assert craft.receive().data == first.binary
        assert alone.pid is not None
        os.kill(alone.pid, signal.SIGKILL)
        alone.restart(mission)
        with contextlib.closing(alone.connect()) as yamcs:
            yamcs.set_time(start.plus_seconds(60.0), 0.0)
            later = yamcs.issue_command(craft.spacecraft, "PING", {}, bypass=True)
            assert craft.receive().data == later.binary
            check_that_they_differ_by_their_source(first, later, prepared)
            assert record_of(yamcs, craft, first, start).source == first.source
            check_that_each_report_finds_its_own(yamcs, craft, first, later, start)


def check_that_they_differ_by_their_source(
    first: IssuedCommand, later: IssuedCommand, prepared: bytes
) -> None:
    requests = [request_id(one.binary) for one in (first, later)]
    assert [one.source for one in requests] == [first.source, later.source]
    assert [first.source, later.source] == [source_of_life(0), source_of_life(1)]
    assert requests[0] == replace(requests[1], source=first.source)
    assert content_hash(prepared) == content_hash(first.binary) == content_hash(later.binary)


def check_that_each_report_finds_its_own(
    yamcs: Yamcs, craft: Craft, first: IssuedCommand, later: IssuedCommand, start: Instant
) -> None:
    """A failure of the first is none of the second, whose own reports complete it."""
    told = [
        ("COMPLETION_FAILURE", first),
        ("ACCEPTANCE_SUCCESS", later),
        ("START_SUCCESS", later),
        ("COMPLETION_SUCCESS", later),
    ]
    for number, (name, issued) in enumerate(told):
        packet = craft.packet(
            name,
            start.plus_seconds(70.0 + number),
            destination=issued.source,
            request_apid=1,
            request_sequence_count=issued.sequence_count,
        )
        craft.send_and_wait(yamcs, craft.frames("TELEMETRY", [packet]))
    wait_for(lambda: record_of(yamcs, craft, later, start).completion)
    record = record_of(yamcs, craft, later, start)
    assert (record.acceptance, record.start, record.completion) == ("ok", "ok", "ok")
