"""`mission_db/` as a `Mission`, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.mission.as_flown import as_flown
from groundsys.mission.celestial.bodies import read_bodies
from groundsys.mission.faults.fault_catalogue import FAULTS, fault_text
from groundsys.mission.faults.fault_reading import Company, check_faults, read_injected
from groundsys.mission.folder import default_mission_db
from groundsys.mission.ground.ground_reading import read_antennas, read_customers, read_payloads
from groundsys.mission.ground.partners import read_partners
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Finding, Findings
from groundsys.mission.programme import read_programme
from groundsys.mission.scenario.legs import SEPARATOR, on_leg
from groundsys.mission.scenario.scenario_model import LONG, Scenario
from groundsys.mission.scenario.scenarios import company_of, read_scenarios
from groundsys.mission.scenario.simulators import read_simulators
from groundsys.mission.spacecraft.craft import read_spacecraft
from groundsys.mission.spacecraft.models import read_models
from groundsys.mission.telemetry.telemetry_reading import read_derived, read_pages
from groundsys.values.errors import DefinitionError

_MOST_SHOWN = 50


def load_mission(path: Path | str | None = None) -> Mission:
    """The mission, or a `DefinitionError` that lists every finding with file and line."""
    mission, findings = read_mission(path)
    if findings:
        where = f"mend the files in {mission.root}"
        raise _error_of(findings, "in the mission's definitions", where)
    return mission


def load_scenario(
    name: str, path: Path | str | None = None, injected: Sequence[Mapping[str, Any]] = ()
) -> tuple[Mission, Scenario]:
    """The mission and one of its scenarios; `DefinitionError` names which there are.

    `NAME@2` is the second leg of one that has legs; without a number, its first.
    `NAME@long` is the longer flight of one that has such.
    Faults that are `injected` (see `load_injected`) join the scenario's own, and say so.
    """
    mission = load_mission(path)
    scenario = with_injected(scenario_of(mission, name), injected)
    mission = as_flown(mission, scenario)
    leg = name.partition(SEPARATOR)[2]
    if leg == LONG:
        longer = _prolonged(scenario)
        return replace(mission, scenarios={**mission.scenarios, longer.id: longer}), longer
    if scenario.leg_count or leg:
        return on_leg(mission, scenario, int(leg or 1) if (leg or "1").isdecimal() else 0)
    return mission, scenario


def scenario_of(mission: Mission, name: str) -> Scenario:
    """The scenario called so, all its legs together; `DefinitionError` names which there are."""
    try:
        return mission.scenarios[name.partition(SEPARATOR)[0]]
    except KeyError:
        raise DefinitionError(
            f"there is no scenario '{name}'",
            expected="one of " + ", ".join(sorted(mission.scenarios)),
            remedy=f"name one of these, or add a file to {mission.root}/scenarios",
        ) from None


def _prolonged(scenario: Scenario) -> Scenario:
    if scenario.long is None:
        raise DefinitionError(
            f"scenario '{scenario.id}' has no longer flight",
            expected="a part `long` in its file",
            remedy="add it, or fly the scenario as it is",
        )
    return scenario.prolonged(scenario.long)


def with_injected(scenario: Scenario, injected: Sequence[Mapping[str, Any]]) -> Scenario:
    """The scenario with more faults, each of which says that it was injected."""
    added = tuple({**one, "injected": True} for one in injected)
    return replace(scenario, faults=(*scenario.faults, *added))


def injected_into(scenario: Scenario) -> tuple[Mapping[str, Any], ...]:
    """The faults that were injected into a scenario, or into this leg of it."""
    return tuple(
        {key: value for key, value in one.items() if key != "injected"}
        for one in scenario.faults
        if one.get("injected")
    )


def load_injected(
    stated: Sequence[str], name: str, path: Path | str | None = None
) -> tuple[Mapping[str, Any], ...]:
    """Faults for scenario `name` as stated behind `--inject`; `DefinitionError` lists findings."""
    if not stated:
        return ()
    mission, scenario = load_scenario(name, path)
    if SEPARATOR not in name:  # all its legs: times count from the first
        scenario = scenario_of(mission, name)
    faults, findings = read_injected(stated, company_in(mission, scenario))
    if findings:
        raise _error_of(findings, "in the faults to inject", "see `groundsys scenario faults`")
    return faults


def check_injected(
    faults: Sequence[Mapping[str, Any]], name: str, where: str, path: Path | str | None = None
) -> None:
    """`DefinitionError` if faults, as a file at `where` lists them, do not fit scenario `name`."""
    mission = load_mission(path)
    company = company_in(mission, scenario_of(mission, name))
    if findings := check_faults(faults, company):
        told = f"in the faults of {where}, flown with '{name}'"
        raise _error_of(findings, told, "see `groundsys scenario faults`")


def refuse_voyage(name: str, path: Path | str | None = None) -> None:
    """`DefinitionError` if `name` is several flights, where one without an end is wanted."""
    voyage = scenario_of(load_mission(path), name).voyage
    if voyage and SEPARATOR not in name:
        raise DefinitionError(
            f"scenario '{name}' is a voyage: its legs end, and are flown one after another",
            expected="one of its legs: " + ", ".join(voyage),
            found=name,
            remedy=f"name a leg, or fly all of them: `groundsys rehearse {name}`",
        )


def refuse_played(injected: Sequence[Mapping[str, Any]]) -> None:
    """`DefinitionError` for a fault that a rehearsal plays at its end or by its people."""
    for fault in injected:
        if FAULTS[fault["fault"]].strikes in ("person", "customer", "log"):
            raise DefinitionError(
                f"{fault['fault']} strikes what a rehearsal alone plays",
                expected="a fault of craft, links, antennas or processes: here people, "
                "customers and what they do are real",
                found=fault_text(fault),
                remedy="leave it out, or fly it with `groundsys rehearse`",
            )


def company_in(mission: Mission, scenario: Scenario) -> Company:
    """What faults may strike in a scenario, or on the legs of a voyage."""
    legs = [on_leg(mission, scenario, number + 1) for number in range(len(scenario.voyage))]
    company = company_of(scenario, mission.spacecraft)
    return replace(company, of_legs=tuple(company_of(one, of.spacecraft) for of, one in legs))


def check_mission(path: Path | str | None = None) -> list[Finding]:
    """Everything wrong with the definitions, by file and line; empty when they load."""
    return read_mission(path)[1]


def read_mission(path: Path | str | None = None) -> tuple[Mission, list[Finding]]:
    """The mission as far as it can be read, and everything that is wrong with it."""
    return _read(default_mission_db(path))


def _error_of(findings: Sequence[Finding], where: str, remedy: str) -> DefinitionError:
    shown = [str(finding) for finding in findings[:_MOST_SHOWN]]
    if len(findings) > _MOST_SHOWN:
        shown.append(f"… and {len(findings) - _MOST_SHOWN} more")
    count = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}"
    return DefinitionError(f"{count} {where}\n  " + "\n  ".join(shown), remedy=remedy)


def _read(root: Path) -> tuple[Mission, list[Finding]]:
    findings = Findings()
    programme = read_programme(root, findings)
    bodies = read_bodies(root, findings)
    models = read_models(root, findings)
    payloads = read_payloads(root, findings)
    antennas = read_antennas(root, findings)
    customers = read_customers(root, payloads, findings)
    spacecraft = read_spacecraft(root, models, payloads, bodies, findings)
    partners = read_partners(root, spacecraft, customers, findings)
    scenarios = read_scenarios(root, spacecraft, antennas, customers, partners, bodies, findings)
    derived = read_derived(root, models, findings)
    mission = Mission(
        root=str(root),
        spacecraft=spacecraft,
        antennas=antennas,
        payloads=payloads,
        customers=customers,
        scenarios=scenarios,
        partners=partners,
        simulators=read_simulators(root, models, findings),
        bodies=bodies,
        programme=programme,
        derived=derived,
        pages=read_pages(root, models, derived, findings),
    )
    return mission, findings.ordered()
