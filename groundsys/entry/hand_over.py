"""What the recovery team is handed: where and when a capsule is to land, and what came true."""

from __future__ import annotations

from groundsys.entry.arrival import SIGMAS, ArrivalPrediction
from groundsys.entry.arrival_told import ArrivalTold, Version
from groundsys.entry.falling import offset_km
from groundsys.mission.arrival.arrival_model import Arrival


def hand_over_text(craft: str, arrival: Arrival, told: ArrivalTold) -> str:
    """The hand-over by the last version, in Markdown; with what came true as far as it is known."""
    latest = told.versions[-1]
    lines = [
        f"# {craft}: hand-over {latest.number} to the recovery team",
        "",
        f"Made {latest.made.utc_iso(0)}, by the orbit solution told "
        f"{latest.solution_told.utc_iso(0)} and the release of {latest.release.utc_iso(0)}, "
        + ("as reported by the craft." if latest.is_released else "as foreseen."),
        "",
    ]
    if latest.prediction is None:
        lines += ["**It does not come down by this solution.**", ""]
    else:
        lines += _prediction(arrival, latest.prediction)
    lines += ["Limits: " + ("; ".join(told.outside) or "all kept") + ".", ""]
    lines += _beacon(arrival)
    if told.carrier_clearance_km is not None:
        lines += [f"Its carrier passes at {told.carrier_clearance_km:.0f} km.", ""]
    if len(told.versions) > 1:
        lines += _versions(told)
    if told.found is not None or told.fix is not None or told.beacon_heard is not None:
        lines += _came_true(told)
    return "\n".join(lines)


def _prediction(arrival: Arrival, one: ArrivalPrediction) -> list[str]:
    major, minor, azimuth = one.ellipse()
    path = one.flight_path_deg
    return [
        f"| what | foretold | {SIGMAS:g} sigma |",
        "|---|---|---|",
        f"| entry, {arrival.interface_km:g} km above the ellipsoid | "
        f"{one.interface.time.utc_iso(1)} | {SIGMAS * one.interface.sigma_s:.1f} s |",
        f"| speed there, inertial | {one.speed_m_s.mean / 1000.0:.3f} km/s | "
        f"{SIGMAS * one.speed_m_s.sigma:.2f} m/s |",
        f"| flight-path angle there, inertial | {path.mean:.3f}° | {SIGMAS * path.sigma:.3f}° |",
        f"| azimuth of motion there | {one.azimuth_deg.mean:.2f}° | "
        f"{SIGMAS * one.azimuth_deg.sigma:.2f}° |",
        f"| parachute, beacon | {one.parachute.time.utc_iso(0)} | "
        f"{SIGMAS * one.parachute.sigma_s:.0f} s |",
        f"| landing | {one.landing.time.utc_iso(0)} | {SIGMAS * one.landing.sigma_s:.0f} s |",
        f"| landing point (WGS 84, geodetic) | {one.latitude_deg:.4f}°, {one.longitude_deg:.4f}° | "
        f"{major:.1f} km × {minor:.1f} km, long axis {azimuth:.0f}° from north |",
        f"| peak deceleration | {one.peak_deceleration_m_s2.mean / 9.80665:.1f} g | |",
        f"| landing speed | {one.impact_m_s.mean:.1f} m/s | |",
        "",
        f"Wind: each m/s of mean wind below the parachute carries it {one.drift_km_per_m_s:.2f} km "
        f"downwind; the ellipse holds for {arrival.dispersions.wind_m_s:g} m/s (one sigma, steady) "
        "from any direction. Move it by the day's sounding.",
        "",
    ]


def _beacon(arrival: Arrival) -> list[str]:
    beacon = arrival.beacon
    stations = ", ".join(
        f"{one.name} ({one.latitude_deg:.2f}°, {one.longitude_deg:.2f}°)" for one in beacon.stations
    )
    return [
        f"Beacon: {beacon.frequency_mhz:g} MHz from the parachute's opening on, for "
        f"{beacon.lasts_h:g} h. Direction finders: {stations}.",
        "",
    ]


def _versions(told: ArrivalTold) -> list[str]:
    return [
        "## What was foretold when",
        "",
        "| hand-over | made | landing point | 3 sigma | landing | flight-path angle |",
        "|---|---|---|---|---|---|",
        *(_row(one) for one in told.versions),
        "",
    ]


def _row(version: Version) -> str:
    one, made = version.prediction, version.made.utc_iso(0)
    if one is None:
        return f"| {version.number} | {made} | does not come down | | | |"
    major, minor, _ = one.ellipse()
    return (
        f"| {version.number} | {made} | {one.latitude_deg:.3f}°, {one.longitude_deg:.3f}° | "
        f"{major:.1f} × {minor:.1f} km | {one.landing.time.utc_iso(0)} | "
        f"{one.flight_path_deg.mean:.3f}° ± {SIGMAS * one.flight_path_deg.sigma:.3f}° |"
    )


def _came_true(told: ArrivalTold) -> list[str]:
    lines = ["## What came true", ""]
    if told.beacon_heard is not None:
        lines.append(f"* beacon first heard {told.beacon_heard.utc_iso(0)}")
    last = told.versions[-1].prediction
    if told.fix is not None:
        lines.append(
            f"* {told.fix.bearings} bearings crossed at {told.fix.latitude_deg:.4f}°, "
            f"{told.fix.longitude_deg:.4f}°"
        )
    if told.found is not None:
        found = told.found
        text = (
            f"* found {found.at.utc_iso(0)} at {found.latitude_deg:.4f}°, "
            f"{found.longitude_deg:.4f}°"
        )
        if last is not None:
            where = (found.latitude_deg, found.longitude_deg)
            east, north = offset_km(last.latitude_deg, last.longitude_deg, *where)
            text += (
                f": {east:+.1f} km to east and {north:+.1f} km to north of the last prediction, "
                f"{last.off_sigmas(*where):.1f} sigma"
            )
        lines.append(text)
    lines += [
        f"* {one.event} {one.at.utc_iso(0)}, {one.place}, by {one.by}: held by {one.holder}"
        for one in told.transfers
    ]
    return [*lines, ""]
