"""The entry desk: what is foretold of capsules that come down, what they tell, what became of each.

What it says is kept as it was said first; samples are a fold over the archive.  A capsule that is
silent is given up only once everything that its relay recorded of the time is in the archive: a
relay that nobody heard keeps silent about everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.entry.fate import SIGMAS, Fate, fate_of
from groundsys.entry.landing import callable_from
from groundsys.entry.outcomes import EntryEvent
from groundsys.entry.prediction import EntryPrediction, predict_entry
from groundsys.entry.telling import ENTRY_PACKET, EntrySample, read_sample, told_events
from groundsys.mission.arrival.entry_model import Entry
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.telemetry.completeness import Coverage
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval
from groundsys.values.records import ArchivedPacket

#: the relay has recorded what a capsule sent it this soon after
_RECORDED_WITHIN_S = 30.0
#: capsules tell of themselves from so long before their interface
_TELLS_BEFORE_S = 120.0


@dataclass(frozen=True, slots=True)
class EntryWord:
    """What has been said of one capsule."""

    told: tuple[str, ...] = ()
    state: str = "expected"
    reason: str | None = None
    why: str = ""


class EntryDesk:
    """Follows every capsule that enters within the scenario."""

    def __init__(
        self,
        room: ControlRoom,
        event_time: Callable[[Spacecraft, Instant], Instant],
        alarms: AlarmDesk,
    ) -> None:
        self._room = room
        self._alarms = alarms
        self._event_time = event_time
        begin = room.scenario.span.start
        self._entries: dict[str, Entry] = {
            craft.id: craft.entry
            for craft in room.relayed
            if craft.entry is not None and craft.entry.interface.time >= begin
        }
        self._samples: dict[str, dict[tuple[int, int], EntrySample]] = {
            craft: {} for craft in self._entries
        }
        self._predictions: dict[str, EntryPrediction] = {}
        self._words = {craft: read_word(room, craft) for craft in self._entries}
        self._heard: set[str] = set()

    def take_packets(self, craft: Spacecraft, packets: Sequence[ArchivedPacket]) -> None:
        """Packets of a capsule are in the archive; what comes before it is called came live."""
        if craft.id not in self._entries:
            return
        called = callable_from(craft)
        live = called is not None and self._room.now < called
        samples = self._samples[craft.id]
        for packet in packets:
            key = (packet.sequence_count, packet.generation.tai_ns)
            if packet.name == ENTRY_PACKET and key not in samples:
                definition = craft.model.packet(ENTRY_PACKET)
                time = self._event_time(craft, packet.generation)
                samples[key] = read_sample(definition, packet.binary, time, live=live)
                self._heard.add(craft.id)

    def work(self, coverage: Callable[[Spacecraft], Coverage | None]) -> None:
        """Say what is new; `coverage` tells of which times all that a relay recorded is here."""
        heard, self._heard = self._heard, set()
        for craft_id, entry in list(self._entries.items()):
            craft = self._room.mission.spacecraft[craft_id]
            try:
                prediction = self._prediction(craft, entry)
            except DefinitionError as error:  # one capsule's; everybody else is flown on
                del self._entries[craft_id]
                self._room.log(craft_id, "critical", "entry", f"not followed: {error}")
                continue
            if craft_id in heard:
                self._tell_events(craft_id, prediction)
            word = self._words[craft_id]
            if word.state == "landed" or (word.state == "lost" and craft_id not in heard):
                continue
            self._tell_fate(craft, entry, prediction, coverage)

    def _prediction(self, craft: Spacecraft, entry: Entry) -> EntryPrediction:
        """Foretold once; operators are told unless they were before a restart."""
        known = self._predictions.get(craft.id)
        if known is not None:
            return known
        assert craft.site is not None
        prediction = predict_entry(
            entry, craft.site.altitude_m, frequency_hz=craft.radios["uhf"].frequency_mhz * 1e6
        )
        self._predictions[craft.id] = prediction
        word = self._words[craft.id]
        if not word.told:
            landing = prediction.events["landing"]
            text = (
                f"entry foretold: interface {_clock(prediction.interface.time)}, landing "
                f"{_clock(landing.time)} ± {landing.sigma_s:.0f} s, "
                f"{prediction.peak_deceleration_m_s2.mean:.0f} m/s² at most, chance of loss "
                f"{sum(prediction.losses.values()):.1%}"
            )
            self._room.log(craft.id, "info", "entry", text)
            self._keep(craft.id, replace(word, told=("foretold",)))
        return prediction

    def _tell_events(self, craft: str, prediction: EntryPrediction) -> None:
        told = told_events(self._samples[craft].values())
        word = self._words[craft]
        new: list[tuple[EntryEvent, Instant]] = [
            (event, time)
            for event, time in sorted(told.items(), key=lambda one: one[1])
            if event not in word.told
        ]
        for event, time in new:
            foretold = prediction.events.get(event)
            beside = (
                f", foretold {_clock(foretold.time)} ± {foretold.sigma_s:.1f} s" if foretold else ""
            )
            name = event.replace("_", " ")
            self._room.log(craft, "info", "entry", f"{name} at {_clock(time)}{beside}")
        if new:
            self._keep(craft, replace(word, told=(*word.told, *(event for event, _ in new))))

    def _tell_fate(
        self,
        craft: Spacecraft,
        entry: Entry,
        prediction: EntryPrediction,
        coverage: Callable[[Spacecraft], Coverage | None],
    ) -> None:
        landing = prediction.events["landing"]
        silent_from = landing.time.plus_seconds(SIGMAS * landing.sigma_s)
        until = silent_from.plus_seconds(_RECORDED_WITHIN_S)
        recorded = coverage(self._room.mission.spacecraft[str(craft.relay)])
        begin = entry.interface.time.plus_seconds(-_TELLS_BEFORE_S)
        whole = recorded is not None and recorded.is_whole(Interval(begin, until))
        samples = list(self._samples[craft.id].values())
        fate = fate_of(entry, prediction, samples, until if whole else begin)
        word = self._words[craft.id]
        if (fate.state, fate.reason) == (word.state, word.reason):
            return
        self._say_fate(craft.id, fate)
        state = replace(word, state=fate.state, reason=fate.reason, why=fate.why)
        self._keep(craft.id, state)

    def _say_fate(self, craft: str, fate: Fate) -> None:
        about = f"entry:{craft}"
        if fate.state == "lost":
            self._alarms.tell(about, craft, "entry", "critical", f"lost: {fate.why}")
            return
        self._alarms.withdraw(about, f"{fate.state} after all")
        self._room.log(craft, "info", "entry", f"{fate.state}: {fate.why}")

    def _keep(self, craft: str, word: EntryWord) -> None:
        self._words[craft] = word
        self._room.store.facts.put(fact_of(craft), asdict(word))


def fact_of(craft: str) -> str:
    """The name of the fact that keeps what was said of a capsule."""
    return f"entry:{craft}"


def word_of(value: Any) -> EntryWord:
    """A kept word, as it was kept; none yet if `value` is None."""
    if value is None:
        return EntryWord()
    return EntryWord(**{**value, "told": tuple(value["told"])})


def read_word(room: ControlRoom, craft: str) -> EntryWord:
    return word_of(room.store.facts.get(fact_of(craft)))


def _clock(time: Instant) -> str:
    return time.utc_iso(1)[11:]
