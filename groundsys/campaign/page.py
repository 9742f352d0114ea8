"""A campaign's summary as one HTML file: the matrix, what did not hold, figures over the truths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from groundsys.campaign.definition import Campaign, FaultSet
from groundsys.campaign.judging import Outcome

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
<h1>$title</h1>
<p class="verdict $state">$verdict</p>
<section><h2>Flights</h2>$matrix
<p class="legend"><span class="cell as_expected">✓</span> as expected
<span class="cell otherwise">✗</span> otherwise <span class="cell broken">!</span> no verdict
<span class="cell missing">·</span> not flown; in each cell, criteria that held of how many.</p>
</section>
$otherwise
$unmet
<section><h2>Figures over the truths</h2>$figures</section>
</body>
</html>
""")
_MARKS = {"as_expected": "✓", "otherwise": "✗", "broken": "!"}
_WIDTH, _HEIGHT, _MARGIN = 640, 46, 14


def summary_page(campaign: Campaign, outcomes: Sequence[Outcome]) -> str:
    """The page; flights that are not among `outcomes` are shown as not flown."""
    wanted = len(campaign.scenarios) * len(campaign.seeds) * len(campaign.fault_sets)
    well = sum(one.state == "as_expected" for one in outcomes)
    state = "as_expected" if well == wanted else "otherwise"
    return _FRAME.substitute(
        title=escape(campaign.title),
        style=files(__package__).joinpath("page.css").read_text(encoding="utf-8"),
        state=state,
        verdict=f"{well} of {wanted} flights as expected",
        matrix=_matrix(campaign, outcomes),
        otherwise=_otherwise(outcomes),
        unmet=_unmet(outcomes),
        figures=_figures(campaign, outcomes),
    )


def _matrix(campaign: Campaign, outcomes: Iterable[Outcome]) -> str:
    at = {(o.case.scenario, o.case.faults.name, o.case.seed): o for o in outcomes}
    head = "".join(f'<th scope="col">seed {seed}</th>' for seed in campaign.seeds)
    rows = [f"<tr><th>scenario</th><th>faults</th><th>to fail</th>{head}</tr>"]
    for scenario in campaign.scenarios:
        for faults in campaign.fault_sets:
            cells = "".join(
                _cell(at.get((scenario, faults.name, seed)), seed) for seed in campaign.seeds
            )
            rows.append(
                f'<tr><th scope="row">{escape(scenario)}</th><td>{escape(faults.name)}</td>'
                f"<td>{_to_fail(faults)}</td>{cells}</tr>"
            )
    return f'<div class="wide"><table class="matrix">{"".join(rows)}</table></div>'


def _to_fail(faults: FaultSet) -> str:
    return ", ".join(escape(one) for one in faults.fails) or "nothing"


def _cell(outcome: Outcome | None, seed: int) -> str:
    if outcome is None:
        return f'<td class="cell missing" title="seed {seed}: not flown">·</td>'
    told = [f"seed {seed}", *outcome.unmet]
    told += [f"held: {one}" for one in outcome.held]
    told += [outcome.words] if outcome.words else []
    return (
        f'<td class="cell {outcome.state}" title="{escape(chr(10).join(told))}">'
        f"{_MARKS[outcome.state]} <small>{outcome.met}/{outcome.criteria}</small></td>"
    )


def _otherwise(outcomes: Iterable[Outcome]) -> str:
    """Each flight that was not as expected, with what was found."""
    items = []
    for one in outcomes:
        if one.state == "as_expected":
            continue
        name = f"{one.case.scenario}, {one.case.faults.name}, seed {one.case.seed}"
        lines = [f"{held} held, and was to fail" for held in one.held]
        if not one.case.faults.fails:
            lines += [
                f"{name_}: expected {expected}, found {found}"
                for name_, (expected, found) in one.unmet.items()
            ]
        lines += one.words.splitlines()
        told = "".join(f"<li>{escape(line)}</li>" for line in lines)
        items.append(f"<dt>{escape(name)}</dt><dd><ul>{told}</ul></dd>")
    if not items:
        return ""
    return f"<section><h2>Not as expected</h2><dl>{''.join(items)}</dl></section>"


def _unmet(outcomes: Sequence[Outcome]) -> str:
    """How often each criterion did not hold, by set of faults."""
    times = Counter((one.case.faults.name, name) for one in outcomes for name in one.unmet)
    if not times:
        return ""
    rows = "".join(
        f"<tr><td>{escape(faults)}</td><td>{escape(name)}</td><td>{count}</td></tr>"
        for (faults, name), count in sorted(times.items(), key=lambda one: (-one[1], one[0]))
    )
    return (
        "<section><h2>Criteria that did not hold</h2><table>"
        f"<tr><th>faults</th><th>criterion</th><th>flights</th></tr>{rows}</table></section>"
    )


def _figures(campaign: Campaign, outcomes: Sequence[Outcome]) -> str:
    """A strip a figure and scenario: one mark a flight, the median as a line."""
    parts = []
    for scenario in campaign.scenarios:
        mine = [one for one in outcomes if one.case.scenario == scenario]
        names = list(dict.fromkeys(name for one in mine for name in one.figures))
        strips = "".join(_strip(name, mine) for name in names)
        parts.append(f"<h3>{escape(scenario)}</h3>{strips}")
    return "".join(parts)


def _told(outcome: Outcome, value: float) -> str:
    return f"{escape(outcome.case.faults.name)}, seed {outcome.case.seed}: {value:,.4g}"


def _strip(name: str, outcomes: Sequence[Outcome]) -> str:
    found = [(one.figures[name], one) for one in outcomes if name in one.figures]
    values = sorted(value for value, _ in found)
    low, high = values[0], values[-1]
    span = high - low or 1.0

    def x(value: float) -> float:
        return _MARGIN + (value - low) / span * (_WIDTH - 2 * _MARGIN)

    marks = "".join(
        f'<circle class="{one.state}" cx="{x(value):.1f}" cy="16" r="5">'
        f"<title>{_told(one, value)}</title></circle>"
        for value, one in found
    )
    middle = values[len(values) // 2]
    return (
        f'<figure><figcaption>{escape(name)}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'role="img" aria-label="{escape(name)}: {low:,.4g} to {high:,.4g}">'
        f'<line class="axis" x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="16" y2="16"/>'
        f'<line class="median" x1="{x(middle):.1f}" x2="{x(middle):.1f}" y1="6" y2="26"/>{marks}'
        f'<text x="{_MARGIN}" y="42">{low:,.4g}</text>'
        f'<text class="middle" x="{_WIDTH / 2:g}" y="42">median {middle:,.4g}</text>'
        f'<text class="end" x="{_WIDTH - _MARGIN}" y="42">{high:,.4g}</text></svg></figure>'
    )
