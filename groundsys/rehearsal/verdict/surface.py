"""What a rehearsal shows of a network on the surface: how full batteries were, campaigns, landings.

Batteries are those of the archived telemetry.  Of a campaign count the files that customers hold,
by the event times in their manifests: how well sites were together is what the data say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundsys.mission.scenario.scenario_model import NetworkCampaign
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.values.instants import Instant, Interval

#: of every craft with a battery
CHARGE = "eps_battery_charge"


@dataclass(frozen=True, slots=True)
class BatterySeen:
    """Of one craft's battery, in percent, by telemetry that came home."""

    lowest: float
    last: float


@dataclass(frozen=True, slots=True)
class CampaignFlown:
    """When each site of a campaign sampled, by its files' event times; None: in no file."""

    campaign: NetworkCampaign
    sites: Mapping[str, Interval | None]

    @property
    def share(self) -> float:
        """Of the window's length: how long all sites sampled at once."""
        flown = list(self.sites.values())
        if not flown or None in flown:
            return 0.0
        spans = [one for one in flown if one is not None]
        first, last = max(one.start for one in spans), min(one.end for one in spans)
        return max(0.0, last.seconds_since(first)) / self.campaign.window.seconds

    @property
    def spread_s(self) -> float:
        """By how much one site began or ended before another at most."""
        flown = list(self.sites.values())
        if not flown or None in flown:
            return math.inf
        spans = [one for one in flown if one is not None]
        starts, ends = [one.start for one in spans], [one.end for one in spans]
        return max(max(of).seconds_since(min(of)) for of in (starts, ends))


def campaign_flown(campaign: NetworkCampaign, deliveries: Path) -> CampaignFlown:
    """A campaign by what was delivered: files at its cadence that overlap its window."""
    found: dict[str, list[Interval]] = {craft: [] for craft in campaign.spacecraft}
    for manifest in _newest(deliveries):
        time, craft = manifest["time"], manifest["spacecraft"]
        if craft in found and time and _same(time["sample_interval_s"], campaign.sample_interval_s):
            span = Interval(*(Instant.from_utc_iso(time[key]) for key in ("start_utc", "end_utc")))
            if span.overlaps(campaign.window):
                found[craft].append(span)
    return CampaignFlown(campaign, {craft: _around(spans) for craft, spans in found.items()})


def _newest(deliveries: Path) -> Iterator[dict[str, Any]]:
    """Of each payload file the manifest of its newest version."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(deliveries.rglob("*.manifest.json")) if deliveries.is_dir() else ():
        manifest = json.loads(path.read_text())
        key = (manifest["spacecraft"], manifest["payload_file"])
        if key not in newest or newest[key]["version"] < manifest["version"]:
            newest[key] = manifest
    yield from newest.values()


def _same(one_s: float, other_s: float) -> bool:
    return math.isclose(one_s, other_s, rel_tol=1e-6)


def _around(spans: Iterable[Interval]) -> Interval | None:
    known = list(spans)
    if not known:
        return None
    return Interval(min(one.start for one in known), max(one.end for one in known))


def asks_of_batteries(limits: Mapping[str, float]) -> bool:
    """Whether a criterion needs the batteries' telemetry read."""
    return any(name.endswith("battery_percent") for name in limits)


def judge_surface(
    batteries: Mapping[str, BatterySeen],
    campaigns: tuple[CampaignFlown, ...],
    landings: tuple[bool, ...],
    limits: Mapping[str, float],
) -> list[Criterion]:
    """What a scenario asks of batteries, campaigns and landings, if it asks anything.

    `landings` tells of each place that a drone chose whether it was truly safe.
    """
    lowest = min((one.lowest for one in batteries.values()), default=math.nan)
    last = min((one.last for one in batteries.values()), default=math.nan)
    spread_s = max((one.spread_s for one in campaigns), default=math.nan)
    share = min((one.share for one in campaigns), default=math.nan)
    asked = (
        ("starved_battery_percent", "max_starved_battery_percent", lowest),
        ("battery_percent", "min_battery_percent", lowest),
        ("last_battery_percent", "min_last_battery_percent", last),
        ("campaign_spread_s", "max_campaign_spread_s", spread_s),
        ("campaign_share", "min_campaign_share", share),
        ("safe_landings", "min_safe_landings", float(sum(landings))),
        ("unsafe_landings", "max_unsafe_landings", float(len(landings) - sum(landings))),
    )
    return [
        _bounded(name, found, limits[limit], most=limit.startswith("max_"))
        for name, limit, found in asked
        if limit in limits
    ]


def _bounded(name: str, found: float, limit: float, *, most: bool) -> Criterion:
    """A figure that nothing was found of (nan) meets no bound."""
    word = "at most" if most else "at least"
    ok = found <= limit if most else found >= limit
    return Criterion(name, ok, f"{word} {limit:g}", f"{found:.4g}")


def surface_for_report(
    batteries: Mapping[str, BatterySeen],
    campaigns: tuple[CampaignFlown, ...],
    landings: tuple[bool, ...],
) -> dict[str, Any]:
    """As JSON-ready values."""
    return {
        "battery_percent": {
            craft: {"lowest": round(one.lowest, 1), "last": round(one.last, 1)}
            for craft, one in batteries.items()
        },
        "landings": {"safe": sum(landings), "of": len(landings)},
        "campaigns": {
            one.campaign.id: {
                "window": [
                    one.campaign.window.start.utc_iso(0),
                    one.campaign.window.end.utc_iso(0),
                ],
                "share": round(one.share, 4),
                "spread_s": None if math.isinf(one.spread_s) else round(one.spread_s, 3),
                "sites": {
                    craft: None if span is None else [span.start.utc_iso(3), span.end.utc_iso(3)]
                    for craft, span in one.sites.items()
                },
            }
            for one in campaigns
        },
    }
