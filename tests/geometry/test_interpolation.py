"""Interpolation in tables of states: SPICE's own of types 9 and 13, at even and odd windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry.interpolation import Method, StateTable, states_needed
from groundsys.geometry.trajectories.spk_trajectory import SpkTrajectory
from tests.geometry.messages import EPOCH, TRUTH

#: two hours at steps between 20 and 220 s
TIMES = EPOCH + np.cumsum(np.random.default_rng(3).uniform(20.0, 220.0, 60))
POSITIONS, VELOCITIES = TRUTH.position_km(TIMES), TRUTH.velocity_km_s(TIMES)
BETWEEN = np.sort(np.random.default_rng(4).uniform(TIMES[0], TIMES[-1], 400))
BODY = -417


@pytest.mark.parametrize(
    ("method", "degree"),
    [("lagrange", 1), ("lagrange", 4), ("lagrange", 7), ("lagrange", 8), ("hermite", 3),
     ("hermite", 5), ("hermite", 7), ("hermite", 13)],
)  # fmt: skip
def test_it_is_what_spice_makes_of_the_same_states(
    tmp_path: Path, method: Method, degree: int
) -> None:
    path = tmp_path / "otv.bsp"
    handle = spice.spkopn(str(path), "otv", 0)
    write = spice.spkw09 if method == "lagrange" else spice.spkw13
    states = np.ascontiguousarray(np.concatenate([POSITIONS, VELOCITIES]).T)
    write(handle, BODY, 499, "J2000", TIMES[0], TIMES[-1], "otv", degree, 60, states, TIMES)
    spice.spkcls(handle)
    theirs = SpkTrajectory(path, BODY)
    ours = StateTable(TIMES, POSITIONS, VELOCITIES, method, degree)
    np.testing.assert_allclose(
        ours.position(BETWEEN), theirs.position_km(BETWEEN), rtol=0.0, atol=1e-8
    )
    np.testing.assert_allclose(
        ours.velocity(BETWEEN), theirs.velocity_km_s(BETWEEN), rtol=0.0, atol=1e-10
    )


def test_the_estimated_error_bounds_the_true_one() -> None:
    for degree in (3, 5, 7):
        table = StateTable(TIMES, POSITIONS, VELOCITIES, "hermite", degree)
        true = np.linalg.norm(table.position(BETWEEN) - TRUTH.position_km(BETWEEN), axis=0)
        assert true.max() <= 1.5 * table.error_between_states().max() + 1e-9


def test_many_instants_are_done_in_blocks() -> None:
    table = StateTable(TIMES, POSITIONS, VELOCITIES, "hermite", 7)
    many = np.linspace(TIMES[0], TIMES[-1], 250_001)
    np.testing.assert_array_equal(table.position(many)[:, ::5], table.position(many[::5]))


def test_polynomials_that_do_not_exist_are_refused() -> None:
    assert states_needed("hermite", 7) == 4
    assert states_needed("lagrange", 7) == 8
    for method, degree in (("hermite", 4), ("hermite", 0), ("lagrange", 0)):
        with pytest.raises(ValueError, match=r"no .* interpolation of degree"):
            states_needed(method, degree)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="too few for degree 61"):
        StateTable(TIMES[:30], POSITIONS[:, :30], VELOCITIES[:, :30], "hermite", 61)
