"""Which writer makes which format (`groundsys.mission.ground.product_formats`)."""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.ground.product_formats import USUAL_FORMATS
from groundsys.products.instrument_cdf import write_cdf
from groundsys.products.instrument_netcdf import write_netcdf
from groundsys.products.instrument_tables import write_csv, write_parquet
from groundsys.products.made import Writer
from groundsys.products.picture_fits import write_fits
from groundsys.products.picture_png import write_png
from groundsys.products.quick_look_picture import write_picture_quick_look
from groundsys.products.quick_look_series import write_series_quick_look
from groundsys.products.seismometer_miniseed import write_miniseed

_SERIES: Mapping[str, Writer] = {
    "cdf": write_cdf,
    "netcdf": write_netcdf,
    "csv": write_csv,
    "parquet": write_parquet,
    "quick-look": write_series_quick_look,
}
#: kind of payload → format → writer
WRITERS: Mapping[str, Mapping[str, Writer]] = {
    "weather": _SERIES,
    "magnetometer": _SERIES,
    "seismometer": {**_SERIES, "miniseed": write_miniseed},
    "camera": {
        "png": write_png,
        "fits": write_fits,
        "quick-look": write_picture_quick_look,
    },
}


def writers_of(payload: Payload) -> tuple[Writer, ...]:
    """The writers of the payload's formats, in their order."""
    writers = WRITERS[payload.kind]
    return tuple(writers[name] for name in payload.formats or USUAL_FORMATS[payload.kind])
