"""The hand-over as PDF: it says what the Markdown says, as PDFium reads and draws it."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest

from groundsys.handover import Happening, handover_report, shift_of
from groundsys.handover.pdf import report_pdf
from tests.handover.test_report import EMPTY, SHIFT, at

JAPANESE = "ホイール2の温度が高い。安全モードを検討すること。"
RAW = "65 °C | <b>warm</b> & `x` *y* [z](http://there) → watch it"


def written(*texts: str) -> pypdfium2.PdfDocument:
    """The PDF of a shift in whose log-book somebody wrote these."""
    entries = [Happening(at(1.0), "ada", text) for text in texts]
    shift = shift_of(replace(EMPTY, entries=entries), SHIFT)
    return pypdfium2.PdfDocument(report_pdf(handover_report(shift, "quickstart", simulated=True)))


def words_of(document: pypdfium2.PdfDocument, page: int = 0) -> str:
    return " ".join(document[page].get_textpage().get_text_range().split())


def test_it_says_what_people_wrote_and_no_sign_of_markdown() -> None:
    words = words_of(written(RAW))
    assert "Hand-over of quickstart (SIMULATED)" in words
    assert RAW in words
    assert "\\" not in words
    assert "---" not in words
    assert "Open alarms None." in words


def test_japanese_is_drawn_on_a_machine_without_its_fonts() -> None:
    """The glyphs are in the file, and each of them leaves ink."""
    document = written(JAPANESE)
    assert JAPANESE in words_of(document).replace(" ", "")
    page, scale = document[0], 4.0
    text = page.get_textpage()
    found = text.search("温度")
    assert found is not None
    first = found.get_next()
    assert first is not None
    drawn = page.render(scale=scale).to_pil().convert("L")
    for index in range(first[0], first[0] + 2):
        left, bottom, right, top = (scale * side for side in text.get_charbox(index))
        box = (int(left), int(drawn.height - top), int(right) + 1, int(drawn.height - bottom) + 1)
        darkest, _ = drawn.crop(box).getextrema()
        assert darkest < 96


def test_a_long_log_book_goes_on_over_pages_with_its_heads() -> None:
    document = written(*(f"entry {number}" for number in range(120)))
    assert len(document) > 2
    assert "When Who What" in words_of(document, 1)
    assert "Hand-over of quickstart (SIMULATED) 2 " in words_of(document, 1)
    assert "entry 0 " in words_of(document, 0)
    told = " ".join(words_of(document, page) for page in range(len(document)))
    assert all(f"entry {number}" in told for number in range(120))


@pytest.mark.parametrize("text", ["x" * 400, "前" * 400])
def test_what_has_no_spaces_is_broken_and_not_cut(text: str) -> None:
    told = words_of(written(text)).replace(" ", "")
    assert told.count(text[0]) >= 400
