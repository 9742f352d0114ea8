"""Space as a participant of the mission clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step
from groundsys.values.predicts import PointingPredict
from sims.space.air import Air
from sims.space.beacon import BeaconTones
from sims.space.downlink import Downlinks
from sims.space.faults import SpaceFaults, edges
from sims.space.navigation import NavigationTeam
from sims.space.proximity import ProximityLinks
from sims.space.record import SpaceRecord
from sims.space.recovery import RecoveryTeam
from sims.space.tracking import Tracking
from sims.space.uplink import Uplinks

_FLUSH_EVERY_NS = 600 * 1_000_000_000


class Space:
    """Carries everything between craft and antennas, at the speed of light and with its losses.

    `truth_mission` has the orbits as they truly are (`sims.truth.perturbed`).
    """

    name = "space"

    def __init__(
        self, truth_mission: Mission, scenario: Scenario, seed: int, truth_dir: Path
    ) -> None:
        self._outbox: list[Message] = []
        self._record = SpaceRecord(truth_dir)
        self._air = Air(truth_mission, scenario, seed, self._record, self._outbox.append)
        self._downlinks = Downlinks(self._air)
        self._uplinks = Uplinks(self._air)
        self._proximity = ProximityLinks(self._air)
        self._tracking = Tracking(self._air)
        self._beacons = BeaconTones(self._air)
        self._air.dishes.at_change.append(self._uplinks.look)
        NavigationTeam(self._air, scenario)
        self._recovery = RecoveryTeam(self._air, scenario)
        self._flush_at_ns = scenario.span.start.tai_ns + _FLUSH_EVERY_NS

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        """Take what was sent into space, and hand over what has arrived by `now`."""
        agenda = self._air.agenda
        for message in inbox:
            agenda.run_until(message.time.tai_ns - 1)
            self._hear(message)
        agenda.run_until(now.tai_ns)
        if now.tai_ns >= self._flush_at_ns:
            self._record.flush()
            self._flush_at_ns = now.tai_ns + _FLUSH_EVERY_NS
        said = tuple(self._outbox)
        self._outbox.clear()
        listens = any(pointing.at(now.tai_ns) for pointing in self._air.pointing.values())
        next_ns = agenda.next_ns if listens else agenda.latest_ns
        return Step(said, None if next_ns is None else Instant(next_ns))

    def close(self) -> None:
        """Write the totals of the truth record."""
        self._record.close()

    def _push(self, craft_id: str, body: Mapping[str, Any], ns: int) -> None:
        """A craft tells what its engine has given it (message kind `impulse`)."""
        at = Instant(int(body["at_ns"]))
        delta_v_m_s = [float(part) for part in body["delta_v_m_s"]]
        self._air.push(craft_id, at, delta_v_m_s)
        orbit = self._air.orbit(craft_id)
        self._record.note(
            "impulse", spacecraft=craft_id, at_ns=at.tai_ns, delta_v_m_s=delta_v_m_s,
            semi_major_axis_km=orbit.semi_major_axis_km, eccentricity=orbit.eccentricity,
            hidden=self._air.is_hidden(craft_id, at),
        )  # fmt: skip
        self._downlinks.follow_anew(craft_id, ns)
        self._uplinks.follow_anew(craft_id, ns)

    def _part(self, craft_id: str, body: Mapping[str, Any], ns: int) -> None:
        """A craft tells that its springs have pushed a cube away (message kind `release`)."""
        radial, along, across = (float(part) for part in body["relative_m_s"])
        share = float(body["share"])
        self._air.part(craft_id, body["cube"], Instant(ns), (radial, along, across), share)
        self._record.note("parting", spacecraft=craft_id, at_ns=ns, **body)
        self._recovery.follow(body["cube"])
        self._downlinks.follow_anew(craft_id, ns)
        self._uplinks.follow_anew(craft_id, ns)

    def _take_injected(self, fault: Mapping[str, Any], ns: int) -> None:
        """Somebody injects a fault while the scenario is flown (message kind `inject`)."""
        new = self._air.take_injected(fault)
        if new == SpaceFaults():
            return
        self._record.note("injected_fault", fault=fault["fault"], time_ns=ns)
        self._downlinks.look_at(edges((*new.deaf, *new.stowed), self._air.antennas))
        self._uplinks.look_at(edges(new.stowed, self._air.antennas))

    def _hear(self, message: Message) -> None:
        body, ns = message.body, message.time.tai_ns
        match message.kind:
            case "inject":
                self._take_injected(body["fault"], ns)
            case "x_down":
                self._downlinks.send(message.source, body, ns)
            case "x_carrier":
                if "gain_db" in body:
                    self._air.gains_db[message.source].set(ns, float(body["gain_db"]))
                self._downlinks.switch_carrier(message.source, bool(body["on"]), ns)
            case "x_tone":
                self._beacons.send(message.source, body["tone"], ns)
            case "listen":
                self._beacons.listen(self._air.antenna_of(message.source), body)
            case "prox":
                self._proximity.send(message.source, body, ns)
            case "impulse":
                self._push(message.source, body, ns)
            case "release":
                self._part(message.source, body, ns)
            case "turn":
                told = PointingPredict.from_body(body["predict"]) if "predict" in body else None
                antenna_id = self._air.antenna_of(message.source)
                if body["spacecraft"] in self._air.carriers:
                    self._air.turn(antenna_id, body["spacecraft"], told, ns)
            case "point":
                antenna_id = self._air.antenna_of(message.source)
                self._tracking.point(antenna_id, body["spacecraft"], ns)
                told = PointingPredict.from_body(body["predict"]) if "predict" in body else None
                self._downlinks.point(antenna_id, body["spacecraft"], told, ns)
                self._uplinks.point(antenna_id, ns)
            case "offset":
                antenna_id = self._air.antenna_of(message.source)
                offset_deg = (float(body["across_deg"]), float(body["up_deg"]))
                self._downlinks.look_beside(antenna_id, offset_deg, ns)
                self._uplinks.look(antenna_id, ns)
            case "autotrack":
                antenna_id = self._air.antenna_of(message.source)
                self._downlinks.track_by_signal(antenna_id, ns)
                self._uplinks.look(antenna_id, ns)
            case "x_up_carrier":
                antenna_id = self._air.antenna_of(message.source)
                self._uplinks.switch_carrier(antenna_id, body["spacecraft"], bool(body["on"]), ns)
            case "x_up":
                self._uplinks.send(self._air.antenna_of(message.source), body)
