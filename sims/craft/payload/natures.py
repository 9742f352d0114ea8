"""Which model of nature a payload samples."""

from __future__ import annotations

from typing import cast

from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from sims.craft.nature.dust import Dust
from sims.craft.nature.surroundings import light_at
from sims.craft.payload.interplanetary_field import InterplanetaryField
from sims.craft.payload.magnetometer import MagneticField
from sims.craft.payload.payload_files import Nature
from sims.craft.payload.seismometer import GroundMotion
from sims.craft.payload.weather import Weather


def nature_of(
    payload: Payload, craft: Spacecraft, mission: Mission, seed: int, dust: Dust
) -> Nature:
    """What this payload samples at its site, or in orbit."""
    site = craft.site
    if site is None:
        orbit = mission.spacecraft[craft.relay or craft.id].orbit
        assert orbit is not None  # what simulators fly in space flies by elements
        return InterplanetaryField(seed, craft.id, lambda ns: light_at(orbit, ns).distance_au)
    if payload.kind == "seismometer":
        return GroundMotion(seed, craft.id, site)
    if payload.kind == "magnetometer":
        north, east, down = cast("list[float]", payload.settings["crustal_field_nt"])
        return MagneticField(seed, craft.id, site, (north, east, down))
    return Weather(seed, craft.id, site, dust)
