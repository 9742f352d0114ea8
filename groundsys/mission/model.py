"""The mission as a frozen value: what `load_mission` returns and everybody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groundsys.mission.celestial.body_model import Body
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.ground.partner_model import Partner
from groundsys.mission.mission_name import Programme
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.scenario.simulator_data import SimulatorData
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.telemetry.telemetry_model import DerivedParameter, TelemetryPage


@dataclass(frozen=True, slots=True)
class Mission:
    """Everything that is data: `mission_db/` as loaded."""

    root: str
    spacecraft: Mapping[str, Spacecraft]
    antennas: Mapping[str, Antenna]
    payloads: Mapping[str, Payload]
    customers: Mapping[str, Customer]
    scenarios: Mapping[str, Scenario]
    #: other agencies
    partners: Mapping[str, Partner] = field(default_factory=dict)
    #: by model: how its simulator is begun from telemetry
    simulators: Mapping[str, SimulatorData] = field(default_factory=dict)
    #: of the solar system; none stated: those of groundsys' own definitions
    bodies: Mapping[str, Body] = field(default_factory=dict)
    #: what the mission is called
    programme: Programme = field(default_factory=Programme)
    #: numbers made of telemetry, and pages of telemetry
    derived: tuple[DerivedParameter, ...] = ()
    pages: tuple[TelemetryPage, ...] = ()
