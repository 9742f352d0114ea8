"""What is said to people: English where it is written, in their language where it is read.

The signs that Babel looks for are the functions' names (`groundsys.locales.catalogue.KEYWORDS`).
"""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations

from groundsys.locales.catalogue import read_translations
from groundsys.locales.locale import LANGUAGES, current_locale


def tr(message: str, **values: object) -> str:
    """`message` as whoever reads it speaks, its `{names}` filled in with `values`.

    A message without a translation stays English.
    """
    text = _translations(current_locale().language).gettext(message) if message else ""
    return text.format(**values) if values else text


def tr_plural(one: str, many: str, count: int, **values: object) -> str:
    """The form that fits a count, which its `{count}` stands for."""
    text = _translations(current_locale().language).ngettext(one, many, count)
    return text.format(**({"count": count} | values))


def tr_later(message: str) -> str:
    """Mark a message that is written down before it is known who reads it; `tr` is told it then."""
    return message


@cache
def _translations(language: str) -> NullTranslations:
    is_source = language == next(iter(LANGUAGES))
    return NullTranslations() if is_source else read_translations(language)
