"""The rules that a scenario plans by: the defaults, and what it puts in their place."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.plan import PlanningRules
from groundsys.values.errors import PlanError

DEFAULT_RULES = PlanningRules()


def rules_of(scenario: Scenario) -> PlanningRules:
    """The scenario's rules; one that is unknown, or contradicts another, raises `PlanError`."""
    defaults = {field.name: getattr(DEFAULT_RULES, field.name) for field in fields(PlanningRules)}
    changes: dict[str, Any] = {}
    for name, value in scenario.planning.rules.items():
        if name not in defaults:
            raise PlanError(
                f"scenario {scenario.id} has a planning rule that nobody knows",
                expected=", ".join(sorted(defaults)),
                found=name,
                remedy=f"correct planning.rules.{name}",
            )
        changes[name] = type(defaults[name])(value)
    rules = replace(DEFAULT_RULES, **changes)
    for least, most in (
        ("pass_minimum_s", "pass_maximum_s"),
        ("session_minimum_s", "session_maximum_s"),
    ):
        if getattr(rules, least) > getattr(rules, most):
            raise PlanError(
                f"scenario {scenario.id} has planning rules that exclude each other",
                expected=f"{least} ≤ {most}",
                found=f"{getattr(rules, least):g} s > {getattr(rules, most):g} s",
                remedy=f"lower {least} or raise {most}",
            )
    return rules
