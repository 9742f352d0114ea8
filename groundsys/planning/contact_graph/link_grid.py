"""Looking at links view by view, all views at once: where, and how long each rate closes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.time_scales import FloatArray

IntegerArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LinkGrid:
    """Whole seconds (n,) at which each of some views is looked at, view after view."""

    seconds: FloatArray
    #: number of the view
    view: IntegerArray

    @property
    def within(self) -> NDArray[np.bool_]:
        """Whether an instant and the next belong to one view (n - 1,)."""
        return np.asarray(self.view[1:] == self.view[:-1])

    def means(self, values: FloatArray) -> FloatArray:
        """Of values at the grid's instants, by view."""
        counts = np.bincount(self.view)
        return np.asarray(np.add.reduceat(values, np.cumsum(counts) - counts) / counts)


def even_grid(first_s: FloatArray, last_s: FloatArray, counts: IntegerArray) -> LinkGrid:
    """So many instants, two at least, from each view's first to its last."""
    view = np.repeat(np.arange(counts.size), counts)
    number = np.arange(view.size) - np.repeat(np.cumsum(counts) - counts, counts)
    step_s = (last_s - first_s) / (counts - 1)
    seconds = np.where(
        number == counts[view] - 1, last_s[view], number * step_s[view] + first_s[view]
    )
    return LinkGrid(np.rint(seconds), view)


def with_edges(grid: LinkGrid, view: IntegerArray, edges_s: FloatArray) -> LinkGrid:
    """The grid with further instants, each within its view."""
    view = np.concatenate([grid.view, view])
    seconds = np.concatenate([grid.seconds, np.rint(edges_s)])
    order = np.lexsort((seconds, view))
    view, seconds = view[order], seconds[order]
    new = np.append(True, (view[1:] != view[:-1]) | (seconds[1:] != seconds[:-1]))
    return LinkGrid(seconds[new], view[new])


def levels(
    rates: FloatArray, grid: LinkGrid, shortest_s: float
) -> Iterator[tuple[int, int, int, float]]:
    """The longest runs of pieces that reach a rate: view, start, end and rate.

    `rates` close from each instant to the next (n - 1,).  By view, the best rate first; each run
    comes once, at its best rate, and those shorter than `shortest_s` do not.
    """
    found = [np.zeros((4, 0))]
    seen = np.zeros(0, dtype=np.int64)
    for rate in np.unique(rates[rates > 0.0])[::-1].tolist():
        holds = np.concatenate([[False], (rates >= rate) & grid.within, [False]])
        first, last = np.flatnonzero(holds[1:] != holds[:-1]).reshape(-1, 2).T
        runs = first * grid.seconds.size + last
        fresh = ~np.isin(runs, seen)
        seen = np.concatenate([seen, runs[fresh]])
        first, last = first[fresh], last[fresh]
        rows = (
            grid.view[first],
            grid.seconds[first],
            grid.seconds[last],
            np.full(len(first), rate),
        )
        found.append(np.stack(rows))
    table = np.concatenate(found, axis=1)
    table = table[:, table[2] - table[1] >= shortest_s]
    table = table[:, np.argsort(table[0], kind="stable")]
    view, start, end = (row.astype(np.int64).tolist() for row in table[:3])
    return zip(view, start, end, table[3].tolist(), strict=True)
