"""YAML 1.2 as a tree of nodes that know their lines.

libyaml parses: every process reads the whole mission, which took Python alone ten times as long.

Scalars are resolved as the core schema of YAML 1.2 has it (section 10.3.2), which is why `no`,
`on` and `12:30` are texts; beyond it, `1_000` is a number and a bare date has a kind of its own.
"""

from __future__ import annotations

import re

from yaml import CBaseLoader
from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

__all__ = [
    "TAG",
    "MappingNode",
    "MarkedYAMLError",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "YAMLError",
    "compose",
]

#: what the tags of all nodes begin with
TAG = "tag:yaml.org,2002:"


class _Composer(CBaseLoader):
    """Resolves scalars by the patterns below, and by nothing else."""


for _kind, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    (
        "float",
        r"""[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?
        |[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+
        |[-+]?\.[0-9][0-9_]*([eE][-+]?[0-9]+)?
        |[-+]?\.(inf|Inf|INF)
        |\.(nan|NaN|NAN)""",
        "-+0123456789.",
    ),
    ("int", r"[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)", "-+0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("timestamp", r"\d{4}-\d\d-\d\d([Tt\ \t].*)?", "0123456789"),
):
    _Composer.add_implicit_resolver(
        TAG + _kind, re.compile(rf"(?:{_pattern})\Z", re.VERBOSE), list(_first)
    )


def compose(text: str) -> Node | None:
    """The root of the text's tree, None if it holds nothing; `YAMLError` if it is not YAML."""
    composer = _Composer(text)
    try:
        node: Node | None = composer.get_single_node()
        return node
    finally:
        composer.dispose()
