"""Who reads in which language and zone, and that machines are never asked by accident."""

from __future__ import annotations

import pytest

from groundsys.locales import (
    Locale,
    accepted_language,
    current_locale,
    machine_language,
    reading,
    time_zone,
    tr,
    tr_plural,
)
from groundsys.values.instants import Instant

JAPANESE = Locale("ja", "JST")


def test_a_message_is_english_until_somebody_reads_otherwise() -> None:
    assert tr("no alarm") == "no alarm"
    with reading(JAPANESE):
        assert tr("no alarm") == "警報なし"
        assert (
            tr("▲ {alarms}, {waiting} to acknowledge", alarms="x", waiting=2) == "▲ x、未確認 2 件"
        )
        assert tr("a message that nobody has marked") == "a message that nobody has marked"
        assert tr("") == ""
    assert current_locale() == Locale()


def test_a_count_takes_its_form() -> None:
    told = ("{count} alarm", "{count} alarms")
    assert [tr_plural(*told, count) for count in (1, 2)] == ["1 alarm", "2 alarms"]
    with reading(JAPANESE):
        assert [tr_plural(*told, count) for count in (1, 2)] == ["警報 1 件", "警報 2 件"]


def test_braces_of_what_is_filled_in_are_left_alone() -> None:
    assert tr("Craft {craft}", craft="{name}") == "Craft {name}"


def test_japan_is_nine_hours_ahead_without_summer_time() -> None:
    for day, next_day in (("2031-01-20", "2031-01-21"), ("2031-08-20", "2031-08-21")):
        moment = Instant.from_utc_iso(f"{day}T15:12:33Z").tai_ns
        assert time_zone().iso_text(moment) == f"{day}T15:12:33"
        with reading(JAPANESE):
            assert time_zone().iso_text(moment) == f"{next_day}T00:12:33"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "ja"}, "ja"),
        ({"LANG": "C.UTF-8", "LC_ALL": ""}, "en"),
    ],
)
def test_the_machine_says_what_its_people_speak(environment: dict[str, str], language: str) -> None:
    assert machine_language(environment) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB, ja;q=0.5", "en"),
        ("de, ja;q=0.7, en;q=0.3", "ja"),
        ("ja;q=0, en", "en"),
        ("*", "en"),
        ("ja;q=much", "en"),
    ],
)
def test_a_browser_says_what_its_person_speaks(header: str, language: str) -> None:
    assert accepted_language(header) == language
