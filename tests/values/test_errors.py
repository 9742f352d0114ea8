"""Errors say what was expected, what was found and how to mend it."""

from __future__ import annotations

import inspect

import pytest

from groundsys.values import errors
from groundsys.values.errors import DefinitionError, GroundsysError

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, GroundsysError)
]


def test_the_parts_are_told_in_order() -> None:
    error = DefinitionError(
        "no such unit", expected="one of K, degC", found="degX", remedy="see the file"
    )
    assert str(error).splitlines() == [
        "no such unit",
        "  expected: one of K, degC",
        "  found: degX",
        "  remedy: see the file",
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert str(GroundsysError("it stopped", found="smoke")) == "it stopped\n  found: smoke"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_title_of_its_own_and_stands_in_the_tree(
    kind: type[GroundsysError],
) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    assert [k for k in KINDS if k.title == kind.title] == [kind]
