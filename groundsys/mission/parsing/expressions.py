"""Arithmetic over telemetry parameters as definitions write it: `eps_voltage * eps_current`.

It is Python's own notation, of which only numbers, names, `+ - * /`, a sign, parentheses and the
functions `abs`, `sqrt`, `min`, `max` are taken.  Nothing else is ever evaluated.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
#: by name: the function, and the least and greatest number of its arguments
_FUNCTIONS: Mapping[str, tuple[Callable[..., float], int, int]] = {
    "abs": (abs, 1, 1),
    "sqrt": (math.sqrt, 1, 1),
    "min": (min, 2, 20),
    "max": (max, 2, 20),
}
FUNCTIONS = tuple(_FUNCTIONS)
#: deeper nesting is a mistake, or worse
_DEEPEST = 20

_Evaluate = Callable[[Mapping[str, float]], float]


class NotArithmeticError(ValueError):
    """A text that is no arithmetic; its message says what in it is not."""


@dataclass(frozen=True, slots=True)
class Expression:
    """Arithmetic over `names`, as `read_expression` has read it from `text`."""

    text: str
    names: tuple[str, ...]

    def value(self, values: Mapping[str, float]) -> float | None:
        """What it is for these values; None where it is no finite number (a division by zero)."""
        try:
            found = _read(self.text)[1](values)
        except (ZeroDivisionError, ValueError, OverflowError):
            return None
        return found if math.isfinite(found) else None


def read_expression(text: str) -> Expression:
    """The arithmetic that a text states; `NotArithmeticError` if it states anything else."""
    return Expression(text, _read(text)[0])


@cache
def _read(text: str) -> tuple[tuple[str, ...], _Evaluate]:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise NotArithmeticError(f"{text!r} cannot be read") from error
    names: dict[str, None] = {}
    evaluate = _compile(tree.body, names, 0)
    return tuple(names), evaluate


def _compile(node: ast.expr, names: dict[str, None], depth: int) -> _Evaluate:
    if depth > _DEEPEST:
        raise NotArithmeticError(f"it is nested deeper than {_DEEPEST} levels")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _constant(number)
        case ast.Name(id=name):
            names[name] = None
            return lambda values: values[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            inner = _compile(operand, names, depth + 1)
            if isinstance(sign, ast.UAdd):
                return inner
            return lambda values: -inner(values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            of = _OPERATORS[type(op)]
            first, second = _compile(left, names, depth + 1), _compile(right, names, depth + 1)
            return lambda values: of(first(values), second(values))
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in _FUNCTIONS:
            return _call(name, given, names, depth)
    raise NotArithmeticError(f"{ast.unparse(node)!r} is no arithmetic")


def _constant(number: float) -> _Evaluate:
    try:
        value = float(number)
    except OverflowError as error:
        raise NotArithmeticError("a number in it is too great") from error
    return lambda values: value


def _call(name: str, given: list[ast.expr], names: dict[str, None], depth: int) -> _Evaluate:
    function, least, greatest = _FUNCTIONS[name]
    if not least <= len(given) <= greatest:
        takes = str(least) if least == greatest else f"{least} to {greatest}"
        raise NotArithmeticError(f"{name} takes {takes} values, not {len(given)}")
    arguments = [_compile(one, names, depth + 1) for one in given]
    return lambda values: function(*(one(values) for one in arguments))
