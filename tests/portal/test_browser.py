"""The pages in a real Chromium, with script and without; skipped with a reason where there is none.

With GROUNDSYS_SHOTS=FOLDER each test leaves pictures of what it has seen.
"""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api as playwright

from groundsys.objects import FolderObjectStore
from groundsys.planning.situation import Homecoming
from groundsys.store import FileRecord
from groundsys.values.instants import EarthReceiveTime, Interval
from tests.portal.fake_desks import (
    CREATED,
    POLAR_TOKEN,
    THARSIS_TOKEN,
    FakeDesks,
    listening,
    publishing,
)
from tests.portal.portal_process import running_portal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("there is no chromium on this machine's PATH", allow_module_level=True)


@dataclass
class Site:
    url: str
    desks: FakeDesks


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    objects = tmp_path_factory.mktemp("objects")
    desks = FakeDesks(FolderObjectStore(objects))
    for day in range(3):
        for hour in (6, 12):
            _deliver_set(desks, day, hour)
    desks.deliver("tharsis-seismo", "secret.dat", b"theirs", "cube-tharsis", payload="seismometer")
    desks.change("planning", version=_Version(tuple(_foretold(number) for number in range(9))))
    desks.change("files", records=[_arriving()])
    with (
        listening(desks) as endpoint,
        publishing(desks) as news,
        running_portal(endpoint, objects, news=news) as url,
    ):
        yield Site(url, desks)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(request: pytest.FixtureRequest, chromium: Any, site: Site) -> Iterator[Any]:
    """A page that fails the test for any error that Chromium tells."""
    context = chromium.new_context(
        java_script_enabled=request.param, viewport={"width": 1200, "height": 900}
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    # that a wrong key is answered with 403 is told there as well
    assert [one for one in errors if "status of 403" not in one] == []


def sign_in(page: Any, site: Site, token: str = POLAR_TOKEN) -> None:
    page.goto(site.url)
    page.get_by_label("API key").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="What has arrived").wait_for()


def test_a_person_signs_in_looks_round_and_signs_out(page: Any, site: Site) -> None:
    page.goto(site.url)
    shot(page, "sign-in")
    sign_in(page, site)
    shot(page, "products")
    assert page.title() == "Products of polar-weather"
    days = page.locator("details.day")
    assert days.count() == 3
    assert [days.nth(index).get_attribute("open") for index in range(3)] == ["", None, None]
    text = page.inner_text("main")
    assert "secret" not in text
    assert "cube-tharsis" not in text
    assert "weather-2-06.png" in text  # the caption of a quick-look picture
    widths = page.eval_on_selector_all("details[open] img", "all => all.map(i => i.naturalWidth)")
    assert widths == [320, 320]
    days.nth(1).locator("summary").click()
    assert days.nth(1).locator("img").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    page.go_back()
    page.reload()
    assert "polar-weather" not in page.content()


def test_what_is_on_its_way_and_when(page: Any, site: Site) -> None:
    sign_in(page, site)
    page.get_by_text("3 more").click()
    coming = page.locator("main").inner_text()
    assert "weather-3-00.dat" in coming
    assert "1.2 MB of 3.0 MB" in coming
    assert "no booked pass brings it home yet" in coming
    assert "2031-08-20 14:12" in coming


def test_a_product_and_a_day_are_saved(page: Any, site: Site) -> None:
    sign_in(page, site)
    with page.expect_download() as saved:
        page.get_by_role("link", name="weather-2-06.dat", exact=True).click()
    assert saved.value.suggested_filename == "weather-2-06.dat"
    assert Path(saved.value.path()).read_bytes() == b"weather-2-06" * 100
    with page.expect_download() as saved:
        page.locator("details[open]").get_by_role("link", name="Download the day").click()
    assert saved.value.suggested_filename.endswith(".tar")
    assert b"weather-2-12.cdf" in Path(saved.value.path()).read_bytes()


def test_the_choice_is_narrowed(page: Any, site: Site) -> None:
    sign_in(page, site)
    page.get_by_label("Level").select_option("L1")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("6 products,").wait_for()
    names = page.locator("td.name a").all_text_contents()
    assert names
    assert all(name.endswith(".cdf") for name in names)


def test_a_wrong_key_is_told(page: Any, site: Site) -> None:
    page.goto(site.url)
    page.get_by_label("API key").fill("gs1_" + "x" * 43)
    with page.expect_response("**/sign-in") as answer:
        page.get_by_role("button", name="Sign in").click()
    assert answer.value.status == 403
    assert page.get_by_role("alert").inner_text() == "This token opens nothing."
    shot(page, "refused")


def test_a_narrow_screen_in_the_dark(chromium: Any, site: Site) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 800}, color_scheme="dark", java_script_enabled=False
    )
    page = context.new_page()
    sign_in(page, site)
    shot(page, "narrow-dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_news_are_told_while_the_page_is_open(chromium: Any, site: Site) -> None:
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    with page.expect_response("**/events"):
        sign_in(page, site, THARSIS_TOKEN)
    site.desks.deliver("tharsis-seismo", "new.dat", b"new", "cube-tharsis", payload="seismometer")
    page.get_by_text("1 product has arrived.").wait_for(timeout=5000)
    shot(page, "news")
    page.get_by_role("link", name="Show").click()
    page.get_by_role("link", name="new.dat").wait_for()
    context.close()


# --- what there is to see ---------------------------------------------------------------------


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("GROUNDSYS_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@dataclass(frozen=True)
class _Version:
    homecomings: tuple[Homecoming, ...]


def _deliver_set(desks: FakeDesks, day: int, hour: int) -> None:
    start = CREATED + timedelta(days=day - 3, hours=hour - 9)
    stem = f"weather-{day}-{hour:02d}"
    facts = {
        "payload": "weather",
        "measured_from": start,
        "measured_until": start + timedelta(hours=5, minutes=50),
        "created": start + timedelta(hours=9),
    }
    for suffix, level, media_type, content in (
        ("dat", "L0", "application/octet-stream", stem.encode() * 100),
        ("cdf", "L1", "application/x-cdf", stem.encode() * 3000),
        ("png", "QL", "image/png", _picture(day * 40 + hour)),
        ("manifest.json", "manifest", "application/json", b"{}\n"),
    ):
        name = f"{stem}.{suffix}"
        levels = {"level": level, "media_type": media_type}
        desks.deliver("polar-weather", name, content, "cube-polar", **facts, **levels)


def _foretold(number: int) -> Homecoming:
    start = CREATED + timedelta(hours=6 * number - 6)
    home = EarthReceiveTime((start + timedelta(hours=11)).tai_ns)
    sure = EarthReceiveTime((home + timedelta(hours=8)).tai_ns)
    comes = number < 7
    measured = Interval(start, start + timedelta(hours=6))
    times = (home if comes else None, sure if number < 5 else None)
    return Homecoming("polar-weather", "cube-polar", "weather", measured, 9.1e6, *times)


def _arriving() -> FileRecord:
    facts = ("cube-polar", 418, 1, 7, "weather-3-00.dat", 3_000_000, 1_240_000)
    return FileRecord("418:7", *facts, "open", CREATED, CREATED)


def _picture(seed: int) -> bytes:
    """A PNG of 320 × 160: a curve on white (ISO/IEC 15948)."""
    width, height = 320, 160
    rows = []
    for y in range(height):
        line = bytearray([255] * 3 * width)
        for x in range(width):
            top = 80 + 50 * ((x * (seed + 3) % 97) / 97 - 0.5)
            if abs(y - top) < 2:
                line[3 * x : 3 * x + 3] = bytes((168, 64, 29))
        rows.append(b"\0" + bytes(line))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
