"""A plan's figures as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from groundsys.values.instants import Instant, Interval

if TYPE_CHECKING:
    from groundsys.planning.plan import PlannedPass, PlannedRelaySession
    from groundsys.planning.versions.book import PlanDocument
    from groundsys.planning.versions.summary import FairnessOutlook, PlanSummary

#: wider than this, tables show all their columns
_WIDE = 100


def print_summary(
    console: Console, document: PlanDocument, summary: PlanSummary, findings: Sequence[str]
) -> None:
    """What a plan takes and brings, how good it is, and whether it holds."""
    antennas = _table("antenna", "passes", "hours", "cost")
    for antenna in summary.antennas:
        antennas.add_row(
            antenna.antenna,
            str(antenna.passes or "–"),
            f"{antenna.hours:.1f}" if antenna.passes else "–",
            f"{antenna.cost:,.1f}" if antenna.cost else "–",
        )
    console.print(antennas)
    customers = _table(
        "customer", "measured", "home", "in time", "latency", "95 %", "longest", "last (UTC)"
    )
    for one in summary.customers:
        customers.add_row(
            one.customer,
            megabytes(one.bits),
            megabytes(one.bits_home),
            f"{one.bits_in_time / one.bits:.0%}" if one.bits else "–",
            hours(one.latency_median_s),
            hours(one.latency_median_95_s),
            hours(one.latency_maximum_s),
            f"{Instant(one.last_home_ns).to_utc():%d %b %H:%M}" if one.last_home_ns else "–",
        )
    console.print(customers)
    if summary.needs:
        needs = _table(
            "need", "craft", "kind", "mission", "asked", "granted", "served by",
            text=("need", "craft", "kind", "mission", "served by"),
        )  # fmt: skip
        for need in summary.needs:
            served = ", ".join(need.passes) or "[red]nothing[/]"
            needs.add_row(
                *(need.need, need.spacecraft, need.kind, need.mission),
                *(hours(need.asked_s), hours(need.granted_s), served),
            )
        console.print(needs)
    if summary.fairness is not None:
        console.print(mission_table(summary.fairness))
    if document.shortfalls:
        short = _table("got less", "asked", "granted", "because", numbers=False)
        for shortfall in document.shortfalls:
            short.add_row(
                *(
                    escape(text)
                    for text in (
                        shortfall.subject,
                        shortfall.asked,
                        shortfall.granted,
                        shortfall.reason,
                    )
                )
            )
        console.print(short)
    console.print(one_line(document, summary), highlight=False)
    if findings:
        console.print(f"[bold red]the checker objects[/]: {escape('; '.join(findings))}")
    else:
        console.print("[green]checked[/]: no conflict", highlight=False)


def one_line(document: PlanDocument, summary: PlanSummary) -> str:
    """The plan in a line."""
    antenna_hours = sum(antenna.hours for antenna in summary.antennas)
    parts = [
        f"[bold]{counted(summary.passes, 'pass', 'passes')}[/] on {antenna_hours:.1f} antenna "
        "hours",
        f"[bold]{counted(summary.relay_sessions, 'relay session')}[/]",
    ]
    if document.bound:
        parts.append(
            f"value {document.value:,.2f} of at most {document.bound:,.2f} "
            f"(gap {document.gap:.2%}) in {document.elapsed_s:.1f} s"
        )
    if summary.fairness is not None:
        parts.append(f"U_RMS {summary.fairness.u_rms:.3f}, U_MAX {summary.fairness.u_max:.3f}")
    return " · ".join(parts)


def mission_table(fairness: FairnessOutlook) -> Table:
    """The share of what each mission asks for that it does not get."""
    table = _table("mission", "gets not (U)", text=("mission",))
    for mission, share in fairness.unserved.items():
        table.add_row(mission, f"{share:.1%}")
    return table


def pass_table(passes: Sequence[PlannedPass], width: int) -> Table:
    """One line a pass; a narrow terminal leaves out what can be looked up."""
    wide = width >= _WIDE
    table = _table(
        "pass", "antenna", "craft", "day", "from", "to", "uplink to", "elev.", "kbit/s", "MB",
        *(("light", "serves") if wide else ()),
        text=("pass", "antenna", "craft", "day", "from", "to", "uplink to", "serves"),
    )  # fmt: skip
    for one in passes:
        start, end, until = (moment.to_utc() for moment in (one.start, one.end, one.uplink_until))
        table.add_row(
            one.id,
            one.antenna,
            one.spacecraft,
            f"{start:%d %b}",
            f"{start:%H:%M:%S}" if wide else f"{start:%H:%M}",
            f"{end:%H:%M:%S}" if wide else f"{end:%H:%M}",
            (f"{until:%H:%M:%S}" if wide else f"{until:%H:%M}")
            if one.uplink_from < one.uplink_until
            else "none",
            f"{one.maximum_elevation_deg:.0f}°",
            f"{one.rate_bps / 1e3:g}",
            f"{one.volume_bits / 8e6:,.1f}" if one.volume_bits else "–",
            *((f"{one.light_time_s / 60:.1f} min", ", ".join(one.serves)) if wide else ()),
        )
    return table


def session_table(sessions: Sequence[PlannedRelaySession]) -> Table:
    """One line a relay session, in time aboard."""
    table = _table(
        "session", "relay", "craft", "day", "from", "to", "elev.", "kbit/s", "MB",
        text=("session", "relay", "craft", "day", "from", "to"),
    )  # fmt: skip
    for one in sessions:
        start, end = one.start.to_utc(), one.end.to_utc()
        table.add_row(
            one.id,
            one.relay,
            one.spacecraft,
            f"{start:%d %b}",
            f"{start:%H:%M:%S}",
            f"{end:%H:%M:%S}",
            f"{one.maximum_elevation_deg:.0f}°",
            f"{one.rate_bps / 1e3:g}",
            f"{one.volume_bits / 8e6:,.1f}" if one.volume_bits else "–",
        )
    return table


def day_table(
    days: Sequence[Interval],
    passes: Sequence[PlannedPass],
    sessions: Sequence[PlannedRelaySession],
) -> Table:
    """One line a day, for plans too long to show pass by pass."""
    table = _table("day", "passes", "hours", "antennas", "sessions", "MB", text=("day", "antennas"))
    for day in days:
        begun = [one for one in passes if day.contains(one.start)]
        heard = [one for one in sessions if day.contains(one.start)]
        if not begun and not heard:
            continue
        volume = sum(one.volume_bits for one in begun) / 8e6
        table.add_row(
            f"{day.start.to_utc():%a %d %b}",
            str(len(begun)),
            f"{sum(one.end.seconds_since(one.start) for one in begun) / 3600:.1f}",
            ", ".join(sorted({one.antenna for one in begun})),
            str(len(heard)),
            f"{volume:,.1f}" if volume else "–",
        )
    return table


def counted(count: int, one: str, many: str = "") -> str:
    """`1 pass`, `3 passes`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def megabytes(bits: float) -> str:
    return f"{bits / 8e6:,.1f} MB" if bits else "–"


def hours(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 3600:.1f} h"


def _table(*headings: str, text: Sequence[str] = (), numbers: bool = True) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, heading in enumerate(headings):
        left = heading in text or not numbers or (number == 0 and not text)
        left = left or heading in ("craft", "kind", "served by")
        table.add_column(heading, justify="left" if left else "right", no_wrap=heading != "because")
    return table
