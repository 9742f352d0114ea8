"""When customers' data will be home under a plan, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.contact_graph.contacts import (
    Hearing,
    PassWindow,
    Produce,
    SessionWindow,
    Visit,
)
from groundsys.planning.contact_graph.demand import produce_of
from groundsys.planning.contact_graph.recorder import Deliveries, deliveries_of
from groundsys.planning.contact_graph.repair import Wholeness, whole_times
from groundsys.planning.contact_graph.volumes import HAIL_S, PROXIMITY_SHARE, data_share, silence_s
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.planning.rules import rules_of
from groundsys.planning.situation import Homecoming, Situation
from groundsys.planning.tracks import Span
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    Interval,
)

#: of the link's speed: relative to the time into the pass
_LINK_SIGMA = 0.02
#: from the last frame to the product in the customer's space: the archive is read every two minutes
PUBLISHED_AFTER_S = 60.0
_READING_SIGMA_S = 50.0


def predict_homecomings(
    plan: Plan, mission: Mission, scenario: Scenario, geometry: Geometry, situation: Situation
) -> tuple[Homecoming, ...]:
    """One for each file, or hour of telemetry, in the order in which they were measured.

    Each may be whole at several moments, one for each round of asking for lost frames
    (`repair.py`).  About each lies a bell: of navigation, by which the pass that brings it may
    come early or late, of the link's speed, and of the wait for the archive's next reading.
    """
    del geometry  # light time and rates are the plan's
    rules = rules_of(scenario)
    epoch = scenario.span.start
    lost = situation.lost
    found: list[Homecoming] = []
    passes: dict[str, list[PlannedPass]] = defaultdict(list)
    for one in plan.passes:
        if one.id not in lost:
            passes[one.spacecraft].append(one)
    for speaker in scenario.spacecraft:
        if mission.spacecraft[speaker].relay is not None:
            continue
        heard = tuple(id for id in scenario.spacecraft if mission.spacecraft[id].relay == speaker)
        produce = {
            id: produce_of(mission, scenario, id, rules, situation) for id in (speaker, *heard)
        }
        visits = [visit_of(one, mission, epoch) for one in passes[speaker]]
        hearings = [hearing_of(one, epoch) for one in plan.relay_sessions if one.relay == speaker]
        if situation.stored_bits:
            now_s = situation.now.seconds_since(epoch)
            visits = [one for one in visits if one.tracking.end > now_s]
            hearings = [one for one in hearings if one.tracking.end > now_s]
        flow = deliveries_of(produce, speaker, hearings, visits, rules.half_value_s)
        frame_bits = 8.0 * mission.spacecraft[speaker].framing.tm_frame_length
        found.extend(_homecomings(flow, produce, visits, hearings, frame_bits, epoch))
    return tuple(
        sorted(found, key=lambda one: (one.measured.start.tai_ns, one.spacecraft, one.payload))
    )


def visit_of(one: PlannedPass, mission: Mission, epoch: Instant) -> Visit:
    """A planned pass as a choice, whatever its window was."""
    antenna = mission.antennas[one.antenna]
    tracking = Span(_second(one.start, epoch), _second(one.end, epoch))
    window = PassWindow(
        antenna=one.antenna,
        spacecraft=one.spacecraft,
        tracking=tracking,
        rate_bps=one.rate_bps,
        data_bps=one.rate_bps * data_share(mission.spacecraft[one.spacecraft].framing),
        silence_s=silence_s(antenna.acquisition_s, one.light_time_s),
        setup_s=round(antenna.configuration_s),
        teardown_s=round(antenna.teardown_s),
        light_time_s=one.light_time_s,
        sigma_s=one.sigma_s,
        sending=tracking,
    )
    return Visit(window, tracking, one.id, one)


def hearing_of(one: PlannedRelaySession, epoch: Instant) -> Hearing:
    """A planned session as a choice, whatever its window was."""
    tracking = Span(_second(one.start, epoch), _second(one.end, epoch))
    window = SessionWindow(
        relay=one.relay,
        spacecraft=one.spacecraft,
        tracking=tracking,
        highest=(tracking.start + tracking.end) // 2,
        rate_bps=one.rate_bps,
        data_bps=one.volume_bits / max(1.0, tracking.seconds - HAIL_S)
        if one.volume_bits
        else one.rate_bps * PROXIMITY_SHARE,
        sigma_s=one.sigma_s,
    )
    return Hearing(window, tracking, one.id, one)


def _homecomings(
    flow: Deliveries,
    produce: Mapping[str, Produce],
    visits: Sequence[Visit],
    hearings: Sequence[Hearing],
    frame_bits: float,
    epoch: Instant,
) -> Iterator[Homecoming]:
    ordered = sorted(visits, key=lambda one: one.tracking.end)
    whole = whole_times(flow.aboard_s, flow.home_s, flow.bits, frame_bits, ordered, hearings)
    middle_s, by_95_s = _published(whole, ordered)
    craft_of, item_of = flow.craft.astype(np.int64), flow.item.astype(np.int64)
    for craft_number, craft in enumerate(flow.crafts):
        mine, made = craft_of == craft_number, produce[craft]
        items = item_of[mine]
        for stream, since_ns, until_ns, bits, home_s, late_s in zip(
            made.stream[items].astype(np.int64).tolist(),
            _nanoseconds(made.measured_from_s[items], epoch).tolist(),
            _nanoseconds(made.measured_until_s[items], epoch).tolist(),
            made.bits[items].tolist(),
            middle_s[mine].tolist(),
            by_95_s[mine].tolist(),
            strict=True,
        ):
            what = made.streams[stream]
            yield Homecoming(
                customer=what.customer,
                spacecraft=what.spacecraft,
                payload=what.payload,
                measured=Interval(Instant(since_ns), Instant(until_ns)),
                bits=bits,
                home_at=_instant(home_s, epoch),
                by_95=_instant(late_s, epoch),
            )


def _nanoseconds(seconds: FloatArray, epoch: Instant) -> NDArray[np.int64]:
    return np.rint(seconds * NANOSECONDS_PER_SECOND).astype(np.int64) + epoch.tai_ns


def _published(whole: Wholeness, visits: Sequence[Visit]) -> tuple[FloatArray, FloatArray]:
    """By when each item is published as likely as not, if ever, and with 95 %; in s, shape (n,)."""
    if not visits:
        never = np.full(len(whole.times_s), np.inf)
        return never, never
    starts = np.array([one.tracking.start for one in visits], dtype=np.float64)
    ends = np.array([one.tracking.end for one in visits], dtype=np.float64)
    sigmas = np.array([one.window.sigma_s for one in visits])
    times_s = whole.times_s
    reached = np.minimum(np.searchsorted(ends, times_s), len(visits) - 1)
    # what waits for the next reading is read at the latest as the pass closes
    closes = np.maximum(times_s, ends[reached])
    published_s = np.minimum(times_s + PUBLISHED_AFTER_S, closes)
    with np.errstate(invalid="ignore"):
        into_s = np.where(np.isfinite(times_s), np.maximum(0.0, times_s - starts[reached]), 0.0)
    spread_s = np.hypot(np.hypot(sigmas[reached], _LINK_SIGMA * into_s), _READING_SIGMA_S)
    comes = np.sum(np.where(np.isfinite(times_s), whole.chances, 0.0), axis=1)
    middle_s = quantiles(published_s, spread_s, whole.chances, 0.5 * comes)
    return middle_s, quantiles(published_s, spread_s, whole.chances, np.full(len(comes), 0.95))


def quantiles(
    times_s: FloatArray, spread_s: FloatArray, chances: FloatArray, share: FloatArray
) -> FloatArray:
    """By when that share of each row's chances has come, in s; infinite if less ever comes.

    Each moment is a bell of its own; they are taken to lie apart.
    """
    order = np.argsort(times_s, axis=1, kind="stable")
    times_s, spread_s, chances = (
        np.take_along_axis(table, order, axis=1) for table in (times_s, spread_s, chances)
    )
    sums = np.cumsum(chances, axis=1)
    column = np.minimum(np.argmax(sums >= share[:, None] - 1e-9, axis=1), chances.shape[1] - 1)
    row = np.arange(len(share))
    chance = chances[row, column]
    inside = (share - sums[row, column] + chance) / np.where(chance > 0.0, chance, 1.0)
    bell = [NormalDist().inv_cdf(each) for each in np.clip(inside, 0.025, 0.975).tolist()]
    return np.asarray(times_s[row, column] + spread_s[row, column] * np.array(bell))


def _instant(time_s: float, epoch: Instant) -> EarthReceiveTime | None:
    return EarthReceiveTime(epoch.plus_seconds(time_s).tai_ns) if np.isfinite(time_s) else None


def _second(instant: Instant, epoch: Instant) -> int:
    return round(instant.seconds_since(epoch))
