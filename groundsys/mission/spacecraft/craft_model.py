"""A spacecraft as a frozen value, with its clock and the versions of its software."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from groundsys.mission.arrival.arrival_model import Arrival
from groundsys.mission.arrival.descent_model import Descent
from groundsys.mission.arrival.entry_model import Entry
from groundsys.mission.ground.beacon_model import Beacon
from groundsys.mission.spacecraft.link_model import (
    Framing,
    LinkSecurity,
    Radio,
    SolarConjunction,
    Transponder,
)
from groundsys.mission.spacecraft.packet_model import CommandDefinition, SpacecraftModel
from groundsys.mission.spacecraft.place_model import (
    KeplerOrbit,
    LandingSite,
    Navigation,
    Release,
    TrajectoryFile,
)
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class LaterModel:
    """A model that a craft's software follows from a generation time on, by its own clock."""

    since: Instant
    model: SpacecraftModel


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
    #: of one that goes down to a small body and comes back
    descent: Descent | None = None
    #: ids of payloads beside the first, which log by themselves and take no commands
    guests: tuple[str, ...] = ()
    #: of one that speaks by tones while nobody tracks it
    beacon: Beacon | None = None
    #: of a capsule that its carrier's trajectory brings to a planet
    arrival: Arrival | None = None

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
