"""PDS4's own rules, XML schema and Schematron: data from outside, found by `PDS4_SCHEMAS`.

The rules are NASA's (NASA-PDS/pds4-information-model, Apache-2.0) and do not come with groundsys.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import elementpath
import pytest
from lxml import etree

#: outside data lie beside the project, never in it
_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "pds4"
PLACE = Path(os.environ.get("PDS4_SCHEMAS", _BESIDE))
_MODEL = "PDS4_PDS_1Q00"
_SCHEMATRON = "{http://purl.oclc.org/dsdl/schematron}"

needs_rules = pytest.mark.skipif(
    not (PLACE / f"{_MODEL}.xsd").is_file(),
    reason=f"{_MODEL}.xsd and .sch are not in {PLACE}; name their folder with PDS4_SCHEMAS",
)


@dataclass(frozen=True)
class _Rule:
    context: str
    lets: tuple[tuple[str, str], ...]
    asserts: tuple[tuple[str, str], ...]


def findings(label: Path) -> list[str]:
    """Everything that schema and Schematron say against a label."""
    document = etree.parse(label)
    schema = _schema()
    schema.validate(document)
    names = {etree.QName(element).localname for element in document.iter(etree.Element)}
    return [str(error.message) for error in schema.error_log] + [
        finding
        for rule in _rules()[1]
        if _may_apply(rule, names)
        for finding in _broken(document, rule)
    ]


def _may_apply(rule: _Rule, names: set[str]) -> bool:
    """Whether the label has an element that a plain context ends with: most rules' it has not."""
    last = rule.context.rpartition("/")[2]
    return not last.startswith("pds:") or not last[4:].isidentifier() or last[4:] in names


@cache
def _schema() -> Any:
    return etree.XMLSchema(etree.parse(PLACE / f"{_MODEL}.xsd"))


@cache
def _rules() -> tuple[dict[str, str], tuple[_Rule, ...]]:
    root = etree.parse(PLACE / f"{_MODEL}.sch").getroot()
    spaces = {one.get("prefix"): one.get("uri") for one in root.iter(f"{_SCHEMATRON}ns")}
    rules = tuple(
        _Rule(
            rule.get("context"),
            tuple((one.get("name"), one.get("value")) for one in rule.iter(f"{_SCHEMATRON}let")),
            tuple(
                (one.get("test"), " ".join("".join(one.itertext()).split()))
                for one in rule.iter(f"{_SCHEMATRON}assert")
            ),
        )
        for rule in root.iter(f"{_SCHEMATRON}rule")
    )
    return spaces, rules


def _broken(document: Any, rule: _Rule) -> list[str]:
    context = rule.context if rule.context.startswith("/") else f"//{rule.context}"
    found = []
    for node in _value(document, context, None):
        variables: dict[str, Any] = {}
        for name, expression in rule.lets:
            variables[name] = _value(document, expression, node, variables)
        found += [
            told
            for test, told in rule.asserts
            if not _value(document, f"boolean({test})", node, variables)
        ]
    return found


def _value(document: Any, expression: str, node: Any, variables: Any = None) -> Any:
    context = elementpath.XPathContext(document, item=node, variables=dict(variables or {}))
    return _token(expression, tuple(variables or ())).get_results(context)


@cache
def _token(expression: str, variables: tuple[str, ...]) -> Any:
    parser = elementpath.XPath2Parser(
        namespaces=_rules()[0],
        variable_types=dict.fromkeys(variables, "item()*"),
        compatibility_mode=False,
    )
    return parser.parse(expression)
