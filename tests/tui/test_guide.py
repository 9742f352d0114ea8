"""The user's guide tells of every screen and every key, and its pictures are there."""

from __future__ import annotations

from ops_tui.guide import GUIDE, guide_text, pictures
from ops_tui.panes import PANES


def test_the_guide_is_as_the_console_is() -> None:
    told = GUIDE.read_text(encoding="utf-8")
    assert told == guide_text(), "make it anew: python -m ops_tui.guide"
    for number, pane in enumerate(PANES, start=1):
        assert f"## {number} {pane.TITLE}" in told


def test_each_screen_has_a_picture() -> None:
    assert len(pictures()) == len(PANES)
    assert not [picture for picture in pictures() if not picture.is_file()]
