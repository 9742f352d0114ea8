"""Walk 1: craft samples → packet → frame → station → hub → Yamcs → clock → product.

One housekeeping packet and one weather file are met again at every hop by what identifies them.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from datetime import timedelta
from pathlib import Path

import cdflib
import numpy as np
import pytest

from groundsys.assembly import objects_of
from groundsys.ccsds.fields import decode_fields, engineering
from groundsys.store import FileRecord, ProductRecord
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant
from tests.walks.flown_day import BATTERY_THRESHOLD_PERCENT, FlownDay

with warnings.catch_warnings():
    # obspy 1.5.1 asks importlib.metadata in the way that Python 3.10 deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import obspy

#: Yamcs keeps generation times in whole milliseconds
MILLISECOND = timedelta(milliseconds=1)
YAMCS_CLOCK_STEP_S = 60.0
#: a live packet waits on board for its frame to fill, never longer
WAITS_AT_MOST_S = 60.0


def clock_at(day: FlownDay, craft: str) -> ClockSolution:
    with day.store() as store:
        history = store.clocks.history(craft)
    assert history is not None
    return history.current


def test_a_housekeeping_packet_is_the_same_at_every_hop(day: FlownDay) -> None:
    otv = day.mission.spacecraft["otv"]
    [executed] = day.truth("otv", "command", name="SET_BATTERY_THRESHOLD", outcome="completed")
    true_clock_error_ns = 2_000_000_000  # the clock is off by less than this
    made = next(
        line
        for line in day.truth("otv", "packet", name="EPS")
        if otv.sclk_epoch.tai_ns + line["sclk_ns"] > executed["time_ns"] + true_clock_error_ns
    )

    # station → hub: in a frame with its Earth receive time, one light time after it was made
    [found] = [
        one
        for one in day.packets("otv")
        if (one.packet.apid, one.packet.sequence_count, one.packet.sclk_ns)
        == (made["apid"], made["count"], made["sclk_ns"])
    ]
    scet = clock_at(day, "otv").scet(made["sclk_ns"])
    ert = Instant(found.frame.ert_ns)
    on_its_way_s = ert.seconds_since(scet)
    assert -2.0 < on_its_way_s - day.light_time_s(ert) < WAITS_AT_MOST_S
    assert found.frame.antenna == "dss-25"

    # Yamcs: archived once, byte by byte, stamped by the craft; its own clock goes in minutes
    [archived] = [
        packet
        for packet in day.yamcs.packets_since(otv, "", ["EPS"])[0]
        if (packet.apid, packet.sequence_count) == (made["apid"], made["count"])
    ]
    stamp = Instant(otv.sclk_epoch.tai_ns + made["sclk_ns"])
    assert archived.binary == found.octets
    assert abs(archived.generation.seconds_since(stamp)) <= MILLISECOND.total_seconds()
    assert 0 <= archived.reception.seconds_since(ert) + YAMCS_CLOCK_STEP_S < 120.0

    # decoded: every value that Yamcs tells is what the craft sent, and one we know from outside
    definition = otv.model.packet("EPS")
    assert definition.selector is not None
    selector, _ = definition.selector  # by it Yamcs chose the packet's name; it is no value
    sent = decode_fields(definition.fields, found.packet.data)
    second = timedelta(seconds=1)
    for field in definition.fields:
        if field.name == selector:
            continue
        told = day.yamcs.parameter_history(
            otv, field.name, archived.generation - second, archived.generation + second
        )
        values = [one.value for one in told if one.generation == archived.generation]
        assert values, f"Yamcs tells nothing of {field.name}: {told}"
        for value in values:
            assert value == pytest.approx(engineering(field, sent[field.name])), field.name
    assert sent["eps_battery_threshold"] == BATTERY_THRESHOLD_PERCENT


@pytest.mark.parametrize(
    ("craft", "file_name"),
    [("cube-polar", "weather-000001.dat"), ("cube-tharsis", "seismometer-000001.dat")],
)
def test_the_clock_solution_holds_the_truth_within_its_uncertainty(
    day: FlownDay, craft: str, file_name: str
) -> None:
    """A payload file is closed at a whole reading of the cube's clock; the truth says when."""
    [file] = day.truth(craft, "file", name=file_name)
    record, _ = delivered(day, file_name)
    with day.store() as store:
        assert record.clock_solution is not None
        solution = store.clocks.solution(record.clock_solution)
    error_s = solution.scet(closing_sclk_ns(file)).seconds_since(Instant(file["closed_ns"]))
    assert 0 < solution.uncertainty_s < 0.1
    assert abs(error_s) <= 3 * solution.uncertainty_s
    as_built = ClockSolution.nominal(craft, day.mission.spacecraft[craft].sclk_epoch)
    as_built_error = as_built.scet(closing_sclk_ns(file)).seconds_since(Instant(file["closed_ns"]))
    assert abs(as_built_error) > 3 * solution.uncertainty_s  # it had to be measured


def test_the_level_0_product_is_what_the_cube_wrote_and_names_its_frames(day: FlownDay) -> None:
    [file] = day.truth("cube-polar", "file", name="weather-000001.dat")
    _, products = delivered(day, file["name"])
    level_0 = product_bytes(day, products, "L0")
    assert hashlib.sha256(level_0).hexdigest() == file["sha256"]
    manifest = json.loads(product_bytes(day, products, "manifest"))
    assert {entry["sha256"] for entry in manifest["files"]} == {
        product.sha256 for product in products if product.level not in ("manifest", "signature")
    }
    assert not manifest["gaps"]
    assert manifest["source"]["frames"]
    for source in manifest["source"]["frames"]:
        frames = [
            frame
            for frame in day.frames(
                source["spacecraft"],
                virtual_channel=source["virtual_channel"],
                antenna=source["antenna"],
            )
            if source["first_count"] <= frame.count <= source["last_count"]
        ]
        assert len(frames) == source["frames"]
        receive_times = sorted(Instant(frame.ert_ns) for frame in frames)
        assert receive_times[0].utc_iso(6) == source["first_ert_utc"]
        assert receive_times[-1].utc_iso(6) == source["last_ert_utc"]


def test_weather_samples_carry_their_true_times(day: FlownDay, tmp_path: Path) -> None:
    [file] = day.truth("cube-polar", "file", name="weather-000001.dat")
    record, products = delivered(day, file["name"])
    path = tmp_path / "weather.cdf"
    path.write_bytes(product_bytes(day, products, "L1", suffix=".cdf"))
    epochs = cdflib.CDF(path).varget("Epoch")
    assert len(epochs) == file["records"]
    first, last = (float(np.squeeze(cdflib.cdfepoch.unixtime(epochs[at]))) for at in (0, -1))
    true_first, true_last = true_sample_times(file)
    uncertainty_s = 3 * uncertainty_of(day, record)
    assert first == pytest.approx(true_first, abs=uncertainty_s)
    assert last == pytest.approx(true_last, abs=uncertainty_s)


def test_seismometer_samples_carry_their_true_times(day: FlownDay, tmp_path: Path) -> None:
    [file] = day.truth("cube-tharsis", "file", name="seismometer-000001.dat")
    record, products = delivered(day, file["name"])
    path = tmp_path / "seismometer.mseed"
    path.write_bytes(product_bytes(day, products, "L1", suffix=".mseed"))
    true_first, true_last = true_sample_times(file)
    uncertainty_s = 3 * uncertainty_of(day, record)
    stream = obspy.read(str(path))
    assert len(stream) == 3
    for trace in stream:
        assert trace.stats.npts == file["records"]
        assert trace.stats.starttime.timestamp == pytest.approx(true_first, abs=uncertainty_s)
        assert trace.stats.endtime.timestamp == pytest.approx(true_last, abs=uncertainty_s)


def delivered(day: FlownDay, name: str) -> tuple[FileRecord, list[ProductRecord]]:
    with day.store() as store:
        [file] = [one for one in store.catalogue.files() if one.name == name]
        products = [
            product
            for customer in day.scenario.customers
            for product in store.catalogue.products(customer)
            if product.file == file.id
        ]
    return file, products


def product_bytes(
    day: FlownDay, products: list[ProductRecord], level: str, suffix: str = ""
) -> bytes:
    """Of the newest version."""
    found = [one for one in products if one.level == level and one.name.endswith(suffix)]
    product = max(found, key=lambda one: one.version)
    stream = objects_of(day.run).open(product.key)
    assert stream is not None
    with stream:
        return stream.read()


def uncertainty_of(day: FlownDay, file: FileRecord) -> float:
    assert file.clock_solution is not None
    with day.store() as store:
        return store.clocks.solution(file.clock_solution).uncertainty_s


def interval_ns(file: dict[str, int]) -> int:
    return (file["last_sclk_ns"] - file["first_sclk_ns"]) // (file["records"] - 1)


def closing_sclk_ns(file: dict[str, int]) -> int:
    return file["last_sclk_ns"] + interval_ns(file)


def true_sample_times(file: dict[str, int]) -> tuple[float, float]:
    """UTC as Unix seconds of the first and last sample, to the clock's drift over one file."""
    closed = Instant(file["closed_ns"])
    return tuple(  # type: ignore[return-value]
        closed.plus_seconds((file[key] - closing_sclk_ns(file)) / 1e9).to_utc().timestamp()
        for key in ("first_sclk_ns", "last_sclk_ns")
    )
