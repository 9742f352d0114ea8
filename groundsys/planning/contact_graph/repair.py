"""When a file is whole: what the downlink loses is asked for again, perhaps more than once.

The ground asks once nothing stored is on its way (CFDP's deferred NAK, CCSDS 727.0-B-5 §4.6.4):
after a playback or a relay session's data.  Each round of asking costs a round trip, and two where
a command frame is lost; a round that this pass has no time for waits until the next has played
back what it holds.  So a file's time is no bell but a few moments with their chances.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.time_scales import FloatArray
from groundsys.planning.contact_graph.contacts import Hearing, Visit

#: Of a downlink's frames while the link closes with its margin: lost to fades and noise.  This and
#: the next are allowances of the ground's design, met by rehearsed days, not a scenario's truth.
FRAME_LOSS = 0.015
#: of rounds of asking: one in which a command frame is lost, among the requests or shortly before
#: them, so that COP-1 sends all from there on again, a round trip later at most (CCSDS 232.1-B)
ASKING_REPEATED = 0.2
#: a lost frame cuts two of the recorder's packets, which come again in so many frames
_FRAMES_AGAIN = 3.0
#: frames that a file's EOF lies in: while it lacks, the file is asked for behind the others
_EOF_FRAMES = 2.0
#: what was sent again may be lost as well; a further round is as good as impossible
_ROUNDS = 4
#: no stored data for so long: the playback is over
_SILENCE_S = 60.0
#: it is not taken for over sooner than this after the craft has heard the carrier
_PLAYBACK_BEGINS_S = 120.0
#: cubes say nothing new so long before a session's end
_LAST_WORDS_S = 90.0
#: from then to the request in the antenna: until the archive is read, and the uplink's turn
_ASKING_S = 95.0
#: requests leave with a reading of the archive: what answers them sooner waits for the next one,
#: longer than what comes at any time by so much
_NEXT_READING_S = 60.0
#: beyond the round trip, until what was asked for is asked for again
_PATIENCE_S = 600.0
#: no request is sent so shortly before its answer could still come
_LAST_REQUEST_S = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Wholeness:
    """When each item may be whole, and how likely each moment is; shapes (n, moments)."""

    #: infinite: in no pass of the plan
    times_s: FloatArray
    #: each row sums to 1
    chances: FloatArray


def whole_times(
    aboard_s: FloatArray,
    home_s: FloatArray,
    bits: FloatArray,
    frame_bits: float,
    visits: Sequence[Visit],
    hearings: Sequence[Hearing] = (),
) -> Wholeness:
    """The moments at which each item may be whole, in s, and their chances.

    `aboard_s` is when each is in the relay's recorder, `home_s` when the last of it arrives without
    loss (infinite: never); `visits` ascend.
    """
    if not visits:
        return Wholeness(home_s[:, None], np.ones((len(home_s), 1)))
    frames = np.ceil(bits / frame_bits) + 1.0
    harmed = 1.0 - (1.0 - FRAME_LOSS) ** frames
    again = 1.0 - (1.0 - FRAME_LOSS) ** (_FRAMES_AGAIN * frames * FRAME_LOSS / harmed)
    end_lacks = (1.0 - (1.0 - FRAME_LOSS) ** _EOF_FRAMES) / harmed
    asking = _Asking.of(aboard_s, home_s, visits, hearings)
    ask_s, visit = asking.first(asking.visit_of(home_s), home_s)
    times, chances, lacks = [home_s], [1.0 - harmed], harmed
    for number in range(_ROUNDS):
        answer_s = ask_s + asking.answered_s[visit]
        repeat_s, repeater = asking.later(visit, answer_s)
        times += [answer_s, repeat_s + asking.answered_s[repeater]]
        still = lacks * (again if number else np.minimum(1.0, again + end_lacks))
        comes = lacks - still if number < _ROUNDS - 1 else lacks
        chances += [comes * (1.0 - ASKING_REPEATED), comes * ASKING_REPEATED]
        lacks = lacks - comes
        ask_s, visit = asking.first(visit, answer_s + _PATIENCE_S - _SILENCE_S)
    return Wholeness(
        np.where(np.isfinite(home_s)[:, None], np.stack(times, axis=1), np.inf),
        np.stack(chances, axis=1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Asking:
    """When the ground may ask, in each pass of a plan."""

    ends: FloatArray
    #: from a request until its answer is there, and may be read
    answered_s: FloatArray
    #: the first request that the pass's own playback allows, and the last that can be answered
    opens: FloatArray
    closes: FloatArray
    #: stretches in which stored or relayed data arrive, none over another
    busy: FloatArray

    @classmethod
    def of(
        cls,
        aboard_s: FloatArray,
        home_s: FloatArray,
        visits: Sequence[Visit],
        hearings: Sequence[Hearing],
    ) -> _Asking:
        starts = np.array([one.tracking.start for one in visits], dtype=np.float64)
        ends = np.array([one.tracking.end for one in visits], dtype=np.float64)
        light_s = np.array([one.window.light_time_s for one in visits])
        begins = starts + np.array([one.window.silence_s for one in visits])
        visit = np.minimum(np.searchsorted(ends, home_s), len(visits) - 1)
        stored = np.isfinite(home_s) & (aboard_s <= starts[visit])
        played = begins.copy()
        np.maximum.at(played, visit[stored], home_s[stored])
        heard = [(one.tracking.start, one.tracking.end - _LAST_WORDS_S) for one in hearings]
        order = np.argsort(starts)
        light = np.interp([start for start, _ in heard], starts[order], light_s[order])
        busy = _merged(
            (
                *zip(begins, played, strict=True),
                *((a + late, b + late) for (a, b), late in zip(heard, light, strict=True) if b > a),
            )
        )
        quiet = _quiet(busy, played) + _SILENCE_S
        listening = starts + 2.0 * light_s + _PLAYBACK_BEGINS_S
        opens = np.maximum(quiet, listening) + _ASKING_S
        answered_s = np.maximum(2.0 * light_s, _NEXT_READING_S)
        return cls(ends, answered_s, opens, ends - 2.0 * light_s - _LAST_REQUEST_S, busy)

    def visit_of(self, home_s: FloatArray) -> NDArray[np.intp]:
        return np.minimum(np.searchsorted(self.ends, home_s), len(self.ends) - 1)

    def first(
        self, visit: NDArray[np.intp], since_s: FloatArray
    ) -> tuple[FloatArray, NDArray[np.intp]]:
        """The first request once it is quiet after `since_s`, and the pass that sends it."""
        quiet = _quiet(self.busy, since_s) + _SILENCE_S + _ASKING_S
        return self.later(visit, np.maximum(quiet, self.opens[visit]))

    def later(
        self, visit: NDArray[np.intp], ask_s: FloatArray
    ) -> tuple[FloatArray, NDArray[np.intp]]:
        """That request, or the next pass's first one if it is too late for this pass."""
        while True:
            late = (ask_s > self.closes[visit]) & np.isfinite(ask_s)
            if not late.any():
                return ask_s, visit
            following = np.append(self.opens[1:], np.inf)
            ask_s = np.where(late, following[visit], ask_s)
            visit = np.where(late, np.minimum(visit + 1, len(self.ends) - 1), visit)


def _merged(stretches: Iterable[tuple[float, float]]) -> FloatArray:
    """Starts and ends, one row each, of stretches with no silence between them merged."""
    found: list[list[float]] = []
    for start, end in sorted(stretches):
        if found and start - _SILENCE_S <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _quiet(busy: FloatArray, moments_s: FloatArray) -> FloatArray:
    """Each moment, or the end of the stretch that it lies in."""
    number = np.searchsorted(busy[:, 0], moments_s + _SILENCE_S, side="right") - 1
    ends = np.where(number >= 0, busy[np.maximum(number, 0), 1], -np.inf)
    return np.maximum(moments_s, ends)
