"""Scalars are what YAML 1.2 says they are, and every node knows where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.mission.parsing.reading import plain_value
from groundsys.mission.parsing.yaml_tree import MappingNode, YAMLError, compose


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("12", 12),
        ("-7", -7),
        ("0x1f", 31),
        ("0o17", 15),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("-.5", -0.5),
        (".5e3", 500.0),
        ("1e3", 1000.0),
        ("-.inf", float("-inf")),
        ("~", None),
        ("null", None),
        # what YAML 1.1 takes for something else
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("007", "007"),
        ("'12'", "12"),
        ("2031-08-20T00:00:00Z", "2031-08-20T00:00:00Z"),
        ("1.2.3", "1.2.3"),
        ("-", [None]),
        ("._", "._"),
    ],
)
def test_a_scalar(text: str, value: Any) -> None:
    node = compose(text)
    assert node is not None
    found = plain_value(node)
    assert found == value
    assert type(found) is type(value)


def test_a_node_knows_its_line_and_its_character() -> None:
    text = "# näher\nname: Tharsis\nat: {deg: 1}\n"
    root = compose(text)
    assert isinstance(root, MappingNode)
    [(_, name), (_, at)] = root.value
    assert text[name.start_mark.index : name.end_mark.index] == "Tharsis"
    assert (name.start_mark.line, at.start_mark.line) == (1, 2)


def test_nothing_and_what_is_not_yaml() -> None:
    assert compose("# only a comment\n") is None
    with pytest.raises(YAMLError):
        compose("a: [1, 2")
