"""How counts, sizes and moments read on the pages, to whoever reads them (`groundsys.locales`)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from groundsys.locales import time_zone, tr, tr_later
from groundsys.locales.time_zones import UTC
from groundsys.portal.catalogue import ProductEntry
from groundsys.values.instants import Instant

QUICK_LOOK = "QL"
LEVELS = {
    "L0": tr_later("Level 0"),
    "L1": tr_later("Level 1"),
    QUICK_LOOK: tr_later("Quick-look"),
    "manifest": tr_later("Manifest"),
    "message": tr_later("Message"),
}


def file_name(product: ProductEntry) -> str:
    return product.name.rpartition("/")[2]


def table(headings: Iterable[tuple[str, str]], rows: Iterable[str]) -> str:
    """A table that scrolls by itself; each heading with its class."""
    head = "".join(
        f'<th class="{name}">{text}</th>' if name else f"<th>{text}</th>" for name, text in headings
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def on_craft(craft: str) -> str:
    return tr("on {craft}", craft=escape(craft))


def level_name(level: str) -> str:
    return tr(LEVELS.get(level, level))


def day_mark() -> str:
    """Days are those of UTC: who reads another zone is told so."""
    return f" {UTC.name}" if time_zone() != UTC else ""


def count_text(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def size_text(octets: int) -> str:
    value = float(octets)
    for unit in ("B", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"
        value /= 1000.0
    return f"{value:.1f} GB"


def moment_text(text: str) -> str:
    """A moment of UTC (ISO 8601), to the minute, in the reader's time zone."""
    if time_zone() != UTC:
        text = time_zone().iso_text(Instant.from_utc_iso(text).tai_ns)
    return escape(text[:16].replace("T", " "))


def span_text(start: str | None, end: str | None) -> str:
    """Two moments; the second without its day if that is the same."""
    if not start or not end:
        return "–"
    since, until = moment_text(start), moment_text(end)
    return f"{since} – {until[11:] if since[:10] == until[:10] else until}"
