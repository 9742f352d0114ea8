"""No line of Python knows a mission, a craft, a customer, an antenna or a scenario by name.

Searched are string literals (docstrings are prose) and identifiers of groundsys and ops_tui, for
every id in the definitions as a whole word.  What remains is listed here, each with its reason; an
exception that is not needed any more fails.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import groundsys
from groundsys.mission.model import Mission

ROOT = Path(groundsys.__file__).resolve().parents[1]

#: ids that are words of the trade as well: of them no search can tell a name from its word
WORDS = {
    "commanding": "a room of groundsys and what it does",
    "delivery": "of products to customers",
    "launch": "of processes",
    "release": "of antennas, of cubes, of commands",
    "short": "what is not long",
}

#: name → where → why; a folder ends with a slash
BODIES = {
    "earth": {
        "groundsys/": "antennas stand on it, and light time, masks and the sky are theirs",
        "ops_tui/": "it is where data come home to",
    },
    "sun": {
        "groundsys/": "it shines, disturbs links near it in the sky, and holds what flies about it",
    },
}
#: in identifiers, and in capitals as a word for people; never as the id itself
ROLES = {
    "otv": "the mothership that relays (the field's word for the role), as in `otv_id`",
}


@cache
def words() -> tuple[tuple[str, int, str, bool], ...]:
    """File, line, text, and whether it is an identifier: every name and literal of the code."""
    found = []
    for package in ("groundsys", "ops_tui"):
        for path in sorted((ROOT / package).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            tree = ast.parse(path.read_text(encoding="utf-8"))
            prose = {id(one) for one in docstrings(tree)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if id(node) not in prose:
                        found.append((where, node.lineno, node.value, False))
                else:
                    found += [(where, node.lineno, name, True) for name in identifiers(node)]
    return tuple(found)


def docstrings(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def identifiers(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
            return [name]
        case ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.keyword(arg=str(name)):
            return [name]
    return []


def uses(name: str) -> Iterator[tuple[str, int, str, bool]]:
    """Where `name` stands as a whole word, in whatever case; in identifiers between underscores."""
    literal = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
    part = re.compile(rf"(?:^|_|\.){re.escape(name.replace('-', '_'))}(?:$|_|\.)", re.IGNORECASE)
    for one in words():
        where, line, text, is_identifier = one
        if (part if is_identifier else literal).search(text):
            yield where, line, text, is_identifier


def told(found: list[tuple[str, int, str, bool]]) -> str:
    return "\n".join(f"{where}:{line}: {text[:80]!r}" for where, line, text, _ in found)


def test_no_craft_customer_antenna_or_scenario_is_known_by_name(mission: Mission) -> None:
    ids = {*mission.spacecraft, *mission.customers, *mission.antennas, *mission.scenarios}
    found = [
        use
        for name in sorted(ids - WORDS.keys())
        for use in uses(name)
        if not (name in ROLES and (use[3] or name not in use[2]))
    ]
    assert not found, told(found)


def test_the_mission_is_not_known_by_name(mission: Mission) -> None:
    names = (mission.programme.name, mission.programme.identifier)
    found = [use for name in names for use in uses(name)]
    assert not found, told(found)


def test_bodies_are_known_by_name_only_where_it_is_said_why(mission: Mission) -> None:
    found = [
        use
        for name in mission.bodies
        for use in uses(name)
        if not any(use[0].startswith(folder) for folder in BODIES.get(name, {}))
    ]
    assert not found, told(found)


@pytest.mark.parametrize("name", list(BODIES))
def test_every_exception_for_a_body_is_needed(name: str, mission: Mission) -> None:
    assert name in mission.bodies
    for folder in BODIES[name]:
        assert any(use[0].startswith(folder) for use in uses(name)), f"{name} in {folder}"


def test_every_word_and_role_is_an_id_and_is_in_use(mission: Mission) -> None:
    ids = {*mission.spacecraft, *mission.customers, *mission.antennas, *mission.scenarios}
    for name in (*WORDS, *ROLES):
        assert name in ids
        assert any(uses(name)), name


def test_the_search_finds_names_in_literals_and_identifiers() -> None:
    """In its own way of looking: a name within a longer word is none."""
    tree = ast.parse('"""a docstring of usuda-64"""\nusuda_64_mask = f("to usuda-64, now")\n')
    prose = {id(one) for one in docstrings(tree)}
    literals = [node.value for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and id(node) not in prose]  # fmt: skip
    assert literals == ["to usuda-64, now"]
    assert [name for node in ast.walk(tree) for name in identifiers(node)] == ["usuda_64_mask", "f"]
