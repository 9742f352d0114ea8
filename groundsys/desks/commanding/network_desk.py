"""The network desk: tells the sites of a campaign, each by its own clock, when to sample faster."""

from __future__ import annotations

from typing import Any

from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.mission.scenario.network_campaigns import COMMAND
from groundsys.mission.scenario.scenario_model import NetworkCampaign
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import NANOSECONDS_PER_SECOND


class NetworkDesk:
    """Queues one command a site and campaign, once, as soon as it is to be told."""

    def __init__(self, room: ControlRoom, clocks: ClockDesk) -> None:
        self._room = room
        self._clocks = clocks

    def work(self, ledger: CommandLedger) -> None:
        """Queue what is due; a site reads its window on the clock that is believed of it now."""
        due = [
            (campaign, craft)
            for campaign in self._room.scenario.network_campaigns
            if campaign.told_from <= self._room.now < campaign.window.start
            for craft in campaign.spacecraft
        ]
        if not due:
            return
        told = {(one.spacecraft, one.subject) for one in ledger.of("plan")}
        for campaign, craft in due:
            subject = f"campaign {campaign.id}"
            if (craft, subject) not in told:
                clock = self._clocks.believed(self._room.mission.spacecraft[craft])
                ledger.queue(
                    craft,
                    COMMAND,
                    campaign_arguments(campaign, clock),
                    purpose="plan",
                    subject=subject,
                    not_after=campaign.window.start,
                )


def campaign_arguments(campaign: NetworkCampaign, clock: ClockSolution) -> dict[str, Any]:
    """Arguments of PAYLOAD_CAMPAIGN: the window in whole seconds of the site's own clock."""
    start_ns = clock.sclk_ns(campaign.window.start)
    return {
        "campaign_start_sclk": round(start_ns / NANOSECONDS_PER_SECOND),
        "campaign_duration_s": round(campaign.window.seconds),
        "campaign_interval_ms": round(campaign.sample_interval_s * 1e3),
    }
