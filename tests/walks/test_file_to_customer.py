"""Walk 4: cube's file → Proximity-1 → OTV → downlink → CFDP fold → product → customer's folder."""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from groundsys.client import verify_folder
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.customers import token_text
from groundsys.store import FileRecord
from tests.walks.flown_day import FlownDay

OWNER, OTHER = "tharsis-seismo", "polar-weather"
FETCH_TIMEOUT_S = 60.0


@pytest.fixture(scope="module")
def repaired(day: FlownDay) -> FileRecord:
    """A file of which something was lost on the way, and asked for again."""
    with day.store() as store:
        files = store.catalogue.files()
    return next(
        one for one in files if one.spacecraft == "cube-tharsis" and one.retransmission_rounds
    )


def fetch(day: FlownDay, customer: str, token: str, into: Path) -> subprocess.CompletedProcess[str]:
    """What a customer types."""
    arguments = ["fetch", "--customer", customer, "--token", token, "--into", str(into)]
    return subprocess.run(
        [sys.executable, "-m", "groundsys", *arguments, "--url", day.portal_url],
        capture_output=True,
        text=True,
        timeout=FETCH_TIMEOUT_S,
        check=False,
    )


def portal(day: FlownDay, customer: str, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {day.token(customer)}"}
    return httpx.get(f"{day.portal_url}/api/v1/{path}", headers=headers)


def test_a_file_comes_whole_though_frames_of_it_were_lost(
    day: FlownDay, repaired: FileRecord
) -> None:
    [made] = day.truth("cube-tharsis", "file", name=repaired.name)

    # cube → OTV → Earth: file frames crossed Proximity-1, and came home inside the OTV's packets
    assert day.truth("cube-tharsis", "frames", link="proximity", virtual_channel=1)
    carried = day.frames("cube-tharsis", virtual_channel=1)
    assert carried
    assert all(frame.order_ns != frame.ert_ns for frame in carried)  # ordered by the OTV's clock

    # CFDP: the fold is complete, some of it only after the ground had asked for it again
    assert repaired.completion == "complete"
    assert repaired.octets_received == repaired.size == made["size"]
    assert repaired.sha256 == made["sha256"]
    with day.store() as store:
        said = {
            one.subject.removeprefix(f"{repaired.id}:"): one
            for one in store.commands.all()
            if one.purpose == "file" and one.subject.startswith(f"{repaired.id}:")
        }
    assert {"nak", "finished"} <= set(said)
    assert {one.state for one in said.values()} == {"completed"}
    assert {(one.spacecraft, one.name) for one in said.values()} == {("otv", "CFDP_PDU")}
    assert said["nak"].queued_at < said["finished"].queued_at


def test_the_customer_fetches_exactly_what_the_cube_wrote(
    day: FlownDay, repaired: FileRecord, tmp_path: Path
) -> None:
    done = fetch(day, OWNER, day.token(OWNER), tmp_path / "home")
    assert done.returncode == 0, done.stderr
    assert "every hash checked" in done.stdout
    home = tmp_path / "home" / "cube-tharsis"
    [made] = day.truth("cube-tharsis", "file", name=repaired.name)
    assert sha256(home / repaired.name) == made["sha256"]

    # provenance: the manifest vouches for every file made of it
    manifest = json.loads((home / repaired.name).with_suffix(".manifest.json").read_text())
    assert manifest["customer"] == OWNER
    assert {entry["level"] for entry in manifest["files"]} == {"L0", "L1", "QL", "label"}
    for entry in manifest["files"]:
        assert sha256(home / entry["name"]) == entry["sha256"]
    assert manifest["source"]["cfdp"]["transaction"] == repaired.transaction

    # all that was due is home, and nothing that is somebody else's
    due = [
        line["name"]
        for line in day.truth("cube-tharsis", "file")
        if line["closed_ns"] < day.scenario.cut_off.tai_ns
    ]
    assert {*due} <= {path.name for path in home.iterdir()}
    home_has = {path.name for path in (tmp_path / "home").iterdir()}
    assert home_has == {"cube-tharsis", SIGNING_KEY}
    assert verify_folder(tmp_path / "home", day.run.signing_key_public).findings == ()

    # again: nothing is fetched twice; and the ground knows who fetched
    again = fetch(day, OWNER, day.token(OWNER), tmp_path / "home")
    assert again.returncode == 0
    assert "0 products fetched" in again.stdout
    with day.store() as store:
        assert {access.customer for access in store.catalogue.accesses(OWNER)} == {OWNER}


def test_another_customer_s_token_shows_nothing_of_it(day: FlownDay, repaired: FileRecord) -> None:
    mine = portal(day, OWNER, "products").json()["products"]
    theirs = portal(day, OTHER, "products").json()["products"]
    assert any(product["name"].endswith(repaired.name) for product in mine)
    assert theirs
    assert not {product["id"] for product in mine} & {product["id"] for product in theirs}
    assert not {product["name"] for product in mine} & {product["name"] for product in theirs}
    refused = portal(day, OTHER, f"products/{mine[0]['id']}")
    absent = portal(day, OTHER, "products/999-999-9")
    assert refused.status_code == absent.status_code == 404
    assert refused.content == absent.content
    assert without_date(refused) == without_date(absent)


def test_another_customer_s_token_fetches_nothing(day: FlownDay, tmp_path: Path) -> None:
    done = fetch(day, OWNER, day.token(OTHER), tmp_path / "home")
    assert_one_clear_error(done, "this token is another customer's")
    assert not list((tmp_path / "home").rglob("*.*"))


def test_a_token_that_is_nobody_s_is_one_clear_error(day: FlownDay, tmp_path: Path) -> None:
    done = fetch(day, OWNER, token_text(secrets.token_bytes(32)), tmp_path / "home")
    assert_one_clear_error(done, "the portal does not know this token")
    assert not list((tmp_path / "home").rglob("*.*"))


def assert_one_clear_error(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert done.returncode == 2
    assert done.stdout.strip() == ""
    assert done.stderr.count(said) == 1
    assert "Traceback" not in done.stderr


def without_date(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
