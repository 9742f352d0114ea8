"""What is known of a model's simulator: which of its state telemetry tells, and what is watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: states in which a simulated craft may be begun, and whether they are numbers or labels
STATES: Mapping[str, type] = MappingProxyType(
    {
        "mode": str,
        "battery_percent": float,
        "battery_threshold_percent": float,
        "heater_mode": str,
        "heater_setpoint_c": float,
        "structure_temperature_c": float,
        "tank_temperature_c": float,
        "panel_temperature_c": float,
        "computer_temperature_c": float,
        "attitude_mode": str,
        "wheel_1_rpm": float,
        "wheel_2_rpm": float,
        "wheel_3_rpm": float,
        "wheel_4_rpm": float,
        "propellant_kg": float,
        "catbed_heater": str,
        "catbed_temperature_c": float,
        "propulsion_armed": str,
        "burn_state": str,
        "burn_end": str,
        "burn_x_m_s": float,
        "burn_y_m_s": float,
        "burn_z_m_s": float,
        "burn_time_limit_s": float,
        "burns_done": float,
        "burns_aborted": float,
        "cubes_attached": float,
        "release_armed_scid": float,
        "release_last_scid": float,
        "releases_done": float,
        "releases_failed": float,
        "sample_container": str,
        "transmitter": str,
        "transmit_power_w": float,
        "recorder_fill_percent": float,
        "payload_power": str,
        "payload_gain": float,
        "boots": float,
        "uptime_s": float,
        "commands_accepted": float,
        "commands_rejected": float,
        "frames_accepted": float,
        "frames_rejected": float,
    }
)

#: a craft's state as a simulator begins in it, by name
CraftState = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class SimulatedState:
    """One part of the state, and the parameter that tells it."""

    state: str
    parameter: str
    #: how old a reading may be that a simulator is begun with
    max_age_s: float
    #: a rehearsal counts no more once the reading differs by more than this; None: it may be any.
    #: Of a label, 0: it must be the same
    tolerance: float | None = None
    #: a reading of this number tells nothing, and the state is as defined
    tells_nothing: float | None = None


@dataclass(frozen=True, slots=True)
class Margin:
    """Something that a procedure may run short of."""

    name: str
    parameter: str
    #: the parameter that it must not fall to; none: it is told how much was used
    floor: str = ""


@dataclass(frozen=True, slots=True)
class SimulatorData:
    """How a model's simulator is begun from telemetry, and what is watched in a rehearsal."""

    states: tuple[SimulatedState, ...] = ()
    #: what telemetry does not tell, and what is taken for it
    assumed: tuple[str, ...] = ()
    margins: tuple[Margin, ...] = ()
