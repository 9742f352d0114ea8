"""Contacts and what is still free of them: the plan that routes are found in.

A contact is a stretch in which one node can send to another at a steady rate (CCSDS 734.3-B-1).
Its times are those of sending; light takes `light_time_s` to cross.  A booking takes a stretch of
its time, so that what is left of a contact are the gaps between bookings: two bookings never share
a bit, and every time that a route names can be kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundsys.values.errors import PlanError
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

_SECOND = float(NANOSECONDS_PER_SECOND)


@dataclass(frozen=True, slots=True)
class Contact:
    """One node can send to another from `start` up to `end`, both times of sending."""

    id: str
    sender: str
    receiver: str
    start: Instant
    end: Instant
    rate_bps: float
    light_time_s: float = 0.0

    @property
    def volume_bits(self) -> float:
        """What it can carry when nothing is booked."""
        return self.end.seconds_since(self.start) * self.rate_bps


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is free of all contacts, as columns; times are TAI ns, nodes their numbers."""

    #: when the contact began of which the gap is left: by this the columns are sorted
    opened_ns: NDArray[np.int64]
    sender: NDArray[np.int64]
    receiver: NDArray[np.int64]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    ns_per_bit: NDArray[np.float64]
    light_ns: NDArray[np.int64]
    #: the number of the contact that a gap is part of
    contact: NDArray[np.int64]

    def sending_ns(self, size_bits: int, which: NDArray[np.int64]) -> NDArray[np.int64]:
        """How long the size takes in each of some gaps: rounded up, but for a float's last digit.

        More than 36 years, which no contact lasts, count as 36.
        """
        exact = np.minimum(size_bits * self.ns_per_bit[which], float(2**60))
        return np.asarray((exact + 0.999).astype(np.int64))

    def without(self, contact: int, start_ns: int, end_ns: int) -> Gaps | None:
        """The gaps less a stretch of a contact; None if that is not free as a whole.

        Columns that stay as they are get shared; what is wholly taken stays as a gap of no length.
        """
        holding = np.flatnonzero(
            (self.contact == contact) & (self.start_ns <= start_ns) & (self.end_ns >= end_ns)
        )
        if not holding.size:
            return None
        gap = int(holding[0])
        if start_ns == self.start_ns[gap]:
            return replace(self, start_ns=_with(self.start_ns, gap, end_ns))
        if end_ns == self.end_ns[gap]:
            return replace(self, end_ns=_with(self.end_ns, gap, start_ns))
        return replace(
            Gaps(*(_twice(getattr(self, column.name), gap) for column in fields(Gaps))),
            start_ns=_with(_twice(self.start_ns, gap), gap + 1, end_ns),
            end_ns=_with(_twice(self.end_ns, gap), gap, start_ns),
        )


def _with(column: NDArray[np.int64], place: int, value: int) -> NDArray[np.int64]:
    changed = column.copy()
    changed[place] = value
    return changed


def _twice(column: NDArray[Any], place: int) -> NDArray[Any]:
    """The column with the value at a place repeated after it."""
    return np.concatenate((column[: place + 1], column[place:]))


class ContactPlan:
    """All contacts, and what is still free of them; never changed, `book` makes a new one."""

    __slots__ = ("_columns", "_numbers", "gaps", "nodes")

    def __init__(
        self,
        nodes: tuple[str, ...],
        numbers: Mapping[str, int],
        columns: _Columns,
        gaps: Gaps,
    ) -> None:
        """For this package; others call `from_contacts` or `from_arrays`."""
        self.nodes = nodes
        self._numbers = numbers
        self._columns = columns
        self.gaps = gaps

    @classmethod
    def from_contacts(cls, contacts: Sequence[Contact]) -> ContactPlan:
        """The plan of these contacts; `PlanError` names one that cannot be."""
        numbers: dict[str, int] = {}
        for contact in contacts:
            numbers.setdefault(contact.sender, len(numbers))
            numbers.setdefault(contact.receiver, len(numbers))
        return cls.from_arrays(
            tuple(numbers),
            [numbers[contact.sender] for contact in contacts],
            [numbers[contact.receiver] for contact in contacts],
            [contact.start.tai_ns for contact in contacts],
            [contact.end.tai_ns for contact in contacts],
            [contact.rate_bps for contact in contacts],
            [contact.light_time_s for contact in contacts],
            [contact.id for contact in contacts],
        )

    @classmethod
    def from_arrays(
        cls,
        nodes: Sequence[str],
        senders: ArrayLike,
        receivers: ArrayLike,
        start_ns: ArrayLike,
        end_ns: ArrayLike,
        rate_bps: ArrayLike,
        light_time_s: ArrayLike,
        ids: Sequence[str] | None = None,
    ) -> ContactPlan:
        """The plan of n contacts given as columns of n; senders and receivers number `nodes`.

        Times are TAI ns.  Contacts without `ids` are called by their number.
        """
        numbers = {node: number for number, node in enumerate(nodes)}
        columns = _Columns(
            np.asarray(senders, dtype=np.int64),
            np.asarray(receivers, dtype=np.int64),
            np.asarray(start_ns, dtype=np.int64),
            np.asarray(end_ns, dtype=np.int64),
            np.asarray(rate_bps, dtype=np.float64),
            np.asarray(light_time_s, dtype=np.float64),
            None if ids is None else list(ids),
        )
        _check(nodes, numbers, columns)
        return cls(tuple(nodes), numbers, columns, _whole(columns))

    def __len__(self) -> int:
        return self._columns.senders.size

    def contact(self, number: int) -> Contact:
        """The contact of that number, in the order in which they were given."""
        columns = self._columns
        return Contact(
            str(number) if columns.ids is None else columns.ids[number],
            self.nodes[columns.senders[number]],
            self.nodes[columns.receivers[number]],
            Instant(int(columns.start_ns[number])),
            Instant(int(columns.end_ns[number])),
            float(columns.rate_bps[number]),
            float(columns.light_time_s[number]),
        )

    def residual_bits(self) -> NDArray[np.float64]:
        """What is not yet booked of each contact, in the order in which they were given."""
        free_ns = self.gaps.end_ns - self.gaps.start_ns
        seconds = np.bincount(self.gaps.contact, free_ns / _SECOND, len(self))
        return np.asarray(seconds * self._columns.rate_bps)

    def number_of(self, node: str) -> int:
        """The node's number; `PlanError` if no contact names it."""
        if node not in self._numbers:
            raise PlanError(
                f"no contact begins or ends at '{node}'",
                expected=", ".join(sorted(self._numbers)) or "no node at all: the plan is empty",
                found=node,
            )
        return self._numbers[node]

    def with_gaps(self, gaps: Gaps) -> ContactPlan:
        """The same contacts with other gaps."""
        return ContactPlan(self.nodes, self._numbers, self._columns, gaps)


@dataclass(frozen=True, slots=True)
class _Columns:
    senders: NDArray[np.int64]
    receivers: NDArray[np.int64]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    rate_bps: NDArray[np.float64]
    light_time_s: NDArray[np.float64]
    ids: list[str] | None


def _whole(columns: _Columns) -> Gaps:
    """The gaps of a plan in which nothing is booked: the contacts themselves."""
    order = np.argsort(columns.start_ns, kind="stable")
    return Gaps(
        columns.start_ns[order],
        columns.senders[order],
        columns.receivers[order],
        columns.start_ns[order],
        columns.end_ns[order],
        _SECOND / columns.rate_bps[order],
        np.rint(columns.light_time_s[order] * _SECOND).astype(np.int64),
        order,
    )


def _check(nodes: Sequence[str], numbers: Mapping[str, int], columns: _Columns) -> None:
    if len(numbers) < len(nodes):
        raise PlanError("a node is named twice", expected="each node once", found=", ".join(nodes))
    sizes = {
        column.size
        for column in (
            columns.senders,
            columns.receivers,
            columns.start_ns,
            columns.end_ns,
            columns.rate_bps,
            columns.light_time_s,
        )
    }
    if columns.ids is not None:
        sizes.add(len(columns.ids))
    if len(sizes) > 1:
        raise PlanError(
            "columns of contacts differ in length",
            expected="one value a contact in each",
            found=", ".join(map(str, sorted(sizes))),
        )
    for wrong, expected in (
        (
            (np.minimum(columns.senders, columns.receivers) < 0)
            | (np.maximum(columns.senders, columns.receivers) >= len(nodes)),
            f"sender and receiver from 0 to {len(nodes) - 1}",
        ),
        (columns.senders == columns.receivers, "two different nodes"),
        (columns.start_ns >= columns.end_ns, "a start before its end"),
        (~(columns.rate_bps > 0.0) | np.isinf(columns.rate_bps), "a finite rate above 0 bit/s"),
        (
            ~(columns.light_time_s >= 0.0) | np.isinf(columns.light_time_s),
            "a finite light time of at least 0 s",
        ),
    ):
        if wrong.any():
            number = int(np.argmax(wrong))
            name = str(number) if columns.ids is None else columns.ids[number]
            raise PlanError(
                f"contact '{name}' cannot be",
                expected=expected,
                found=(
                    f"{columns.senders[number]} to {columns.receivers[number]}, "
                    f"{columns.start_ns[number]} to {columns.end_ns[number]} ns, "
                    f"{columns.rate_bps[number]:g} bit/s, {columns.light_time_s[number]:g} s"
                ),
            )
