"""Level 1 of a seismometer: miniSEED version 2 with STEIM2, one channel a component.

Counts are kept (24 bits fit STEIM2 without loss) at the nominal sample rate; the start time of
each record is the spacecraft event time of its first sample, so that the drift of the craft's
clock is in the times and not in the rate.  Quality is in each record's header: clock locked (it
was measured), digitizer clipping, time tag questionable, and timing quality, which stands for one
standard deviation of the time (`timing_quality`).  Codes come from the payload's settings:
`network`, `station`, `location` and `channels`, a map from channel code to its record `field`.
Reference: FDSN SEED Manual v2.4, chapter 8 (fixed section of the data header, fields 13 and 14;
blockette 1001) and appendix B (STEIM2).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

import numpy as np
import pymseed
from numpy.typing import NDArray

from groundsys.mission.ground.customer_model import Payload
from groundsys.products.made import Made
from groundsys.products.naming import versioned
from groundsys.products.observation import Observation
from groundsys.products.pds4_structures import Contents, encoded
from groundsys.products.quality import CLOCK_NOMINAL, SATURATED, TIME_UNCERTAIN
from groundsys.products.station_metadata import station_metadata
from groundsys.products.time_tags import unix_ns
from groundsys.values.errors import DefinitionError, ProductError
from groundsys.values.instants import Instant

MEDIA_TYPE = "application/vnd.fdsn.mseed"
RECORD_BYTES = 512
#: data quality "D" (indeterminate): not reviewed by anyone yet
_PUBLICATION_VERSION = 2
#: octets of a record's fixed header
_SAMPLES_AT, _CLOCK_FLAGS_AT, _QUALITY_FLAGS_AT = slice(30, 32), 37, 38
_CLOCK_LOCKED = 0x20
_CLIPPED, _TIME_QUESTIONABLE = 0x02, 0x80
#: no record holds more: 7 frames of 15 words of 7 differences
_MOST_SAMPLES = 7 * 15 * 7 + 1


def write_miniseed(observation: Observation) -> list[Made]:
    """Write one miniSEED file for all channels, and its StationXML; none if no record is there."""
    payload, file = observation.payload, observation.file
    runs = file.runs(present=True)
    if not runs:
        return []
    settings = payload.settings
    first, last = runs[0][0], runs[-1][1] - 1
    start, stop = (Instant(int(observation.tai_ns[index])) for index in (first, last))
    name = ".".join((str(settings["network"]), str(settings["station"]), str(settings["location"])))
    stem = versioned(f"{name}.{start.to_utc():%Y%m%dT%H%M%S}", observation.provenance.version)
    mseed = observation.free_name(stem, ".mseed")
    starts_ns = unix_ns(observation.tai_ns)
    records: list[bytes] = []
    for channel, field_name in channel_fields(payload).items():
        samples = file.raw[field_name].astype(np.int32)
        for begin, end in runs:
            records += _records(
                _source_identifier(payload, channel),
                1e9 / file.header.sample_interval_ns,
                samples[begin:end],
                starts_ns[begin:end],
                observation.quality[begin:end],
                observation.sigma_s[begin:end],
            )
    octets = b"".join(records)
    contents = Contents(
        title=f"{observation.title}, Level 1",
        product_class="Product_Native",
        processing_level="Partially Processed",
        start=start,
        stop=stop,
        structures=(encoded("Native", len(octets), "SEED 2.4"),),
    )
    unlabelled = "StationXML describes itself; PDS4 knows it not"
    station, stationxml = (
        f"{mseed.removesuffix('.mseed')}.station.xml",
        station_metadata(observation),
    )
    return [
        Made(mseed, octets, "L1", MEDIA_TYPE, contents),
        Made(station, stationxml, "L1", "application/xml", unlabelled),
    ]


def timing_quality(sigma_s: float) -> int:
    """Blockette 1001's timing quality: 100 % for 1 ms or less, 20 less for each ten times more."""
    return min(100, max(0, round(100.0 - 20.0 * log10(max(sigma_s, 1e-9) / 1e-3))))


def channel_fields(payload: Payload) -> dict[str, str]:
    """Channel code → record field; `DefinitionError` if a channel cannot be had from its field."""
    fields = {code: str(channel["field"]) for code, channel in payload.settings["channels"].items()}
    by_name = {field.name: field for field in payload.record}
    unfit = [
        f"{code} ← {name}"
        for code, name in fields.items()
        if name not in by_name or by_name[name].kind == "float" or by_name[name].bits > 31
    ]
    if unfit:
        raise DefinitionError(
            f"payload '{payload.id}' has channels that miniSEED cannot carry",
            expected="each channel's field an integer record field of at most 31 bits",
            found=", ".join(unfit),
        )
    return fields


def _source_identifier(payload: Payload, channel: str) -> str:
    settings = payload.settings
    return str(
        pymseed.nslc2sourceid(
            str(settings["network"]), str(settings["station"]), str(settings["location"]), channel
        )
    )


def _records(
    source_identifier: str,
    rate_hz: float,
    samples: NDArray[np.int32],
    starts_ns: NDArray[np.int64],
    quality: NDArray[np.int16],
    sigma_s: NDArray[np.float64],
) -> Iterator[bytes]:
    """Full records one after the other, each stamped with its own first sample's time."""
    template = pymseed.MS3Record(reclen=RECORD_BYTES, encoding=pymseed.DataEncoding.STEIM2)
    template.sourceid = source_identifier
    template.formatversion = 2
    template.samprate = rate_hz
    template.pubversion = _PUBLICATION_VERSION
    position = 0
    told_quality = -1
    while position < len(samples):
        template.starttime = int(starts_ns[position])
        timing = timing_quality(float(sigma_s[position]))
        if timing != told_quality:
            template.set_extra_header("/FDSN/Time/Quality", timing)
            told_quality = timing
        try:
            packed = next(template.generate(samples[position : position + _MOST_SAMPLES], "i"))
        except pymseed.MiniSEEDError as error:
            raise ProductError(
                "samples do not fit STEIM2",
                expected="differences of at most 30 bits",
                found=str(error),
            ) from error
        record = bytearray(packed)
        after = position + int.from_bytes(record[_SAMPLES_AT], "big")
        _flag(record, int(np.bitwise_or.reduce(quality[position:after])))
        yield bytes(record)
        position = after


def _flag(record: bytearray, quality: int) -> None:
    """Set the header's flags from all samples' quality bits together."""
    if not quality & CLOCK_NOMINAL:
        record[_CLOCK_FLAGS_AT] |= _CLOCK_LOCKED
    if quality & SATURATED:
        record[_QUALITY_FLAGS_AT] |= _CLIPPED
    if quality & (CLOCK_NOMINAL | TIME_UNCERTAIN):
        record[_QUALITY_FLAGS_AT] |= _TIME_QUESTIONABLE
