"""Truth differs from belief by the stated sizes, and by nothing else."""

from __future__ import annotations

import numpy as np

from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import tdb_seconds
from sims.draws import generator, normal, uniform
from sims.truth import link_loss_db, perturbed, station_delay_error_ns
from tests.geometry.missions import DAY, MISSION

SIZES = {"orbit_along_track_km": 2.0, "orbit_cross_track_km": 1.0, "orbit_radial_km": 0.2}


def distance_km(seed: int, sizes: dict[str, float]) -> float:
    believed = MISSION.spacecraft["otv"].orbit
    true = perturbed(MISSION, seed, sizes).spacecraft["otv"].orbit
    assert believed is not None
    assert true is not None
    tdb = tdb_seconds(np.linspace(DAY.start.tai_ns, DAY.end.tai_ns, 200).astype(np.int64))
    apart = SecularOrbit(true).position_km(tdb) - SecularOrbit(believed).position_km(tdb)
    return float(np.linalg.norm(apart, axis=0).max())


def test_orbits_are_off_by_kilometres_and_the_same_for_the_same_seed() -> None:
    distances = [distance_km(seed, SIZES) for seed in range(20)]
    assert 0.2 < min(distances) < max(distances) < 12.0
    assert perturbed(MISSION, 3, SIZES) == perturbed(MISSION, 3, SIZES)
    assert perturbed(MISSION, 3, {}) == MISSION


def test_only_orbits_are_touched() -> None:
    true = perturbed(MISSION, 5, SIZES)
    assert true.antennas == MISSION.antennas
    assert true.spacecraft["cube-polar"] == MISSION.spacecraft["cube-polar"]


def test_delays_and_losses_have_their_sizes() -> None:
    truth = {"station_delay_ns": 300.0, "link_loss_db": 0.5}
    delays = [station_delay_error_ns(seed, "usuda-64", truth) for seed in range(200)]
    assert 240 < float(np.std(delays)) < 360
    losses = [link_loss_db(seed, "up", truth) for seed in range(200)]
    assert min(losses) >= 0.0
    assert 0.3 < float(np.mean(losses)) < 0.5
    assert station_delay_error_ns(1, "usuda-64", {}) == 0


def test_draws_depend_on_their_key_alone() -> None:
    assert uniform(1, "link", 7) == uniform(1, "link", 7)
    assert len({uniform(1, "link", 7), uniform(2, "link", 7), uniform(1, "link", "7"),
                uniform(1, "link", 8), uniform(1, "link7")}) == 5  # fmt: skip
    draws = [uniform(1, number) for number in range(2000)]
    assert 0.48 < float(np.mean(draws)) < 0.52
    normals = [normal(1, number) for number in range(2000)]
    assert abs(float(np.mean(normals))) < 0.06
    assert 0.95 < float(np.std(normals)) < 1.05
    first = generator(4, "frame", 1).integers(0, 1000, 5).tolist()
    assert first == generator(4, "frame", 1).integers(0, 1000, 5).tolist()
    assert first != generator(4, "frame", 2).integers(0, 1000, 5).tolist()
