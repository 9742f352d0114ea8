"""The Gantt chart as one HTML file: everything in it, nothing fetched, readable without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.gantt.chart import Chart
from groundsys.planning.gantt.curves import elevation_curves, panels_of
from groundsys.planning.gantt.drawing import Drawing, times
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.planning.situation import Homecoming, Shortfall
from groundsys.planning.versions.summary import CustomerOutlook, PlanSummary
from groundsys.values.instants import Instant, Interval

_FRAME = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
$style
</style>
</head>
<body>
<header>
  <div><h1>$title</h1><p>$subtitle</p></div>
  <div class="controls" role="toolbar" aria-label="The chart">
    <button type="button" data-zoom="out" title="Zoom out (−)">−</button>
    <button type="button" data-zoom="fit" title="Show all (0)">All</button>
    <button type="button" data-zoom="in" title="Zoom in (+)">+</button>
    <button type="button" data-theme-switch title="Light or dark">◐</button>
  </div>
</header>
<dl class="figures">$figures</dl>
<main>
<section class="chart" aria-label="Gantt chart">
  <div class="left">$names</div>
  <div class="scroll" id="scroll" tabindex="0" data-start="$start_ms" data-seconds="$seconds"
   aria-label="Time axis; plus and minus zoom">$plot</div>
</section>
<p class="legend">$legend</p>
$tables
</main>
<footer>Antennas: UTC of reception. Relay sessions: UTC aboard. Nights of UTC are shaded.</footer>
<div id="tip" role="status" hidden></div>
<script>
$script
</script>
</body>
</html>
""")


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What the page says beside the chart."""

    subtitle: str
    #: (what, figure), in the order shown
    figures: tuple[tuple[str, str], ...]
    summary: PlanSummary
    homecomings: tuple[Homecoming, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()


def html_gantt(
    chart: Chart,
    plan: Plan,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    page: PlanPage,
) -> str:
    """The whole document."""
    passes = [one for one in plan.passes if Interval(one.start, one.end).overlaps(chart.span)]
    sessions = [
        one for one in plan.relay_sessions if Interval(one.start, one.end).overlaps(chart.span)
    ]
    drawing = Drawing(
        chart,
        elevation_curves(chart, mission, scenario, geometry),
        panels_of(chart, mission, scenario, geometry, page.homecomings),
        {
            **{one.id: _pass_facts(one) for one in passes},
            **{one.id: _session_facts(one) for one in sessions},
        },
    )
    figures = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}</dd></div>"
        for name, figure in page.figures
    )
    here = files(__package__)
    return _FRAME.substitute(
        title=escape(chart.title),
        subtitle=escape(page.subtitle),
        style=(here / "look.css").read_text(encoding="utf-8"),
        script=(here / "interaction.js").read_text(encoding="utf-8"),
        figures=figures,
        names=drawing.names(),
        plot=drawing.plot(),
        legend=drawing.legend(),
        start_ms=f"{chart.span.start.to_utc().timestamp() * 1000:.0f}",
        seconds=f"{chart.span.seconds:.3f}",
        tables="".join(
            (
                _customers(page.summary.customers),
                _shortfalls(page.shortfalls),
                _passes(passes),
                _sessions(sessions),
            )
        ),
    )


def _pass_facts(one: PlannedPass) -> str:
    uplink = (
        times(Interval(one.uplink_from, one.uplink_until))
        if one.uplink_from < one.uplink_until
        else "none"
    )
    facts = [
        f"{one.id}: {one.antenna} with {one.spacecraft}",
        times(Interval(one.start, one.end)),
        f"uplink {uplink}",
        f"{one.rate_bps / 1000:g} kbit/s, up to {_megabytes(one.volume_bits)}",
        f"elevation up to {one.maximum_elevation_deg:.0f}°, light {one.light_time_s / 60:.1f} min",
    ]
    if one.serves:
        facts.append(f"serves {', '.join(one.serves)}")
    if one.sigma_s:
        facts.append(f"rise and set ±{one.sigma_s:.1f} s (1σ)")
    return "\n".join(facts)


def _session_facts(one: PlannedRelaySession) -> str:
    facts = [
        f"{one.id}: {one.relay} over {one.spacecraft}",
        times(Interval(one.start, one.end)),
        f"{one.rate_bps / 1000:g} kbit/s, up to {_megabytes(one.volume_bits)}",
        f"elevation up to {one.maximum_elevation_deg:.0f}°",
    ]
    return "\n".join(facts)


# --- tables --------------------------------------------------------------------------------------


def _customers(customers: Sequence[CustomerOutlook]) -> str:
    return _table(
        "Customers",
        (
            "Customer",
            "Measured",
            "Home",
            "In time",
            "Latency (median)",
            "(with 95 %)",
            "(longest)",
            "Last home",
        ),
        [
            (
                one.customer,
                _megabytes(one.bits),
                _megabytes(one.bits_home),
                f"{one.bits_in_time / one.bits:.0%}" if one.bits else "–",
                _hours(one.latency_median_s),
                _hours(one.latency_median_95_s),
                _hours(one.latency_maximum_s),
                Instant(one.last_home_ns).utc_iso(0) if one.last_home_ns else "–",
            )
            for one in customers
        ],
    )


def _shortfalls(shortfalls: Sequence[Shortfall]) -> str:
    return _table(
        "What got less than asked",
        ("Who", "Asked", "Granted", "Reason"),
        [(one.subject, one.asked, one.granted, one.reason) for one in shortfalls],
    )


def _passes(passes: Sequence[PlannedPass]) -> str:
    return _table(
        "Passes",
        ("Pass", "Antenna", "Craft", "Start (UTC)", "End", "Hours", "Uplink until", "Elevation",
         "kbit/s", "Volume", "Serves"),
        [
            (
                one.id,
                one.antenna,
                one.spacecraft,
                f"{one.start.to_utc():%a %d %b %H:%M:%S}",
                f"{one.end.to_utc():%H:%M:%S}",
                f"{one.end.seconds_since(one.start) / 3600:.2f}",
                f"{one.uplink_until.to_utc():%H:%M:%S}" if one.uplink_from < one.uplink_until
                else "no uplink",
                f"{one.maximum_elevation_deg:.0f}°",
                f"{one.rate_bps / 1000:g}",
                _megabytes(one.volume_bits),
                ", ".join(one.serves),
            )
            for one in passes
        ],
        link="bar-",
    )  # fmt: skip


def _sessions(sessions: Sequence[PlannedRelaySession]) -> str:
    return _table(
        "Relay sessions",
        ("Session", "Relay", "Craft", "Start (UTC aboard)", "End", "Minutes", "Elevation", "kbit/s",
         "Volume"),
        [
            (
                one.id,
                one.relay,
                one.spacecraft,
                f"{one.start.to_utc():%a %d %b %H:%M:%S}",
                f"{one.end.to_utc():%H:%M:%S}",
                f"{one.end.seconds_since(one.start) / 60:.1f}",
                f"{one.maximum_elevation_deg:.0f}°",
                f"{one.rate_bps / 1000:g}",
                _megabytes(one.volume_bits),
            )
            for one in sessions
        ],
        link="bar-",
    )  # fmt: skip


def _table(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], link: str = ""
) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(f"<tr>{_cells(row, link)}</tr>" for row in rows)
    return (
        f"<section><h2>{escape(title)}</h2><div class='table'><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _cells(row: Sequence[str], link: str) -> str:
    first = escape(row[0])
    if link:
        first = f'<a href="#{link}{first}">{first}</a>'
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])


def _megabytes(bits: float) -> str:
    return f"{bits / 8e6:,.1f} MB" if bits else "–"


def _hours(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 3600:.1f} h"


def figures_of(summary: PlanSummary, more: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The page's first line of figures."""
    hours = sum(one.hours for one in summary.antennas)
    home = sum(one.bits_home for one in summary.customers)
    return (
        ("passes", f"{summary.passes}"),
        ("antenna hours", f"{hours:.1f}"),
        ("relay sessions", f"{summary.relay_sessions}"),
        *((("data home", _megabytes(home)),) if home else ()),
        *more.items(),
    )
