"""PDS4 labels (Information Model 1.26, 1Q00) beside products that the standard can describe.

A label's logical identifier names customer, craft and product.  PDS4 lets identifiers begin only
with an archive of one of its agencies: ours stand under JAXA's, whose mission this is, and are to
be registered there before anything is archived.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from xml.etree.ElementTree import Element, SubElement
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from groundsys.mission.celestial.body_model import BodyClass
from groundsys.mission.ground.customer_model import PayloadKind
from groundsys.products.made import Made
from groundsys.products.naming import versioned
from groundsys.products.observation import Observation
from groundsys.products.pds4_structures import SHARED, Contents, ProductClass, text
from groundsys.products.solar_time import clock_text

MEDIA_TYPE = "application/xml"
MODEL_VERSION = "1.26.0.0"
_NAMESPACE = "http://pds.nasa.gov/pds4/pds/v1"
_SCHEMA = "https://pds.nasa.gov/pds4/pds/v1/PDS4_PDS_1Q00"
_PROLOGUE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<?xml-model href="{_SCHEMA}.sch" schematypens="http://purl.oclc.org/dsdl/schematron"?>\n'
)
_AUTHORITY = "urn:jaxa:darts"
#: a body's class in PDS4's words; about a star the solar wind is measured
_TARGET_TYPES: Mapping[BodyClass, str] = {
    "planet": "Planet",
    "satellite": "Satellite",
    "asteroid": "Asteroid",
}
_ELSEWHERE = ("Solar Wind", "Plasma Stream")
_REFERENCES: dict[ProductClass, str] = {
    "Product_Observational": "data_to_raw_product",
    "Product_Native": "native_to_archival",
    "Product_Browse": "browse_to_data",
}


@dataclass(frozen=True, slots=True)
class _Subject:
    """A kind of payload in PDS4's words."""

    discipline: str
    facet: str = ""


_SUBJECTS: dict[PayloadKind, _Subject] = {
    "weather": _Subject("Atmospheres", "Meteorology"),
    "magnetometer": _Subject("Fields", "Magnetic"),
    "seismometer": _Subject("Geosciences"),
    "camera": _Subject("Imaging", "Grayscale"),
}


def labels_of(observation: Observation, made: Sequence[Made]) -> list[Made]:
    """The labels of what can be described; the first made is Level 0."""
    source = made[0].name
    labels = []
    for one in made:
        if isinstance(one.contents, Contents):
            version = observation.provenance.version if one.level == "L0" else 1
            labelled = PurePath(one.name)
            stem = f"{versioned(labelled.stem, version)}{labelled.suffix}"
            label = label_bytes(observation, one, one.contents, source)
            name = observation.free_name(stem, ".xml")
            labels.append(Made(name, label, "label", MEDIA_TYPE, ""))
    return labels


def label_bytes(observation: Observation, made: Made, contents: Contents, source: str) -> bytes:
    """The label of a finished file; `source` is the name of the Level 0 product it is made from."""
    root: Element = Element(
        contents.product_class,
        {
            "xmlns": _NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}.xsd",
        },
    )
    _identify(
        root, observation, contents, _logical_identifier(observation, source, _part(made, contents))
    )
    _observe(root, observation, contents)
    if made.level != "L0":
        _refer(root, contents, _logical_identifier(observation, source))
    short = contents.product_class.removeprefix("Product_")
    area = SubElement(root, f"File_Area_{short}")
    file = SubElement(area, "File")
    text(file, "file_name", made.name)
    text(file, "creation_date_time", observation.provenance.completed.utc_iso(3))
    text(file, "file_size", len(made.octets), unit="byte")
    text(file, "md5_checksum", hashlib.md5(made.octets, usedforsecurity=False).hexdigest())
    area.extend(contents.structures)
    lines: list[str] = []
    _write(root, "", lines)
    return (_PROLOGUE + "\n".join(lines) + "\n").encode()


def _write(element: Element, margin: str, lines: list[str]) -> None:
    """An element on lines of its own; labels are most of what a small file's products cost."""
    lines.append(f"{margin}<{_start(element)}>")
    within = margin + "  "
    for child in element:
        if child.tag in SHARED:
            lines += _lines_of(child, within)
        elif len(child):
            _write(child, within, lines)
        else:
            value = child.text or ""
            told = escape(value) if _SPECIAL(value) else value
            lines.append(f"{within}<{_start(child)}>{told}</{child.tag}>")
    lines.append(f"{margin}</{element.tag}>")


@lru_cache(maxsize=1024)
def _lines_of(element: Element, margin: str) -> list[str]:
    """Of what many labels share."""
    lines: list[str] = []
    _write(element, margin, lines)
    return lines


_SPECIAL = re.compile("[&<>]").search


def _start(element: Element) -> str:
    attributes = element.items()
    if not attributes:
        return element.tag
    return element.tag + "".join(f" {name}={_quoted(value)}" for name, value in attributes)


_quoted = lru_cache(maxsize=256)(quoteattr)


def _logical_identifier(observation: Observation, source: str, part: str = "") -> str:
    """PDS4's name of a product in all versions: agency, authority, customer, craft, product.

    A product is a part of what is made of its Level 0, which has the bare name.
    """
    product = re.sub(r"[^a-z0-9._-]", "-", f"{source}{part}".lower())
    return f"{_AUTHORITY}:{observation.customer.id}:{observation.spacecraft.id}:{product}"


def _part(made: Made, contents: Contents) -> str:
    if made.level == "L0":
        return ""
    return f".{made.level}.{contents.start.to_utc():%Y%m%d}{PurePath(made.name).suffix}"


def _identify(root: Element, observation: Observation, contents: Contents, identifier: str) -> None:
    provenance = observation.provenance
    version = f"{provenance.version}.0"
    area = SubElement(root, "Identification_Area")
    text(area, "logical_identifier", identifier)
    text(area, "version_id", version)
    text(area, "title", contents.title)
    text(area, "information_model_version", MODEL_VERSION)
    text(area, "product_class", contents.product_class)
    citation = SubElement(area, "Citation_Information")
    text(citation, "publication_year", f"{provenance.completed.to_utc():%Y}")
    text(citation, "description", f"{contents.title}. Property of {observation.customer.name}.")
    authors = SubElement(citation, "List_Author")
    text(SubElement(authors, "Organization"), "organization_name", observation.customer.name)
    history = SubElement(area, "Modification_History")
    detail = SubElement(history, "Modification_Detail")
    text(detail, "modification_date", f"{provenance.completed.to_utc():%Y-%m-%d}")
    text(detail, "version_id", version)
    text(
        detail,
        "description",
        f"Made by groundsys {observation.software_version}, definitions "
        f"{provenance.mdb_version}, from {observation.file_name}.",
    )


def _observe(root: Element, observation: Observation, contents: Contents) -> None:
    kind = contents.product_class
    area = SubElement(
        root, "Observation_Area" if kind == "Product_Observational" else "Context_Area"
    )
    text(area, "comment", f"Times are spacecraft event times. {observation.clock_text}.")
    times = SubElement(area, "Time_Coordinates")
    text(times, "start_date_time", contents.start.utc_iso(6))
    text(times, "stop_date_time", contents.stop.utc_iso(6))
    sols = observation.local_sols(np.array([contents.start.tai_ns]))
    if sols is not None:
        text(times, "local_mean_solar_time", clock_text(float(sols[0])))
    _summarise(area, observation, contents)
    investigation = SubElement(area, "Investigation_Area")
    text(investigation, "name", observation.programme.name)
    text(investigation, "type", "Mission")
    reference = SubElement(investigation, "Internal_Reference")
    text(
        reference,
        "lid_reference",
        f"{_AUTHORITY}:context:investigation:mission.{observation.programme.identifier}",
    )
    short = {
        "Product_Observational": "data",
        "Product_Native": "native",
        "Product_Browse": "browse",
    }
    text(reference, "reference_type", f"{short[kind]}_to_investigation")
    system = SubElement(area, "Observing_System")
    components = ((observation.spacecraft.name, "Host"), (observation.title, "Instrument"))
    for name, what in components:
        component = SubElement(system, "Observing_System_Component")
        text(component, "name", name)
        text(component, "type", what)
    target = SubElement(area, "Target_Identification")
    name, what = _target(observation)
    text(target, "name", name)
    text(target, "type", what)


def _summarise(area: Element, observation: Observation, contents: Contents) -> None:
    subject = _SUBJECTS[observation.payload.kind]
    summary = SubElement(area, "Primary_Result_Summary")
    text(summary, "purpose", "Science")
    text(summary, "processing_level", contents.processing_level)
    facets = SubElement(summary, "Science_Facets")
    text(facets, "discipline_name", subject.discipline)
    if subject.facet:
        text(facets, "facet1", subject.facet)


def _refer(root: Element, contents: Contents, raw: str) -> None:
    """Where the product comes from; PDS4 asks a native file to name its archival form."""
    reference = SubElement(SubElement(root, "Reference_List"), "Internal_Reference")
    text(reference, "lid_reference", raw)
    text(reference, "reference_type", _REFERENCES[contents.product_class])


def _target(observation: Observation) -> tuple[str, str]:
    body = observation.body
    if body is None or body.body_class not in _TARGET_TYPES:
        return _ELSEWHERE
    return body.name, _TARGET_TYPES[body.body_class]
