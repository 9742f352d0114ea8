"""All desks as one participant of the mission clock, single-threaded, rebuilt from what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.authority.sessions import SessionKey
from groundsys.commanding.ledger import Command
from groundsys.commanding.verification import REPORTS, report_apids
from groundsys.desks.commanding.command_desk import CommandDesk
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.commanding.command_reports import CommandReports
from groundsys.desks.commanding.foresight import Foresight
from groundsys.desks.commanding.network_desk import NetworkDesk
from groundsys.desks.commanding.platform_desk import PlatformDesk
from groundsys.desks.commanding.schedule_desk import ScheduleDesk
from groundsys.desks.commanding.sequence_control import SequenceControl
from groundsys.desks.commanding.upload_desk import UploadDesk
from groundsys.desks.control_room import NODE_NAME, ControlRoom
from groundsys.desks.delivery.catalogue_desk import CatalogueDesk, OpenPublisher
from groundsys.desks.delivery.custody_desk import CustodyDesk
from groundsys.desks.delivery.delivery_desk import DeliveryDesk
from groundsys.desks.delivery.file_desk import FileDesk
from groundsys.desks.delivery.packet_desk import PacketDesk
from groundsys.desks.delivery.sharing_desk import SharingDesk
from groundsys.desks.entry.entry_desk import EntryDesk
from groundsys.desks.entry.recovery_desk import RecoveryDesk
from groundsys.desks.entry.samples_desk import SamplesDesk
from groundsys.desks.hearing import Hearing
from groundsys.desks.passes.beacon_desk import BeaconDesk
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.passes.pass_watch import PassWatch
from groundsys.desks.passes.relay_desk import RelayDesk
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.desks.people.token_files import TokenFiles
from groundsys.desks.planning.optical_desk import OpticalDesk
from groundsys.desks.planning.plan_proposals import PlanProposals
from groundsys.desks.planning.planning_desk import PlanningDesk
from groundsys.desks.planning.solution_desk import SolutionDesk
from groundsys.desks.procedures.procedure_desk import ProcedureDesk
from groundsys.desks.procedures.procedure_observing import ProcedureObserver
from groundsys.desks.rehearsing.clock_wish import ClockWish
from groundsys.desks.rehearsing.fault_wishes import FaultWishes
from groundsys.desks.requests.payload_requests import owner_of_payload_command
from groundsys.desks.requests.request_desk import RequestDesk
from groundsys.desks.scheduler import MissionScheduler
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.desks.telemetry.live_telemetry import LiveTelemetry
from groundsys.desks.telemetry.reception_log import ReceptionLog
from groundsys.desks.telemetry.telemetry_desk import TelemetryDesk
from groundsys.desks.telemetry.tracking_desk import TrackingDesk
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.desks.watching.audit_desk import AuditDesk
from groundsys.desks.watching.ground_watch import GroundWatch
from groundsys.desks.watching.live_picture import LivePicture
from groundsys.desks.watching.showing import topics_of
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.passes.execution import Pass
from groundsys.planning.situation import PlanResult
from groundsys.ports import ObjectStore, Publisher, YamcsGateway
from groundsys.store import CustomerEvent, FileRecord, Store
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step
from groundsys.values.records import ArchivedPacket

#: Yamcs' clock follows ours in such steps, and in longer ones while no craft is tracked
_YAMCS_TIME_STEP = timedelta(seconds=120)
_YAMCS_TIME_STEP_IDLE = timedelta(seconds=600)
#: the desks look round at least this often, and this often while an uplink is open
_LOOK_ROUND = timedelta(seconds=60)
_LOOK_ROUND_UPLINK = timedelta(seconds=20)
#: … and this seldom while no craft has been tracked for an hour, nor will be for as long as this
_LOOK_ROUND_IDLE = timedelta(seconds=600)
_IDLE_AFTER = timedelta(hours=1)
#: in slow time watchers still want news each so many wall seconds
_NEWS_S = 0.4
#: … and when it passes quickly, once in so many mission seconds
_SELDOM_NEWS_S = 600.0


class Desks:
    """The node `desks`; `handle` answers requests between steps.

    `first_plan` is made for a store that is new: what a store holds is what is flown.  With
    `endless`, there is always a plan as far ahead as the rules ask.  Session tokens are signed
    with `session_key`, manifests with `signing_key`, by default keys that nobody keeps; tokens of
    the run's owner and programs are kept in the folder `tokens`.  `procedures` is their folder, by
    default the one beside the mission's definitions.  With `open_publisher` the catalogue is
    published beside the products.  `seed` and `rate_ceiling` are those that a simulated mission was
    started with, for people to see.
    """

    def __init__(
        self,
        mission: Mission,
        scenario: Scenario,
        geometry: Geometry,
        first_plan: Callable[[], PlanResult],
        store: Store,
        yamcs: YamcsGateway,
        publisher: Publisher,
        objects: ObjectStore,
        *,
        workshop: Path,
        start: Instant | None = None,
        simulated: bool = True,
        seed: int | None = None,
        rate_ceiling: float | None = None,
        endless: bool = False,
        session_key: SessionKey | None = None,
        signing_key: Ed25519PrivateKey | None = None,
        tokens: Path | None = None,
        procedures: Path | None = None,
        open_publisher: OpenPublisher | None = None,
    ) -> None:
        self.name = NODE_NAME
        self.stop_requested = False
        self.room = ControlRoom(mission, scenario, geometry, store, yamcs)
        self.room.now = start or scenario.span.start
        self.clock_wish = ClockWish(
            self.room, simulated=simulated, seed=seed, rate_ceiling=rate_ceiling
        )
        self.faults = FaultWishes(self.room, endless=endless)
        self.audit = AuditDesk(self.room)
        self._scheduler = MissionScheduler(self.room.now)
        self.passes = PassDesk(self.room, self._scheduler, self._pass_closed)
        self.relay = RelayDesk(self.room, self._scheduler)
        self.planning = PlanningDesk(
            *(self.room, self._scheduler, self.passes, self.relay, first_plan),
            folder=workshop / "trajectories",
            endless=endless,
        )
        self.proposals = PlanProposals(self.room, self.planning)
        self.alarms = AlarmDesk(self.room)
        self.beacons = BeaconDesk(
            *(self.room, self._scheduler, self.passes, self.planning, self.alarms)
        )
        self.custody = CustodyDesk(self.room, self.planning, self.alarms)
        self.tracking = TrackingDesk(self.room, self.alarms)
        self.clocks = ClockDesk(
            self.room, self.passes, self.tracking.farther_s, self.relay.load_anew
        )
        self._receptions = ReceptionLog(self.room, self.passes)
        self.sequence = SequenceControl(self.room, self.passes)
        self.ledger = CommandLedger(self.room, self._command_settled)
        self.foresight = Foresight(
            *(self.room, self.passes, self.sequence, self.clocks, lambda: self.relay.all)
        )
        self.commands = CommandDesk(
            *(self.room, self.passes, self.sequence, self.foresight),
            *(lambda: self.relay.all, self.ledger),
        )
        self.command_reports = CommandReports(
            self.room, self.passes, self.sequence, self.ledger, self.clocks.event_time
        )
        self.solutions = SolutionDesk(
            *(self.room, self.planning, self.alarms, self.ledger, self.clocks),
            workshop / "solutions",
        )
        self._network = NetworkDesk(self.room, self.clocks)
        self._platform = PlatformDesk(self.room, self.passes, self.ledger)
        self.signing_key = signing_key or Ed25519PrivateKey.generate()
        self.optical = OpticalDesk(self.room, self.planning)
        self.deliveries = DeliveryDesk(
            *(self.room, self.clocks, self._receptions, objects, self.signing_key),
            *(self._file_changed, self.optical.take_picture),
        )
        self._packets = PacketDesk(self.room, self._receptions, objects, self.signing_key)
        self.sharing = SharingDesk(
            *(self.room, self.planning, self.passes, objects, self.signing_key)
        )
        self.files = FileDesk(
            self.room, self.passes, self.deliveries.take_complete, self.clocks.event_time
        )
        self.telemetry = TelemetryDesk(
            self.room, self.passes, self.clocks, self._receptions, self._packets_archived
        )
        self.ground = GroundWatch(self.room, self.alarms, self.passes, self.telemetry)
        self._entries = EntryDesk(self.room, self.clocks.event_time, self.alarms)
        self.recovery = RecoveryDesk(self.room, self.ledger, self.alarms, workshop / "recovery")
        self.schedules = ScheduleDesk(self.room, self.ledger, self.clocks)
        self.procedure_observer = ProcedureObserver(
            *(self.room, self.passes, self.clocks, self.telemetry, lambda: self.relay.all),
            self.schedules,
        )
        self.procedures = ProcedureDesk(
            *(self.room, self.ledger, self.procedure_observer, self.clocks, self.schedules),
            procedures,
        )
        self.samples = SamplesDesk(
            self.room, lambda: self.procedures.all, self.clocks.event_time, self.alarms
        )
        self.uploads = UploadDesk(self.room, self.passes, self.ledger, self.telemetry)
        self.pass_watch = PassWatch(
            *(self.room, self.planning, self.passes, self.relay, self.ledger, self.telemetry),
            self.files,
        )
        self.live = LivePicture(publisher, topics_of(self))
        self.live_telemetry = LiveTelemetry(self.room, publisher, self.clocks.event_time)
        self.gate = Gatekeeper(
            store,
            session_key or SessionKey(SessionKey.new_pem()),
            frozenset(mission.customers),
            on_lock=lambda: self.room.log(
                "", "warning", "authority", "a name waits after several wrong passwords"
            ),
        )
        self._token_files = TokenFiles(self.gate, tokens) if tokens is not None else None
        if self._token_files is not None:
            self._token_files.make_accounts(self.room.now)
        self.catalogue = CatalogueDesk(self.room, self.gate, open_publisher)
        self._requests = RequestDesk(self, objects)
        self._hearing = Hearing(self)
        self._look_round_at = self.room.now
        self._has_read = False
        self._yamcs_time_at = self.room.now
        self._scheduler.at(self._yamcs_time_at, self._keep_yamcs_time, name="Yamcs' clock")

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        """Act on everything up to `now`."""
        self.room.let_time_pass(now)
        if self._token_files is not None:
            self._token_files.keep_fresh()
        if not self._has_read:
            self._has_read = True
            self.read(everything=True)
        for message in inbox:
            self._hearing.take(message)
        if (due := self.telemetry.next_due) is not None and now >= due:
            self.read()
        self._scheduler.advance(now)
        planned = self.planning.work()
        if now >= self._look_round_at:
            self._look_round()
        self.alarms.work()
        self.audit.work()
        self.sharing.work()
        self.catalogue.work()
        self.live.publish(force=planned)
        self.live_telemetry.work()
        self.live.publish_events(self.room.take_events())
        return Step(self.room.take_outbox(), self._next_wake())

    def handle(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a request from console, portal or command line."""
        answer = self._requests.answer(request)
        self.live_telemetry.work()  # while the clock stands no step comes
        self.live.publish_events(self.room.take_events())
        return answer

    def close(self) -> None:
        """Take in what Yamcs still has to tell, and let the last picture be seen."""
        try:
            self.read(everything=True)
            self.clocks.keep()
            self.deliveries.improve()
            self._packets.work(also_today=True)
        except BackendError as error:
            self.room.log("", "warning", "desks", f"last reading failed: {error.message}")
        self.sharing.work(now=True)
        self.catalogue.work(now=True)
        self.live.publish(force=True)
        self.live.publish_events(self.room.take_events())
        self._scheduler.shutdown()

    def _keep_yamcs_time(self) -> None:
        tracked = any(self.passes.current(craft.id) for craft in self.room.speakers)
        self.room.set_yamcs_time(unless_within=timedelta(0) if tracked else _YAMCS_TIME_STEP_IDLE)
        idle = self.passes.is_idle(_IDLE_AFTER, _YAMCS_TIME_STEP_IDLE)
        step = _YAMCS_TIME_STEP_IDLE if idle else _YAMCS_TIME_STEP
        while self._yamcs_time_at <= self.room.now:
            self._yamcs_time_at += step
        self._scheduler.at(self._yamcs_time_at, self._keep_yamcs_time, name="Yamcs' clock")

    def _packets_archived(self, craft: Spacecraft, packets: Sequence[ArchivedPacket]) -> None:
        made_at = [self.telemetry.event_time(craft, packet.generation) for packet in packets]
        for packet, moment in zip(packets, made_at, strict=True):
            self.schedules.take_packet(craft, packet, moment)
            if packet.name in REPORTS:
                self.command_reports.take(craft, packet)
                self.procedures.take_report(craft, packet, moment)
        if craft.relay is not None:
            self.relay.take_packets(craft.id, made_at)
            self._entries.take_packets(craft, packets)
        else:
            self.uploads.take_packets(craft, packets)
        if craft.payload is not None:
            self.files.take_packets(craft, packets)
        self._packets.take_packets(craft, packets)

    # --- what is done --------------------------------------------------------------------------

    def read(self, *, everything: bool = False) -> None:
        """Read archive, command history and alarms, and act on what they tell."""
        self.telemetry.read()
        self._entries.work(self.telemetry.coverage)
        self.recovery.work()
        self.command_reports.read(of_all=everything)
        self.deliveries.work()
        if everything:
            self.alarms.read(frozenset(craft.id for craft in self.room.craft))
        elif self.alarms.is_due:
            self.alarms.read(self.telemetry.take_heard())
        for craft in filter(self.command_reports.are_awaited, self.room.craft):
            reports = self.telemetry.coverage(craft, report_apids(craft.model))
            if reports is not None:
                self.command_reports.take_coverage(craft, reports)
        for craft in self.room.speakers:
            recorded = self.telemetry.coverage(craft)
            if recorded is not None:
                self.relay.take_coverage(craft.id, recorded)
            # far away the playback is over after the uplink: what lacks is asked for in the next
            if self.passes.current(craft.id) is not None:
                self._ask_for_what_lacks(craft)
        self.look_round_now()

    def look_round_now(self) -> None:
        """Something has changed: look round at the end of this step."""
        self._look_round_at = self.room.now

    def _ask_for_what_lacks(self, craft: Spacecraft) -> None:
        over = self.telemetry.playback_is_over(craft)
        self.files.answer(self.ledger, nothing_under_way=over)
        if over:
            relays = (one.apid for one in craft.model.packets if one.name == "RELAY_FILES")
            left_to_naks = frozenset(relays if self.files.wait_for_segments else ())
            self.telemetry.ask_replays(craft, self.ledger, except_apids=left_to_naks)

    def _look_round(self) -> None:
        """Issue what may leave now."""
        open_uplinks = [c for c in self.room.speakers if self.passes.uplink(c.id) is not None]
        self.relay.withdraw_late(self.ledger)
        self._network.work(self.ledger)
        self._platform.grow_quiet(self.telemetry)
        if open_uplinks:
            self._platform.work()
            for craft in open_uplinks:
                self.relay.load(self.ledger, self.passes, self.clocks.solution(craft.id))
        self.procedures.work()
        self.samples.work()
        self.uploads.work()
        self.commands.work()
        self.ground.watch_feeds()
        period = _LOOK_ROUND_UPLINK if open_uplinks else _LOOK_ROUND
        if self.passes.is_idle(_IDLE_AFTER, _LOOK_ROUND_IDLE):
            period = _LOOK_ROUND_IDLE
        self._look_round_at = self.room.now + period

    def _pass_closed(self, one: Pass) -> None:
        self.read(everything=True)
        self.clocks.keep()
        self.deliveries.improve()
        self._packets.work()
        if one.verdict == "missed":
            lost = f"missed: {one.antenna} heard nothing"
            self.alarms.tell(f"pass:{one.id}", one.spacecraft, f"pass {one.id}", "warning", lost)
        self.planning.take_closed(one)
        self.custody.work()

    def _command_settled(self, command: Command) -> None:
        self.relay.take_settled(command)
        if command.purpose == "operator" and (owner := owner_of_payload_command(self, command)):
            detail = {
                "spacecraft": command.spacecraft,
                "name": command.name,
                "state": command.state,
                "message": command.message,
            }
            event = CustomerEvent(owner, self.room.now, "command", command.id, detail)
            self.room.store.customer_events.add(event)

    def _file_changed(self, record: FileRecord) -> None:
        self.files.kept(record)

    def _next_wake(self) -> Instant:
        news = timedelta(seconds=max(1.0, min(_SELDOM_NEWS_S, _NEWS_S * self.room.rate)))
        moments = [self._look_round_at, self.room.now + news]
        dues = (self._scheduler.next_due, self.alarms.next_due, self.telemetry.next_due)
        moments += [due for due in dues if due]
        return min(moments)
