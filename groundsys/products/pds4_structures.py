"""What a PDS4 label says of a file's bytes: tables, arrays, headers and encoded streams.

PDS4 Information Model 1.26 (1Q00), Data Provider's Handbook and Standards Reference, chapter 4.  A
whole number of 3, 5, 6 or 7 octets has no type of its own there: it is told as a packed bit field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.instants import Instant

ProductClass = Literal["Product_Observational", "Product_Native", "Product_Browse"]
ProcessingLevel = Literal["Raw", "Partially Processed", "Calibrated"]

#: made once for all files that they are the same for, and not to be changed
SHARED = frozenset({"Record_Binary", "Record_Delimited", "Array_1D"})
_KEPT = 64

_WHOLE_TYPES = {8: "Byte", 16: "MSB2", 32: "MSB4", 64: "MSB8"}
_FLOAT_TYPES = {32: "IEEE754MSBSingle", 64: "IEEE754MSBDouble"}


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a file holds, from `start` to `stop` in SCET; `structures` are its parts in order."""

    title: str
    product_class: ProductClass
    processing_level: ProcessingLevel
    start: Instant
    stop: Instant
    structures: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of a delimited table."""

    name: str
    data_type: Literal["ASCII_Date_Time_YMD_UTC", "ASCII_Integer", "ASCII_Real"]
    unit: str = ""
    description: str = ""


def table_delimited(
    name: str, columns: Sequence[TextColumn], records: int, header_octets: int, octets: int
) -> tuple[Element, ...]:
    """Comma-separated values with a line of names first, lines that end with a line feed."""
    header = _stream("Header", "Column names", 0, header_octets)
    text(header, "parsing_standard_id", "UTF-8 Text")
    table = _stream("Table_Delimited", name, header_octets, octets - header_octets)
    text(table, "parsing_standard_id", "PDS DSV 1")
    text(table, "records", records)
    text(table, "record_delimiter", "Line-Feed")
    text(table, "field_delimiter", "Comma")
    table.append(_record_delimited(tuple(columns)))
    return header, table


@lru_cache(maxsize=_KEPT)
def _record_delimited(columns: tuple[TextColumn, ...]) -> Element:
    record = Element("Record_Delimited")
    text(record, "fields", len(columns))
    text(record, "groups", 0)
    for number, column in enumerate(columns, 1):
        field = SubElement(record, "Field_Delimited")
        text(field, "name", column.name)
        text(field, "field_number", number)
        text(field, "data_type", column.data_type)
        _optional(field, "unit", column.unit)
        _optional(field, "description", column.description)
    return record


def table_binary(
    name: str, fields: tuple[Field, ...], records: int, offset: int, description: str
) -> Element:
    """Records of whole octets, big-endian, one after the other."""
    table = Element("Table_Binary")
    text(table, "name", name)
    _octets(table, "offset", offset)
    text(table, "records", records)
    text(table, "description", description)
    table.append(_record_binary(_Same(fields)))
    return table


class _Same:
    """Equal to itself alone: fields are not hashable, and a payload's are the same ones always."""

    __slots__ = ("fields",)

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = fields

    def __hash__(self) -> int:
        return id(self.fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.fields is self.fields


@lru_cache(maxsize=_KEPT)
def _record_binary(same: _Same) -> Element:
    fields = same.fields
    record = Element("Record_Binary")
    groups = [field for field in fields if field.kind == "binary"]
    text(record, "fields", len(fields) - len(groups))
    text(record, "groups", len(groups))
    _octets(record, "record_length", sum(field.bits for field in fields) // 8)
    location = 1
    for number, field in enumerate(fields, 1):
        if field.kind == "binary":
            _group(record, field, number, location)
        else:
            _binary_field(record, field, number, location)
        location += field.bits // 8
    return record


def header(name: str, offset: int, octets: int, standard: str) -> Element:
    """A part that another standard tells how to read."""
    element = _stream("Header", name, offset, octets)
    text(element, "parsing_standard_id", standard)
    return element


def image(name: str, offset: int, lines: int, samples: int, description: str) -> Element:
    """A picture of unsigned octets, line by line."""
    element = _array("Array_2D_Image", name, offset, 2, description, "UnsignedByte")
    _axis(element, "Line", lines, 1)
    _axis(element, "Sample", samples, 2)
    return element


@lru_cache(maxsize=16 * _KEPT)
def column_array(
    name: str, offset: int, elements: int, data_type: str, unit: str, description: str
) -> Element:
    """One value a record."""
    element = _array("Array_1D", name, offset, 1, description, data_type, unit)
    _axis(element, "Record", elements, 1)
    return element


def encoded(kind: Literal["Image", "Native"], octets: int, standard: str) -> Element:
    """A whole file in another standard's encoding."""
    element = Element(f"Encoded_{kind}")
    _octets(element, "offset", 0)
    _octets(element, "object_length", octets)
    text(element, "encoding_standard_id", standard)
    return element


def text(parent: Element, tag: str, value: object, **attributes: str) -> Element:
    """A child of `parent` that holds a text."""
    child = SubElement(parent, tag, attributes)
    child.text = str(value)
    return child


def _optional(parent: Element, tag: str, value: str) -> None:
    if value:
        text(parent, tag, value)


def _octets(parent: Element, tag: str, value: int) -> None:
    text(parent, tag, value, unit="byte")


def _stream(tag: str, name: str, offset: int, octets: int) -> Element:
    element = Element(tag)
    text(element, "name", name)
    _octets(element, "offset", offset)
    _octets(element, "object_length", octets)
    return element


def _array(
    tag: str, name: str, offset: int, axes: int, description: str, data_type: str, unit: str = ""
) -> Element:
    element = Element(tag)
    text(element, "name", name)
    _octets(element, "offset", offset)
    text(element, "axes", axes)
    text(element, "axis_index_order", "Last Index Fastest")
    text(element, "description", description)
    element_array = SubElement(element, "Element_Array")
    text(element_array, "data_type", data_type)
    _optional(element_array, "unit", unit)
    return element


def _axis(parent: Element, name: str, elements: int, number: int) -> None:
    axis = SubElement(parent, "Axis_Array")
    text(axis, "axis_name", name)
    text(axis, "elements", elements)
    text(axis, "sequence_number", number)


def _binary_field(record: Element, field: Field, number: int, location: int) -> None:
    octets = field.bits // 8
    packed = field.kind not in ("float", "string") and field.bits not in _WHOLE_TYPES
    element = SubElement(record, "Field_Binary")
    text(element, "name", field.name)
    text(element, "field_number", number)
    _octets(element, "field_location", location)
    text(element, "data_type", "UnsignedBitString" if packed else _data_type(field))
    _octets(element, "field_length", octets)
    if not packed:
        _measure(element, field)
        return
    _optional(element, "description", field.description)
    bits = SubElement(element, "Packed_Data_Fields")
    text(bits, "bit_fields", 1)
    bit_field = SubElement(bits, "Field_Bit")
    text(bit_field, "name", field.name)
    text(bit_field, "start_bit_location", 1)
    text(bit_field, "stop_bit_location", field.bits)
    signed = field.kind == "int"
    text(bit_field, "data_type", "SignedBitString" if signed else "UnsignedBitString")
    _measure(bit_field, field)


def _data_type(field: Field) -> str:
    if field.kind == "string":
        return "ASCII_String"
    if field.kind == "float":
        return _FLOAT_TYPES[field.bits]
    return ("Signed" if field.kind == "int" else "Unsigned") + _WHOLE_TYPES[field.bits]


def _measure(element: Element, field: Field) -> None:
    """Unit, calibration and meaning of a field."""
    _optional(element, "unit", field.unit)
    curve = ""
    if len(field.polynomial) == 2:
        text(element, "scaling_factor", repr(field.polynomial[1]))
        text(element, "value_offset", repr(field.polynomial[0]))
    elif field.polynomial:
        curve = f"calibrated by the polynomial {list(field.polynomial)}"
    names = "; ".join(f"{raw} = {label}" for raw, label in sorted(field.enumeration.items()))
    _optional(element, "description", "; ".join(filter(None, (field.description, curve, names))))


def _group(record: Element, field: Field, number: int, location: int) -> None:
    octets = field.bits // 8
    group = SubElement(record, "Group_Field_Binary")
    text(group, "name", field.name)
    text(group, "group_number", number)
    text(group, "repetitions", octets)
    text(group, "fields", 1)
    text(group, "groups", 0)
    _optional(group, "description", field.description)
    _octets(group, "group_location", location)
    _octets(group, "group_length", octets)
    element = SubElement(group, "Field_Binary")
    text(element, "name", field.name)
    text(element, "field_number", 1)
    _octets(element, "field_location", 1)
    text(element, "data_type", "UnsignedByte")
    _octets(element, "field_length", 1)
