"""On a real Yamcs: a file goes up over two passes while the desks are killed, and is booted."""

from __future__ import annotations

import contextlib
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest

from groundsys.desks.commanding.upload_desk import PACE
from groundsys.mission.spacecraft.onboard_files import ENABLE_COMMAND
from groundsys.rehearsal.verdict.auditing import verify_store
from groundsys.store import Store
from tests.uploads.flown_uploads import (
    SECOND_PERSON,
    SOFTWARE,
    VERSION,
    Flown,
    flown_uploads,
)

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("uploads"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flown]:
    with flown_uploads(tmp_path_factory.mktemp("uploads")) as flown:
        yield flown


def test_the_file_needed_two_passes_and_was_lost_in_parts(flown: Flown) -> None:
    between = flown.seen["between the passes"]
    assert between["state"] == "sending"
    assert 0 < between["pieces_acknowledged"] < between["pieces"] == 22
    assert between["octets_acknowledged"] >= 944 * (between["pieces_acknowledged"] - 1)
    assert between["completion_ns"] is not None
    whole = flown.seen["after the reboot"]
    assert whole["passes"] == ["pass-01", "pass-02"]
    assert whole["pieces_sent"] > whole["pieces"] == whole["pieces_acknowledged"]
    assert flown.kills == 3


def test_it_is_verified_by_the_crafts_own_word_on_its_hash(flown: Flown) -> None:
    whole = flown.seen["verified"]
    assert whole["state"] == "verified"
    assert whole["sha256"] == hashlib.sha256(SOFTWARE).hexdigest()
    assert whole["on_board"]["sha256"] == whole["sha256"]
    assert whole["on_board"]["state"] == "VERIFIED"


def test_no_piece_went_again_once_the_craft_had_acknowledged_it(flown: Flown) -> None:
    attempts = defaultdict(list)
    for command in flown.commands():
        if "-" in command.subject.partition(":")[2]:
            attempts[command.subject] += [(one, command) for one in command.attempts]
    assert len(attempts) == 22 + 4
    for subject, tries in attempts.items():
        acknowledged = [one.confirmed_at for one, _ in tries if one.confirmed_at is not None]
        for one, command in tries:
            assert not any(known <= one.issued_at for known in acknowledged), (subject, command)
    assert max(len(tries) for tries in attempts.values()) > 1


def test_pieces_leave_in_bd_frames_few_at_a_time(flown: Flown) -> None:
    attempts = [one for command in flown.commands() for one in command.attempts]
    assert all(one.bypass for one in attempts)
    for attempt in attempts:
        waiting = [
            one
            for one in attempts
            if one.issued_at <= attempt.issued_at
            and (one.radiated_at is None or one.radiated_at > attempt.issued_at)
            and attempt.issued_at - timedelta(seconds=120) < one.issued_at
        ]
        assert len(waiting) <= PACE.not_radiated + 2  # what ends a file goes beside its pieces


def test_its_version_runs_after_the_reboot(flown: Flown) -> None:
    assert flown.seen["after the reboot"]["state"] == "enabled"
    otv = flown.flight.mission.spacecraft["otv"]
    with contextlib.closing(flown.flight.yamcs.connect()) as yamcs:
        readings = yamcs.parameter_values(otv, ["obc_software_version", "obc_boot_count"])
    assert readings["obc_software_version"].value == VERSION
    assert readings["obc_boot_count"].value == 2
    [enabled] = [one for one in flown.commands("operator") if one.name == ENABLE_COMMAND]
    assert enabled.state == "completed"
    assert enabled.approver == SECOND_PERSON != enabled.operator


def test_an_altered_file_is_found_out_and_cannot_be_enabled(flown: Flown) -> None:
    altered = flown.seen["altered"]
    assert altered["state"] == "failed"
    assert "HASH_MISMATCH" in altered["message"]
    assert altered["pieces_acknowledged"] == altered["pieces"]  # CFDP's checksum saw nothing
    assert altered["on_board"]["state"] == "RECEIVED"
    assert altered["on_board"]["sha256"] != altered["sha256"]
    [verify] = [one for one in flown.commands() if one.subject == "upload-2:verify"]
    assert verify.state == "failed"
    assert "upload-2 (fsw-9.img) is failed" in flown.refusals["enabling an altered file"]
    assert "HASH_MISMATCH" in flown.refusals["enabling an altered file"]


def test_two_people_stand_for_each_file(flown: Flown) -> None:
    assert "cannot approve it" in flown.refusals["own approval"]
    assert "is drafted, not verified on board" in flown.refusals["enabling a draft"]
    for upload in flown.uploads().values():
        assert upload.approver == SECOND_PERSON != upload.operator
    with Store(flown.store_path, read_only=True) as store:
        entries = [
            (one.action, one.actor)
            for one in store.audit.all(subject="upload-1")
            if one.action.startswith("upload.")
        ]
    owner = flown.uploads()["upload-1"].operator
    assert entries == [("upload.draft", owner), ("upload.approve", SECOND_PERSON)]


def test_the_audit_log_holds_after_all_that(flown: Flown) -> None:
    run = flown.flight.run
    found = verify_store(run.store, run.hub / "audit-heads.jsonl", run.path / "notary.pem")
    assert found.findings == ()
