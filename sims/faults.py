"""What simulators of craft and of space share about the faults that a scenario asks for.

Which faults there are, whom they fit and what they need to be told is declared in
`groundsys/mission/faults/fault_catalogue.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from groundsys.mission.faults.fault_catalogue import settled
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Kind = TypeVar("Kind", bound=DataclassInstance)


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long a fault lasts, in true TAI nanoseconds; an open end is None."""

    from_ns: int
    until_ns: int | None = None

    @classmethod
    def of(cls, fault: Mapping[str, Any], start: Instant) -> Stretch:
        """From a fault's `after_s` and `until_s`, in a scenario that begins at `start`."""
        until_s = fault.get("until_s")
        return cls(
            start.plus_seconds(float(fault.get("after_s", 0.0))).tai_ns,
            None if until_s is None else start.plus_seconds(float(until_s)).tai_ns,
        )

    def holds(self, ns: int) -> bool:
        return ns >= self.from_ns and (self.until_ns is None or ns < self.until_ns)

    @property
    def edges_ns(self) -> tuple[int, ...]:
        """When it begins and, if it does, ends."""
        return (self.from_ns,) if self.until_ns is None else (self.from_ns, self.until_ns)


def one_holds(stretches: Sequence[Stretch], ns: int) -> bool:
    return any(stretch.holds(ns) for stretch in stretches)


def faults_called(
    name: str, faults: Sequence[Mapping[str, Any]], spacecraft: str | None = None
) -> Iterator[Mapping[str, Any]]:
    """The faults called `name`, with their defaults; of `spacecraft` alone if that is given.

    `DefinitionError` for an entry that names no fault at all.
    """
    for fault in faults:
        if not isinstance(fault.get("fault"), str):
            raise DefinitionError(
                "a scenario's fault has no name",
                expected="a map with the key 'fault'",
                found=repr(dict(fault)),
            )
        if fault["fault"] == name and spacecraft in (None, fault.get("spacecraft", spacecraft)):
            yield settled(fault)


def joined(one: Kind, other: Kind) -> Kind:
    """The faults of both, of all that has times: nothing else begins while others hold."""
    timed = [each.name for each in fields(one) if isinstance(getattr(one, each.name), tuple)]
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in timed})
