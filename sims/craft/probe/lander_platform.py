"""A cube's body: power and heat, asleep and awake; of a landed one through day and night.

Steps of at most 60 s.  A landed cube's panels lie flat and give `panel_w`, scaled by the Sun's
distance, times the share of sunlight that reaches level ground.  A radioisotope source, where a
craft has one, gives its `radioisotope_w` at all times (decay, under 1 % a year, is nothing in a
run).  Of its waste heat, `radioisotope_heat_w` goes into the warm box while that is colder than
`heat_switch_c`: there a switch opens that wax moves, as at the Mars Exploration Rovers' batteries
(M. Pauken et al., SAE 2002-01-2273); the rest leaves outside.  Loads get what the panels and the
battery can give and no more, which is little from a cold battery and nothing from an empty one.
Asleep, only the wake-up receiver, the logger and the heater draw power.

The battery lies in the warm box, a kelvin above it, and heats it.  While it is too cold to take
charge, what the loads leave over goes into the heater, unless that is commanded off: so a cube that
lived through a cold night warms its battery before it charges it.  The warm box sinks towards the
air outside (`climate`) through insulation of 0.083 W/K (an aerogel box of a cube's size: Gilmore
(ed.), *Spacecraft Thermal Control Handbook*, vol. 1, ch. 18, gives 0.05 to 0.2 W/K for rover warm
boxes).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.values.errors import DefinitionError
from sims.craft.nature.climate import climate_at
from sims.craft.nature.dust import Dust
from sims.craft.nature.mars import local_solar_hours, sun_elevation_deg, sun_from_mars
from sims.craft.nature.sunlight import surface_sunlight
from sims.craft.platform.power import RATED_IRRADIANCE_W_M2, Battery
from sims.craft.platform.thermal import Heater, ThermalNode
from sims.draws import normal

_STEP_NS = 60_000_000_000
_CONDUCTANCE_W_K = 0.083
_SHELL_TIME_CONSTANT_S = 1_800.0
#: share of the loads that stays in the warm box as heat; a session's heat leaves by the antenna
#: mount and the shell as well, or the box would boil
_ASLEEP_HEAT_SHARE, _AWAKE_HEAT_SHARE = 0.8, 0.15
_AMPLIFIER_RISE_K_W = 1.5
_COMPUTER_ABOVE_BOX_K = 2.0
_BATTERY_ABOVE_BOX_K = 1.0


@dataclass(frozen=True, slots=True)
class LanderLoads:
    """What is switched on; `transmitting` is the share of time that the radio sends."""

    awake: bool
    payload: bool
    transmitting: float


class CubePlatform:
    """State of a cube's body at the last instant it was advanced to, wherever it is."""

    def __init__(self, craft: Spacecraft, seed: int, start_ns: int, outside_c: float) -> None:
        """`outside_c` is what its shell begins with."""
        platform = craft.platform
        self._platform = platform
        self._now_ns = start_ns
        self._craft, self._seed = craft.id, seed
        self.heater = Heater(platform["heater_w"], platform["heater_setpoint_c"])
        self.transmit_power_w = craft.radios["uhf"].transmit_power_w
        self._nominal_transmit_power_w = self.transmit_power_w
        self._box = ThermalNode(
            platform["temperature_initial_c"],
            platform["temperature_time_constant_s"],
            _CONDUCTANCE_W_K,
        )
        self._shell = ThermalNode(outside_c, _SHELL_TIME_CONSTANT_S, 1.0)
        self.battery = Battery.of(platform, self._battery_c)
        self._solar_w = self._load_w = self._heater_w = self._payload_w = 0.0
        self._transmitter_w = 0.0
        self._step(0.0, LanderLoads(awake=False, payload=True, transmitting=0.0))

    def set_temperatures(self, *, shell_c: float | None, computer_c: float | None) -> None:
        """Begin with these, the computer's as its thermistor shows it; None leaves one as it is."""
        if shell_c is not None:
            self._shell.temperature_c = shell_c
        if computer_c is not None:
            self._box.temperature_c = computer_c - _COMPUTER_ABOVE_BOX_K
        self.battery.temperature_c = self._battery_c

    @property
    def computer_c(self) -> float:
        return self._box.temperature_c + _COMPUTER_ABOVE_BOX_K

    @property
    def _battery_c(self) -> float:
        return self._box.temperature_c + _BATTERY_ABOVE_BOX_K

    def advance(self, now_ns: int, loads: LanderLoads) -> None:
        """Move on to true time `now_ns` with these loads."""
        while self._now_ns < now_ns:
            step_ns = min(_STEP_NS, now_ns - self._now_ns)
            self._step(step_ns / 1e9, loads)
            self._now_ns += step_ns

    def _step(self, seconds: float, loads: LanderLoads) -> None:
        platform = self._platform
        self._solar_w = self._collected_w()
        source_w = self._solar_w + platform.get("radioisotope_w", 0.0)
        self._heater_w = self.heater.regulate(self._box.temperature_c)
        self._payload_w = platform["payload_load_w"] if loads.payload else 0.0
        amplifier_share = self.transmit_power_w / self._nominal_transmit_power_w
        self._transmitter_w = (
            platform["transmitter_load_w"] * amplifier_share * loads.transmitting
            if loads.awake
            else 0.0
        )
        electronics_w = platform["base_load_w"] if loads.awake else platform["sleep_load_w"]
        others_w = electronics_w + self._payload_w + self._transmitter_w
        if self.battery.is_too_cold and self.heater.mode != "OFF":
            self._heater_w = min(self.heater.power_w, max(self._heater_w, source_w - others_w))
        self._load_w = others_w + self._heater_w
        fed = min(1.0, (source_w + self.battery.most_w) / self._load_w)
        self._load_w *= fed
        self.battery.advance(seconds, source_w, self._load_w, self._battery_c)
        heat_share = _AWAKE_HEAT_SHARE if loads.awake else _ASLEEP_HEAT_SHARE
        heat_w = (
            heat_share * (electronics_w + self._transmitter_w)
            + _ASLEEP_HEAT_SHARE * self._payload_w
            + self._heater_w
        ) * fed + self.battery.heat_w
        if self._box.temperature_c < platform.get("heat_switch_c", math.inf):
            heat_w += platform.get("radioisotope_heat_w", 0.0)
        outside_c = self._outside_c()
        self._box.advance(seconds, outside_c, heat_w)
        self._shell.advance(seconds, outside_c, 0.0)

    def _collected_w(self) -> float:
        """What its panels, or whoever carries it, give now."""
        raise NotImplementedError

    def _outside_c(self) -> float:
        """What its box and its shell sink towards now."""
        raise NotImplementedError

    def telemetry(self) -> dict[str, float | str]:
        """Engineering values of the EPS and THERMAL packets, and temperatures of other boxes."""
        battery = self.battery
        box_c = self._box.temperature_c
        shell_c = self._shell.temperature_c
        return {
            "eps_battery_charge": battery.percent,
            "eps_battery_voltage": battery.voltage_v + self._noise("battery voltage", 0.002),
            "eps_battery_current": battery.current_a,
            "eps_battery_temperature": self._battery_c + self._noise("battery", 0.03),
            "eps_solar_current": self._solar_w / max(battery.voltage_v, 1.0),
            "eps_load_power": self._load_w + self._noise("load", 0.02),
            "eps_charge_mode": battery.mode,
            "thermal_heater_mode": self.heater.mode,
            "thermal_heater_power": self._heater_w,
            "thermal_setpoint": self.heater.setpoint_c,
            "thermal_structure_temperature": shell_c + self._noise("shell", 0.05),
            "thermal_spare": 0,
            "obc_temperature": self.computer_c + self._noise("computer", 0.05),
            "comm_amplifier_temperature": box_c + _AMPLIFIER_RISE_K_W * self._transmitter_w,
            "comm_transmit_power": self.transmit_power_w,
            "payload_temperature": shell_c + 4.0 * self._payload_w,
            "payload_current": self._payload_w / max(battery.voltage_v, 1.0),
        }

    def _noise(self, sensor: str, size: float) -> float:
        return size * normal(self._seed, self._craft, sensor, self._now_ns // 1_000_000_000)


class LanderPlatform(CubePlatform):
    """The body of a cube that lies at its site."""

    def __init__(self, craft: Spacecraft, seed: int, start_ns: int, dust: Dust) -> None:
        if craft.site is None:
            raise DefinitionError(
                f"craft {craft.id} cannot stand as a lander", expected="a site", found="none"
            )
        self._site: LandingSite = craft.site
        self.sun_elevation_deg = 0.0
        self.dust = dust
        super().__init__(craft, seed, start_ns, climate_at(craft.site, start_ns).mean_c)

    def _collected_w(self) -> float:
        sun = sun_from_mars(self._now_ns)
        self.sun_elevation_deg = sun_elevation_deg(self._site, sun, self._now_ns)
        share = surface_sunlight(self.sun_elevation_deg, self.dust.optical_depth(self._now_ns))
        brightness = sun.irradiance_w_m2 / RATED_IRRADIANCE_W_M2
        return self._platform["panel_w"] * brightness * share

    def _outside_c(self) -> float:
        """The air."""
        sun = sun_from_mars(self._now_ns)
        hour = float(local_solar_hours(self._site, sun, np.array([self._now_ns]))[0])
        return climate_at(self._site, self._now_ns).at_hour(hour)
