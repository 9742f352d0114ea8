"""Where a request could still track, beside what is already settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from groundsys.planning.tracks import Opportunity, Span, Track, TrackingProblem, TrackRequest


@dataclass(frozen=True, slots=True)
class Opening:
    """Part of an opportunity that nothing settled disturbs, setup and teardown included."""

    opportunity: Opportunity
    tracking: Span


class Occupancy:
    """What antennas and craft are taken by: closures and settled tracks, in seconds."""

    def __init__(self, problem: TrackingProblem, settled: Iterable[Track] = ()) -> None:
        self._tracked = {request.id: request.tracked for request in problem.requests}
        self._rest_s = problem.rest_s
        self.antennas: dict[str, list[tuple[int, int]]] = {
            antenna: [(span.start, span.end) for span in spans]
            for antenna, spans in problem.closed.items()
        }
        #: with the rest that each needs before and after
        self.craft: dict[str, list[tuple[int, int]]] = {}
        for track in settled:
            self.add(track)

    def add(self, track: Track) -> None:
        """Settle one more track."""
        for antenna in track.antennas:
            self.antennas.setdefault(antenna, []).append((track.occupied.start, track.occupied.end))
        self.craft.setdefault(self._tracked[track.request], []).append(
            (track.tracking.start - self._rest_s, track.tracking.end + self._rest_s)
        )

    def admits(self, track: Track) -> bool:
        """Whether antennas and craft are free for a track."""
        occupied, tracking = track.occupied, track.tracking
        return not any(
            start < occupied.end and occupied.start < end
            for antenna in track.antennas
            for start, end in self.antennas.get(antenna, ())
        ) and not any(
            start < tracking.end and tracking.start < end
            for start, end in self.craft.get(self._tracked[track.request], ())
        )

    def openings(self, request: TrackRequest) -> Iterator[Opening]:
        """The openings of a request that are long enough for one of its tracks."""
        least = shortest_track_s(request)
        own = self.craft.get(request.tracked, ())
        for opportunity in request.opportunities:
            first, last = opportunity.tracking.start, opportunity.tracking.end
            blocks = [block for block in own if block[0] < last and first < block[1]]
            for antenna in opportunity.antennas:
                # tracking must leave room for its teardown before, its setup after, the occupied
                for start, end in self.antennas.get(antenna, ()):
                    begin, over = start - request.teardown_s, end + request.setup_s
                    if begin < last and first < over:
                        blocks.append((begin, over))
            blocks.sort()
            for start, end in blocks:
                if start - first >= least:
                    yield Opening(opportunity, Span(first, start))
                first = max(first, end)
            if last - first >= least:
                yield Opening(opportunity, Span(first, last))


def shortest_track_s(request: TrackRequest) -> int:
    """The least seconds that one of the request's tracks may have."""
    if request.split_minimum_s is None:
        return request.minimum_s
    return min(request.split_minimum_s, request.minimum_s)


def most_tracks(request: TrackRequest) -> int:
    """How many tracks the request may be split into at most."""
    if request.split_minimum_s is None:
        return 1
    return max(1, request.duration_s // shortest_track_s(request))


def granted_s(tracks: Iterable[Track]) -> Mapping[str, int]:
    """Seconds of tracking by request; an array's track counts once."""
    seconds: dict[str, int] = {}
    for track in tracks:
        seconds[track.request] = seconds.get(track.request, 0) + track.tracking.seconds
    return seconds


def by_request(tracks: Sequence[Track]) -> dict[str, list[Track]]:
    """Tracks of each request that has any."""
    found: dict[str, list[Track]] = {}
    for track in tracks:
        found.setdefault(track.request, []).append(track)
    return found
