"""What a new orbit solution changes: as plain values for machines, and as one page for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from groundsys.tracking.solution_comparison import SolutionComparison
from groundsys.values.instants import Instant

#: lines of each kind that a page shows; --json tells all
_SHOWN = 12
#: what a line says of each kind of thing
_KINDS = ("passes", "sessions", "sequences", "products")

Told = Mapping[str, Any]


def comparison_for_machines(one: SolutionComparison) -> dict[str, Any]:
    """Plain values: times as UTC, everything else in the units that its name says."""
    told: dict[str, Any] = _plain(one)
    for plain, difference in zip(told["differences"], one.differences, strict=True):
        plain["sigmas"] = difference.sigmas
    told["worst_sigmas"] = one.worst_sigmas
    told["changed"] = {kind: sum(bool(each["changes"]) for each in told[kind]) for kind in _KINDS}
    return told


def summary_of(comparison: Told) -> str:
    """How far off it is and how much it changes, in a few words."""
    worst = comparison["worst_sigmas"]
    changed = comparison["changed"]
    parts = [f"{changed[kind]} of {len(comparison[kind])} {kind}" for kind in _KINDS]
    told = [part for kind, part in zip(_KINDS, parts, strict=True) if comparison[kind]]
    far = "of unknown uncertainty" if worst is None else f"{worst:.1f} sigma off"
    return f"{far}, changes {', '.join(told) or 'nothing that is planned, aboard or made'}"


def solution_page(solution: Told) -> str:
    """One page: what has come, how far it is off, what it changes, and what is to be decided."""
    return "\n".join(_page(solution)) + "\n"


def _page(one: Told) -> Iterator[str]:
    told, span = one["comparison"], one["comparison"]["span"]
    yield f"Orbit solution {one['number']} of {one['of']}: {one['state']}"
    yield ""
    yield f"  from      {one['file']} ({one['format']}: {one['object_name']}, {one['name']})"
    yield f"  SHA-256   {one['sha256']}"
    yield f"  imported  {one['imported']} by {one['by']}"
    yield f"  compared  {span['start']} … {span['end']}"
    yield ""
    yield "  new less old         km   1 sigma km    sigmas   where it counts most"
    for axis in told["differences"]:
        sigma = "unknown" if axis["sigma_km"] is None else f"{axis['sigma_km']:.3f}"
        sigmas = "–" if axis["sigmas"] is None else f"{axis['sigmas']:.1f}"
        yield f"  {axis['axis']:<10}{axis['km']:>+13.3f}{sigma:>13}{sigmas:>10}   {axis['at']}"
    for kind, lines in (
        ("passes", map(_pass, told["passes"])),
        ("sessions", map(_session, told["sessions"])),
        ("sequences", map(_sequence, told["sequences"])),
        ("products", map(_product, told["products"])),
    ):
        if told[kind]:
            yield ""
            yield f"  {kind}: {told['changed'][kind]} of {len(told[kind])} change"
            yield from _most_important(told[kind], list(lines))
    yield ""
    yield from _decision(one)


def _most_important(things: Sequence[Told], lines: Sequence[str]) -> Iterator[str]:
    """Those that change first, in order of time; the rest is counted."""
    order = sorted(range(len(things)), key=lambda at: not things[at]["changes"])
    for at in sorted(order[:_SHOWN]):
        mark = "*" if things[at]["changes"] else " "
        why = "".join(f"   {one}" for one in things[at]["changes"])
        yield f"  {mark} {lines[at]}{why}"
    if len(order) > _SHOWN:
        yield f"    … and {len(order) - _SHOWN} more (--json tells all)"


def _decision(one: Told) -> Iterator[str]:
    if one["state"] != "proposed":
        if one["decided_by"]:
            why = f": {one['why']}" if one["why"] else ""
            yield f"  {one['state']} at {one['decided']} by {one['decided_by']}{why}"
        return
    yield "  Nothing is changed before somebody decides:"
    yield f"    groundsys solution accept {one['number']} --why …"
    yield f"    groundsys solution refuse {one['number']} --why …"


def _pass(one: Told) -> str:
    return (
        f"{one['id']:<9} {one['antenna']:<14} {one['start']}"
        f"  points {one['pointing_deg'] * 1e3:.2f} of {one['beam_deg'] * 1e3:.0f} mdeg,"
        f" rises {_shift(one['rise_s'])}, sets {_shift(one['set_s'])},"
        f" light {one['light_time_s'] * 1e3:+.3f} ms"
    )


def _session(one: Told) -> str:
    return (
        f"{one['id']:<12} {one['spacecraft']:<14} {one['start']}"
        f"  begins {_shift(one['begins_s'])}, ends {_shift(one['ends_s'])}"
    )


def _sequence(one: Told) -> str:
    return (
        f"{one['spacecraft']} schedule {one['schedule_id']}, {one['entries']} entries"
        f" from {one['first']}  {_shift(one['late_s'])} against its geometry"
    )


def _product(one: Told) -> str:
    return (
        f"{one['customer']} {one['spacecraft']} file {one['file']}"
        f"  {one['off_s'] * 1e6:+.1f} µs beside {one['sigma_s'] * 1e6:.1f} µs of its clock"
    )


def _shift(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:+.1f} s"


def _plain(value: Any) -> Any:
    if isinstance(value, Instant):
        return value.utc_iso(3)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
