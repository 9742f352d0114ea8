"""When customers' data will be home under a plan, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from groundsys.geometry import Geometry
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
from groundsys.values.instants import EarthReceiveTime, Instant, Interval

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
    for speaker in scenario.spacecraft:
        if mission.spacecraft[speaker].relay is not None:
            continue
        heard = tuple(id for id in scenario.spacecraft if mission.spacecraft[id].relay == speaker)
        produce = {
            id: produce_of(mission, scenario, id, rules, situation) for id in (speaker, *heard)
        }
        visits = [
            visit_of(one, mission, epoch)
            for one in plan.passes
            if one.spacecraft == speaker and one.id not in lost
        ]
        hearings = [hearing_of(one, epoch) for one in plan.relay_sessions if one.relay == speaker]
        if situation.stored_bits:
            now_s = situation.now.seconds_since(epoch)
            visits = [one for one in visits if one.tracking.end > now_s]
            hearings = [one for one in hearings if one.tracking.end > now_s]
        flow = deliveries_of(produce, speaker, hearings, visits, rules.half_value_s)
        frame_bits = 8.0 * mission.spacecraft[speaker].framing.tm_frame_length
        found.extend(_homecomings(flow, produce, visits, frame_bits, epoch))
    return tuple(sorted(found, key=lambda one: (one.measured.start, one.spacecraft, one.payload)))


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
) -> list[Homecoming]:
    ordered = sorted(visits, key=lambda one: one.tracking.end)
    ends = np.array([one.tracking.end for one in ordered], dtype=np.float64)
    whole_s, repair_sigma_s = whole_times(
        flow.aboard_s, flow.home_s, flow.bits, frame_bits, ordered
    )
    reached = np.searchsorted(ends, whole_s)
    found = []
    for craft_number, item_number, home_s, repair_s, number in zip(
        flow.craft.astype(int).tolist(),
        flow.item.astype(int).tolist(),
        whole_s.tolist(),
        repair_sigma_s.tolist(),
        reached.tolist(),
        strict=True,
    ):
        made = produce[flow.crafts[craft_number]]
        stream = made.streams[int(made.stream[item_number])]
        home: EarthReceiveTime | None = None
        sigma_s = 0.0
        if np.isfinite(home_s):
            home = EarthReceiveTime(epoch.plus_seconds(home_s).tai_ns)
            visit = ordered[min(number, len(ordered) - 1)]
            into_s = max(0.0, home_s - visit.tracking.start)
            sigma_s = float(
                np.hypot(np.hypot(visit.window.sigma_s, repair_s), _LINK_SIGMA * into_s)
            )
        found.append(
            Homecoming(
                customer=stream.customer,
                spacecraft=stream.spacecraft,
                payload=stream.payload,
                measured=Interval(
                    epoch.plus_seconds(float(made.measured_from_s[item_number])),
                    epoch.plus_seconds(float(made.measured_until_s[item_number])),
                ),
                bits=float(made.bits[item_number]),
                home_at=home,
                sigma_s=sigma_s,
            )
        )
    return found


def _second(instant: Instant, epoch: Instant) -> int:
    return round(instant.seconds_since(epoch))
