"""The formats in which a payload's data can be had, and which are made by default.

A payload's file may choose with `formats`.  The default is what its field reads first: ISTP CDF
and netCDF-CF for a weather station, CDF and a labelled table for a magnetometer, miniSEED with
StationXML for a seismometer, a picture to look at and FITS to measure in for a camera.
"""

from __future__ import annotations

from collections.abc import Mapping

_TABULAR = ("cdf", "netcdf", "csv", "parquet", "quick-look")

#: by kind of payload
POSSIBLE_FORMATS: Mapping[str, tuple[str, ...]] = {
    "weather": _TABULAR,
    "magnetometer": _TABULAR,
    "seismometer": ("miniseed", *_TABULAR),
    "camera": ("png", "fits", "quick-look"),
}
USUAL_FORMATS: Mapping[str, tuple[str, ...]] = {
    "weather": ("cdf", "netcdf", "quick-look"),
    "magnetometer": ("cdf", "csv", "quick-look"),
    "seismometer": ("miniseed", "quick-look"),
    "camera": ("png", "fits", "quick-look"),
}
