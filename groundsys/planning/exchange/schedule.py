"""A station provider's schedule as values, after CCSDS 902.1-B-1 (Simple Schedule Format).

A schedule holds packages, each of one user, and a package activities: an aperture's time with that
user, the track within it, and the services of the track.  `simple_schedule` writes and reads its
XML.  Relay sessions are no station's service and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundsys.mission.model import Mission
from groundsys.planning.plan import Plan, PlannedPass
from groundsys.values.errors import PlanError
from groundsys.values.instants import EarthReceiveTime, Instant

ScheduleStatus = Literal["TEST", "PROVISIONAL", "OPERATIONAL", "OTHER"]
ActivityStatus = Literal["COMMITTED", "TENTATIVE", "AVAILABLE", "UNAVAILABLE"]

TELEMETRY = "TELEMETRY"
TELECOMMAND = "TELECOMMAND"


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a track: TELEMETRY, TELECOMMAND, RANGING, …, and the band it runs in."""

    type: str
    frequency_band: str


@dataclass(frozen=True, slots=True)
class Activity:
    """An aperture's time; setup and teardown surround the track.  UTC to the millisecond."""

    id: str
    status: ActivityStatus
    site: str
    aperture: str
    track_start: EarthReceiveTime
    track_end: EarthReceiveTime
    start: EarthReceiveTime | None
    end: EarthReceiveTime | None
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """What is scheduled as one for a user (a mission)."""

    id: str
    user: str
    comment: str
    activities: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole schedule; what overlaps `start` to `end` is in it."""

    organization: str
    generated: Instant
    version: str
    status: ScheduleStatus
    start: Instant
    end: Instant
    packages: tuple[Package, ...]


def schedule_of(
    plan: Plan, mission: Mission, generated: Instant, organization: str = "GROUNDSYS"
) -> Schedule:
    """The plan's passes as a schedule: a package and an activity each, committed.

    The user is the craft's id, the site its antenna's complex, the aperture the antenna's id.
    Times are cut to the milliseconds that the format carries.  `PlanError` if there is no pass.
    """
    if not plan.passes:
        raise PlanError("a schedule without a pass", expected="a plan with passes", found="none")
    packages = tuple(
        Package(one.id, one.spacecraft, "", (_activity(one, mission),))
        for one in sorted(plan.passes, key=lambda one: one.start)
    )
    activities = [one for package in packages for one in package.activities]
    return Schedule(
        organization,
        _to_milliseconds(generated),
        "1",
        "OPERATIONAL",
        min(one.start or one.track_start for one in activities),
        max(one.end or one.track_end for one in activities),
        packages,
    )


def band_of(frequency_mhz: float) -> str:
    """The standard's band of a frequency: X-band's deep-space and near-Earth parts differ.

    Deep space (category B of CCSDS 401.0-B) has 7145–7190 and 8400–8450 MHz.
    """
    bands = (
        (3.0, 30.0, "HF"),
        (30.0, 300.0, "VHF"),
        (300.0, 1000.0, "UHF"),
        (1000.0, 2000.0, "L"),
        (2110.0, 2120.0, "S-DS"),
        (2290.0, 2300.0, "S-DS"),
        (2000.0, 4000.0, "S-NE"),
        (4000.0, 7145.0, "C"),
        (7145.0, 7190.0, "X-DS"),
        (8400.0, 8450.0, "X-DS"),
        (7145.0, 12_000.0, "X-NE"),
        (12_000.0, 18_000.0, "Ku"),
        (18_000.0, 26_500.0, "K"),
        (31_800.0, 32_300.0, "Ka-DS"),
        (34_200.0, 34_700.0, "Ka-DS"),
        (26_500.0, 40_000.0, "Ka-NE"),
    )
    return next((band for low, high, band in bands if low <= frequency_mhz < high), "OTHER")


def _activity(one: PlannedPass, mission: Mission) -> Activity:
    if one.antenna not in mission.antennas or one.spacecraft not in mission.spacecraft:
        raise PlanError(
            f"{one.id} is of an antenna or craft that the mission does not have",
            expected=", ".join([*mission.antennas, *mission.spacecraft]),
            found=f"{one.antenna}, {one.spacecraft}",
        )
    antenna = mission.antennas[one.antenna]
    radio = mission.spacecraft[one.spacecraft].radios.get("x_band")
    downlink = "N/A" if radio is None else band_of(radio.frequency_mhz)
    services = [Service(TELEMETRY, downlink)]
    if one.uplink_from < one.uplink_until:
        services.append(Service(TELECOMMAND, band_of(antenna.radio.frequency_mhz)))
    return Activity(
        one.id,
        "COMMITTED",
        antenna.complex,
        antenna.id,
        _to_milliseconds(one.start),
        _to_milliseconds(one.end),
        _to_milliseconds(one.start.plus_seconds(-antenna.configuration_s)),
        _to_milliseconds(one.end.plus_seconds(antenna.teardown_s)),
        tuple(services),
    )


def _to_milliseconds(instant: Instant) -> EarthReceiveTime:
    return EarthReceiveTime(instant.tai_ns // 1_000_000 * 1_000_000)
