"""The mission as frozen values: what `load_mission` returns and everybody else reads.

Units are in the names.  Angles in degrees, distances in km or m, times in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groundsys.values.instants import Instant, Interval

# --- packets and commands: one definition serves XTCE, simulators and checks -----------------

FieldKind = Literal["uint", "int", "float", "enum", "binary", "string"]
AlarmLevel = Literal["watch", "warning", "distress", "critical", "severe"]


@dataclass(frozen=True, slots=True)
class AlarmRange:
    """In alarm at `level` below `minimum` or above `maximum`, in engineering units."""

    level: AlarmLevel
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a packet or argument of a command, big-endian, in bits.

    `polynomial` maps raw to engineering (`c0 + c1·x + …`).  A `binary` field with
    `length_field` takes its length in bytes from that earlier field; with neither it takes
    `bits`.  `enumeration` maps raw value to label.
    """

    name: str
    kind: FieldKind
    bits: int = 0
    unit: str = ""
    description: str = ""
    polynomial: tuple[float, ...] = ()
    enumeration: Mapping[int, str] = field(default_factory=dict)
    alarms: tuple[AlarmRange, ...] = ()
    alarm_labels: Mapping[str, AlarmLevel] = field(default_factory=dict)
    length_field: str = ""
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None


@dataclass(frozen=True, slots=True)
class PacketDefinition:
    """A telemetry packet: told apart by APID, PUS service and message subtype (and `selector`)."""

    name: str
    apid: int
    service: int
    subtype: int
    fields: tuple[Field, ...]
    description: str = ""
    period_s: float = 0.0
    #: (field name, raw value): a further discriminator, e.g. ("event_id", 3)
    selector: tuple[str, int] | None = None


Significance = Literal["none", "watch", "warning", "distress", "critical", "severe"]


@dataclass(frozen=True, slots=True)
class CommandDefinition:
    """A telecommand: PUS service and subtype, then `function` (8 bits), then its arguments."""

    name: str
    apid: int
    service: int
    subtype: int
    function: int
    arguments: tuple[Field, ...]
    description: str = ""
    significance: Significance = "none"
    significance_reason: str = ""


@dataclass(frozen=True, slots=True)
class SpacecraftModel:
    """What all craft of one build share: their packets and commands."""

    id: str
    packets: tuple[PacketDefinition, ...]
    commands: tuple[CommandDefinition, ...]
    version: str

    def packet(self, name: str) -> PacketDefinition:
        return next(p for p in self.packets if p.name == name)

    def command(self, name: str) -> CommandDefinition:
        return next(c for c in self.commands if c.name == name)


# --- craft -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeplerOrbit:
    """Osculating elements about `center`, in a frame that does not turn; see `frame`.

    `frame` is "MARS_IAU_OF_EPOCH": x to the node of Mars' equator on the ICRF equator, z Mars'
    pole at epoch.
    """

    center: str
    epoch: Instant
    semi_major_axis_km: float
    eccentricity: float
    inclination_deg: float
    raan_deg: float
    argument_of_periapsis_deg: float
    mean_anomaly_deg: float
    frame: str = "MARS_IAU_OF_EPOCH"


@dataclass(frozen=True, slots=True)
class LandingSite:
    """Planetocentric, east-positive; `elevation_mask_deg` holds all round."""

    body: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    elevation_mask_deg: float = 10.0


@dataclass(frozen=True, slots=True)
class Radio:
    """One radio of a craft or antenna: numbers of the link budget."""

    frequency_mhz: float
    transmit_power_w: float
    antenna_gain_dbi: float
    system_noise_k: float
    losses_db: float = 0.0
    required_eb_n0_db: float = 0.0
    rates_bps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Framing:
    """Transfer frame parameters (CCSDS 132.0-B, 232.0-B)."""

    spacecraft_id: int
    tm_frame_length: int
    tc_frame_length: int
    virtual_channels: Mapping[str, int]
    tc_virtual_channel: int
    uplink_mode: Literal["AD", "BD"]
    uplink_rate_bps: float


@dataclass(frozen=True, slots=True)
class Spacecraft:
    id: str
    name: str
    model: SpacecraftModel
    #: Yamcs instance (= id) and top space system, e.g. "OTV"
    space_system: str
    framing: Framing
    #: CFDP entity id (CCSDS 727.0-B)
    entity_id: int
    sclk_epoch: Instant
    #: id of the craft whose frames carry ours home, or None
    relay: str | None
    orbit: KeplerOrbit | None
    site: LandingSite | None
    radios: Mapping[str, Radio]
    #: id of the payload carried, or None
    payload: str | None
    #: numbers the craft's simulator reads: battery_wh, panel_w, recorder_mb, …
    platform: Mapping[str, float] = field(default_factory=dict)


# --- ground ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Antenna:
    """One antenna; WGS84 geodetic position."""

    id: str
    name: str
    complex: str
    agency: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    diameter_m: float
    elevation_mask_deg: float
    radio: Radio
    configuration_s: float = 300.0
    acquisition_s: float = 60.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload: how its files are laid out and what its products are called."""

    id: str
    name: str
    kind: Literal["weather", "seismometer"]
    #: record fields of the payload's file, with calibration
    record: tuple[Field, ...]
    sample_interval_s: float
    file_interval_s: float
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    name: str
    contact: str
    #: payload ids
    payloads: tuple[str, ...]


#: after every instant that a mission of ours can reach
_NEVER = Instant(2**62)

# --- scenario --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlannedCommand:
    """A command that an operator has put on the day's list, issued from `not_before` on."""

    spacecraft: str
    command: str
    arguments: Mapping[str, Any]
    not_before: Instant


@dataclass(frozen=True, slots=True)
class Scenario:
    id: str
    title: str
    description: str
    span: Interval
    #: payload files closed before it must be with the customer at the end
    cut_off: Instant
    #: from here on the craft make no housekeeping, so that every recorder can drain
    quiet_from: Instant
    spacecraft: tuple[str, ...]
    antennas: tuple[str, ...]
    customers: tuple[str, ...]
    commands: tuple[PlannedCommand, ...]
    #: sizes of the seeded differences between truth and belief (see sims.truth)
    truth: Mapping[str, float]
    #: criteria of the verdict, e.g. {"min_passes": 4}
    criteria: Mapping[str, float]
    quantum_s: float = 1.0
    rate_ceiling: float | None = None
    #: faults for a rehearsal that is meant to fail, e.g. ({"fault": "drop_file", …},)
    faults: tuple[Mapping[str, Any], ...] = ()

    def without_end(self) -> Scenario:
        """The same, going on after its span: nothing is cut off, and no craft grows quiet."""
        return replace(self, cut_off=_NEVER, quiet_from=_NEVER)


@dataclass(frozen=True, slots=True)
class Mission:
    """Everything that is data: `mission_db/` as loaded."""

    root: str
    spacecraft: Mapping[str, Spacecraft]
    antennas: Mapping[str, Antenna]
    payloads: Mapping[str, Payload]
    customers: Mapping[str, Customer]
    scenarios: Mapping[str, Scenario]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a definition: where, what, and how to mend it."""

    file: str
    line: int
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        tail = f" ({self.remedy})" if self.remedy else ""
        return f"{self.file}:{self.line}: {self.message}{tail}"
