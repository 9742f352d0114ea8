"""SPK kernels of every kind: what SPICE gives, whoever evaluates it, and one clear error each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry.trajectories import read_trajectory
from groundsys.geometry.trajectories.spk_trajectory import SpkTrajectory
from groundsys.mission.spacecraft.place_model import TrajectoryFile
from groundsys.values.errors import DefinitionError
from tests.geometry.messages import EPOCH, TRUTH, times_of

MINUTES = times_of(6.0, 60.0)
STATES = np.ascontiguousarray(
    np.concatenate([TRUTH.position_km(MINUTES), TRUTH.velocity_km_s(MINUTES)]).T
)
BETWEEN = EPOCH + np.sort(np.random.default_rng(2).uniform(0.0, 6.0 * 3600.0, 500))
BODY = -417
GM = 42828.375214


def chebyshev(times: np.ndarray) -> tuple[np.ndarray, float]:
    """Coefficients (record, component, degree) of positions, over records of 20 minutes."""
    length = 1200.0
    records = []
    for start in np.arange(times[0], times[-1] - 1.0, length):
        nodes = np.cos(np.pi * (np.arange(24) + 0.5) / 24)
        position = TRUTH.position_km(start + (nodes + 1.0) * length / 2.0)
        records.append(np.polynomial.chebyshev.chebfit(nodes, position.T, 15).T)
    return np.ascontiguousarray(records), length


def write_kernel(path: Path, *spans: tuple[int, str, int, str]) -> Path:
    """A kernel of segments (SPK type, frame, centre, part of the six hours: all, first, last)."""
    handle = spice.spkopn(str(path), "otv", 0)
    for kind, frame, center, part in spans:
        first, last = {"all": (0, 360), "first": (0, 120), "last": (240, 360)}[part]
        times, states = MINUTES[first : last + 1], STATES[first : last + 1]
        head = (handle, BODY, center, frame, times[0], times[-1], "otv")
        if kind == 2:
            coefficients, length = chebyshev(times)
            spice.spkw02(*head, length, len(coefficients), 15, coefficients.ravel(), times[0])
        elif kind == 5:
            spice.spkw05(*head, GM, len(times), states, times)
        elif kind == 8:
            spice.spkw08(*head, 9, len(times), states, times[0], 60.0)
        elif kind == 9:
            spice.spkw09(*head, 9, len(times), states, times)
        else:
            spice.spkw13(*head, 7, len(times), states, times)
    spice.spkcls(handle)
    return path


@pytest.mark.parametrize(
    ("kind", "tolerance_km", "tolerance_km_s"),
    [(2, 1e-5, 1e-7), (5, 0.05, 1e-3), (8, 1e-5, 1e-8), (9, 1e-5, 1e-8), (13, 1e-5, 1e-8)],
)
def test_positions_and_velocities_of_every_type(
    tmp_path: Path, kind: int, tolerance_km: float, tolerance_km_s: float
) -> None:
    """Times of 0.1 µs leave 0.5 mm; type 5 is two-body motion between states."""
    trajectory = SpkTrajectory(
        write_kernel(tmp_path / "otv.bsp", (kind, "J2000", 499, "all")), BODY
    )
    assert trajectory.center == "mars"
    assert trajectory.tdb_span == (MINUTES[0], MINUTES[-1])
    np.testing.assert_allclose(
        trajectory.position_km(BETWEEN), TRUTH.position_km(BETWEEN), rtol=0.0, atol=tolerance_km
    )
    np.testing.assert_allclose(
        trajectory.velocity_km_s(BETWEEN),
        TRUTH.velocity_km_s(BETWEEN),
        rtol=0.0,
        atol=tolerance_km_s,
    )


@pytest.mark.parametrize("kind", [2, 13])
def test_it_is_what_spice_says_to_the_bit_of_its_time(tmp_path: Path, kind: int) -> None:
    path = write_kernel(tmp_path / "otv.bsp", (kind, "J2000", 499, "all"))
    ours = SpkTrajectory(path, BODY).position_km(BETWEEN)
    spice.furnsh(str(path))
    theirs = np.array([spice.spkgeo(BODY, et, "J2000", 499)[0][:3] for et in BETWEEN]).T
    spice.unload(str(path))
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=1e-6)


def test_what_others_load_and_unload_in_spice_does_not_reach_it(tmp_path: Path) -> None:
    path = write_kernel(tmp_path / "otv.bsp", (13, "J2000", 499, "all"))
    other = write_kernel(tmp_path / "other.bsp", (13, "J2000", 10, "all"))
    trajectory = SpkTrajectory(path, BODY)
    before = trajectory.position_km(BETWEEN)
    for loaded in (other, path):
        spice.furnsh(str(loaded))
    for unloaded in (path, other):
        spice.unload(str(unloaded))
    np.testing.assert_array_equal(trajectory.position_km(BETWEEN), before)


def test_the_last_of_overlapping_segments_holds_and_frames_are_turned(tmp_path: Path) -> None:
    """The kernel's ecliptic axes hold the numbers that the other segment has for J2000."""
    path = write_kernel(
        tmp_path / "otv.bsp", (13, "J2000", 499, "all"), (9, "ECLIPJ2000", 4, "last")
    )
    trajectory = SpkTrajectory(path, BODY)
    turn = spice.pxform("ECLIPJ2000", "J2000", 0.0)
    truth = TRUTH.position_km(BETWEEN)
    late = MINUTES[240] < BETWEEN
    truth[:, late] = turn @ truth[:, late]
    np.testing.assert_allclose(trajectory.position_km(BETWEEN), truth, rtol=0.0, atol=1e-5)


def test_threads_do_not_disturb_one_another(tmp_path: Path) -> None:
    first = SpkTrajectory(write_kernel(tmp_path / "a.bsp", (13, "J2000", 499, "all")), BODY)
    second = SpkTrajectory(write_kernel(tmp_path / "b.bsp", (9, "J2000", 10, "all")), BODY)
    alone = [one.position_km(BETWEEN) for one in (first, second)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda n: (first, second)[n % 2].position_km(BETWEEN), range(40)))
    for number, positions in enumerate(together):
        np.testing.assert_array_equal(positions, alone[number % 2])


@pytest.mark.parametrize(
    ("segments", "message"),
    [
        ([(13, "J2000", 499, "first"), (13, "J2000", 499, "last")], "has a gap"),
        ([(13, "J2000", 299, "all")], "from a centre that geometry does not know"),
        ([(13, "J2000", 499, "all"), (9, "J2000", 10, "last")], "from several"),
        ([(13, "B1950", 499, "all")], "in a frame that geometry does not know"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, segments: list[tuple[int, str, int, str]], message: str
) -> None:
    path = write_kernel(tmp_path / "otv.bsp", *segments)
    with pytest.raises(DefinitionError, match=message) as caught:
        SpkTrajectory(path, BODY)
    assert str(path) in caught.value.message
    assert caught.value.remedy


def test_a_body_time_or_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = write_kernel(tmp_path / "otv.bsp", (13, "J2000", 499, "all"))
    with pytest.raises(DefinitionError, match="says nothing of body -99"):
        SpkTrajectory(path, -99)
    with pytest.raises(DefinitionError, match="asked for a time past its end"):
        SpkTrajectory(path, BODY).position_km(MINUTES[-1:] + 1.0)
    text = tmp_path / "text.bsp"
    text.write_text("id: otv\n", encoding="utf-8")
    for wrong in (text, tmp_path / "none.bsp"):
        with pytest.raises(DefinitionError, match="cannot be read"):
            SpkTrajectory(wrong, BODY)


def test_a_definition_names_the_file_from_the_missions_root(tmp_path: Path) -> None:
    write_kernel(tmp_path / "otv.bsp", (13, "J2000", 499, "all"))
    trajectory = read_trajectory(TrajectoryFile("spk", "otv.bsp", BODY), str(tmp_path))
    assert isinstance(trajectory, SpkTrajectory)
    with pytest.raises(DefinitionError, match="names no body"):
        read_trajectory(TrajectoryFile("spk", "otv.bsp"), str(tmp_path))
