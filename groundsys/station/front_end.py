"""The antenna's node on the mission clock.

It hears `configure` and `release` from the desks, `radiate` from the hub, `x_signal`, `x_down`,
`x_tones` and `x_tracking` from space.  It says `turn`, `point`, `listen`, `offset` and `autotrack`,
`x_up_carrier` and `x_up` to space, `frames`, `uplink_open` and `uplink_closed` to the hub,
`radiated` and `not_radiated` to both, and `antenna_status`, `found`, `not_acquired`, `tone` and
`tracking` to the desks.
A station that is told what will befall its antenna passes it on to the desks as a `notice`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from groundsys.geometry.link import beam_width_deg
from groundsys.geometry.slewing import Pointing
from groundsys.geometry.tone_detection import hear_tone
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import Notice
from groundsys.station.acquisition import carrier_off_hz, why_not_acquired
from groundsys.station.booking import Booking
from groundsys.station.measuring import measured_in_lock
from groundsys.station.radiation import Uplink, open_uplink, place_cltu, take_due
from groundsys.station.reception import Counts, count, receive
from groundsys.station.search import Search, search_for
from groundsys.station.telling import found_body, notice_body, where_to_look
from groundsys.station.tracking import (
    Track,
    cut_short,
    is_received,
    next_change,
    see_signal,
    state_of,
    uplink_window,
)
from groundsys.station.turning import standing_after, turning_s
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval
from groundsys.values.messages import Message, Step


class AntennaFrontEnd:
    """One antenna's front end."""

    def __init__(self, antenna: Antenna, mission: Mission, notices: Sequence[Notice] = ()) -> None:
        self.name = f"antenna:{antenna.id}"
        self._antenna = antenna
        self._mission = mission
        #: what the station will be told, in that order
        self._to_tell = sorted(
            (one for one in notices if one.antenna == antenna.id), key=lambda one: one.at
        )
        self._waiting: list[Booking] = []
        self._track: Track | None = None
        #: the track that has ended last: its tracking data come when the dish turns away
        self._ended: Track | None = None
        #: the pass of which it has been told that its signal cannot be acquired
        self._not_acquired = ""
        self._pointed = False
        #: where the dish stands that follows nothing; None if nobody knows
        self._standing: Pointing | None = None
        #: the place of its search that the beam looks at, and whether it follows the signal instead
        self._step = 0
        self._autotracks = False
        self._uplink: Uplink | None = None
        self._counts = Counts()
        self._c_n0_dbhz: float | None = None
        #: up to here time has passed
        self._time = Instant(0)
        self._outbox: list[Message] = []
        self._last_status: Mapping[str, Any] = {}

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        """Act on what has been heard, each at its own moment, then on the clock alone."""
        self._outbox = []
        for message in inbox:
            self._let_time_pass(message.time)
            self._hear(message)
        self._let_time_pass(now)
        self._pass_notices_on(now)
        self._say_status(now)
        return Step(tuple(self._outbox), self._next_wake(now))

    def close(self) -> None:
        """Nothing is held."""

    def _hear(self, message: Message) -> None:
        body = message.body
        match message.kind:
            case "configure":
                self._book(Booking.from_body(body), message.time)
            case "release":
                self._release(body["pass_id"], message.time)
            case "radiate":
                self._radiate(body, message.time)
            case "x_signal":
                self._see_signal(body, message.time)
            case "x_down":
                self._receive(body, message.time)
            case "x_tones":
                self._take_tones(body, message.time)
            case "x_tracking":
                self._hand_tracking_on(body, message.time)
            case "revived":
                self._take_revived(body["names"], message.time)

    def _take_revived(self, names: Sequence[str], at: Instant) -> None:
        """Others have forgotten what we told them; if it was we, the dish looks nowhere."""
        if self.name in names and not self._pointed:
            self._say("space", "point", at, {"spacecraft": None})
        if "hub" in names and self._uplink is not None:
            self._tell_uplink_open(self._uplink.spacecraft, at)
        if "desks" in names:
            self._last_status = {}

    # --- bookings ----------------------------------------------------------------------------

    def _book(self, booking: Booking, at: Instant) -> None:
        if booking.spacecraft not in self._mission.spacecraft:
            raise PlanError(
                f"{self.name} is booked for a craft that nobody knows",
                expected=", ".join(sorted(self._mission.spacecraft)),
                found=booking.spacecraft,
            )
        track = self._track
        if track is not None and track.booking.pass_id == booking.pass_id:
            if track.booking.spacecraft == booking.spacecraft:
                self._track = replace(track, booking=booking, search=self._search_for(booking))
                new = booking.predict != track.booking.predict
                if new and not self._pointed:
                    self._turn(booking, at)
                elif new and not self._autotracks:
                    self._point(booking, at)
                return
            self._end_track(at)
        self._waiting = [other for other in self._waiting if other.pass_id != booking.pass_id]
        self._waiting.append(booking)
        self._waiting.sort(key=lambda waiting: waiting.span.start)
        self._begin_next(at)

    def _begin_next(self, at: Instant) -> None:
        if self._track is not None or not self._waiting:
            return
        booking = self._waiting.pop(0)
        turning = turning_s(self._antenna, self._standing, booking.predict, at)
        self._turn(booking, at)
        self._track = Track(
            booking=booking,
            configured_at=at.plus_seconds(max(self._antenna.configuration_s, turning)),
            acquisition_s=self._antenna.acquisition_s,
            search=self._search_for(booking),
        )
        self._counts = Counts()
        self._c_n0_dbhz = None
        self._say_status(at)

    def _search_for(self, booking: Booking) -> Search:
        radio = self._mission.spacecraft[booking.spacecraft].radios.get("x_band")
        frequency_mhz = self._antenna.radio.frequency_mhz if radio is None else radio.frequency_mhz
        width_deg = beam_width_deg(self._antenna.diameter_m, frequency_mhz)
        return search_for(booking.predict, width_deg, self._antenna.acquisition)

    def _release(self, pass_id: str, at: Instant) -> None:
        self._waiting = [booking for booking in self._waiting if booking.pass_id != pass_id]
        if self._track is None or self._track.booking.pass_id != pass_id:
            return
        shortened = cut_short(self._track, at)
        if shortened is None:
            self._end_track(at)
        else:
            self._track = shortened

    def _end_track(self, at: Instant) -> None:
        """The pass is over: carrier down, dish free, and its last figures reported."""
        self._close_uplink(at)
        ended, self._track = self._track, None
        if self._pointed or self._antenna.drive is not None:
            self._say("space", "point", at, {"spacecraft": None})
        followed = ended.booking.predict if ended is not None and self._pointed else None
        self._standing = standing_after(self._antenna, followed, at)
        self._pointed = self._autotracks = False
        self._c_n0_dbhz = None
        self._ended = ended
        if ended is not None:
            self._say_status(at, ended.booking)
        self._begin_next(at)

    # --- the clock ---------------------------------------------------------------------------

    def _let_time_pass(self, until: Instant) -> None:
        """Do what is due by itself up to `until`, each at its own moment.

        What was said before the last step and is heard only now does not take time back.
        """
        until = max(until, self._time)
        while (track := self._track) is not None:
            if not self._pointed and track.configured_at <= until:
                self._pointed = True
                self._point(track.booking, track.configured_at)
            self._look_around(track, until)
            self._follow_uplink_window(track, until)
            if until < track.ends_at:
                break
            self._end_track(track.ends_at)
        self._time = until

    def _look_around(self, track: Track, until: Instant) -> None:
        """The beam goes on to the next place of a wide search."""
        step = track.search_step(until)
        if step is None or step == self._step:
            return
        self._step = step
        across_deg, up_deg = track.search.offset_at(step)
        body = {"across_deg": across_deg, "up_deg": up_deg}
        self._say("space", "offset", track.step_begins(step), body)

    def _turn(self, booking: Booking, at: Instant) -> None:
        """The dish makes for where the craft will be, while the rest is configured."""
        if self._antenna.drive is not None:
            self._say("space", "turn", at, where_to_look(booking))

    def _point(self, booking: Booking, at: Instant) -> None:
        self._step, self._autotracks = 0, False
        self._say("space", "point", at, where_to_look(booking))
        if booking.listens:
            start = max(at, booking.span.start)
            span = {"start_ns": start.tai_ns, "end_ns": booking.span.end.tai_ns}
            self._say("space", "listen", at, {"spacecraft": booking.spacecraft, **span})

    def _follow_uplink_window(self, track: Track, until: Instant) -> None:
        window = uplink_window(track)
        if self._uplink is None and window is not None and window.contains(until):
            self._open_uplink(track.booking.spacecraft, window)
        if self._uplink is not None:
            end = window.end if window is not None else until
            self._uplink = replace(self._uplink, until=end)
            self._send_due(min(until, end))
            if end <= until:
                self._close_uplink(end)

    def _next_wake(self, now: Instant) -> Instant | None:
        moments = [next_change(self._track, now), *(one.at for one in self._to_tell[:1])]
        if self._uplink is not None and self._uplink.queue:
            moments.append(self._uplink.queue[0].span.start)
        return min((moment for moment in moments if moment is not None), default=None)

    # --- downlink ----------------------------------------------------------------------------

    def _see_signal(self, body: Mapping[str, Any], at: Instant) -> None:
        track = self._track
        if track is None or body["spacecraft"] != track.booking.spacecraft or track.booking.listens:
            return
        present = bool(body["present"])
        seen_at = at
        if present:
            limits, predict = self._antenna.acquisition, track.booking.predict
            reason = why_not_acquired(body, predict, limits, track.search, at)
            if reason:
                if self._step + 1 >= len(track.search.offsets_deg):
                    self._tell_not_acquired(track, reason, at)
                present = False
            elif track.search.is_wide and not self._autotracks:
                seen_at = self._find(track, carrier_off_hz(body, predict, at), at)
        self._track = see_signal(track, present=present, at=seen_at)
        self._c_n0_dbhz = body.get("c_n0_dbhz") if present else None
        if self._autotracks and not present:
            self._point(track.booking, at)

    def _find(self, track: Track, off_hz: float, at: Instant) -> Instant:
        """The beam of a wide search has met the craft: when the sweep meets its carrier."""
        begun = max(at, track.search_from)
        found_at = begun.plus_seconds(track.search.sweep_s(off_hz))
        content = found_body(self._antenna.id, track, self._step, off_hz, found_at)
        self._say("desks", "found", at, content)
        self._say("space", "autotrack", at, {})
        self._autotracks = True
        return found_at

    def _tell_not_acquired(self, track: Track, reason: str, at: Instant) -> None:
        """Once a pass: what is seen and cannot be had is looked at again and again."""
        booking = track.booking
        if self._not_acquired != booking.pass_id:
            self._not_acquired = booking.pass_id
            content = {"pass_id": booking.pass_id, "spacecraft": booking.spacecraft}
            self._say(
                "desks", "not_acquired", at,
                {**content, "antenna": self._antenna.id, "reason": reason},
            )  # fmt: skip

    def _receive(self, body: Mapping[str, Any], at: Instant) -> None:
        track = self._track
        if track is None or body["spacecraft"] != track.booking.spacecraft:
            return
        arrivals = [
            (frame["ert_ns"], frame["cadu"])
            for frame in body["frames"]
            if is_received(track, Instant(frame["ert_ns"]))
        ]
        if not arrivals:
            return
        good, bad = receive(arrivals)
        self._counts = count(self._counts, good, bad)
        self._c_n0_dbhz = body["c_n0_dbhz"]
        frames = [
            {
                "ert_ns": frame.arrival_ns,
                "data": frame.data,
                "corrected": frame.corrected_symbols,
            }
            for frame in good
        ]
        content = {"spacecraft": body["spacecraft"], "frames": frames, "bad": bad}
        self._say("hub", "frames", at, {"antenna": self._antenna.id, **content})

    def _take_tones(self, body: Mapping[str, Any], at: Instant) -> None:
        """A listening is over: which tone there was goes to the desks."""
        track, detector = self._track, self._antenna.tone_detector
        if track is None or not track.booking.listens or detector is None:
            return
        heard = hear_tone(detector, int(body["segments"]), body["energies"])
        content = {"antenna": self._antenna.id, "spacecraft": body["spacecraft"]}
        times = {"start_ns": body["start_ns"], "end_ns": track.booking.span.end.tai_ns}
        self._say("desks", "tone", at, {**content, **times, **asdict(heard)})

    def _hand_tracking_on(self, body: Mapping[str, Any], at: Instant) -> None:
        """Of what was measured, what fell into the lock of a track, which has ended mostly."""
        tracks = [one for one in (self._track, self._ended) if one is not None]
        content = measured_in_lock(tracks, body)
        if content is not None:
            self._say("desks", "tracking", at, {"antenna": self._antenna.id, **content})

    # --- uplink ------------------------------------------------------------------------------

    def _open_uplink(self, spacecraft: str, window: Interval) -> None:
        at = max(window.start, self._time)
        rate_bps = self._mission.spacecraft[spacecraft].framing.uplink_rate_bps
        self._uplink = open_uplink(spacecraft, rate_bps, Interval(at, window.end))
        self._say("space", "x_up_carrier", at, {"spacecraft": spacecraft, "on": True})
        self._tell_uplink_open(spacecraft, at)

    def _tell_uplink_open(self, spacecraft: str, at: Instant) -> None:
        rate_bps = self._mission.spacecraft[spacecraft].framing.uplink_rate_bps
        content = {"antenna": self._antenna.id, "spacecraft": spacecraft, "rate_bps": rate_bps}
        self._say("hub", "uplink_open", at, content)

    def _close_uplink(self, at: Instant) -> None:
        uplink, self._uplink = self._uplink, None
        if uplink is None:
            return
        for radiation in uplink.queue:
            self._refuse(radiation.radiation_id, "the uplink closed before its turn came", at)
        spacecraft = uplink.spacecraft
        self._say("space", "x_up_carrier", at, {"spacecraft": spacecraft, "on": False})
        content = {"antenna": self._antenna.id, "spacecraft": spacecraft}
        self._say("hub", "uplink_closed", at, content)

    def _radiate(self, body: Mapping[str, Any], at: Instant) -> None:
        radiation_id = body["radiation_id"]
        if self._uplink is None or self._uplink.spacecraft != body["spacecraft"]:
            self._refuse(radiation_id, f"no uplink to {body['spacecraft']} is open here", at)
            return
        self._uplink, radiation = place_cltu(self._uplink, radiation_id, body["cltu"], at)
        if radiation is None:
            self._refuse(radiation_id, "the uplink window ends before it would be out", at)

    def _send_due(self, now: Instant) -> None:
        if self._uplink is None:
            return
        self._uplink, due = take_due(self._uplink, now)
        for radiation in due:
            start, end = radiation.span.start, radiation.span.end
            common = {
                "spacecraft": self._uplink.spacecraft,
                "radiation_id": radiation.radiation_id,
            }
            signal = {"cltu": radiation.cltu, "start_ns": start.tai_ns, "bits": radiation.bits}
            self._say("space", "x_up", start, {**common, **signal})
            content = {**common, "antenna": self._antenna.id, "txt_ns": start.tai_ns}
            for target in ("hub", "desks"):
                self._say(target, "radiated", end, content)

    def _refuse(self, radiation_id: str, reason: str, at: Instant) -> None:
        content = {"radiation_id": radiation_id, "reason": reason}
        for target in ("hub", "desks"):
            self._say(target, "not_radiated", at, content)

    # --- what is said ------------------------------------------------------------------------

    def _pass_notices_on(self, now: Instant) -> None:
        while self._to_tell and self._to_tell[0].at <= now:
            self._say("desks", "notice", now, notice_body(self._to_tell.pop(0)))

    def _say_status(self, at: Instant, ended: Booking | None = None) -> None:
        """Report to the desks if anything but the time has changed since the last report."""
        booking = ended or (self._track.booking if self._track is not None else None)
        if booking is not None and booking.listens:
            return
        status = {
            "antenna": self._antenna.id,
            "pass_id": booking.pass_id if booking is not None else None,
            "state": state_of(self._track, at),
            "spacecraft": booking.spacecraft if booking is not None else None,
            "c_n0_dbhz": self._c_n0_dbhz,
            "uplink": self._uplink is not None,
            **asdict(self._counts),
        }
        idle_already = booking is None and self._last_status.get("state") in (None, "idle")
        if status != self._last_status and not idle_already:
            self._say("desks", "antenna_status", at, {**status, "time_ns": at.tai_ns})
            self._last_status = status

    def _say(self, target: str, kind: str, at: Instant, body: Mapping[str, Any]) -> None:
        self._outbox.append(Message(self.name, target, kind, at, body))
