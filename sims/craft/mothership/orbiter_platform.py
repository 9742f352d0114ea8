"""The OTV's body: power, heat and attitude moved on together, and what they show in telemetry.

Steps of at most 30 s; within one, sunlight, loads and surroundings are constant.  In sunlight the
panels give `panel_w` scaled by the Sun's distance, in a planet's shadow nothing; a radioisotope
generator gives `radioisotope_w` everywhere.  The structure
sinks towards −45 °C in shadow and, at the irradiance that panels are rated at, −30 °C in sunlight;
between them in proportion to irradiance (radiation linearised).  The panels sink towards the
balance of absorbed and radiated heat, (α S / 2 ε σ)^¼ with α/ε of 0.74 after conversion:
D. G. Gilmore (ed.), *Spacecraft Thermal Control Handbook*, vol. 1, ch. 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from sims.craft.nature.planets import Vector
from sims.craft.nature.surroundings import earth_from, light_at, orbit_after
from sims.craft.platform.attitude import Attitude
from sims.craft.platform.power import RATED_IRRADIANCE_W_M2, Battery
from sims.craft.platform.tank import Tank
from sims.craft.platform.thermal import Heater, ThermalNode
from sims.draws import normal

_STEP_NS = 30_000_000_000
#: while the craft tumbles
_SHORT_STEP_NS = 2_000_000_000
_STEFAN_BOLTZMANN = 5.670374e-8
_ZERO_CELSIUS_K = 273.15
_CONDUCTANCE_W_K = 6.0
SINK_SHADOW_C, SINK_RISE_K = -45.0, 15.0
_PANEL_TIME_CONSTANT_S, _PANEL_ABSORPTANCE_RATIO, _PANEL_SHADOW_C = 700.0, 0.74, -108.0
_TANK_TIME_CONSTANT_S, _TANK_ABOVE_STRUCTURE_K = 40_000.0, 6.0
_AMPLIFIER_RISE_K_W = 0.22
_COMPUTER_ABOVE_STRUCTURE_K = 7.0
_BATTERY_ABOVE_STRUCTURE_K = 3.0
#: share of a load that stays inside as heat: of the transmitter's, what is not radiated
_BASE_HEAT_SHARE, _TRANSMITTER_HEAT_SHARE = 0.78, 0.5


@dataclass(frozen=True, slots=True)
class Loads:
    """What is switched on."""

    transmitter: bool
    relay: bool
    safe_mode: bool
    propulsion_w: float = 0.0
    #: by cable to the cubes that it holds
    cubes_w: float = 0.0
    #: of the craft's own payload
    payload_w: float = 0.0


class OrbiterPlatform:
    """State of the OTV's body at the last instant it was advanced to."""

    def __init__(self, craft: Spacecraft, seed: int, start_ns: int) -> None:
        if craft.orbit is None:
            raise DefinitionError(
                f"craft {craft.id} cannot fly as an orbiter", expected="an orbit", found="none"
            )
        platform = craft.platform
        initial_c = platform["temperature_initial_c"]
        time_constant_s = platform["temperature_time_constant_s"]
        self._orbit: KeplerOrbit = craft.orbit
        self._platform = platform
        self._now_ns = start_ns
        self._craft, self._seed = craft.id, seed
        self.battery = Battery.of(platform, initial_c + _BATTERY_ABOVE_STRUCTURE_K)
        self.heater = Heater(platform["heater_w"], platform["heater_setpoint_c"])
        self.tank = Tank.of(platform, initial_c + _TANK_ABOVE_STRUCTURE_K)
        self.attitude = Attitude(seed, craft.id, self.tank)
        self.transmit_power_w = craft.radios["x_band"].transmit_power_w
        self._nominal_transmit_power_w = self.transmit_power_w
        conductance_w_k = platform.get("conductance_w_k", _CONDUCTANCE_W_K)
        self._structure = ThermalNode(initial_c, time_constant_s, conductance_w_k)
        self._tank = ThermalNode(
            initial_c + _TANK_ABOVE_STRUCTURE_K, _TANK_TIME_CONSTANT_S, _CONDUCTANCE_W_K
        )
        self._panel = ThermalNode(-20.0, _PANEL_TIME_CONSTANT_S, 1.0)
        self._solar_w = self._load_w = self._heater_w = 0.0
        self._transmitting = False
        self.sunlit = True
        self._step(0.0, Loads(transmitter=True, relay=False, safe_mode=False))

    def set_temperatures(
        self, *, structure_c: float | None, tank_c: float | None, panel_c: float | None
    ) -> None:
        """Begin with these; None leaves one as it is."""
        for node, told_c in (
            (self._structure, structure_c),
            (self._tank, tank_c),
            (self._panel, panel_c),
        ):
            if told_c is not None:
                node.temperature_c = told_c
        self.battery.temperature_c = self._battery_c

    def advance(self, now_ns: int, loads: Loads) -> None:
        """Move on to true time `now_ns` with these loads."""
        while self._now_ns < now_ns:
            longest_ns = _SHORT_STEP_NS if self.attitude.is_acquiring else _STEP_NS
            step_ns = min(longest_ns, now_ns - self._now_ns)
            self._step(step_ns / 1e9, loads)
            self._now_ns += step_ns

    @property
    def structure_c(self) -> float:
        return self._structure.temperature_c

    @property
    def _battery_c(self) -> float:
        """The mean of its cells, somewhat warmer while they work."""
        worked_k = 0.4 * math.sqrt(abs(self.battery.current_a))
        return self._structure.temperature_c + _BATTERY_ABOVE_STRUCTURE_K + worked_k

    @property
    def computer_c(self) -> float:
        return self._structure.temperature_c + _COMPUTER_ABOVE_STRUCTURE_K

    @property
    def tank_c(self) -> float:
        return self._tank.temperature_c

    @property
    def orbit(self) -> KeplerOrbit:
        """The orbit that it takes itself to be on, two bodies alone."""
        return self._orbit

    def push(self, at_ns: int, delta_v_m_s: Vector) -> None:
        """Go on along the orbit after an impulse, its Δv along ICRF axes."""
        self._orbit = orbit_after(self._orbit, Instant(at_ns), delta_v_m_s)

    def _step(self, seconds: float, loads: Loads) -> None:
        light = light_at(self._orbit, self._now_ns)
        self.sunlit = light.is_lit
        pointing = self.attitude.panel_share(light.direction)
        brightness = light.irradiance_w_m2 / RATED_IRRADIANCE_W_M2
        self._solar_w = self._platform["panel_w"] * brightness * pointing if self.sunlit else 0.0
        self._heater_w = self.heater.regulate(self._structure.temperature_c)
        self._transmitting = loads.transmitter
        base_w = self._platform["base_load_w"] * (0.7 if loads.safe_mode else 1.0)
        amplifier_share = self.transmit_power_w / self._nominal_transmit_power_w
        transmitter_w = (
            self._platform["transmitter_load_w"] * amplifier_share if loads.transmitter else 0.0
        )
        relay_w = self._platform["relay_load_w"] if loads.relay else 0.0
        base_w += loads.payload_w
        self._load_w = (
            base_w + transmitter_w + relay_w + self._heater_w + loads.propulsion_w + loads.cubes_w
        )
        source_w = self._solar_w + self._platform.get("radioisotope_w", 0.0)
        self.battery.advance(seconds, source_w, self._load_w, self._battery_c)
        heat_w = (
            _BASE_HEAT_SHARE * (base_w + relay_w)
            + _TRANSMITTER_HEAT_SHARE * transmitter_w
            + self._heater_w
            + self.battery.heat_w
        )
        sink_c = SINK_SHADOW_C + (SINK_RISE_K * brightness if self.sunlit else 0.0)
        self._structure.advance(seconds, sink_c, heat_w)
        tank_sink_c = self._structure.temperature_c + _TANK_ABOVE_STRUCTURE_K
        self._tank.advance(seconds, tank_sink_c, 0.0)
        self._panel.advance(seconds, self._panel_balance_c(light.irradiance_w_m2), 0.0)
        self.attitude.advance(seconds)
        if self.attitude.first is not None:
            earth = earth_from(self._orbit, self._now_ns)
            self.attitude.follow_sky(self._now_ns, seconds, light.direction, earth)

    def off_earth_deg(self, now_ns: int) -> float:
        """Between the dishes' axis and Earth, of a craft that began on its launcher."""
        return self.attitude.off_earth_deg(now_ns, earth_from(self._orbit, now_ns))

    def _panel_balance_c(self, irradiance_w_m2: float) -> float:
        if not self.sunlit:
            return _PANEL_SHADOW_C
        absorbed = _PANEL_ABSORPTANCE_RATIO * irradiance_w_m2 / (2.0 * _STEFAN_BOLTZMANN)
        return float(absorbed**0.25) - _ZERO_CELSIUS_K

    def telemetry(self) -> dict[str, float | str]:
        """Engineering values of the EPS and THERMAL packets, and temperatures of other boxes."""
        battery = self.battery
        structure_c = self._structure.temperature_c
        amplifier_w = self.transmit_power_w if self._transmitting else 0.0
        return {
            "eps_battery_charge": battery.percent,
            "eps_battery_voltage": battery.voltage_v + self._noise("battery voltage", 0.003),
            "eps_battery_current": battery.current_a,
            "eps_battery_temperature": self._battery_c,
            "eps_solar_current": self._solar_w / max(battery.voltage_v, 1.0),
            "eps_bus_voltage": battery.voltage_v - 0.2,
            "eps_load_power": self._load_w + self._noise("load", 1.0),
            "eps_charge_mode": battery.mode,
            "thermal_heater_mode": self.heater.mode,
            "thermal_heater_power": self._heater_w,
            "thermal_setpoint": self.heater.setpoint_c,
            "thermal_structure_temperature": structure_c + self._noise("structure", 0.02),
            "thermal_tank_temperature": self._tank.temperature_c,
            "thermal_panel_temperature": self._panel.temperature_c + self._noise("panel", 0.05),
            "thermal_spare": 0,
            "obc_temperature": self.computer_c + self._noise("computer", 0.05),
            "comm_amplifier_temperature": structure_c
            + 4.0
            + _AMPLIFIER_RISE_K_W * amplifier_w
            + self._noise("amplifier", 0.05),
            "comm_transmit_power": amplifier_w,
        }

    def _noise(self, sensor: str, size: float) -> float:
        return size * normal(self._seed, self._craft, sensor, self._now_ns // 1_000_000_000)
