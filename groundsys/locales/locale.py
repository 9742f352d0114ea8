"""Who reads what: language and time zone, of a whole process or of one answer of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: by code (ISO 639-1) how each language calls itself; the first is the one that all is written in
LANGUAGES: Mapping[str, str] = {"en": "English", "ja": "日本語"}

#: what gettext(3) looks at, the first that is set decides
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class Locale:
    """A language of `LANGUAGES` and a time zone of `TIME_ZONES`, by name."""

    language: str = "en"
    time_zone: str = "UTC"


_of_answer: ContextVar[Locale | None] = ContextVar("locale of an answer", default=None)
_of_process = Locale()


def current_locale() -> Locale:
    """How whoever reads this now wants to read."""
    return _of_answer.get() or _of_process


def use_locale(locale: Locale) -> None:
    """Let all of this process speak so, as a console of one person does."""
    global _of_process
    _of_process = locale


@contextmanager
def reading(locale: Locale) -> Iterator[None]:
    """Let what is written within be for somebody who reads so, as an answer of a server is."""
    before = _of_answer.set(locale)
    try:
        yield
    finally:
        _of_answer.reset(before)


def machine_language(environment: Mapping[str, str]) -> str:
    """The language that a machine's environment asks for, English if it is none of ours."""
    asked = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return _known(asked) or next(iter(LANGUAGES))


def accepted_language(header: str) -> str:
    """The language of ours that an `Accept-Language` (RFC 9110, 12.5.4) likes best, or English."""
    liked: list[tuple[float, str]] = []
    for one in header.split(","):
        name, _, quality = one.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1.0)
        except ValueError:
            continue
        liked.append((weight, _known(name)))
    liked.sort(key=lambda one: -one[0])
    return next((name for weight, name in liked if name and weight > 0.0), next(iter(LANGUAGES)))


def _known(name: str) -> str:
    """The language of `ja`, `ja_JP.UTF-8` or `ja-JP`, or nothing."""
    language = name.strip().lower().replace("_", "-").partition("-")[0].partition(".")[0]
    return language if language in LANGUAGES else ""
