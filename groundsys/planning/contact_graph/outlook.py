"""When customers' data will be home under a plan, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.contact_graph.contacts import (
    Hearing,
    PassWindow,
    Produce,
    SessionWindow,
    Visit,
)
from groundsys.planning.contact_graph.demand import produce_of
from groundsys.planning.contact_graph.recorder import Deliveries, deliveries_of
from groundsys.planning.contact_graph.repair import whole_times
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


def predict_homecomings(
    plan: Plan, mission: Mission, scenario: Scenario, geometry: Geometry, situation: Situation
) -> tuple[Homecoming, ...]:
    """One for each file, or hour of telemetry, in the order in which they were measured.

    The sigma joins that of navigation, by which the pass that brings it may come early or late,
    that of the link's speed, and whether a frame is lost and has to be sent again.
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
        found.extend(_homecomings(flow, produce, visits, frame_bits, epoch))
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
    frame_bits: float,
    epoch: Instant,
) -> Iterator[Homecoming]:
    ordered = sorted(visits, key=lambda one: one.tracking.end)
    whole_s, repair_sigma_s = whole_times(
        flow.aboard_s, flow.home_s, flow.bits, frame_bits, ordered
    )
    comes = np.isfinite(whole_s)
    sigma_s = np.zeros_like(whole_s)
    if ordered:
        ends = np.array([one.tracking.end for one in ordered], dtype=np.float64)
        number = np.minimum(np.searchsorted(ends, whole_s[comes]), len(ordered) - 1)
        starts = np.array([one.tracking.start for one in ordered], dtype=np.float64)[number]
        known_s = np.array([one.window.sigma_s for one in ordered])[number]
        into_s = np.maximum(0.0, whole_s[comes] - starts)
        sigma_s[comes] = np.hypot(np.hypot(known_s, repair_sigma_s[comes]), _LINK_SIGMA * into_s)
    home_ns = _nanoseconds(np.where(comes, whole_s, 0.0), epoch)
    craft_of, item_of = flow.craft.astype(np.int64), flow.item.astype(np.int64)
    for craft_number, craft in enumerate(flow.crafts):
        mine, made = craft_of == craft_number, produce[craft]
        items = item_of[mine]
        for stream, since_ns, until_ns, bits, whole, at_ns, each_sigma_s in zip(
            made.stream[items].astype(np.int64).tolist(),
            _nanoseconds(made.measured_from_s[items], epoch).tolist(),
            _nanoseconds(made.measured_until_s[items], epoch).tolist(),
            made.bits[items].tolist(),
            comes[mine].tolist(),
            home_ns[mine].tolist(),
            sigma_s[mine].tolist(),
            strict=True,
        ):
            what = made.streams[stream]
            yield Homecoming(
                customer=what.customer,
                spacecraft=what.spacecraft,
                payload=what.payload,
                measured=Interval(Instant(since_ns), Instant(until_ns)),
                bits=bits,
                home_at=EarthReceiveTime(at_ns) if whole else None,
                sigma_s=each_sigma_s,
            )


def _nanoseconds(seconds: FloatArray, epoch: Instant) -> NDArray[np.int64]:
    return np.rint(seconds * NANOSECONDS_PER_SECOND).astype(np.int64) + epoch.tai_ns


def _second(instant: Instant, epoch: Instant) -> int:
    return round(instant.seconds_since(epoch))
