"""Level 1 of a seismometer: miniSEED version 2 with STEIM2, one channel a component.

Counts are kept (24 bits fit STEIM2 without loss) at the nominal sample rate; the start time of
each record is the spacecraft event time of its first sample, so that the drift of the craft's
clock is in the times and not in the rate.  Codes come from the payload's settings: `network`,
`station`, `location` and `channels`, a map from channel code to its record `field`.
Reference: FDSN SEED Manual v2.4, chapter 8 (data records) and appendix B (STEIM2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pymseed
from numpy.typing import NDArray

from groundsys.mission.model import Payload
from groundsys.products.naming import free_stem, versioned
from groundsys.products.payload_file import PayloadFile
from groundsys.products.provenance import Provenance
from groundsys.products.time_tags import scet_tai_ns, unix_ns
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import DefinitionError, ProductError
from groundsys.values.instants import Instant

RECORD_BYTES = 512
#: data quality "D" (indeterminate): not reviewed by anyone yet
_PUBLICATION_VERSION = 2


def write_miniseed(
    payload: Payload,
    file: PayloadFile,
    clock: ClockSolution,
    folder: Path,
    provenance: Provenance,
    taken: Collection[str] = (),
) -> list[Path]:
    """Write one miniSEED file for all channels into `folder`; no file if no record is there."""
    runs = file.runs(present=True)
    if not runs:
        return []
    tai_ns = scet_tai_ns(clock, file.sclk_ns())
    record_starts_ns = unix_ns(tai_ns)
    settings = payload.settings
    start = Instant(int(tai_ns[runs[0][0]]))
    name = ".".join((str(settings["network"]), str(settings["station"]), str(settings["location"])))
    stem = versioned(f"{name}.{start.to_utc():%Y%m%dT%H%M%S}", provenance.version)
    path = folder / f"{free_stem(stem, '.mseed', taken, provenance.transaction)}.mseed"
    with path.open("wb") as stream:
        for channel, field_name in channel_fields(payload).items():
            samples = file.raw[field_name].astype(np.int32)
            for first, last in runs:
                stream.writelines(
                    _records(
                        _source_identifier(payload, channel),
                        1e9 / file.header.sample_interval_ns,
                        samples[first:last],
                        record_starts_ns[first:last],
                    )
                )
    return [path]


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
) -> Iterator[bytes]:
    """Full records one after the other, each stamped with its own first sample's time."""
    template = pymseed.MS3Record(reclen=RECORD_BYTES, encoding=pymseed.DataEncoding.STEIM2)
    template.sourceid = source_identifier
    template.formatversion = 2
    template.samprate = rate_hz
    template.pubversion = _PUBLICATION_VERSION
    position = 0
    while position < len(samples):
        template.starttime = int(starts_ns[position])
        try:
            record = next(template.generate(samples[position:], "i"))
        except pymseed.MiniSEEDError as error:
            raise ProductError(
                "samples do not fit STEIM2",
                expected="differences of at most 30 bits",
                found=str(error),
            ) from error
        yield record
        position += pymseed.MS3Record.parse(record).samplecnt
