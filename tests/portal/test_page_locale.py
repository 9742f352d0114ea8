"""The pages in the language and time zone of whoever reads them; programs are told UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from litestar.testing import TestClient

from groundsys.objects import FolderObjectStore
from groundsys.portal.app import create_app
from groundsys.values.instants import Instant, SpacecraftEventTime
from tests.portal.fake_desks import POLAR_TOKEN, FakeDesks

MEASURED = SpacecraftEventTime(Instant.from_utc(datetime(2031, 8, 20, 14, 30, tzinfo=UTC)).tai_ns)
JAPANESE = {"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.5"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    desks = FakeDesks(FolderObjectStore(tmp_path))
    desks.deliver(
        *("polar-weather", "weather-000012.dat", b"x" * 1024, "cube-polar"),
        payload="weather",
        measured_from=MEASURED,
        measured_until=MEASURED.plus_seconds(7_200.0),
    )
    with TestClient(create_app(desks, desks.objects)) as client:
        yield client


def sign_in(client: TestClient, headers: dict[str, str] | None = None) -> str:
    answer = client.post("/sign-in", data={"token": POLAR_TOKEN}, headers=headers or {})
    assert answer.status_code == 200
    return answer.text


def test_a_browser_that_likes_japanese_is_told_in_japanese(client: TestClient) -> None:
    first = client.get("/", headers=JAPANESE)
    assert first.headers["content-language"] == "ja"
    assert '<html lang="ja">' in first.text
    assert "宇宙からのデータ" in first.text
    page = sign_in(client, JAPANESE)
    assert "polar-weather の製品" in page
    assert "届いた製品" in page
    assert "weather-000012.dat" in page
    assert "2031-08-20 14:30 – 16:30" in page
    assert "測定（UTC）" in page


def test_what_is_shown_in_japanese_has_no_english_sentence_left(client: TestClient) -> None:
    page = sign_in(client, JAPANESE)
    text = re.sub(r"<[^>]+>", " ", page.partition("<body>")[2])
    for known in ("weather-000012.dat", "groundsys fetch", "cube-polar", "polar-weather"):
        text = text.replace(known, "")
    assert re.findall(r"[a-z]{3,} [a-z]{2,}", text) == []


def test_a_refusal_is_told_in_japanese(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"token": "gs1_" + "x" * 43}, headers=JAPANESE)
    assert answer.status_code == 403
    assert "このキーは有効ではありません" in answer.text


def test_a_choice_stands_above_what_the_browser_likes_and_is_kept(client: TestClient) -> None:
    sign_in(client)
    link = 'href="/?language=ja"'
    assert link in client.get("/").text
    assert "届いた製品" in client.get("/", params={"language": "ja"}).text
    assert "届いた製品" in client.get("/").text
    assert "What has arrived" in client.get("/", params={"language": "en"}, headers=JAPANESE).text
    assert "What has arrived" in client.get("/", headers=JAPANESE).text


def test_japans_time_is_marked_and_kept(client: TestClient) -> None:
    sign_in(client)
    page = client.get("/", params={"time_zone": "JST"}).text
    assert "Measured (JST)" in page
    assert "2031-08-20 23:30 – 2031-08-21 01:30" in page
    assert "<strong>2031-08-20 UTC</strong>" in page  # a day of the archive is one of UTC
    assert "Measured (JST)" in client.get("/").text
    assert "Measured (UTC)" in client.get("/", params={"time_zone": "UTC"}).text


def test_a_choice_of_nothing_we_have_is_none(client: TestClient) -> None:
    answer = client.get("/", params={"language": "xx", "time_zone": "<b>"})
    assert "Sign in" in answer.text
    assert "set-cookie" not in answer.headers


def test_links_keep_what_was_looked_for(client: TestClient) -> None:
    sign_in(client)
    page = client.get("/", params={"payload": "weather"}).text
    assert 'href="/?payload=weather&amp;language=ja"' in page


def test_programs_are_told_utc_and_english_whatever_they_say_they_like(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {POLAR_TOKEN}", "Cookie": "time_zone=JST; language=ja"}
    plain = client.get("/api/v1/products", headers={"Authorization": f"Bearer {POLAR_TOKEN}"})
    answer = client.get("/api/v1/products", headers=headers | JAPANESE)
    assert answer.json() == plain.json()
    assert answer.json()["products"][0]["measured_from"] == "2031-08-20T14:30:00.000Z"
