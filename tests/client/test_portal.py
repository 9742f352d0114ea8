"""The Python client: products open in the library that their field reads them with."""

from __future__ import annotations

import io
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pandas
import pytest
import xarray
from PIL import Image

from groundsys.client import Portal
from groundsys.client.errors import PortalError
from groundsys.client.opening import OPENERS
from groundsys.objects import FolderObjectStore
from groundsys.values.errors import AccessRefusedError, EnvironmentLackError, ProductError
from tests.portal.fake_desks import POLAR_TOKEN, THARSIS_TOKEN, FakeDesks, listening, publishing
from tests.portal.portal_process import running_portal

with warnings.catch_warnings():
    # obspy 1.5.1 asks importlib.metadata in the way that Python 3.10 deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import obspy

SECONDS = np.arange(50)


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> FakeDesks:
    return FakeDesks(FolderObjectStore(tmp_path_factory.mktemp("objects")))


@pytest.fixture(scope="module")
def url(desks: FakeDesks) -> Iterator[str]:
    with (
        listening(desks) as endpoint,
        publishing(desks) as news,
        running_portal(endpoint, desks.objects._root, news=news) as url,
    ):
        yield url


@pytest.fixture
def portal(url: str) -> Iterator[Portal]:
    with Portal(url, POLAR_TOKEN, pause=lambda _: None) as portal:
        yield portal


def opened(portal: Portal, desks: FakeDesks, name: str, content: bytes, media_type: str) -> Any:
    """A product with this content, as the client opens it."""
    desks.deliver("polar-weather", name, content, level="L1", media_type=media_type)
    (found,) = (one for one in portal.products(level="L1") if one.file_name == name)
    return found.open()


def test_a_table_opens_in_pandas(portal: Portal, desks: FakeDesks) -> None:
    text = "# pressure at the pole\ntime,pressure\n" + "".join(f"{s},{s * 2}\n" for s in SECONDS)
    frame = opened(portal, desks, "t.csv", text.encode(), "text/csv")
    assert list(frame.columns) == ["time", "pressure"]
    assert frame["pressure"].to_list() == [s * 2 for s in SECONDS]


def test_a_parquet_table_opens_in_pandas(portal: Portal, desks: FakeDesks) -> None:
    written = io.BytesIO()
    pandas.DataFrame({"pressure": SECONDS}).to_parquet(written)
    media_type = "application/vnd.apache.parquet"
    frame = opened(portal, desks, "t.parquet", written.getvalue(), media_type)
    assert frame["pressure"].to_list() == list(SECONDS)


def test_netcdf_opens_in_xarray(portal: Portal, desks: FakeDesks, tmp_path: Path) -> None:
    path = tmp_path / "t.nc"
    xarray.Dataset({"pressure": ("time", SECONDS * 1.5)}).to_netcdf(path, engine="h5netcdf")
    dataset = opened(portal, desks, "t.nc", path.read_bytes(), "application/x-netcdf")
    assert isinstance(dataset, xarray.Dataset)
    assert dataset["pressure"].values.tolist() == (SECONDS * 1.5).tolist()


def test_cdf_opens_in_xarray(portal: Portal, desks: FakeDesks, tmp_path: Path) -> None:
    path = tmp_path / "t.cdf"
    writer = cdflib.cdfwrite.CDF(path, cdf_spec={"Compressed": 0})
    for name, kind, values, further in (
        ("Epoch", 33, SECONDS.astype(np.int64) * 1_000_000_000, {}),
        ("pressure", 45, SECONDS * 1.5, {"DEPEND_0": "Epoch"}),
    ):
        spec = {"Variable": name, "Data_Type": kind, "Num_Elements": 1, "Rec_Vary": True}
        attributes = {"VAR_TYPE": "data", "FILLVAL": -1.0e31, **further}
        writer.write_var({**spec, "Dim_Sizes": []}, var_attrs=attributes, var_data=values)
    writer.close()
    dataset = opened(portal, desks, "t.cdf", path.read_bytes(), "application/x-cdf")
    assert isinstance(dataset, xarray.Dataset)
    assert dataset["pressure"].values.tolist() == (SECONDS * 1.5).tolist()


def test_a_waveform_opens_in_obspy(portal: Portal, desks: FakeDesks) -> None:
    written = io.BytesIO()
    obspy.Stream([obspy.Trace(SECONDS.astype(np.int32))]).write(written, format="MSEED")
    media_type = "application/vnd.fdsn.mseed"
    stream = opened(portal, desks, "t.mseed", written.getvalue(), media_type)
    assert stream[0].data.tolist() == SECONDS.tolist()


def test_a_picture_json_and_anything_else_open(portal: Portal, desks: FakeDesks) -> None:
    written = io.BytesIO()
    Image.new("L", (3, 2)).save(written, "PNG")
    assert opened(portal, desks, "t.png", written.getvalue(), "image/png").size == (3, 2)
    assert opened(portal, desks, "t.json", b'{"a": 1}', "application/json") == {"a": 1}
    assert opened(portal, desks, "t.bin", b"\0\1", "application/octet-stream") == b"\0\1"


def test_nothing_is_imported_before_it_is_needed() -> None:
    import subprocess

    program = (
        "import sys, groundsys.client;"
        "print([m for m in ('xarray', 'pandas', 'obspy', 'astropy', 'PIL') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.decode().strip() == "[]"


def test_a_library_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obspy", None)
    with pytest.raises(EnvironmentLackError, match="obspy"):
        OPENERS["application/vnd.fdsn.mseed"](tmp_path / "t.mseed")


def test_what_is_found_is_a_sequence_of_the_customers_own(url: str, desks: FakeDesks) -> None:
    desks.deliver("tharsis-seismo", "s1.dat", b"one", payload="seismometer")
    desks.deliver("tharsis-seismo", "s2.dat", b"two", payload="seismometer")
    with Portal(url, THARSIS_TOKEN) as portal:
        found = portal.products(payload="seismometer")
        assert (found.customer, [one.read() for one in found]) == (
            *("tharsis-seismo", [b"one", b"two"]),
        )
        assert found.open() == [b"one", b"two"]
        assert [one.id for one in portal.versions(found[0])] == [found[0].id]
        with pytest.raises(PortalError):
            portal.versions("p0")
        desks.deliver("tharsis-seismo", "s3.dat", b"three")
        (new,) = portal.products(after=found.cursor)
        assert new.read() == b"three"
        told = portal.events(after=0)
        names = [next(told)["product"]["name"] for _ in range(3)]
        told.close()
        assert names == ["cube/s1.dat", "cube/s2.dat", "cube/s3.dat"]
        assert portal.on_its_way() == {**portal.on_its_way(), "files": [], "homecomings": []}


def test_bytes_that_are_not_what_was_promised_are_not_opened(
    portal: Portal, desks: FakeDesks
) -> None:
    desks.deliver("polar-weather", "bad.json", b"[1]", level="bad", media_type="application/json")
    path = desks.objects.path("polar-weather/cube/bad.json")
    assert path is not None
    path.write_bytes(json.dumps([2]).encode())
    (product,) = portal.products(level="bad")
    with pytest.raises(ProductError, match="does not send"):
        product.open()


def test_a_token_that_is_none_is_not_sent() -> None:
    with pytest.raises(AccessRefusedError, match="no token"):
        Portal("http://127.0.0.1:1", "hunter2")
