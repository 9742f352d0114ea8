"""YAML with line numbers, read into typed values while findings are gathered.

A `Section` is one mapping of a file.  Each of its reading functions either gives a value of the
asked type or notes a `Finding` and gives a neutral value, so that one reading finds everything
that is wrong.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from groundsys.mission.parsing.findings import Findings, Place, note_unknown
from groundsys.mission.parsing.yaml_tree import (
    TAG,
    MappingNode,
    MarkedYAMLError,
    Node,
    ScalarNode,
    SequenceNode,
    YAMLError,
    compose,
)
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant

Read = TypeVar("Read")


def plain_value(node: Node) -> Any:
    """A YAML node as None, bool, int, float, str, list or dict; dates stay text."""
    if isinstance(node, MappingNode):
        return {str(plain_value(key)): plain_value(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain_value(item) for item in node.value]
    kind = str(node.tag).removeprefix(TAG)
    text = str(node.value)
    match kind:
        case "int":
            return int(text.replace("_", ""), 0)
        case "float":
            return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        case "bool":
            return text.lower() in ("true", "yes", "on")
        case "null":
            return None
    return text


def _described(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return repr(value)


class Section:
    """One mapping of a definition file; `absent` ones stay silent and give neutral values."""

    def __init__(self, node: MappingNode | None, place: Place, findings: Findings) -> None:
        self.here = place
        self.findings = findings
        self.absent = node is None
        self._read: set[str] = set()
        self._nodes: dict[str, Node] = {}
        self._key_places: dict[str, Place] = {}
        for key, value in node.value if node is not None else ():
            name = str(plain_value(key))
            key_place = Place(place.file, key.start_mark.line + 1)
            if name in self._nodes:
                findings.add(key_place, f"key {name!r} stands twice in one mapping", "keep one")
            self._nodes[name] = value
            self._key_places[name] = key_place

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    @property
    def names(self) -> list[str]:
        """The mapping's keys in the order of the file."""
        return list(self._nodes)

    def place(self, key: str = "") -> Place:
        """Where `key` stands, or where the mapping begins."""
        return self._key_places.get(key, self.here)

    def note(self, key: str, message: str, remedy: str = "") -> None:
        """Note a finding about `key`."""
        if not self.absent:
            self.findings.add(self.place(key), message, remedy)

    def plain(self, key: str, default: Any = None) -> Any:
        """The value as plain Python, whatever its shape."""
        self._read.add(key)
        node = self._nodes.get(key)
        return default if node is None else plain_value(node)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; a number or date written bare is taken as written."""
        node = self._take(key, default)
        if node is None:
            return default or ""
        if not isinstance(node, ScalarNode) or str(node.tag) == f"{TAG}null":
            self.note(key, f"{key} should be a text, found {_described(plain_value(node))}")
            return default or ""
        return str(node.value)

    def number(
        self,
        key: str,
        default: float | None = None,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        above: float | None = None,
    ) -> float:
        """A number within `minimum` and `maximum`, or greater than `above`."""
        node = self._take(key, default)
        if node is None:
            return default if default is not None else 0.0
        value = plain_value(node)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.note(key, f"{key} should be a number, found {_described(value)}")
            return default if default is not None else 0.0
        self._check_range(key, value, minimum, maximum, above)
        return float(value)

    def integer(
        self,
        key: str,
        default: int | None = None,
        *,
        minimum: int | None = None,
        maximum: int | None = None,
    ) -> int:
        """A whole number within `minimum` and `maximum`."""
        node = self._take(key, default)
        if node is None:
            return default if default is not None else 0
        value = plain_value(node)
        if isinstance(value, bool) or not isinstance(value, int):
            self.note(key, f"{key} should be a whole number, found {_described(value)}")
            return default if default is not None else 0
        self._check_range(key, value, minimum, maximum, None)
        return value

    def truth(self, key: str, default: bool | None = None) -> bool:
        """True or false; a required key without it is a finding, and False."""
        value = self.plain(key, default)
        if not isinstance(value, bool):
            if value is not None:
                self.note(key, f"{key} is {_described(value)}", "write true or false")
            return False
        return value

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """One of `choices`; a neutral value is the first of them."""
        value = self.text(key, default)
        if value in choices:
            return value
        if value:
            self.note(key, f"{key} is {value!r}", f"write one of {', '.join(choices)}")
        return next(iter(choices))

    def instant(self, key: str) -> Instant:
        """An instant of UTC in ISO 8601, such as 2031-08-20T06:00:00Z."""
        value = self.text(key)
        return self._instant(key, value) if value else Instant(0)

    def instants(self, key: str) -> tuple[Instant, ...]:
        """A list of instants of UTC."""
        return tuple(self._instant(key, text) for text, _ in self.texts(key))

    def _instant(self, key: str, value: str) -> Instant:
        try:
            parsed = datetime.fromisoformat(value)
            if parsed.tzinfo is not None:
                return Instant.from_utc(parsed)
        except ValueError:
            pass
        self.note(key, f"{key} is no instant: {value!r}", "write UTC such as 2031-08-20T06:00:00Z")
        return Instant(0)

    def numbers(self, key: str, default: tuple[float, ...] | None = None) -> tuple[float, ...]:
        """A list of numbers."""
        node = self._take(key, default)
        if node is None:
            return default or ()
        value = plain_value(node)
        if not isinstance(value, list) or not all(
            isinstance(item, int | float) and not isinstance(item, bool) for item in value
        ):
            self.note(key, f"{key} should be a list of numbers, found {_described(value)}")
            return default or ()
        return tuple(float(item) for item in value)

    def pairs(self, key: str) -> tuple[tuple[float, float], ...]:
        """A list of pairs of numbers; empty if it is not there."""
        node = self._take(key, ())
        if node is None:
            return ()
        value = plain_value(node)
        if not isinstance(value, list) or not all(_is_pair(item) for item in value):
            self.note(key, f"{key} should be a list of pairs of numbers", "write [[0, 5], …]")
            return ()
        return tuple((float(first), float(second)) for first, second in value)

    def section(self, key: str) -> Section:
        """The mapping under `key`, which must be there."""
        node = self._take(key, None)
        if node is not None and not isinstance(node, MappingNode):
            self.note(key, f"{key} should be a mapping, found {_described(plain_value(node))}")
        return Section(
            node if isinstance(node, MappingNode) else None, self.place(key), self.findings
        )

    def optional_section(self, key: str) -> Section:
        """The mapping under `key`, or an absent one."""
        if key in self._nodes:
            return self.section(key)
        return Section(None, self.here, self.findings)

    def sections(self, key: str, *, optional: bool = False) -> list[Section]:
        """The mappings of the list under `key`."""
        node = self._take(key, () if optional else None)
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.note(key, f"{key} should be a list, found {_described(plain_value(node))}")
            return []
        return _sections(node, self.here.file, key, self.findings)

    def texts(self, key: str, *, optional: bool = False) -> list[tuple[str, Place]]:
        """The texts of the list under `key`, each with its place."""
        node = self._take(key, () if optional else None)
        if node is None:
            return []
        if not isinstance(node, SequenceNode) or not all(
            isinstance(item, ScalarNode) for item in node.value
        ):
            found = _described(plain_value(node))
            self.note(key, f"{key} should be a list of texts, found {found}")
            return []
        return [
            (str(item.value), Place(self.here.file, item.start_mark.line + 1))
            for item in node.value
        ]

    def reference(self, key: str, kind: str, known: Collection[str]) -> str:
        """The id of something defined elsewhere."""
        value = self.text(key)
        if value:
            note_unknown(self.findings, self.place(key), kind, value, known)
        return value

    def references(
        self, key: str, kind: str, known: Collection[str], *, optional: bool = False
    ) -> tuple[str, ...]:
        """Ids of things defined elsewhere, each named once."""
        values: list[str] = []
        for value, place in self.texts(key, optional=optional):
            note_unknown(self.findings, place, kind, value, known)
            if value in values:
                self.findings.add(place, f"{kind} {value!r} stands twice in {key}", "name it once")
            else:
                values.append(value)
        return tuple(values)

    def finish(self) -> None:
        """Note every key that nobody asked for: most are misspelt."""
        known = self._read
        for key in self._nodes:
            if key not in known:
                close = difflib.get_close_matches(key, sorted(known), n=1)
                remedy = f"did you mean {close[0]!r}?" if close else "remove it"
                self.note(key, f"unknown key {key!r}", remedy)

    def _take(self, key: str, default: object) -> Node | None:
        self._read.add(key)
        node = self._nodes.get(key)
        if node is None and default is None:
            self.note(key, f"{key} is missing", f"add {key}")
        return node

    def _check_range(
        self,
        key: str,
        value: float,
        minimum: float | None,
        maximum: float | None,
        above: float | None,
    ) -> None:
        if minimum is not None and value < minimum:
            self.note(key, f"{key} is {value:g}", f"use {minimum:g} or more")
        if maximum is not None and value > maximum:
            self.note(key, f"{key} is {value:g}", f"use {maximum:g} or less")
        if above is not None and value <= above:
            self.note(key, f"{key} is {value:g}", f"use more than {above:g}")


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
    )


def read_file(path: Path, root: Path, findings: Findings) -> Section | None:
    """One definition file as a section, or None with a finding when it cannot be read."""
    name = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        findings.add(Place(name, 1), f"not YAML: {error}")
        return None
    return read_text(text, name, findings)


def read_alone(path: Path, kind: str, read: Callable[[Section], Read]) -> Read:
    """A file that belongs to no `mission_db/`, of the `kind` that `read` understands.

    `DefinitionError` with every finding, file and line.
    """
    findings = Findings()
    try:
        file = read_file(path.absolute(), path.absolute().parent, findings)
    except OSError as error:
        raise DefinitionError(
            f"the {kind} {path} cannot be read", found=error.strerror or str(error)
        ) from error
    content = None if file is None else read(file)
    if content is None or findings.found:
        raise DefinitionError(
            f"the {kind} {path} is not sound",
            found="\n".join(str(one) for one in findings.ordered()),
            remedy="mend what is named",
        )
    return content


def read_text(text: str, name: str, findings: Findings) -> Section | None:
    """As `read_file`, of a text that was read already from the file `name`."""
    node = _composed(text, name, findings)
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        findings.add(Place(name, 1), "the file should hold a mapping", "write `key: value` lines")
        return None
    return Section(node, Place(name, node.start_mark.line + 1), findings)


def read_list(text: str, name: str, findings: Findings) -> list[Section]:
    """The mappings of a text that is a list, read from the file `name`."""
    node = _composed(text, name, findings)
    if node is None:
        return []
    if not isinstance(node, SequenceNode):
        findings.add(Place(name, 1), "the file should hold a list", "write `- key: value` entries")
        return []
    return _sections(node, name, "the list", findings)


def _composed(text: str, name: str, findings: Findings) -> Node | None:
    try:
        node = compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        findings.add(Place(name, line), f"not YAML: {error.problem or error.context}")
        return None
    except YAMLError as error:
        findings.add(Place(name, 1), f"not YAML: {error}")
        return None
    if node is None:
        findings.add(Place(name, 1), "the file is empty")
    return node


def _sections(node: SequenceNode, file: str, what: str, findings: Findings) -> list[Section]:
    sections = []
    for item in node.value:
        place = Place(file, item.start_mark.line + 1)
        if isinstance(item, MappingNode):
            sections.append(Section(item, place, findings))
        else:
            found = _described(plain_value(item))
            findings.add(place, f"an entry of {what} should be a mapping, found {found}")
    return sections


def read_folder(
    root: Path, folder: str, findings: Findings, remedy: str = "add at least one"
) -> Iterable[Section]:
    """Every definition file of `folder`, in order of name; `remedy` is told if there is none."""
    paths = sorted((root / folder).glob("*.yaml"))
    if not paths:
        findings.add(Place(folder, 1), f"{folder} holds no *.yaml file", remedy)
    for path in paths:
        section = read_file(path, root, findings)
        if section is not None:
            yield section
