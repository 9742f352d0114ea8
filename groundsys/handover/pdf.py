"""The report of a shift as PDF (ISO 32000), from the Markdown that it is told in.

Its font is IPAexGothic, whose glyphs are put into the file: what people wrote in Japanese is there
on any machine, also on one without Japanese fonts (a CID font that is only named is not).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

_FONT = "IPAexGothic"
#: wide, as its tables are
_PAGE = landscape(A4)
_MARGIN = 14 * mm
#: a heading stands on the next page unless so much follows it on this one
_ROOM = 30 * mm
_INK, _GREY, _LINE = HexColor("#16202a"), HexColor("#5b6773"), HexColor("#c9d1d9")
_TEXT = ParagraphStyle(
    "text", fontName=_FONT, fontSize=9, leading=12.5, textColor=_INK, wordWrap="CJK"
)
_SMALL = ParagraphStyle("small", _TEXT, textColor=_GREY)
_HEADINGS = {
    "h1": ParagraphStyle("h1", _TEXT, fontSize=17, leading=22, spaceAfter=4),
    "h2": ParagraphStyle("h2", _TEXT, fontSize=12, leading=16, spaceBefore=10, spaceAfter=3),
}
_TABLE = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, _INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, _LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)


def report_pdf(report: str) -> bytes:
    """The report (Markdown: headings, paragraphs, tables) as a PDF of A4 pages, numbered."""
    _require_font()
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(report))
    title = next((_words(node) for node in tree.children if node.type == "heading"), "")
    written = io.BytesIO()
    width, height = _PAGE
    frame = Frame(_MARGIN, _MARGIN, width - 2 * _MARGIN, height - 2 * _MARGIN, 0, 0, 0, 0)

    def number(canvas: Any, document: Any) -> None:
        canvas.setFont(_FONT, 8)
        canvas.setFillColor(_GREY)
        canvas.drawString(_MARGIN, 0.5 * _MARGIN, title)
        canvas.drawRightString(width - _MARGIN, 0.5 * _MARGIN, str(document.page))

    document = BaseDocTemplate(
        written,
        pagesize=_PAGE,
        title=title,
        author="groundsys",
        pageTemplates=[PageTemplate("page", [frame], onPage=number)],
        invariant=True,
    )
    document.build(list(_flow(tree.children, frame._width)))
    return written.getvalue()


def _flow(nodes: Sequence[SyntaxTreeNode], width: float) -> Iterator[Flowable]:
    for node in nodes:
        if node.type == "heading":
            yield CondPageBreak(_ROOM)
            yield Paragraph(escape(_words(node)), _HEADINGS[node.tag])
        elif node.type == "table":
            yield _table(node, width)
            yield Spacer(0, 4)
        else:
            yield Paragraph(escape(_words(node)), _TEXT)


def _table(node: SyntaxTreeNode, width: float) -> LongTable:
    """Its first row stands on each page; no column is wider than what is in it needs."""
    lines = [row for part in node.children for row in part.children]
    rows = [[_words(cell) for cell in row.children] for row in lines]
    needed = [
        max(pdfmetrics.stringWidth(row[column], _FONT, _TEXT.fontSize) for row in rows) + 10
        for column in range(len(rows[0]))
    ]
    cells = [
        [Paragraph(escape(text), _TEXT if number else _SMALL) for text in row]
        for number, row in enumerate(rows)
    ]
    widths = _fitted(needed, width)
    return LongTable(cells, colWidths=widths, repeatRows=1, style=_TABLE, hAlign="LEFT")


def _fitted(needed: Sequence[float], width: float) -> list[float]:
    """What each column gets of `width`: what it needs, or an even share if it needs more."""
    left, columns = width, sorted(range(len(needed)), key=lambda one: needed[one])
    given = list(needed)
    for place, column in enumerate(columns):
        given[column] = min(needed[column], left / (len(columns) - place))
        left -= given[column]
    return given


def _words(node: SyntaxTreeNode) -> str:
    """The text of a node, as it is read: without the signs of Markdown."""
    if node.type in ("text", "text_special", "code_inline", "html_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(_words(child) for child in node.children)


@cache
def _require_font() -> None:
    """Register the font, which comes with the package `matplotlib-fontja` (IPA Font License)."""
    spec = find_spec("matplotlib_fontja")  # found and not imported: that would change matplotlib
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).with_name("fonts") / "ipaexg.ttf"
    pdfmetrics.registerFont(TTFont(_FONT, str(path)))
