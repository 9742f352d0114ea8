"""Orbit solutions as others send them: read, against SPICE and against published states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spiceypy

from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.small_bodies.forces import ASTRONOMICAL_UNIT_KM as AU_KM
from groundsys.geometry.small_bodies.perturbers import GM_KM3_S2, SUN
from groundsys.geometry.solutions.covariances import stated_sigmas_km, track_axes
from groundsys.geometry.solutions.flying import FlownSolution
from groundsys.geometry.solutions.orbit_messages import read_orbit_message
from groundsys.geometry.solutions.orbit_services import read_orbit_json
from groundsys.geometry.solutions.reading import read_solution, trajectory_of_oem
from groundsys.geometry.solutions.state import StateSolution
from groundsys.geometry.time_scales import J2000_JD, FloatArray, tdb_seconds
from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval
from tests.geometry.messages import EPOCH, TRUTH, segment_text, times_of, write_message
from tests.geometry.missions import ORBIT, START

BODIES = known_bodies()
EPOCH_JD = 2459215.5
#: (99942) Apophis by JPL's solution #220, as Horizons states it for JD 2459215.5 TDB
JPL_220 = {
    "e": 0.1915216893501022, "q": 0.7458270478466523, "tp": 2459101.0394224627,
    "om": 204.0389272089208, "w": 126.6520518368553, "i": 3.336751320066756,
}  # fmt: skip
SIGMAS = {"e": 5e-9, "q": 5e-9, "tp": 2e-6, "node": 2e-6, "peri": 2e-6, "i": 2e-7, "A2": 2e-16}


def sbdb(**changes: Any) -> dict[str, Any]:
    """An answer of JPL's service, with the covariance of independent elements."""
    orbit = {
        "epoch": str(EPOCH_JD), "equinox": "J2000", "orbit_id": "220",
        "elements": [{"name": key, "value": repr(value)} for key, value in JPL_220.items()],
        "model_pars": [{"name": "A2", "value": "-2.901766637153165E-14", "kind": "EST"}],
        "covariance": {
            "epoch": str(EPOCH_JD), "labels": list(SIGMAS),
            "data": (np.diag(list(SIGMAS.values())) ** 2).tolist(),
        },
        **changes,
    }  # fmt: skip
    return {"object": {"fullname": "99942 Apophis (2004 MN4)"}, "orbit": orbit}


def read(answer: Mapping[str, Any]) -> StateSolution:
    return read_orbit_json(json.dumps(answer), "apophis.json")


def spice_state(elements: Mapping[str, float], jd: float) -> FloatArray:
    """CSPICE's `conics`, turned from ECLIPJ2000 to J2000."""
    angles = [np.radians(elements[key]) for key in ("i", "om", "w")]
    passage_s = (elements["tp"] - J2000_JD) * 86_400.0
    state = spiceypy.conics(
        [elements["q"] * AU_KM, elements["e"], *angles, 0.0, passage_s, GM_KM3_S2[SUN]],
        (jd - J2000_JD) * 86_400.0,
    )
    turn = spiceypy.pxform("ECLIPJ2000", "J2000", 0.0)
    return np.concatenate([turn @ state[:3], turn @ state[3:]])


def test_elements_are_the_state_that_spice_and_horizons_have() -> None:
    """Solution #220's elements against #218's vectors: half a year of radar between them."""
    found = read(sbdb())
    assert np.abs(found.state[:3] - spice_state(JPL_220, EPOCH_JD)[:3]).max() < 1e-6
    assert np.abs(found.state[3:] - spice_state(JPL_220, EPOCH_JD)[3:]).max() < 1e-12
    published = BODIES["apophis"].definition.ephemeris.solution
    assert published is not None
    off = found.state[:3] - np.array(published.position_au) * AU_KM
    assert np.linalg.norm(off) < 0.1
    assert (found.name, found.originator, found.center) == ("JPL#220", "JPL", "sun")
    assert found.non_gravitational.transverse_au_d2 == -2.901766637153165e-14


@pytest.mark.parametrize("eccentricity", [0.02, 0.95, 1.7])
def test_any_conic_is_as_spice_has_it(eccentricity: float) -> None:
    elements = JPL_220 | {"e": eccentricity}
    rows = [{"name": key, "value": repr(value)} for key, value in elements.items()]
    found = read(sbdb(elements=rows, covariance=None))
    assert found.covariance is None
    assert np.abs(found.state - spice_state(elements, EPOCH_JD)).max() < 1e-5


def test_the_covariance_of_elements_is_that_of_many_draws() -> None:
    found = read(sbdb())
    assert found.covariance is not None
    draws = np.random.default_rng(3).normal(size=(400, 6)) * list(SIGMAS.values())[:6]
    spread = np.array(
        [
            spice_state(dict(zip(JPL_220, np.array(list(JPL_220.values())) + one, strict=True)),
                        EPOCH_JD)
            for one in draws
        ]
    )  # fmt: skip
    drawn = np.sqrt(np.diag(np.cov(spread.T)))
    stated = np.sqrt(np.diag(found.covariance)[:6])
    assert stated == pytest.approx(drawn, rel=0.15)
    assert found.covariance[7, 7] == pytest.approx(SIGMAS["A2"] ** 2)


def test_the_minor_planet_center_says_the_same() -> None:
    """Its MJD of the passage has lost five digits less than a Julian date would."""
    names = ["q", "e", "i", "node", "argperi", "peri_time"]
    values = [JPL_220[key] for key in ("q", "e", "i", "om", "w", "tp")]
    values[-1] -= 2_400_000.5
    covariance = {f"cov{i}{k}": float(i == k) * 1e-16 for i in range(6) for k in range(i, 6)}
    answer = {
        "COM": {"coefficient_names": names, "coefficient_values": values, "covariance": covariance},
        "epoch_data": {"epoch": EPOCH_JD - 2_400_000.5, "timesystem": "TDT", "timeform": "MJD"},
        "designation_data": {"iau_name": "Apophis"},
    }
    found = read([{"mpc_orb": [answer]}])  # type: ignore[arg-type]
    assert np.abs(found.state[:3] - read(sbdb()).state[:3]).max() < 1e-3
    assert found.covariance is not None
    answer["epoch_data"]["timesystem"] = "UTC"  # type: ignore[index]
    with pytest.raises(DefinitionError, match="dates its elements in another way"):
        read(answer)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"equinox": "B1950"}, "another equinox"),
        ({"model_pars": [{"name": "A3", "value": "1e-10"}]}, "forces that groundsys does not fly"),
        ({"elements": [{"name": "e", "value": "0.1"}]}, "lacks elements"),
        ({"elements": None}, "lacks what a solution needs"),
        ({"epoch": "nan"}, "lacks what a solution needs"),
    ],
)
def test_elements_that_cannot_be_flown_are_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says) as refused:
        read(sbdb(**changes))
    assert "sbdb.api" in refused.value.remedy


def opm(*lines: str, **keys: str) -> str:
    fields = {
        "CCSDS_OPM_VERS": "3.0", "CREATION_DATE": "2031-08-19T12:00:00", "ORIGINATOR": "NAV",
        "OBJECT_NAME": "OTV", "OBJECT_ID": "2030-001A", "CENTER_NAME": "MARS",
        "REF_FRAME": "EME2000", "TIME_SYSTEM": "UTC", "EPOCH": "2031-08-20T00:00:00.000", **keys,
    }  # fmt: skip
    return "\n".join([*(f"{key} = {value}" for key, value in fields.items()), *lines]) + "\n"


def state_lines() -> list[str]:
    at = np.array([EPOCH])
    numbers = [*TRUTH.position_km(at)[:, 0], *TRUTH.velocity_km_s(at)[:, 0]]
    keys = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    return [f"{key} = {number:.12f} [km]" for key, number in zip(keys, numbers, strict=True)]


def covariance_lines(frame: str) -> list[str]:
    keys, lines = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"), [f"COV_REF_FRAME = {frame}"]
    for row, one in enumerate(keys):
        for column, other in enumerate(keys[: row + 1]):
            variance = (1.0, 4.0, 9.0, 1e-6, 1e-6, 1e-6)[row] if row == column else 0.0
            lines.append(f"C{one}_{other} = {variance}")
    return lines


def test_an_opm_is_the_state_that_it_says() -> None:
    found = read_orbit_message(opm(*state_lines(), *covariance_lines("RTN")), "otv.opm", BODIES)
    assert found.epoch_tdb_s == pytest.approx(EPOCH, abs=1e-6)
    at = np.array([EPOCH])
    place, motion = TRUTH.position_km(at), TRUTH.velocity_km_s(at)
    assert found.state == pytest.approx(np.concatenate([place[:, 0], motion[:, 0]]), abs=1e-9)
    assert found.covariance is not None
    radial = place[:, 0] / np.linalg.norm(place)
    assert radial @ found.covariance[:3, :3] @ radial == pytest.approx(1.0)
    across = track_axes(place, motion)[1, :, 0]
    assert across @ found.covariance[:3, :3] @ across == pytest.approx(9.0)


@pytest.mark.parametrize("anomaly", ["TRUE_ANOMALY", "MEAN_ANOMALY"])
def test_keplerian_elements_of_an_opm_are_as_spice_has_them(anomaly: str) -> None:
    elements = {
        "SEMI_MAJOR_AXIS": "6900.0", "ECCENTRICITY": "0.05", "INCLINATION": "78.0",
        "RA_OF_ASC_NODE": "40.0", "ARG_OF_PERICENTER": "90.0", anomaly: "20.0", "GM": "42828.4",
    }  # fmt: skip
    found = read_orbit_message(opm(**elements), "otv.opm", BODIES)
    mean = np.radians(20.0)
    angles = np.radians([78.0, 40.0, 90.0])
    if anomaly == "TRUE_ANOMALY":
        assert spiceypy.oscltx(found.state, 0.0, 42828.4)[8] == pytest.approx(mean, abs=1e-12)
    else:
        spice = spiceypy.conics([6900.0 * 0.95, 0.05, *angles, mean, 0.0, 42828.4], 0.0)
        assert found.state == pytest.approx(spice, abs=1e-9)


def test_an_ocm_says_the_same_as_an_opm() -> None:
    one = read_orbit_message(opm(*state_lines(), *covariance_lines("TNW")), "otv.opm", BODIES)
    state = " ".join(line.split(" = ")[1].split()[0] for line in state_lines())
    triangle = " ".join(line.split(" = ")[1] for line in covariance_lines("TNW")[1:])
    text = "\n".join(
        [
            "CCSDS_OCM_VERS = 3.0", "CREATION_DATE = 2031-08-19T12:00:00", "ORIGINATOR = NAV",
            "META_START", "OBJECT_NAME = OTV", "TIME_SYSTEM = UTC",
            "EPOCH_TZERO = 2031-08-19T23:00:00", "META_STOP",
            "TRAJ_START", "CENTER_NAME = MARS", "TRAJ_REF_FRAME = ICRF3", "TRAJ_TYPE = CARTPV",
            f"3600.0 {state}", "TRAJ_STOP",
            "COV_START", "COV_REF_FRAME = TNW", "COV_TYPE = CARTPV", "COV_ORDERING = LTM",
            f"2031-08-20T00:00:00 {triangle}", "COV_STOP",
        ]
    )  # fmt: skip
    other = read_orbit_message(text, "otv.ocm", BODIES)
    assert other.epoch_tdb_s == pytest.approx(one.epoch_tdb_s, abs=1e-6)
    assert other.state == pytest.approx(one.state, abs=1e-9)
    assert other.covariance == pytest.approx(one.covariance)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (opm(*state_lines(), CENTER_NAME="VULCAN"), r"otv.opm:6 is about a centre"),
        (opm(*state_lines(), REF_FRAME="TOD"), "REF_FRAME that geometry does not know"),
        (opm(*state_lines(), TIME_SYSTEM="MET"), "TIME_SYSTEM that geometry does not know"),
        (opm(*state_lines(), EPOCH="yesterday"), "epoch that is none"),
        (opm(*state_lines(), MAN_DURATION="10"), "burns"),
        (opm(*state_lines(), X="far"), "X that is no number"),
        (opm(), "neither place and velocity nor elements"),
        (opm(*state_lines(), *covariance_lines("RSW_INERTIAL")), "covariance along axes"),
    ],
)
def test_messages_that_cannot_be_flown_are_refused(text: str, says: str) -> None:
    with pytest.raises(DefinitionError, match=says) as refused:
        read_orbit_message(text, "otv.opm", BODIES)
    assert refused.value.remedy


def test_the_covariance_of_an_oem_is_turned_to_the_track(tmp_path: Path) -> None:
    times = times_of(2, 60.0)
    block = ["COVARIANCE_START"]
    for epoch, scale in (("2031-08-20T00:00:00", 1.0), ("2031-08-20T02:00:00", 4.0)):
        rows = [[0.0] * (row + 1) for row in range(6)]
        for row, variance in enumerate((4.0, 1.0, 9.0, 1e-6, 1e-6, 1e-6)):
            rows[row][row] = variance * scale
        block += [f"EPOCH = {epoch}", "COV_REF_FRAME = TNW"]
        block += [" ".join(map(str, row)) for row in rows]
    text = segment_text(times).rstrip() + "\n" + "\n".join([*block, "COVARIANCE_STOP"]) + "\n"
    oem = OemTrajectory(write_message(tmp_path, text))
    sigmas = stated_sigmas_km(oem, np.array([EPOCH - 1e5, EPOCH, EPOCH + 3600.0, EPOCH + 7200.0]))
    assert sigmas is not None
    # along, across, outwards: T, W and N
    assert (
        pytest.approx(np.array([[2, 3, 1], [2, 3, 1], [3, 4.5, 1.5], [4, 6, 2]]), rel=1e-9)
        == sigmas.T
    )
    with pytest.raises(DefinitionError, match="covariance along axes"):
        OemTrajectory(write_message(tmp_path, text.replace("= TNW", "= QSW")))
    assert stated_sigmas_km(TRUTH, np.array([EPOCH])) is None


def test_a_state_about_mars_flies_as_two_bodies_where_nothing_else_pulls() -> None:
    """SPICE's `prop2b` over an hour, but for J2 and the tides, which turn it by as J2's formula."""
    at = np.array([EPOCH])
    state = np.concatenate([TRUTH.position_km(at)[:, 0], TRUTH.velocity_km_s(at)[:, 0]])
    solution = StateSolution("otv", "one", "", "mars", EPOCH, state, None)
    day = 86_400.0
    flown = FlownSolution(solution, BODIES, EPOCH - 60.0, EPOCH + day)
    gm = BODIES["mars"].gm_km3_s2
    minute = np.array([EPOCH - 60.0, EPOCH + 60.0])
    for time, place in zip(minute, flown.position_km(minute).T, strict=True):
        alone = spiceypy.prop2b(gm, state, time - EPOCH)[:3]
        assert 1e-6 < np.linalg.norm(place - alone) < 10e-3  # J2 there: 2 mm/s², for a minute
    # the node goes as the secular formula says, but for what J2 does within a revolution
    end = np.array([EPOCH + day])
    later = np.concatenate([flown.position_km(end)[:, 0], flown.velocity_km_s(end)[:, 0]])
    axes = BODIES["mars"].orbit_axes(EPOCH)
    nodes = [
        spiceypy.oscltx(np.concatenate([axes @ one[:3], axes @ one[3:]]), 0.0, gm)[3]
        for one in (state, later)
    ]
    assert (nodes[1] - nodes[0]) / day == pytest.approx(SecularOrbit(ORBIT).raan_rate, rel=0.05)


def test_a_covariance_grows_as_displaced_orbits_part() -> None:
    one = read(sbdb())
    end = one.epoch_tdb_s + 4 * 86_400.0
    assert one.covariance is not None
    flown = FlownSolution(one, BODIES, one.epoch_tdb_s, end)
    axis, vectors = np.linalg.eigh(one.covariance[:6, :6])
    at, spread = np.array([end]), np.zeros((3, 3))
    for size, vector in zip(axis, vectors.T, strict=True):
        moved = StateSolution(
            "", "", "", "sun", one.epoch_tdb_s, one.state + np.sqrt(max(size, 0.0)) * vector, None,
            one.non_gravitational,
        )  # fmt: skip
        other = FlownSolution(moved, BODIES, one.epoch_tdb_s, end).position_km(at)
        off = (other - flown.position_km(at))[:, 0]
        spread += np.outer(off, off)
    (stated,) = flown.covariances(at)
    sigmas = np.sqrt(np.diag(stated.matrix[:3, :3]))
    assert sigmas == pytest.approx(np.sqrt(np.diag(spread)), rel=1e-3)


def test_every_kind_comes_to_one_message_that_is_the_same(tmp_path: Path) -> None:
    """An SPK kernel of the known orbit, and the OEM made of it, a metre apart at most."""
    kernel = tmp_path / "otv.bsp"
    times = times_of(3, 60.0, -3600.0)
    states = np.concatenate([TRUTH.position_km(times), TRUTH.velocity_km_s(times)]).T.copy()
    handle = spiceypy.spkopn(str(kernel), "otv", 0)
    spiceypy.spkw13(handle, -417, 499, "J2000", times[0], times[-1], "otv", 7, times.size,
                    states, times)  # fmt: skip
    spiceypy.spkcls(handle)
    span = Interval(START, START.plus_seconds(3600.0))
    found = read_solution(kernel, "otv", span, BODIES, START)
    assert (found.kind, found.object_name) == ("SPK", "NAIF -417")
    made = trajectory_of_oem(found.oem, BODIES)
    inner = EPOCH + np.arange(0.0, 3600.0, 7.0)
    assert np.abs(made.position_km(inner) - TRUTH.position_km(inner)).max() < 2e-3
    with pytest.raises(DefinitionError, match="past its end"):
        read_solution(kernel, "otv", Interval(START, START.plus_seconds(86_400.0)), BODIES, START)
    other = tmp_path / "otv.txt"
    other.write_text("1 25544U 98067A")
    with pytest.raises(DefinitionError, match="no kind that groundsys reads"):
        read_solution(other, "otv", span, BODIES, START)


def test_elements_become_an_oem_with_its_covariance(tmp_path: Path) -> None:
    file = tmp_path / "apophis.json"
    file.write_text(json.dumps(sbdb()))
    start = Instant.from_utc_iso("2021-01-02T00:00:00Z")
    span = Interval(start, start.plus_seconds(5 * 86_400.0))
    found = read_solution(file, "apophis", span, BODIES, start)
    made = trajectory_of_oem(found.oem, BODIES)
    assert made.center == "sun"
    assert len(made.covariances) == 25
    ends = tdb_seconds(np.array([span.start.tai_ns, span.end.tai_ns]))
    sigmas = stated_sigmas_km(made, ends)
    assert sigmas is not None
    assert (sigmas > 0.1).all()
    assert (sigmas < 20.0).all()
