"""The steps of a pass, from the antenna's configuration to loss of signal: planned and actual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from groundsys.passes.execution import Pass
from groundsys.values.instants import Instant

#: after the craft is found and the carrier is up: until its first report has opened AD service
SERVICE_OPENS = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when it is to begin, and when it did; None: it has not (yet), or nobody says."""

    name: str
    planned: Instant
    actual: Instant | None


def timeline(
    one: Pass, configuration_s: float, acquisition_s: float, *, has_service: bool
) -> tuple[Step, ...]:
    """The steps in their order; without uplink, or AD service (COP-1), theirs are left out.

    The antenna takes `configuration_s` to be ready and to point, then `acquisition_s` to acquire.
    """
    lock = one.start.plus_seconds(acquisition_s)
    steps = [
        Step("configure", one.start.plus_seconds(-configuration_s), one.configuring_from),
        Step("search", one.start, one.searching_from),
        Step("lock", lock, one.first_lock),
    ]
    if one.uplink_from < one.uplink_until:
        steps.append(Step("uplink_sweep", one.uplink_from, one.carrier_from))
        if has_service:
            opens = max(one.uplink_from, lock) + SERVICE_OPENS
            steps.append(Step("ad_service", opens, one.service_from))
        steps.append(Step("uplink_end", one.uplink_until, one.carrier_until))
    # while lock is held again, the last loss is not that of the signal
    lost = one.last_lock if one.lock_since is None else None
    steps.append(Step("los", one.end, lost if one.state == "closed" else None))
    return tuple(steps)
