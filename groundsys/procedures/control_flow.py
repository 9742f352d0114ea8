"""How a procedure's steps follow each other: what is reached, what is gated, what goes round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from groundsys.procedures.definitions import (
    RESERVED,
    BranchStep,
    CommandStep,
    GateStep,
    LoadStep,
    NoteStep,
    RetimeStep,
    SequenceStep,
    Step,
    WaitStep,
    following,
)


def named_targets(step: Step) -> dict[str, str]:
    """The steps that a step names, by the key that names each; words like `hold` left out."""
    match step:
        case BranchStep():
            found = {"then": step.then, "otherwise": step.otherwise}
        case CommandStep() | LoadStep() | SequenceStep():
            found = {"next": step.next, "on_failure": step.on_failure}
        case WaitStep():
            found = {"next": step.next, "on_timeout": step.on_timeout}
        case _:
            found = {"next": step.next}
    return {key: name for key, name in found.items() if name and name not in RESERVED}


def successors(steps: tuple[Step, ...]) -> Mapping[str, tuple[str, ...]]:
    """Which steps may come after each, as far as they are there."""
    names = {one.id for one in steps}
    found = {}
    for one in steps:
        after = [name for key, name in named_targets(one).items() if key != "next"]
        if not isinstance(one, BranchStep):
            after.append(following(steps, one))
        found[one.id] = tuple(name for name in after if name in names)
    return found


def unreachable(steps: tuple[Step, ...]) -> list[Step]:
    """Steps to which no way leads from the first."""
    after = successors(steps)
    seen: set[str] = set()
    ahead = [one.id for one in steps[:1]]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += after[name]
    return [one for one in steps if one.id not in seen]


def is_gate(step: Step) -> bool:
    """Whether somebody is asked."""
    return isinstance(step, GateStep) and bool(step.roles)


def ungated(
    steps: tuple[Step, ...],
    needs_gate: Callable[[Step], bool],
    opens: Callable[[Step], bool] = is_gate,
    shuts: Callable[[Step], bool] = lambda step: False,
) -> list[Step]:
    """Steps that need a gate and are reached on some way without one that `opens` it.

    After a step that `shuts` it, another is needed.
    """
    by_name = {one.id: one for one in steps}
    after = successors(steps)
    seen: set[str] = set()
    ahead = [one.id for one in steps[:1]]
    ahead += [one.id for one in steps if shuts(one)]
    while ahead:
        name = ahead.pop()
        one = by_name[name]
        if name in seen or opens(one):
            continue
        seen.add(name)
        ahead += after[name]
    return [one for one in steps if one.id in seen and needs_gate(one)]


def endless(steps: tuple[Step, ...]) -> list[Step]:
    """Steps on a circle in which nothing is ever waited for."""
    passing = {one.id for one in steps if isinstance(one, NoteStep | BranchStep | RetimeStep)}
    after = {
        name: [other for other in others if other in passing]
        for name, others in successors(steps).items()
        if name in passing
    }
    return [one for one in steps if one.id in _on_a_circle(after)]


def call_circles(calls: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Procedures that come to call themselves."""
    return _on_a_circle({name: list(called) for name, called in calls.items()})


def _on_a_circle(after: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found = set()
    for start in after:
        seen: set[str] = set()
        ahead = list(after[start])
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += after.get(name, ())
        if start in seen:
            found.add(start)
    return frozenset(found)
