"""Many views looked at together give what each gives alone."""

from __future__ import annotations

import random

import numpy as np

from groundsys.planning.contact_graph.link_grid import even_grid, levels, with_edges


def test_an_even_grid_holds_both_ends_of_each_view() -> None:
    grid = even_grid(np.array([10.0, 100.0]), np.array([20.0, 107.0]), np.array([3, 4]))
    assert grid.seconds.tolist() == [10.0, 15.0, 20.0, 100.0, 102.0, 105.0, 107.0]
    assert grid.view.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert grid.means(grid.seconds).tolist() == [15.0, 103.5]


def test_edges_are_put_in_once() -> None:
    grid = even_grid(np.array([10.0, 100.0]), np.array([20.0, 110.0]), np.array([3, 2]))
    finer = with_edges(grid, np.array([1, 0, 0]), np.array([104.4, 15.0, 12.0]))
    assert finer.seconds.tolist() == [10.0, 12.0, 15.0, 20.0, 100.0, 104.0, 110.0]
    assert finer.view.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_levels_are_the_longest_runs_that_reach_each_rate() -> None:
    draws = random.Random(7)
    for _ in range(100):
        counts = [draws.randint(2, 6) for _ in range(4)]
        firsts = np.array([0.0, 1000.0, 2000.0, 3000.0])
        lasts = firsts + [60.0 * (count - 1) for count in counts]
        grid = even_grid(firsts, lasts, np.array(counts))
        rates = np.array([draws.choice([0.0, 1.0, 2.0, 4.0]) for _ in grid.within])
        shortest_s = draws.choice([60.0, 120.0])
        expected = []
        at = 0
        for view, count in enumerate(counts):
            own = rates[at : at + count - 1].tolist()
            seconds = grid.seconds[at : at + count].tolist()
            at += count
            best: dict[tuple[int, int], float] = {}
            for first in range(len(own)):
                for last in range(first + 1, len(own) + 1):
                    rate = min(own[first:last])
                    outside = [*own[max(0, first - 1) : first], *own[last : last + 1]]
                    if rate > 0.0 and all(other < rate for other in outside):
                        best[first, last] = rate
            expected += sorted(
                (view, int(seconds[first]), int(seconds[last]), rate)
                for (first, last), rate in best.items()
                if seconds[last] - seconds[first] >= shortest_s
            )
        found = list(levels(rates, grid, shortest_s))
        assert sorted(found) == sorted(expected)
        assert [one[0] for one in found] == sorted(one[0] for one in found)
