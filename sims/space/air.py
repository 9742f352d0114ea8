"""What everything in space shares: true geometry, link strengths, who points where, what is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.conjunction import sun_earth_probe_deg
from groundsys.geometry.link import beam_width_deg, c_n0_dbhz, proximity_c_n0_dbhz
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.sight import RECEIVING, TRANSMITTING, Direction
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tdb_seconds,
)
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from groundsys.values.predicts import PointingPredict, unit_vectors
from sims.craft.nature.planets import Vector
from sims.entry import TrueEntry, enters_in
from sims.faults import joined
from sims.parting import springs_m_s
from sims.space.beside import BesidePath, along_icrf
from sims.space.dishes import Dishes
from sims.space.entering import EnteringPath
from sims.space.faults import SpaceFaults, Trouble, edges, space_faults_of
from sims.space.histories import Agenda, History
from sims.space.noise import Fading
from sims.space.paths import Overflight, Path, Sampled
from sims.space.pointing import pointing_loss_db
from sims.space.pushed import pushed_orbit, pushed_path
from sims.space.record import SpaceRecord
from sims.space.troubles import StationTroubles
from sims.truth import link_loss_db, oscillator_error, station_delay_error_ns

#: a scenario's first messages may concern what was under way before it
_BEFORE_START_NS = 3600 * 1_000_000_000
#: what is still under way when a craft burns left its source so long ago at most, beside light time
_BEFORE_BURN_NS = 2 * 3600 * 1_000_000_000
#: the angle at Earth between the Sun and a craft in deep space turns within days
_SUN_STEP_S = 3_600
#: seconds over which a craft's way across the sky goes straight
_SKY_STEPS = 10
#: a dish is where it was told within so much of its beam's width: half the power at most is lost
_THERE_WIDTHS = 0.5
#: of a craft about Earth, which no signal's way leads past the Sun
_FAR_FROM_SUN_DEG = 180.0


class Air:
    """The state of space; `say` sends a message at a time that may lie ahead."""

    def __init__(
        self,
        truth_mission: Mission,
        scenario: Scenario,
        seed: int,
        record: SpaceRecord,
        say: Callable[[Message], None],
    ) -> None:
        self.mission = truth_mission
        self.seed = seed
        self.record = record
        self.agenda = Agenda()
        self._start = scenario.span.start
        self.faults = space_faults_of(scenario.faults, self._start)
        self.troubles = StationTroubles(scenario.notices, self.faults.stowed, scenario.antennas)
        truth = {} if self.faults.clean_air else scenario.truth
        self.downlink_fading = Fading.of_downlink(truth)
        self.uplink_fading = Fading.of_uplink(truth)
        self.proximity_loss = truth.get("proximity_loss_probability", 0.0)
        self.geometry = Geometry(truth_mission)
        self.antennas = scenario.antennas
        #: craft that speak to Earth themselves
        self.speakers = tuple(
            id for id in scenario.spacecraft if "x_band" in truth_mission.spacecraft[id].radios
        )
        self.pointing: dict[str, History[str | None]] = {
            id: History(None) for id in scenario.antennas
        }
        #: by what predict each antenna points; None: at the craft itself
        self.predicts: dict[str, PointingPredict | None] = dict.fromkeys(scenario.antennas)
        #: what its beam loses of the craft beside its axis, when it was looked at last
        self.pointing_losses_db: dict[str, float] = dict.fromkeys(scenario.antennas, 0.0)
        #: how far beside its predict each antenna looks: cross-elevation and elevation, degrees
        self.offsets_deg: dict[str, tuple[float, float]] = {}
        self.dishes = Dishes((truth_mission.antennas[id] for id in self.antennas), self.agenda)
        self._expect_storms(self.faults.stowed)
        #: of each craft's antenna towards Earth, over that of its dish
        self.gains_db: dict[str, History[float]] = {id: History(0.0) for id in self.speakers}
        self.oscillator_errors = {
            id: oscillator_error(seed, id, scenario.truth) for id in self.speakers
        }
        self.carriers: dict[str, History[bool]] = {id: History(False) for id in self.speakers}
        #: what each antenna's uplink carrier is meant for
        self.uplinks: dict[str, History[str | None]] = {
            id: History(None) for id in scenario.antennas
        }
        self.station_delays_ns = {
            id: station_delay_error_ns(seed, id, scenario.truth) for id in scenario.antennas
        }
        self._say = say
        self._truth = scenario.truth
        #: of craft that fly by elements: those that hold now
        self._orbits = {
            id: craft.orbit
            for id, craft in truth_mission.spacecraft.items()
            if craft.orbit is not None
        }
        self._paths: dict[tuple[str, str], Path] = {}
        self._overflights: dict[tuple[str, str], Overflight | EnteringPath | BesidePath] = {}
        self._sun_angles: dict[tuple[str, Direction], Sampled] = {}
        self._entries = {
            id: TrueEntry(truth_mission.spacecraft[id], seed, scenario.truth)
            for id in scenario.spacecraft
            if enters_in(truth_mission.spacecraft[id], scenario)
        }
        self._start_ns = scenario.span.start.tai_ns - _BEFORE_START_NS
        #: by cube that was let go: since when
        self._free_from_ns: dict[str, int] = {}
        self._free_those_gone(scenario)

    def say(self, target: str, kind: str, ns: int, body: Mapping[str, Any]) -> None:
        self._say(Message("space", target, kind, Instant(ns), body))

    def path(self, antenna_id: str, craft_id: str) -> Path:
        key = (antenna_id, craft_id)
        if key not in self._paths:
            self._paths[key] = Path(self.geometry, antenna_id, craft_id, self._start_ns)
        return self._paths[key]

    def orbit(self, craft_id: str) -> KeplerOrbit:
        """The true orbit that holds now."""
        return self._orbits[craft_id]

    def push(self, craft_id: str, at: Instant, delta_v_m_s: Sequence[float]) -> None:
        """A craft has burnt: from `at` on it is on another orbit, and every way to it is anew.

        Interpolation across a push errs by up to 12 s times its Δv for three minutes: 0.4 µs of
        light time for 10 m/s.
        """
        bodies = self.geometry.bodies
        orbit = pushed_orbit(self._orbits[craft_id], at, delta_v_m_s, bodies)
        self._orbits[craft_id] = orbit
        path = pushed_path(self.geometry.craft(craft_id).trajectory, at, orbit, bodies)
        self.geometry = self.geometry.with_trajectory(craft_id, path)
        burnt = np.array([at.tai_ns], dtype=np.int64)
        light_s = self.geometry.emission_light_time_s(self.antennas[0], craft_id, burnt)
        self._start_ns = at.tai_ns - _BEFORE_BURN_NS - round(float(light_s[0]) * 1e9)
        for known in (self._paths, self._overflights):
            for key in [key for key in known if craft_id in key]:
                del known[key]
        for direction in (RECEIVING, TRANSMITTING):
            self._sun_angles.pop((craft_id, direction), None)

    def part(
        self, carrier_id: str, cube_id: str, at: Instant, relative_m_s: Vector, share: float
    ) -> None:
        """A craft has let a cube go; it takes `share` of the relative velocity itself."""
        moment = float(tdb_seconds(instants_ns(at))[0])
        carrier = self.geometry.craft(carrier_id).trajectory
        velocity = along_icrf(carrier, moment, relative_m_s)
        self._set_free(cube_id, at, (1.0 - share) * velocity, carrier_id)
        self.push(carrier_id, at, (-share * velocity).tolist())

    def _set_free(
        self, cube_id: str, at: Instant, delta_v_m_s: FloatArray, carrier_id: str
    ) -> None:
        """From `at` on the cube flies an orbit of its own."""
        bodies = self.geometry.bodies
        orbit = pushed_orbit(self._orbits[carrier_id], at, delta_v_m_s.tolist(), bodies)
        self._orbits[cube_id] = orbit
        self._free_from_ns[cube_id] = at.tai_ns
        self.geometry = self.geometry.with_trajectory(cube_id, SecularOrbit(orbit, bodies))
        for key in [key for key in self._overflights if cube_id in key]:
            del self._overflights[key]

    def _free_those_gone(self, scenario: Scenario) -> None:
        """Cubes that were let go before the scenario begins."""
        for id in scenario.spacecraft:
            craft = self.mission.spacecraft[id]
            release = craft.release
            if release is None or release.at is None or id in scenario.attached:
                continue
            carrier_id = str(craft.relay)
            moment = float(tdb_seconds(instants_ns(release.at))[0])
            springs = springs_m_s(release, id, self.seed, scenario.truth)
            velocity = along_icrf(self.geometry.craft(carrier_id).trajectory, moment, springs)
            self._set_free(id, release.at, velocity, carrier_id)

    def is_hidden(self, craft_id: str, at: Instant) -> bool:
        """Whether what a craft emits then reaches no antenna, wherever Earth has turned it."""
        emitted = np.array([at.tai_ns], dtype=np.int64)
        for antenna_id in self.antennas:
            light_s = self.geometry.emission_light_time_s(antenna_id, craft_id, emitted)
            received = emitted + np.rint(light_s * 1e9).astype(np.int64)
            if not self.geometry.occulted(antenna_id, craft_id, received)[0]:
                return False
        return True

    def antenna_of(self, participant: str) -> str:
        """The antenna's id in a participant's name `antenna:<id>`."""
        antenna_id = participant.removeprefix("antenna:")
        if antenna_id not in self.pointing:
            raise DefinitionError(
                "a participant that is no antenna of the scenario speaks into space",
                expected=", ".join(f"antenna:{id}" for id in self.antennas),
                found=participant,
            )
        return antenna_id

    def look_along_beam(self, antenna_id: str, craft_id: str, ns: int) -> None:
        """See how well the antenna's predict holds, and its dish follows it."""
        told = self.predicts[antenna_id]
        looks = self.dishes.behind(antenna_id, ns)
        if looks is None and told is not None:
            looks = told.directions(np.array([ns], dtype=np.int64))[:, 0]
        offset_deg = self.offsets_deg.get(antenna_id, (0.0, 0.0))
        self.pointing_losses_db[antenna_id] = (
            0.0
            if looks is None
            else pointing_loss_db(self.geometry, antenna_id, craft_id, looks, ns, offset_deg)
        )

    def turn(
        self, antenna_id: str, craft_id: str, predict: PointingPredict | None, ns: int
    ) -> None:
        """The antenna's dish makes for where its predict, or the craft itself, is."""

        def craft_itself(times: NanosecondArray) -> FloatArray:
            few = np.unique(np.append(times[::_SKY_STEPS], times[-1:]))
            directions = unit_vectors(
                *self.geometry.azimuth_elevation_deg(antenna_id, craft_id, few)
            )
            since = (times - few[0]).astype(np.float64)
            return np.array(
                [np.interp(since, (few - few[0]).astype(np.float64), one) for one in directions]
            )

        told = craft_itself if predict is None else predict.directions
        radio = self.mission.spacecraft[craft_id].radios["x_band"]
        width_deg = beam_width_deg(
            self.mission.antennas[antenna_id].diameter_m, radio.frequency_mhz
        )
        self.dishes.turn(antenna_id, told, _THERE_WIDTHS * width_deg, ns)

    def take_injected(self, fault: Mapping[str, Any]) -> SpaceFaults:
        """A fault that is injected in flight, none of whose times is past: what it is in space."""
        new = space_faults_of([fault], self._start)
        self.faults = joined(self.faults, new)
        self.troubles.stow(new.stowed)
        self._expect_storms(new.stowed)
        return new

    def _expect_storms(self, stowed: Sequence[Trouble]) -> None:
        """A dish is stowed no longer when its last storm ends."""

        def look(antenna_id: str, ns: int) -> None:
            if not self.troubles.is_stowed(antenna_id, ns):
                self.dishes.unstow(antenna_id, ns)

        for antenna_id, edge_ns in edges(stowed, self.antennas):
            self.agenda.at(edge_ns, partial(look, antenna_id))

    def hears(self, antenna_id: str, ns: int) -> bool:
        """Whether the antenna can receive at all."""
        return not (self.faults.is_deaf(antenna_id, ns) or self.troubles.is_out(antenna_id, ns))

    def downlink_c_n0_dbhz(
        self, antenna_id: str, craft_id: str, light_time_ns: int, receive_ns: int
    ) -> float:
        strength = c_n0_dbhz(
            self.mission.spacecraft[craft_id].radios["x_band"],
            self.mission.antennas[antenna_id].radio,
            light_time_ns * 1e-9 * SPEED_OF_LIGHT_KM_S,
        )
        strength += self.gains_db[craft_id].at(receive_ns - light_time_ns)
        strength -= self.troubles.weather_loss_db(antenna_id, receive_ns)
        strength -= self.pointing_losses_db[antenna_id]
        return strength - link_loss_db(self.seed, f"{craft_id}→{antenna_id}", self._truth)

    def uplink_c_n0_dbhz(self, antenna_id: str, craft_id: str, light_time_ns: int) -> float:
        strength = c_n0_dbhz(
            self.mission.antennas[antenna_id].radio,
            self.mission.spacecraft[craft_id].radios["x_band"],
            light_time_ns * 1e-9 * SPEED_OF_LIGHT_KM_S,
        )
        strength += self.gains_db[craft_id].latest - self.pointing_losses_db[antenna_id]
        return strength - link_loss_db(self.seed, f"{antenna_id}→{craft_id}", self._truth)

    def sun_earth_probe_deg(self, craft_id: str, ns: int, direction: Direction) -> float:
        """How far from the Sun Earth sees the craft, by time of reception or transmission there."""
        if self.geometry.craft(craft_id).trajectory.center == "earth":
            return _FAR_FROM_SUN_DEG
        key = (craft_id, direction)
        if key not in self._sun_angles:
            geometry = self.geometry
            self._sun_angles[key] = Sampled(
                lambda times: sun_earth_probe_deg(geometry, craft_id, times, direction),
                _SUN_STEP_S,
            )
        return self._sun_angles[key].at_once(ns)

    def overflight(self, craft_id: str, other_id: str) -> Overflight | EnteringPath | BesidePath:
        """The overflights of one of the two by the other; either may be the cube.

        `DefinitionError` for a cube that is still held: it has a cable, and its radio is off.
        """
        lander_id = craft_id if self.mission.spacecraft[craft_id].is_cube else other_id
        orbiter_id = other_id if lander_id == craft_id else craft_id
        key = (orbiter_id, lander_id)
        if key not in self._overflights and self.mission.spacecraft[lander_id].site is None:
            if lander_id not in self._free_from_ns:
                raise DefinitionError(
                    "a cube that is still held speaks into space",
                    expected="its cable",
                    found=f"{craft_id} to {other_id}",
                )
            from_ns = self._free_from_ns[lander_id]
            self._overflights[key] = BesidePath(self.geometry, orbiter_id, lander_id, from_ns)
        elif key not in self._overflights:
            landed = Overflight(self.geometry, orbiter_id, lander_id)
            flight = self._entries.get(lander_id)
            self._overflights[key] = (
                landed
                if flight is None
                else EnteringPath(self.geometry, orbiter_id, flight, landed)
            )
        return self._overflights[key]

    def proximity_c_n0_dbhz(
        self, source_id: str, target_id: str, ns: int, transmit_power_w: float | None
    ) -> float:
        transmitter = self.mission.spacecraft[source_id].radios["uhf"]
        if transmit_power_w is not None:
            transmitter = replace(transmitter, transmit_power_w=transmit_power_w)
        receiver = self.mission.spacecraft[target_id].radios["uhf"]
        way = self.overflight(source_id, target_id)
        strength = proximity_c_n0_dbhz(
            transmitter, receiver, way.range_km(ns), way.elevation_deg(ns)
        )
        return strength - link_loss_db(self.seed, f"{source_id}→{target_id}", self._truth)
