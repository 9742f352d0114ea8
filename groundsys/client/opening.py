"""A product in the library that its field reads it with, by media type.

xarray for CDF and netCDF, pandas for tables, obspy for waveforms and stations, Pillow for pictures,
astropy for FITS: each is imported only when it is needed, and named when it is missing.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from groundsys.values.errors import EnvironmentLackError

Opener = Callable[[Path], Any]


def open_product(path: Path, media_type: str) -> Any:
    """The product as its library shows it; bytes for what no library is known for.

    `EnvironmentLackError` names what has to be installed.
    """
    if media_type == "application/xml" and path.name.endswith(".station.xml"):
        return _station(path)
    return OPENERS.get(media_type, Path.read_bytes)(path)


def _cdf(path: Path) -> Any:
    _library("xarray", "xarray")
    return _library("cdflib.xarray", "cdflib").cdf_to_xarray(str(path), to_datetime=True)


def _netcdf(path: Path) -> Any:
    xarray = _library("xarray", "xarray")
    try:
        with xarray.open_dataset(path) as found:
            return found.load()
    except ValueError as error:
        if "did not find a match" not in str(error):
            raise
        raise _lack("h5netcdf") from error


def _csv(path: Path) -> Any:
    return _library("pandas", "pandas").read_csv(path, comment="#")


def _parquet(path: Path) -> Any:
    _library("pyarrow", "pyarrow")
    return _library("pandas", "pandas").read_parquet(path)


def _waveform(path: Path) -> Any:
    return _library("obspy", "obspy").read(str(path))


def _station(path: Path) -> Any:
    return _library("obspy", "obspy").read_inventory(str(path))


def _picture(path: Path) -> Any:
    picture = _library("PIL.Image", "pillow").open(path)
    picture.load()
    return picture


def _fits(path: Path) -> Any:
    return _library("astropy.io.fits", "astropy").open(path, memmap=False)


def _json(path: Path) -> Any:
    return json.loads(path.read_text())


OPENERS: Mapping[str, Opener] = MappingProxyType(
    {
        "application/x-cdf": _cdf,
        "application/x-netcdf": _netcdf,
        "text/csv": _csv,
        "application/vnd.apache.parquet": _parquet,
        "application/vnd.fdsn.mseed": _waveform,
        "image/png": _picture,
        "image/fits": _fits,
        "application/json": _json,
    }
)


def _library(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _lack(package) from error


def _lack(package: str) -> EnvironmentLackError:
    return EnvironmentLackError(
        f"this product is opened with {package}, which is not installed",
        expected=f"the Python package {package}",
        remedy=f"pip install {package}; or read the bytes as they are: `product.read()`",
    )
