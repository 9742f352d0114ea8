"""Phrases as coloured text."""

from __future__ import annotations

from rich.text import Text

from ops_tui.theme import TONE_COLOURS
from ops_tui.views.phrases import Phrase, Tone


def tone_style(tone: Tone, *, bold: bool = False) -> str:
    """The Rich style of a tone."""
    return f"bold {TONE_COLOURS[tone]}" if bold else TONE_COLOURS[tone]


def phrase_text(phrase: Phrase | str, *, bold: bool = False) -> Text:
    """A phrase in its tone's colour; plain text stays plain."""
    if isinstance(phrase, str):
        phrase = Phrase(phrase)
    return Text(
        phrase.text,
        style=tone_style(phrase.tone, bold=bold),
        justify="right" if phrase.right else "left",
        no_wrap=True,
    )
