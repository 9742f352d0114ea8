"""A site is told its window once, on its own clock as it is believed then."""

from __future__ import annotations

from dataclasses import replace

from groundsys.desks.commanding.network_desk import campaign_arguments
from groundsys.mission import load_mission
from groundsys.mission.scenario.network_campaigns import COMMAND
from groundsys.values.clock import ClockSolution

_MISSION = load_mission()
_SCENARIO = _MISSION.scenarios["surface-network"]


def test_the_window_is_told_in_the_sites_own_clock() -> None:
    campaign = _SCENARIO.network_campaigns[0]
    craft = _MISSION.spacecraft["cube-boreum"]
    built = ClockSolution.nominal(craft.id, craft.sclk_epoch)
    start_s = campaign.window.start.seconds_since(craft.sclk_epoch)
    assert campaign_arguments(campaign, built) == {
        "campaign_start_sclk": start_s,
        "campaign_duration_s": 3_600,
        "campaign_interval_ms": 500,
    }
    slow = replace(built, rate=1.0 + 1e-6)
    late_s = start_s - campaign_arguments(campaign, slow)["campaign_start_sclk"]
    assert late_s == round(start_s * 1e-6)


def test_every_site_has_the_command() -> None:
    for campaign in _SCENARIO.network_campaigns:
        for craft in campaign.spacecraft:
            command = _MISSION.spacecraft[craft].model.command(COMMAND)
            assert {one.name for one in command.arguments} == set(
                campaign_arguments(campaign, ClockSolution.nominal(craft, campaign.window.start))
            )
