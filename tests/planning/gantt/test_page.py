"""The page for a browser: whole, well-formed, alone, and the same in its tables as in its chart."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.planning.gantt import Chart, PlanPage, chart_of, figures_of, html_gantt
from groundsys.planning.gantt.curves import elevation_curves, panels_of
from groundsys.planning.situation import Homecoming, Outage, Shortfall, Situation
from groundsys.planning.versions.summary import summarise
from groundsys.values.instants import EarthReceiveTime, Interval
from tests.planning.missions import made

VOID = {"meta", "br", "rect", "line", "path"}


@pytest.fixture(scope="module")
def mission() -> Mission:
    return load_mission()


@pytest.fixture(scope="module")
def scenario(mission: Mission) -> Scenario:
    return mission.scenarios["short"]


@pytest.fixture(scope="module")
def geometry(mission: Mission) -> Geometry:
    return Geometry(mission)


@pytest.fixture(scope="module")
def plan(mission: Mission, scenario: Scenario, geometry: Geometry) -> Plan:
    return made(scenario, mission=mission, geometry=geometry).plan


@pytest.fixture(scope="module")
def homecomings(scenario: Scenario, plan: Plan) -> tuple[Homecoming, ...]:
    start = scenario.span.start
    hour = Interval(start, start.plus_seconds(3600.0))
    home = EarthReceiveTime(plan.passes[-1].end.tai_ns)
    return (
        Homecoming("polar-weather", "cube-polar", "weather", hour, 8e6, home),
        Homecoming("tharsis-seismo", "cube-tharsis", "seismometer", hour, 16e6, None),
    )


@pytest.fixture(scope="module")
def chart(mission: Mission, scenario: Scenario, geometry: Geometry, plan: Plan) -> Chart:
    start = scenario.span.start
    closed = Outage("malargue-35", Interval(start, start.plus_seconds(7200.0)))
    return chart_of(
        *(plan, mission, scenario, geometry, scenario.span),
        title="A <short> day",
        situation=Situation(start, outages=(closed,)),
        now=start.plus_seconds(9000.0),
    )


@pytest.fixture(scope="module")
def page(
    chart: Chart,
    plan: Plan,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    homecomings: tuple[Homecoming, ...],
) -> str:
    summary = summarise(plan, homecomings, mission, scenario)
    beside = PlanPage(
        subtitle="for a test",
        figures=figures_of(summary, {"checker": "no conflict"}),
        summary=summary,
        homecomings=homecomings,
        shortfalls=(Shortfall("tharsis-seismo", "all", "nothing", "a < b"),),
    )
    return html_gantt(chart, plan, mission, scenario, geometry, beside)


class Nesting(HTMLParser):
    """Asserts that every element is closed in its turn, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def test_every_element_is_closed(page: str) -> None:
    reader = Nesting()
    reader.feed(page)
    assert reader.open == []
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")


def test_it_fetches_nothing(page: str) -> None:
    assert not re.search(r"(src|href)=['\"](?!#)", page)
    assert "url(" not in page
    assert "@import" not in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_text_is_escaped(page: str) -> None:
    assert "A &lt;short&gt; day" in page
    assert "A <short> day" not in page
    assert "a &lt; b" in page


def test_every_pass_and_session_is_a_bar_and_a_line(page: str, plan: Plan) -> None:
    reader = Nesting()
    reader.feed(page)
    bars = {
        attributes["id"] for tag, attributes in reader.found if tag == "svg" and "id" in attributes
    }
    for one in (*plan.passes, *plan.relay_sessions):
        assert f"bar-{one.id}" in bars
        assert f'<a href="#bar-{one.id}">{one.id}</a>' in page


def test_bars_lie_where_they_belong(page: str, plan: Plan, scenario: Scenario) -> None:
    span = scenario.span
    for one in plan.passes:
        place = re.search(rf'id="bar-{one.id}" x="([0-9.]+)%".*?width="([0-9.]+)%"', page)
        assert place is not None
        x, width = float(place[1]) / 100.0, float(place[2]) / 100.0
        assert x * span.seconds == pytest.approx(one.start.seconds_since(span.start), abs=1.0)
        assert width * span.seconds == pytest.approx(one.end.seconds_since(one.start), abs=1.0)


def test_people_who_cannot_see_or_point_are_served(page: str) -> None:
    reader = Nesting()
    reader.feed(page)
    bars = [
        attributes
        for tag, attributes in reader.found
        if tag == "svg" and str(attributes.get("class", "")).startswith("bar")
    ]
    assert bars
    assert all(one["tabindex"] == "0" and one["role"] == "img" for one in bars)
    assert "prefers-color-scheme: dark" in page
    assert 'scope="col"' in page
    assert ':root[data-theme="dark"]' in page


def test_elevation_is_that_of_geometry(
    chart: Chart, mission: Mission, scenario: Scenario, geometry: Geometry
) -> None:
    curves = elevation_curves(chart, mission, scenario, geometry)
    assert set(curves) == {*scenario.antennas, "cube-polar", "cube-tharsis"}
    for row in chart.rows:
        curve = curves[row.id]
        assert curve.values.min() >= 0.0
        for window in row.windows:
            middle_s = window.start.seconds_since(chart.span.start) + window.seconds / 2.0
            assert np.interp(middle_s, curve.times_s, curve.values) > 9.0


def test_what_waits_and_what_is_home(
    chart: Chart,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    homecomings: tuple[Homecoming, ...],
) -> None:
    panels = {one.title: one for one in panels_of(chart, mission, scenario, geometry, homecomings)}
    waiting = {curve.of: curve for curve in panels["Waiting aboard"].curves}
    polar, tharsis = waiting["polar-weather"], waiting["tharsis-seismo"]
    assert np.interp(1800.0, polar.times_s, polar.values) == pytest.approx(0.5)
    assert polar.values.max() == pytest.approx(1.0)
    assert polar.values[-1] == 0.0
    assert tharsis.values[-1] == pytest.approx(2.0)
    home = {curve.of: curve for curve in panels["Data home"].curves}
    assert home["polar-weather"].values[-1] == pytest.approx(1.0)
    assert home["tharsis-seismo"].values[-1] == 0.0
    assert panels["Rate to Earth"].curves[0].values.max() == pytest.approx(256.0)
    assert panels["Rate to Earth"].high >= 256.0
    assert panels["Light time"].low < 8.42 < panels["Light time"].high


def test_the_chart_shows_every_antenna_and_what_closes_it(chart: Chart, scenario: Scenario) -> None:
    rows = {row.id: row for row in chart.rows}
    assert list(rows) == [*scenario.antennas, "cube-polar", "cube-tharsis"]
    assert [one.kind for one in rows["malargue-35"].obstacles] == ["outage"]
    for row in chart.rows:
        for bar in row.bars:
            assert any(
                window.start <= bar.interval.start and bar.interval.end <= window.end
                for window in row.windows
            )
