"""The registry: every format by name, to files and back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from groundsys.geometry import Geometry
from groundsys.planning.exchange import EXPORTS, IMPORTS, ExportContext, export_plan, import_plan
from groundsys.values.errors import PlanError
from tests.geometry.missions import MISSION, START
from tests.planning.exchange.plans import PLAN


@cache
def the_context() -> ExportContext:
    return ExportContext(MISSION, Geometry(MISSION), START)


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_every_format_writes_its_files(name: str, tmp_path: Path) -> None:
    target = tmp_path / f"out{EXPORTS[name].suffix}"
    paths = export_plan(name, PLAN, the_context(), target)
    assert paths
    assert EXPORTS[name].name == name
    if EXPORTS[name].single:
        assert paths == (target,)
    assert sorted(one for one in tmp_path.rglob("*") if one.is_file()) == sorted(paths)
    assert all(one.read_text().strip() for one in paths)


@pytest.mark.parametrize("name", ["json", "csv"])
def test_what_is_exported_whole_is_imported_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / "plan"
    export_plan(name, PLAN, the_context(), path)
    assert import_plan(name, path, the_context(), "day") == PLAN


def test_a_plan_of_another_scenario_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    export_plan("json", PLAN, the_context(), path)
    with pytest.raises(PlanError, match="a plan for another scenario"):
        import_plan("json", path, the_context(), "night")


@pytest.mark.parametrize("name", sorted(IMPORTS))
def test_errors_name_the_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_text("<{,")
    with pytest.raises(PlanError, match=str(path)):
        import_plan(name, path, the_context(), "day")


def test_a_format_that_is_not_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no format to export"):
        export_plan("fax", PLAN, the_context(), tmp_path / "out")
    with pytest.raises(PlanError, match="no format to import") as refusal:
        import_plan("fax", tmp_path / "out", the_context(), "day")
    assert refusal.value.expected == ", ".join(IMPORTS)
