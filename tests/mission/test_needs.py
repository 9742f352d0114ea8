"""What a scenario asks for its craft is read whole, or found wrong on its line."""

from __future__ import annotations

import pytest

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.scenario.scenarios import read_scenarios
from tests.mission.conftest import Definitions

DAY = "scenarios/quickstart.yaml"
TITLE = "title: One Mars day, end to end"
NEED = """{title}
planning:
  rules: {{value_of_fairness: 2}}
  needs:
    - id: tracks
      spacecraft: otv
      duration_min: 240
      {more}"""


def read(
    definitions: Definitions, mission: Mission, *more: str
) -> tuple[Scenario | None, list[str], int]:
    """The scenario, what is found about it, and the line of the first of `more`."""
    text = NEED.format(title=TITLE, more="\n      ".join(more))
    line = definitions.replace(DAY, TITLE, text) + text[: text.index(more[0])].count("\n")
    findings = Findings()
    scenarios = read_scenarios(
        definitions.root,
        mission.spacecraft,
        mission.antennas,
        mission.customers,
        mission.partners,
        mission.bodies,
        findings,
    )
    return scenarios.get("quickstart"), [str(one) for one in findings.ordered()], line


def test_a_need_may_be_split_and_says_whose_it_is(
    definitions: Definitions, mission: Mission
) -> None:
    scenario, findings, _ = read(
        definitions, mission, "split_min: 60", "minimum_min: 120", "mission: relay-science"
    )
    assert findings == []
    assert scenario is not None
    (need,) = scenario.planning.needs
    assert (need.split_minimum_s, need.minimum_s, need.duration_s) == (3600.0, 7200.0, 14_400.0)
    assert (need.of_mission, need.shortest_s) == ("relay-science", 3600.0)
    assert scenario.planning.rules == {"value_of_fairness": 2.0}


def test_a_need_is_its_spacecrafts_and_whole_unless_it_says_otherwise(
    definitions: Definitions, mission: Mission
) -> None:
    scenario, findings, _ = read(definitions, mission, "minimum_min: 120")
    assert findings == []
    assert scenario is not None
    (need,) = scenario.planning.needs
    assert (need.split_minimum_s, need.of_mission, need.shortest_s) == (None, "otv", 7200.0)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("split_min: 130", "minimum_min: 240"), "two such parts are more than the whole"),
        (("split_min: 90", "minimum_min: 80"), "a part is more than the least in all"),
        (("split_min: 60", "kind: command"), "commands and critical events are not split"),
        (("split_min: 60", "kind: critical"), "commands and critical events are not split"),
        (("split_min: 60", "antennas: 2"), "several antennas at once"),
        (("split_min: 0",), "use more than 0"),
        (("split_min: hourly",), "should be a number"),
        (("mission: [a, b]",), "mission"),
        (("split_minimum: 60",), "unknown key 'split_minimum'"),
    ],
)
def test_a_split_that_contradicts_is_found_on_its_line(
    definitions: Definitions, mission: Mission, more: tuple[str, ...], expected: str
) -> None:
    _, findings, line = read(definitions, mission, *more)
    assert any(one.startswith(f"{DAY}:{line}:") and expected in one for one in findings), findings
