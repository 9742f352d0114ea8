"""The geometry benchmark runs, over two days, and finds what it should."""

from __future__ import annotations

from tests.benchmarks.geometry import measure


def test_two_days_beside_spice_and_half_a_day_beside_skyfield() -> None:
    figures = measure(2.0, 0.5, grazing=False)
    assert figures.windows > 80
    for part in figures.agreement:
        assert part.windows == part.windows_of_spice
        assert part.unmatched == 0
        assert part.ends_beyond == 0
        assert part.slowest
    assert figures.skyfield_windows == figures.skyfield_ours_windows
    assert figures.skyfield_maximum_difference_s < 0.5
    assert figures.ratio_to_spice > 1.0
    assert figures.ratio_to_skyfield > 1.0
