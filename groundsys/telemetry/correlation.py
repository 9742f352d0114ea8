"""Clock correlation: from pairs of (SCLK, SCET) to a `ClockHistory`.

The orbiter's pairs come from frames: its clock at emission, and the Earth receive time less the
light time.  A cube's pairs come from its relay: its clock at emission, and the orbiter's clock at
reception, read through the orbiter's own history.

Yamcs is not part of this.  It stamps each packet with the reading of its time code since the
craft's epoch, a function of the packet alone, and never with a correlated time: that stamp is half
of the archive's key, so coefficients that change would let a replay double what is there.  SCET
is ours, made anew whenever the clock is known better; Yamcs' time correlation service is told our
coefficients for whoever looks there, and no link of ours asks it for times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot

from groundsys.mission.spacecraft.craft_model import ClockSpecification
from groundsys.telemetry.clock_filter import ClockNoise, ClockState, Reading, smooth_clock
from groundsys.telemetry.couples import TimeCouple, apart_s, reading_noise_s
from groundsys.telemetry.partitions import split_partitions
from groundsys.values.clock import ClockHistory, ClockReset, ClockSolution
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    Instant,
    Interval,
    SpacecraftEventTime,
)

#: where the lines of a history meet: at whole multiples of this on the craft's clock …
_PIECE_NS = 3_600 * NANOSECONDS_PER_SECOND
#: … or of so many, so that a stretch without couples has no more lines than this
_PIECES_A_GAP = 16
#: data are not time-tagged anew for less
WORTH_TAGGING_S = 1e-3
#: couples that miss each other by more than noise of this size tell of resets and wrong pairings
_WORST_NOISE_S = 0.01


@dataclass(frozen=True, slots=True)
class _Knot:
    """Where two lines meet, relative to the first couple of the partition."""

    sclk_ns: int
    state: ClockState


def fit_history(
    spacecraft: str,
    couples: Sequence[TimeCouple],
    clock: ClockSpecification,
    *,
    systematic_s: float,
    valid_from: Instant,
    known: ClockHistory | None = None,
) -> ClockHistory | None:
    """What `couples`, in any order, tell of a clock; None without any.

    `systematic_s` is what all couples may share as an error (a station's delay, the ephemeris),
    and the least that is claimed of the noise of one.  Where the clock was reset, a partition
    begins (see `split_partitions`); they are numbered on from those `known`.  Wrong pairings are
    left out.
    """
    if not couples:
        return None
    ordered = sorted(set(couples), key=lambda one: (one.scet, one.sclk_ns))
    noise_s = min(reading_noise_s(ordered, clock.wander), _WORST_NOISE_S)
    partitions = split_partitions(ordered, max(noise_s, systematic_s))
    first = 1 if known is None else known.partition_at(partitions[0][0].scet)
    pieces: list[ClockSolution] = []
    resets: list[ClockReset] = []
    for number, mine in enumerate(partitions, start=first):
        noise = ClockNoise(
            reading_s=max(reading_noise_s(mine, clock.wander), systematic_s),
            rate=clock.drift_ppm * 1e-6,
            wander=clock.wander,
        )
        made = _pieces(spacecraft, mine, noise, systematic_s, valid_from, number)
        if pieces:
            last = partitions[number - first - 1][-1]
            resets.append(_reset(pieces[-1], made[0], last, mine[0]))
        pieces += made
    return ClockHistory(tuple(pieces), tuple(resets))


def extend_history(known: ClockHistory, newer: ClockHistory) -> ClockHistory:
    """What was known of the time before `newer` begins, and `newer`."""
    begin = newer.pieces[0]
    first = begin.partition, begin.sclk_ref_ns
    return ClockHistory(
        (*(one for one in known.pieces if (one.partition, one.sclk_ref_ns) < first), *newer.pieces),
        (*(one for one in known.resets if one.partition <= begin.partition), *newer.resets),
    )


def is_better(new: ClockSolution, old: ClockSolution, first_ns: int, last_ns: int) -> bool:
    """Whether data between two readings of the clock are worth being time-tagged anew.

    They move by a millisecond at least, and by a line that is twice as certain, or so far that the
    old one was wrong.
    """
    moved_s, new_s, old_s = max(
        (abs(new.scet(at).seconds_since(old.scet(at))), new.sigma_s(at), old.sigma_s(at))
        for at in (first_ns, last_ns)
    )
    return moved_s >= WORTH_TAGGING_S and (new_s <= 0.5 * old_s or moved_s > 3.0 * old_s)


def _reset(
    before: ClockSolution, after: ClockSolution, last: TimeCouple, first: TimeCouple
) -> ClockReset:
    """The clock jumped between the last couple before and the first after.

    If it was at zero between the two, it began anew then.
    """
    zero = after.scet(0)
    began_anew = last.scet < zero <= first.scet
    within = Interval(zero, zero) if began_anew else Interval(last.scet, first.scet)
    jump_ns = first.sclk_ns - before.sclk_ns(first.scet)
    return ClockReset(before.spacecraft, after.partition, within, jump_ns)


def _pieces(
    spacecraft: str,
    couples: Sequence[TimeCouple],
    noise: ClockNoise,
    systematic_s: float,
    valid_from: Instant,
    partition: int,
) -> list[ClockSolution]:
    origin = couples[0]

    def line(knot: _Knot, rate: float, sigma_s: float) -> ClockSolution:
        elapsed_ns = knot.sclk_ns - origin.sclk_ns
        offset_ns = round(knot.state.offset_s * NANOSECONDS_PER_SECOND)
        return ClockSolution(
            spacecraft=spacecraft,
            sclk_ref_ns=knot.sclk_ns,
            scet_ref=SpacecraftEventTime(origin.scet.tai_ns + elapsed_ns + offset_ns),
            rate=1.0 + rate,
            uncertainty_s=hypot(sigma_s, systematic_s),
            valid_from=valid_from,
            partition=partition,
        )

    knots = _knots(couples, noise)
    made = []
    for knot, following in pairwise(knots):
        before, after = knot.state, following.state
        step_s = after.at_s - before.at_s
        rate = (after.offset_s - before.offset_s) / step_s
        sigma_s = max(before.offset_sigma_s, after.offset_sigma_s)
        bent_s = abs(after.rate - before.rate) * step_s / 8.0
        bent_s = max(bent_s, noise.wander * (step_s**3 / 192.0) ** 0.5)
        made.append(line(knot, rate, hypot(sigma_s, bent_s)))
    last = knots[-1].state
    current = line(knots[-1], last.rate, last.offset_sigma_s)
    made.append(replace(current, rate_uncertainty=last.rate_sigma, wander=noise.wander))
    # the first is also believed of the time before
    sigma = max(knots[0].state.rate_sigma, made[0].rate_uncertainty)
    made[0] = replace(made[0], rate_uncertainty=sigma, wander=noise.wander)
    return made


def _knots(couples: Sequence[TimeCouple], noise: ClockNoise) -> list[_Knot]:
    """The smoothed state at the first couple, at the last, and at whole hours between."""
    origin = couples[0]
    wanted = {origin.sclk_ns, max(couples).sclk_ns}
    for before, after in pairwise(sorted(couple.sclk_ns for couple in couples)):
        first, last = before // _PIECE_NS + 1, after // _PIECE_NS
        step = max(1, (last - first) // _PIECES_A_GAP)
        wanted.update(number * _PIECE_NS for number in range(first, last + 1, step))

    def since_origin_s(sclk_ns: int) -> float:
        return (sclk_ns - origin.sclk_ns) / NANOSECONDS_PER_SECOND

    readings = [
        (one.sclk_ns, Reading(since_origin_s(one.sclk_ns), apart_s(origin, one), one.sigma_s))
        for one in couples
    ]
    readings += [(sclk_ns, Reading(since_origin_s(sclk_ns))) for sclk_ns in wanted]
    readings.sort(key=lambda one: (one[0], one[1].offset_s is None))
    states = smooth_clock([reading for _, reading in readings], noise)
    return [
        _Knot(sclk_ns, state)
        for (sclk_ns, reading), state in zip(readings, states, strict=True)
        if reading.offset_s is None
    ]
