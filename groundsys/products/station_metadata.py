"""What a seismologist needs beside the samples: FDSN StationXML 1.2 of the station's channels.

Coordinates are planetocentric on the landing site's body; the sensitivity is the inverse of the
calibration of the channel's record field, in counts per unit of ground motion, and the response
is flat: one stage without poles or zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.products.observation import Observation
from groundsys.values.errors import DefinitionError

NAMESPACE = "http://www.fdsn.org/xml/station/1"


def station_metadata(observation: Observation) -> bytes:
    """The station's StationXML; `DefinitionError` if the craft has no landing site."""
    payload, spacecraft = observation.payload, observation.spacecraft
    provenance = observation.provenance
    if spacecraft.site is None:
        raise DefinitionError(
            f"'{spacecraft.id}' carries seismometer '{payload.id}' and has no landing site",
            remedy="give the craft a site in its file of mission_db/spacecraft",
        )
    root = ElementTree.Element("FDSNStationXML", {"xmlns": NAMESPACE, "schemaVersion": "1.2"})
    _text(root, "Source", "groundsys")
    _text(root, "Module", f"definitions {provenance.mdb_version}")
    _text(root, "Created", provenance.completed.utc_iso(0))
    start = {"startDate": spacecraft.sclk_epoch.utc_iso(0)}
    network = ElementTree.SubElement(root, "Network", {"code": str(payload.settings["network"])})
    station = ElementTree.SubElement(
        network, "Station", {"code": str(payload.settings["station"]), **start}
    )
    _text(ElementTree.SubElement(station, "Comment"), "Value", _time_comment(observation))
    _place(station, spacecraft.site)
    site = ElementTree.SubElement(station, "Site")
    _text(site, "Name", f"{spacecraft.name}, {spacecraft.site.body}")
    fields = {field.name: field for field in payload.record}
    for code, channel in payload.settings["channels"].items():
        attributes = {"code": str(code), "locationCode": str(payload.settings["location"]), **start}
        element = ElementTree.SubElement(station, "Channel", attributes)
        _place(element, spacecraft.site)
        _describe_channel(element, payload, channel, fields[channel["field"]])
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True))


def _time_comment(observation: Observation) -> str:
    """What miniSEED has no room for: how well times are known, and by which clock solution."""
    sigma_s = observation.sigma_s[observation.file.present]
    return (
        f"Times are spacecraft event times (UTC) by the clock solution {observation.clock_text}; "
        f"one standard deviation is {sigma_s.min():.6f} to {sigma_s.max():.6f} s over the file. "
        "Timing quality (blockette 1001) is 100 - 20 log10(one standard deviation / 1 ms) percent."
    )


def _describe_channel(
    element: ElementTree.Element, payload: Payload, channel: Mapping[str, Any], field: Field
) -> None:
    rate_hz = 1.0 / payload.sample_interval_s
    _text(element, "Depth", "0.0")
    _text(element, "Azimuth", f"{float(channel['azimuth_deg'])}")
    _text(element, "Dip", f"{float(channel['dip_deg'])}")
    _text(element, "SampleRate", f"{rate_hz:g}")
    sensor = ElementTree.SubElement(element, "Sensor")
    _text(sensor, "Description", str(payload.settings.get("title", payload.name)))
    if len(field.polynomial) != 2 or field.polynomial[0] or not field.polynomial[1]:
        raise DefinitionError(
            f"field '{field.name}' of '{payload.id}' has no plain sensitivity",
            expected="a polynomial [0, unit per count]",
            found=str(list(field.polynomial)),
        )
    counts_per_unit = repr(1.0 / field.polynomial[1])
    frequency_hz = f"{min(1.0, rate_hz / 4):g}"
    response = ElementTree.SubElement(element, "Response")
    sensitivity = ElementTree.SubElement(response, "InstrumentSensitivity")
    _text(sensitivity, "Value", counts_per_unit)
    _text(sensitivity, "Frequency", frequency_hz)
    _units(sensitivity, field.unit)
    stage = ElementTree.SubElement(response, "Stage", {"number": "1"})
    flat = ElementTree.SubElement(stage, "PolesZeros")
    _units(flat, field.unit)
    _text(flat, "PzTransferFunctionType", "LAPLACE (RADIANS/SECOND)")
    _text(flat, "NormalizationFactor", "1.0")
    _text(flat, "NormalizationFrequency", frequency_hz)
    gain = ElementTree.SubElement(stage, "StageGain")
    _text(gain, "Value", counts_per_unit)
    _text(gain, "Frequency", frequency_hz)


def _units(element: ElementTree.Element, unit: str) -> None:
    for tag, name in (("InputUnits", unit), ("OutputUnits", "counts")):
        _text(ElementTree.SubElement(element, tag), "Name", name)


def _place(element: ElementTree.Element, site: LandingSite) -> None:
    _text(element, "Latitude", f"{site.latitude_deg}")
    _text(element, "Longitude", f"{(site.longitude_deg + 180.0) % 360.0 - 180.0}")
    _text(element, "Elevation", f"{site.altitude_m}")


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text
