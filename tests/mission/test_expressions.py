"""Arithmetic in definitions: it counts as Python counts, and does nothing but count."""

from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission.parsing.expressions import NotArithmeticError, read_expression

NAMES = ("a", "b", "c")
ATOMS = st.sampled_from(NAMES) | st.floats(0, 1e6).map(repr) | st.integers(0, 1000).map(str)
TEXTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"-{t}"),
        inner.map(lambda t: f"abs({t})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
    ),
    max_leaves=12,
)
NUMBERS = st.floats(-1e9, 1e9)


@given(TEXTS, st.fixed_dictionaries(dict.fromkeys(NAMES, NUMBERS)))
def test_it_counts_as_python_does(text: str, values: dict[str, float]) -> None:
    try:
        expected = float(eval(text, {"abs": abs, "max": max, "__builtins__": {}}, values))
    except (ZeroDivisionError, OverflowError):
        expected = math.nan
    found = read_expression(text).value(values)
    assert found == (expected if math.isfinite(expected) else None)


@given(st.text(max_size=40))
def test_any_other_text_is_refused_and_never_run(text: str) -> None:
    try:
        expression = read_expression(text)
    except NotArithmeticError:
        return
    assert all(name.isidentifier() for name in expression.names)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "a.b",
        "a[0]",
        "a ** 99999",
        "lambda: a",
        "a if b else c",
        "a == b",
        "True",
        "'text'",
        "max(*a)",
        "max(a, key=b)",
        "sqrt(a, b)",
        "open(a)",
        "a := 3",
        "1e999999999999 + a j",
        "a; b",
        "",
        "-" * 50 + "a",
        "9" * 400,
    ],
)
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(NotArithmeticError):
        read_expression(text)


def test_names_come_once_in_their_order_and_it_can_be_sent_elsewhere() -> None:
    expression = pickle.loads(pickle.dumps(read_expression("volts * amps / (volts + 1)")))
    assert expression.names == ("volts", "amps")
    assert expression.value({"volts": 4.0, "amps": 5.0}) == 4.0
    assert expression.value({"volts": -1.0, "amps": 5.0}) is None
