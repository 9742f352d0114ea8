"""What is on its way to a customer, as HTML: files that are coming in, and what is foretold."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from groundsys.locales import time_zone, tr
from groundsys.portal.operations import ArrivingFile, Homecoming, OnItsWay
from groundsys.portal.words import moment_text, on_craft, size_text, span_text, table

_HOMECOMINGS_SHOWN = 6


def arrivals_section(coming: OnItsWay | None) -> str:
    """Files that are coming in, then what the plan foretells; None: not known now."""
    if coming is None:
        told = tr("The ground segment does not answer just now; look again soon.")
        return f'<p class="dim">{told}</p>'
    files = _arriving(coming.files)
    foretold = sorted(coming.homecomings, key=lambda one: (one.home or "9", one.measured_from))
    if not files and not foretold:
        told = tr("Nothing that is planned is still to come.")
        return f'<p class="dim">{told}</p>'
    head, rest = foretold[:_HOMECOMINGS_SHOWN], foretold[_HOMECOMINGS_SHOWN:]
    others = tr("{count} more", count=len(rest))
    more = f"<details><summary>{others}</summary>{_foretold(rest)}</details>" if rest else ""
    now = tr(
        "It is {time} {zone} at the ground segment.",
        time=moment_text(coming.now),
        zone=time_zone().name,
    )
    return f'<p class="dim">{now}</p>{files}{_foretold(head) if head else ""}{more}'


def _arriving(files: Sequence[ArrivingFile]) -> str:
    if not files:
        return ""
    rows = (
        f'<tr><td class="name">{escape(one.name)}</td><td>{escape(one.spacecraft)}</td>'
        f"<td>{_progress(one)}</td></tr>"
        for one in files
    )
    headings = (tr("File that is coming in"), tr("Craft"), tr("On the ground"))
    return table([("", heading) for heading in headings], rows)


def _progress(file: ArrivingFile) -> str:
    if file.whole:
        told = tr("whole; its products are being made")
        return f'<span class="good">{told}</span>'
    if not file.octets:
        return tr("{size} so far", size=size_text(file.octets_here))
    share = min(1.0, file.octets_here / file.octets)
    told = tr("{size} of {whole}", size=size_text(file.octets_here), whole=size_text(file.octets))
    return f'<progress value="{share:.3f}">{share:.0%}</progress> {told}'


def _foretold(homecomings: Sequence[Homecoming]) -> str:
    unsure, lost = tr("not that sure yet"), tr("no booked pass brings it home yet")
    rows = (
        f'<tr><td class="name">{escape(one.payload)} '
        f'<span class="dim">{on_craft(one.spacecraft)}</span></td>'
        f'<td class="time">{span_text(one.measured_from, one.measured_until)}</td>'
        f'<td class="size">{size_text(one.octets)}</td>'
        + (
            f'<td class="time">{moment_text(one.home)}</td><td class="time">'
            f"{moment_text(one.by_95) if one.by_95 else unsure}</td></tr>"
            if one.home
            else f'<td class="bad" colspan="2">{lost}</td></tr>'
        )
        for one in homecomings
    )
    zone = time_zone().name
    headings = (
        ("", tr("Payload")),
        ("", tr("Measured ({zone})", zone=zone)),
        ("size", tr("About")),
        ("", tr("Expected ({zone})", zone=zone)),
        ("", tr("With 95 % by ({zone})", zone=zone)),
    )
    return table(headings, rows)
