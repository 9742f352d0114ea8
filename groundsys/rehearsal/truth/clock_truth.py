"""How well the ground knew a craft's clock: the solution in the store against the true clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundsys.rehearsal.truth.record import TrueReading
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.values.clock import ClockHistory
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class ClockError:
    """Errors of one craft's clock solution, each in ms and in the solution's own sigmas."""

    #: at the last true reading of the flight
    end_ms: float
    end_sigma_ms: float
    #: worst of all readings from the first measurement on
    worst_ms: float
    worst_sigmas: float
    readings: int


def clock_error(
    history: ClockHistory | None, readings: Sequence[TrueReading], known_by: Instant
) -> ClockError | None:
    """What the ground knew at the end, of every true reading since it first measured the clock.

    None if it measured none, or no reading is later.
    """
    if history is None:
        return None
    begun = history.pieces[0].scet_ref
    errors = []
    for one in readings:
        if one.time >= begun:
            line = history.line(one.sclk_ns, known_by)
            error_s = abs(line.scet(one.sclk_ns).seconds_since(one.time))
            errors.append((error_s * 1e3, line.sigma_s(one.sclk_ns) * 1e3))
    if not errors:
        return None
    return ClockError(
        *errors[-1],
        worst_ms=max(error for error, _ in errors),
        worst_sigmas=max(error / sigma for error, sigma in errors),
        readings=len(errors),
    )


def asks_of_clocks(limits: Mapping[str, float]) -> bool:
    """Whether a criterion needs the clocks compared."""
    return bool({"max_clock_error_ms", "max_clock_sigmas"} & set(limits))


def judge_clocks(
    found: Mapping[str, ClockError | None], limits: Mapping[str, float]
) -> list[Criterion]:
    """What a scenario asks of each clock, if it asks anything."""
    criteria = []
    for craft, one in found.items():
        if "max_clock_error_ms" in limits:
            most = limits["max_clock_error_ms"]
            criteria.append(
                Criterion(
                    f"clock_error[{craft}]",
                    one is not None and one.end_ms <= most,
                    f"known to {most:g} ms at the end",
                    "never measured"
                    if one is None
                    else f"{one.end_ms:.3f} ms off, sigma {one.end_sigma_ms:.3f} ms",
                )
            )
        if "max_clock_sigmas" in limits:
            most = limits["max_clock_sigmas"]
            criteria.append(
                Criterion(
                    f"clock_within_uncertainty[{craft}]",
                    one is not None and one.worst_sigmas <= most,
                    f"never farther off than {most:g} of its own sigmas",
                    "never measured"
                    if one is None
                    else f"{one.worst_sigmas:.2f} at most in {one.readings} readings, "
                    f"{one.worst_ms:.3f} ms",
                )
            )
    return criteria
