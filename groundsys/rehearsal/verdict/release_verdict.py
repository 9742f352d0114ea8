"""Cubes that a scenario begins with on their mothership: whether each went as it should.

The ground's word is the hub's journal: when each frame of a cube reached the relay, by the relay's
clock.  The truth beside it is the simulators' record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.hub.journal import JournalFrame
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.truth.record import CubeLinks
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant

#: a frame that the ground dates by the relay's clock is that which truly came so near to it
_SAME_FRAME_S = 5.0
#: how far from the foreseen time a release may be, and a first contact from the release
_USUAL_OFF_S, _USUAL_CONTACT_S = 1_800.0, 21_600.0


@dataclass(frozen=True, slots=True)
class ReleaseEvidence:
    """One cube that was held when the scenario began."""

    #: None: it was to stay
    foreseen: Instant | None
    #: every time that the mechanism truly let it go
    releases: tuple[Instant, ...]
    truth: CubeLinks
    #: when the ground's frames of it reached the relay, by the ground's clocks, in order
    reached_relay: tuple[Instant, ...]
    #: by radio, once it is free
    speaks: bool = True

    @property
    def released(self) -> Instant | None:
        return self.releases[0] if self.releases else None

    @property
    def before(self) -> int:
        """Frames on the ground that reached the relay while the cube was held."""
        return sum(self.released is None or one < self.released for one in self.reached_relay)

    @property
    def first_contact(self) -> Instant | None:
        """The first frame on the ground that reached the relay after the release."""
        released = self.released
        if released is None:
            return None
        return next((one for one in self.reached_relay if one > released), None)


def release_evidence(
    mission: Mission,
    scenario: Scenario,
    journal: Iterable[JournalFrame],
    *,
    releases: Sequence[tuple[int, Instant]],
    links: Mapping[str, CubeLinks],
    relay_clocks: Mapping[str, ClockSolution],
) -> dict[str, ReleaseEvidence]:
    """By cube that the scenario begins with attached."""
    reached: dict[str, list[Instant]] = {cube: [] for cube in scenario.attached}
    for frame in journal:
        if frame.spacecraft in reached:
            clock = relay_clocks[frame.spacecraft]
            reached[frame.spacecraft].append(Instant(clock.scet(frame.order_ns).tai_ns))
    found = {}
    for cube in scenario.attached:
        craft = mission.spacecraft[cube]
        scid = craft.framing.spacecraft_id
        found[cube] = ReleaseEvidence(
            foreseen=craft.release.at if craft.release is not None else None,
            releases=tuple(at for one, at in releases if one == scid),
            truth=links[cube],
            reached_relay=tuple(sorted(reached[cube])),
            speaks=craft.arrival is None,
        )
    return found


def judge_releases(
    cubes: Mapping[str, ReleaseEvidence], limits: Mapping[str, float]
) -> list[Criterion]:
    """Of each cube: heard by cable before, let go once and in time, met by radio in time."""
    off_s = limits.get("max_release_off_s", _USUAL_OFF_S)
    contact_s = limits.get("max_first_contact_s", _USUAL_CONTACT_S)
    criteria = []
    for cube, one in cubes.items():
        criteria.append(_by_cable(cube, one))
        criteria.append(_release(cube, one, off_s))
        if one.foreseen is not None and one.speaks:
            criteria.append(_first_contact(cube, one, contact_s))
    return criteria


def releases_for_report(cubes: Mapping[str, ReleaseEvidence]) -> dict[str, Any]:
    """When each cube was to go, went and was met, as JSON-ready values."""

    def told(instant: Instant | None) -> str | None:
        return instant.utc_iso(1) if instant is not None else None

    return {
        cube: {
            "foreseen": told(one.foreseen),
            "released": told(one.released),
            "first_contact": told(one.first_contact),
            "frames_by_cable": one.truth.cable_frames,
            "frames_before": one.before,
        }
        for cube, one in cubes.items()
    }


def _by_cable(cube: str, one: ReleaseEvidence) -> Criterion:
    """What it told while it was held came home through its mothership, and none of it by radio."""
    released = one.released
    by_radio = sum(released is None or at < released for at in one.truth.radio_bursts)
    return Criterion(
        f"telemetry_by_cable[{cube}]",
        one.before > 0 and one.truth.cable_frames >= one.before and by_radio == 0,
        "frames on the ground from before its release, all by cable",
        f"{one.before} frames of {one.truth.cable_frames} by cable, {by_radio} bursts by radio",
    )


def _release(cube: str, one: ReleaseEvidence, off_s: float) -> Criterion:
    if one.foreseen is None:
        return Criterion(f"release[{cube}]", not one.releases, "none", f"{len(one.releases)}")
    times = ", ".join(at.utc_iso(0) for at in one.releases)
    in_time = one.released is not None and (abs(one.released.seconds_since(one.foreseen)) <= off_s)
    return Criterion(
        f"release[{cube}]",
        len(one.releases) == 1 and in_time,
        f"once, within {off_s:.0f} s of {one.foreseen.utc_iso(0)}",
        times or "never",
    )


def _first_contact(cube: str, one: ReleaseEvidence, contact_s: float) -> Criterion:
    """What the ground takes for it must be what the cube truly sent by radio."""
    first, released = one.first_contact, one.released
    truly = first is not None and any(
        abs(at.seconds_since(first)) <= _SAME_FRAME_S for at in one.truth.radio_bursts
    )
    if first is None or released is None:
        found, in_time = "never", False
    else:
        after_s = first.seconds_since(released)
        in_time = after_s <= contact_s
        found = f"{after_s:.0f} s after it" + ("" if truly else ", of which the cube knows nothing")
    return Criterion(
        f"first_contact[{cube}]",
        truly and in_time,
        f"by Proximity-1 within {contact_s:.0f} s of its release",
        found,
    )
