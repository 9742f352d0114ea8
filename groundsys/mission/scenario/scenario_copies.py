"""A new scenario made of another's text: comments, order and everything else stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

from groundsys.mission.parsing.yaml_tree import MappingNode, Node, ScalarNode, SequenceNode, compose
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant

#: a scenario's length; these two keep their distance from its end
_END, _BEFORE_END = "end", ("cut_off", "quiet_from")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z")
#: a text that YAML takes as it stands
_PLAIN = re.compile(r"[A-Za-z][\w ,.;()'’–-]*[\w.)]")
_ANCHOR = re.compile(r"&\S+\s+")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def copied_scenario(
    text: str, id: str, *, title: str, start: Instant | None = None, days: float | None = None
) -> str:
    """The text of a scenario that loads, under another id and title.

    With `start`, every instant in it – notices, needs, legs and all – moves along.  With `days` it
    lasts so long: `cut_off` and `quiet_from` keep their distance from its end.
    `DefinitionError` for an id that no file could have.
    """
    if not _ID.fullmatch(id):
        raise DefinitionError(
            f"no scenario can be called {id!r}",
            expected="small letters, digits and hyphens, such as windy-week",
        )
    root = compose(text)
    assert isinstance(root, MappingNode)
    values = {str(key.value): value for key, value in root.value}
    if "start" not in values:
        raise DefinitionError(
            "a voyage is not copied: it is nothing but the names of its legs",
            expected="a scenario that is flown itself",
            remedy="copy its legs, and write a file that names them under `legs`",
        )
    first, last = (Instant.from_utc_iso(values[key].value) for key in ("start", _END))
    later = timedelta(seconds=start.seconds_since(first)) if start is not None else timedelta()
    longer = timedelta(days=days) - _between(first, last) if days is not None else timedelta()
    changed: dict[int, tuple[ScalarNode, str]] = {}
    for node in _scalars(root):
        if not node.style and _INSTANT.fullmatch(str(node.value)):
            at_end = any(node is values.get(key) for key in (_END, *_BEFORE_END))
            moved = Instant.from_utc_iso(node.value) + later + (longer if at_end else timedelta())
            changed[node.start_mark.index] = (node, _written(moved))
    for key, value in (("id", id), ("title", title)):
        changed[values[key].start_mark.index] = (values[key], _quoted(value))
    for _, (node, new) in sorted(changed.items(), reverse=True):
        if anchor := _ANCHOR.match(text, node.start_mark.index):  # part of what is replaced
            new = f"{anchor.group()}{new}"
        text = text[: node.start_mark.index] + new + text[node.end_mark.index :]
    return text


def title_of(id: str) -> str:
    """`windy-week` as a title."""
    words = id.replace("-", " ")
    return words[0].upper() + words[1:]


def _between(first: Instant, last: Instant) -> timedelta:
    return timedelta(seconds=last.seconds_since(first))


def _written(instant: Instant) -> str:
    text = instant.utc_iso(3)
    return text.replace(".000Z", "Z")


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _scalars(node: Node) -> Iterator[ScalarNode]:
    """The values of a tree, keys left out."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
