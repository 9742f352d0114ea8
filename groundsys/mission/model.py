"""The mission as frozen values: what `load_mission` returns and everybody else reads.

Units are in the names.  Angles in degrees, distances in km or m, times in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from groundsys.mission.beacon_model import Beacon, ToneDetector
from groundsys.mission.body_model import Body
from groundsys.mission.drives import Drive
from groundsys.mission.entry_model import Entry
from groundsys.mission.mission_name import Programme
from groundsys.mission.packet_model import CommandDefinition, Field, SpacecraftModel
from groundsys.mission.scenario_model import Scenario
from groundsys.mission.simulator_data import SimulatorData
from groundsys.mission.telemetry_model import DerivedParameter, TelemetryPage
from groundsys.values.instants import Instant

# --- craft -----------------------------------------------------------------------------------


PayloadKind = Literal["weather", "seismometer", "magnetometer", "camera"]


@dataclass(frozen=True, slots=True)
class KeplerOrbit:
    """Elements about `center`, a body's id in capitals, in a frame that does not turn; see `frame`.

    About Mars, say, it is "MARS_IAU_OF_EPOCH": x to the node of the equator on the ICRF equator, z
    the pole at epoch.  Its definition may also ask for "ICRF" (`OrbitLimits`).  A hyperbola has an
    eccentricity above 1, a semi-major axis below zero, and a mean anomaly that counts from its one
    periapsis.
    """

    center: str
    epoch: Instant
    semi_major_axis_km: float
    eccentricity: float
    inclination_deg: float
    raan_deg: float
    argument_of_periapsis_deg: float
    mean_anomaly_deg: float
    #: "": that which the body's definition asks for
    frame: str = ""
    #: id of a small body that the craft goes with past `center`: what pulls at both is in its
    #: table (`geometry.trajectories.companion`); "": two bodies alone
    beside: str = ""


@dataclass(frozen=True, slots=True)
class LandingSite:
    """Planetocentric, east-positive; the mask is the higher of the constant and the horizon."""

    body: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    elevation_mask_deg: float = 10.0
    #: (azimuth from north over east, elevation), both in degrees; linear between, closed at 360°
    horizon: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """How a cube leaves the craft that carries it, its relay, by springs; until then it is held.

    `direction` is a unit vector along the carrier's radial, along-track and cross-track axes.
    """

    #: of the two relative to each other
    speed_m_s: float
    direction: tuple[float, float, float]
    #: its radio is silent for so long after it has left
    silent_s: float
    #: when the ground foresees it; None: it stays where it is
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class TrajectoryFile:
    """A trajectory that somebody else computed: a CCSDS OEM (502.0-B) or a SPICE SPK kernel.

    `path` is absolute, or relative to the mission's root.  `target` is the body's NAIF number in
    an SPK kernel.
    """

    kind: Literal["oem", "spk"]
    path: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Navigation:
    """How well the ground knows a craft's trajectory: one-sigma sizes at its epoch.

    What is known along the track worsens with every day before or after the epoch.
    """

    along_track_km: float = 0.0
    along_track_growth_km_per_day: float = 0.0
    cross_track_km: float = 0.0
    radial_km: float = 0.0


@dataclass(frozen=True, slots=True)
class SolarConjunction:
    """What a craft's link to Earth suffers near the Sun: limits of the Sun–Earth–probe angle.

    X-band loses frames from 2° on (D. Morabito, IPN Progress Report 42-153, 2003), and NASA sends
    no commands to Mars within 2°.  One degree more for care, the inner limit and the loss are
    ours, estimated.
    """

    degraded_below_deg: float = 3.0
    #: nothing is sent to the craft
    uplink_forbidden_below_deg: float = 2.0
    #: nothing is received from it
    downlink_forbidden_below_deg: float = 1.0
    #: what a degraded link loses beyond its budget
    degraded_loss_db: float = 3.0


@dataclass(frozen=True, slots=True)
class LowGain:
    """A craft's second antenna, with a beam so wide that it need not be pointed.

    `back_dbi`: what it has in every direction that its beam does not reach.
    """

    gain_dbi: float
    #: full width at half power
    width_deg: float
    back_dbi: float


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
    #: how far the carrier may be off its frequency, one sigma, while nobody has measured it
    oscillator_ppm: float = 0.0
    #: of a craft that has one
    low_gain: LowGain | None = None
    #: of an antenna that stands upright on a landed craft: elevations in degrees, rising, and its
    #: gain there beside `antenna_gain_dbi` in dB, linear between; none: the same everywhere
    elevation_pattern: tuple[tuple[float, float], ...] = ()


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
class LinkSecurity:
    """SDLS (CCSDS 355.0-B) on the telecommand channel: AES-256-GCM.

    `associations` are security parameter indices (SPI), each with a key of its own; the first is
    in use from launch.  A number (IV) may come up to `replay_window` - 1 behind the highest seen.
    """

    associations: tuple[int, ...]
    replay_window: int

    #: octets by which a protected frame is longer: SPI, IV and MAC
    OVERHEAD: ClassVar[int] = 2 + 12 + 16

    @property
    def first(self) -> int:
        """The association in use from launch."""
        return self.associations[0]


@dataclass(frozen=True, slots=True)
class LaterModel:
    """A model that a craft's software follows from a generation time on, by its own clock."""

    since: Instant
    model: SpacecraftModel


@dataclass(frozen=True, slots=True)
class Transponder:
    """How a craft sends a carrier back: at this ratio to what it received, and how much later."""

    #: downlink over uplink, X-band to X-band (CCSDS 401.0-B, 2.6.7)
    turnaround: tuple[int, int] = (880, 749)
    delay_ns: float = 0.0

    @property
    def ratio(self) -> float:
        return self.turnaround[0] / self.turnaround[1]


@dataclass(frozen=True, slots=True)
class ClockSpecification:
    """A craft's clock as its maker specifies it; all are one sigma."""

    #: its rate's error before it has been measured
    drift_ppm: float = 20.0
    #: by how much its rate changes within an hour, by temperature above all
    wander_ppm: float = 0.1

    @property
    def wander(self) -> float:
        """The rate's random walk q in s^-1/2."""
        return self.wander_ppm * 1e-6 / 60.0


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
    #: id of the payload carried, or None: it takes the craft's commands to its payload
    payload: str | None
    #: numbers the craft's simulator reads: battery_wh, panel_w, recorder_mb, …
    platform: Mapping[str, float] = field(default_factory=dict)
    #: instead of an orbit or a site
    trajectory: TrajectoryFile | None = None
    navigation: Navigation = field(default_factory=Navigation)
    conjunction: SolarConjunction = field(default_factory=SolarConjunction)
    #: None: commands go in clear
    security: LinkSecurity | None = None
    #: as its software is updated in flight, in order; the first is `model`
    later_models: tuple[LaterModel, ...] = ()
    clock: ClockSpecification = field(default_factory=ClockSpecification)
    transponder: Transponder = field(default_factory=Transponder)
    #: of a capsule that is still to land at its site
    entry: Entry | None = None
    #: of a cube that its relay carries into orbit, instead of an orbit or a site
    release: Release | None = None
    #: ids of payloads beside the first, which log by themselves and take no commands
    guests: tuple[str, ...] = ()
    #: of one that speaks by tones while nobody tracks it
    beacon: Beacon | None = None

    #: each payload's files have CFDP transaction numbers of their own, from its place times this
    TRANSACTIONS: ClassVar[int] = 1_000_000

    @property
    def payloads(self) -> tuple[str, ...]:
        """Ids of all payloads carried, in their order."""
        return (*(() if self.payload is None else (self.payload,)), *self.guests)

    def payload_of(self, transaction: int) -> str:
        """The payload whose file has this CFDP transaction number; the first for any other."""
        place = transaction // self.TRANSACTIONS
        carried = self.payloads
        return carried[place if place < len(carried) else 0] if carried else ""

    @property
    def file_channels(self) -> tuple[int, ...]:
        """Virtual channels in which its payloads' files come, sent once and sent again."""
        names = ("FILES",) if self.relay is not None else ("RELAY", "REPLAY")
        return tuple(self.framing.virtual_channels[name] for name in names)

    @property
    def is_cube(self) -> bool:
        """Whether it is a cube, landed, on its way down or carried into orbit."""
        return self.site is not None or self.release is not None

    @property
    def models(self) -> tuple[tuple[Instant | None, SpacecraftModel], ...]:
        """Every version that flies, and since when; the first since ever."""
        return ((None, self.model), *((one.since, one.model) for one in self.later_models))

    def model_at(self, generation: Instant) -> SpacecraftModel:
        """The version by which a packet of this generation time was made."""
        return [model for since, model in self.models if since is None or since <= generation][-1]

    def command(self, name: str) -> CommandDefinition:
        """A command of any version: one that is in several is the same in all."""
        return next(
            command for _, model in self.models for command in model.commands
            if command.name == name
        )  # fmt: skip

    @property
    def security_overhead(self) -> int:
        """Octets by which security makes a command frame longer."""
        return 0 if self.security is None else self.security.OVERHEAD


# --- ground ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sky:
    """How an antenna's noise and what the air takes away change with elevation.

    As in DSN 810-005 module 104: the air attenuates by `zenith_attenuation_db` / sin(elevation)
    and glows with its temperature; the antenna sees the warm ground by `spillover_k` ·
    exp(−`spillover_decay_per_deg` · elevation).  A radio's `system_noise_k` is then that at 30°.
    """

    zenith_attenuation_db: float
    spillover_k: float = 0.0
    spillover_decay_per_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Radiometrics:
    """How an antenna measures two-way range and Doppler.

    Noise is one sigma of the one-way equivalent, at X-band and far from the Sun: C. L. Thornton
    and J. S. Border, *Radiometric Tracking Techniques for Deep-Space Navigation*, JPL 2000, ch. 3.
    """

    #: what Doppler is counted over, and the time between measurements
    count_interval_s: float = 60.0
    range_noise_m: float = 1.0
    doppler_noise_mm_s: float = 0.1
    #: of its own chain, up and down together, as calibrated
    delay_ns: float = 0.0


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What a receiver needs to lock on to a carrier."""

    #: it searches so far to either side of the frequency that is foreseen
    search_hz: float = 20_000.0
    #: least C/N0 of the signal, in dBHz
    threshold_dbhz: float = 20.0
    #: so fast where what is foreseen may be farther off: see `groundsys.station.search`
    sweep_hz_s: float = 10_000.0


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
    #: from one pass to the next: to set everything up and to turn, which it does meanwhile
    configuration_s: float = 300.0
    acquisition_s: float = 60.0
    source: str = ""
    #: as a landing site's
    horizon: tuple[tuple[float, float], ...] = ()
    #: where transmission is restricted to higher elevations than reception
    transmit_elevation_mask_deg: float | None = None
    #: after a pass the antenna is still occupied so long
    teardown_s: float = 0.0
    #: craft in one beam that it can receive at once (it transmits to one)
    downlinks_per_beam: int = 1
    #: what an hour of it costs, in the unit in which a scenario values data
    cost_per_hour: float = 0.0
    #: its link is taken for the same at all elevations if this is not stated
    sky: Sky | None = None
    tracking: Radiometrics = field(default_factory=Radiometrics)
    acquisition: Acquisition = field(default_factory=Acquisition)
    #: it turns at once if this is not stated
    drive: Drive | None = None
    #: of one that can hear tones without a lock
    tone_detector: ToneDetector | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload: how its files are laid out and what its products are called."""

    id: str
    name: str
    kind: PayloadKind
    #: record fields of the payload's file, with calibration
    record: tuple[Field, ...]
    sample_interval_s: float
    file_interval_s: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: in which Level 1 is made (`groundsys.mission.product_formats`), or () for the kind's usual
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What a customer was promised: this share of its files home so long after they were made.

    It is measured over the files that have fallen due within `window_s`.
    """

    share: float
    within_s: float
    window_s: float = 7.0 * 86_400.0


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    name: str
    contact: str
    #: payload ids
    payloads: tuple[str, ...]
    #: weight of this customer's data in the plan
    priority: float = 1.0
    #: data should be home so long after they were measured
    latency_goal_s: float = 86_400.0
    #: so many commands of the own payload may be asked for in 24 hours of mission time
    commands_per_day: int = 0
    #: so many octets of their packets may wait for one pass
    command_octets_per_pass: int = 0
    #: None: nothing was promised
    service_level: ServiceLevel | None = None


@dataclass(frozen=True, slots=True)
class Mission:
    """Everything that is data: `mission_db/` as loaded."""

    root: str
    spacecraft: Mapping[str, Spacecraft]
    antennas: Mapping[str, Antenna]
    payloads: Mapping[str, Payload]
    customers: Mapping[str, Customer]
    scenarios: Mapping[str, Scenario]
    #: by model: how its simulator is begun from telemetry
    simulators: Mapping[str, SimulatorData] = field(default_factory=dict)
    #: of the solar system; none stated: those of groundsys' own definitions
    bodies: Mapping[str, Body] = field(default_factory=dict)
    #: what the mission is called
    programme: Programme = field(default_factory=Programme)
    #: numbers made of telemetry, and pages of telemetry
    derived: tuple[DerivedParameter, ...] = ()
    pages: tuple[TelemetryPage, ...] = ()


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
