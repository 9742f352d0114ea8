"""What of the payloads' data is still aboard, told from what has come home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.relay.sessions import RelaySession
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Source:
    """A payload on a craft: when it began to measure, how fast, and what has come home of it."""

    spacecraft: str
    payload: str
    since: Instant
    bits_per_s: float
    bits_home: float


def sources_of(
    mission: Mission, scenario: Scenario, octets_home: Mapping[tuple[str, str], int]
) -> tuple[Source, ...]:
    """The scenario's payloads; `octets_home` of payload files that have come home, by craft
    and payload."""
    found = []
    for id in scenario.spacecraft:
        for payload in map(mission.payloads.__getitem__, mission.spacecraft[id].payloads):
            rate = sum(field.bits for field in payload.record) / payload.sample_interval_s
            home = 8.0 * octets_home.get((id, payload.id), 0)
            found.append(Source(id, payload.id, scenario.span.start, rate, home))
    return tuple(found)


def bits_aboard(
    sources: Iterable[Source], sessions: Iterable[RelaySession], now: Instant
) -> Mapping[tuple[str, str], float]:
    """Bits at `now` by (craft that holds them, payload).

    A relay holds what was measured before the last session with its cube that is over and has not
    failed; a session that nobody has heard of yet is taken to have gone well.
    """
    held = list(sessions)
    aboard: dict[tuple[str, str], float] = {}
    for one in sources:
        measured = one.bits_per_s * max(0.0, now.seconds_since(one.since))
        waiting = max(0.0, measured - one.bits_home)
        mine = [
            session
            for session in held
            if session.spacecraft == one.spacecraft
            and session.end <= now
            and session.state == "closed"
            and session.verdict != "missed"
        ]
        last = max(mine, key=lambda session: session.start, default=None)
        since = one.since if last is None else max(one.since, last.start)
        own = min(waiting, one.bits_per_s * max(0.0, now.seconds_since(since)))
        aboard[one.spacecraft, one.payload] = own
        if last is not None:
            key = (last.relay, one.payload)
            aboard[key] = aboard.get(key, 0.0) + waiting - own
    return aboard
