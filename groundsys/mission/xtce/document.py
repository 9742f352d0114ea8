"""The XTCE file: what pymdb writes, and what XTCE can say and pymdb cannot.

Amended here: the length of binary fields that another field carries (pymdb knows only a leading
size), conditions between two parameters, six levels of significance instead of four, and the
version in the header.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from yamcs.pymdb.systems import System

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import flown_commands, flown_packets
from groundsys.mission.spacecraft.packet_model import Significance
from groundsys.mission.version import mdb_version
from groundsys.mission.xtce.commands import PARAMETER_MARK, add_commands
from groundsys.mission.xtce.telemetry import add_telemetry, sized_by_field

_NAMESPACE = "http://www.omg.org/spec/XTCE/20180204"
_X = f"{{{_NAMESPACE}}}"

#: XTCE 1.2 consequenceLevel (ISO 14950) of what Yamcs calls none, watch, … severe.
_CONSEQUENCE: dict[Significance, str] = {
    "none": "normal",
    "watch": "user1",
    "warning": "user2",
    "distress": "vital",
    "critical": "critical",
    "severe": "forbidden",
}


def write_xtce(spacecraft: Spacecraft, path: Path, source: int = 0) -> None:
    """Write the craft's packets and commands to `path` as XTCE 1.2.

    Commands bear the source ID `source`, and reports that go to it verify them.  The same
    definitions and source give the same octets.  Names are flat: `/<space system>/<name>`.
    """
    path.write_text(xtce_text(spacecraft, source), encoding="utf-8")


def xtce_text(spacecraft: Spacecraft, source: int = 0) -> str:
    """The craft's packets, and commands from `source`, as the text of an XTCE file."""
    system = System(spacecraft.space_system, short_description=spacecraft.name)
    commands = flown_commands(spacecraft)
    parameters = add_telemetry(system, spacecraft)
    add_commands(system, commands, parameters, source)
    ElementTree.register_namespace("", _NAMESPACE)
    root = ElementTree.fromstring(system.dumps(top_comment=False))
    _set_version(root, mdb_version(spacecraft))
    for packet in flown_packets(spacecraft):
        called = dict(
            zip((one.name for one in packet.definition.fields), packet.parameters, strict=True)
        )
        for name, length in sized_by_field(packet.definition.fields).items():
            reference = f"BinaryParameterType[@name='{called[name]}']"
            _size_by(root, reference, "parameter", called[length])
    for command in commands:
        for name, length in sized_by_field(command.arguments).items():
            reference = f"BinaryArgumentType[@name='{command.name}__{name}']"
            _size_by(root, reference, "argument", length)
        meta = root.find(f".//{_X}MetaCommand[@name='{command.name}']/{_X}DefaultSignificance")
        if meta is not None:
            meta.set("consequenceLevel", _CONSEQUENCE[command.significance])
    _compare_parameters(root.iter(f"{_X}Condition"))
    ElementTree.indent(root)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return declaration + ElementTree.tostring(root, encoding="unicode") + "\n"


def _set_version(root: ElementTree.Element, version: str) -> None:
    header = ElementTree.Element(f"{_X}Header", validationStatus="Working", version=version)
    metadata = root.find(f"{_X}TelemetryMetaData")
    root.insert(0 if metadata is None else list(root).index(metadata), header)


def _size_by(root: ElementTree.Element, data_type: str, kind: str, length: str) -> None:
    """Take a binary type's length in octets from the parameter or argument `length`."""
    for size in root.iterfind(f".//{_X}{data_type}/{_X}BinaryDataEncoding/{_X}SizeInBits"):
        size.clear()
        value = ElementTree.SubElement(size, f"{_X}DynamicValue")
        tag = f"{_X}{kind.capitalize()}InstanceRef"
        ElementTree.SubElement(value, tag, {f"{kind}Ref": length})
        ElementTree.SubElement(value, f"{_X}LinearAdjustment", intercept="0", slope="8")


def _compare_parameters(conditions: Iterable[ElementTree.Element]) -> None:
    """Turn values marked as parameters into references to them."""
    for condition in conditions:
        value = condition.find(f"{_X}Value")
        if value is None or not (value.text or "").startswith(PARAMETER_MARK):
            continue
        name = (value.text or "").removeprefix(PARAMETER_MARK)
        condition.remove(value)
        ElementTree.SubElement(condition, f"{_X}ParameterInstanceRef", parameterRef=name)
