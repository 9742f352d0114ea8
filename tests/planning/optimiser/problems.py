"""Tracking problems for tests: made by hand, or drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies

from groundsys.planning.tracks import Opportunity, Span, TrackingProblem, TrackRequest


def request(
    name: str,
    *opportunities: tuple[str, int, int],
    mission: str = "",
    duration: int = 100,
    minimum: int = 100,
    split: int | None = None,
    overhead: tuple[int, int] = (10, 5),
) -> TrackRequest:
    """A request; an opportunity is `("A+B", start, end)`."""
    return TrackRequest(
        name,
        mission or name,
        duration,
        minimum,
        split,
        *overhead,
        tuple(
            Opportunity(tuple(antennas.split("+")), Span(start, end))
            for antennas, start, end in opportunities
        ),
    )


def crowded_week(missions: int = 4) -> TrackingProblem:
    """More than two antennas can grant: arrays, a closure, requests that may be split."""
    requests = []
    for mission in range(missions):
        for place in range(4):
            first = 400 * place + 60 * mission
            requests.append(
                request(
                    f"{mission}-{place}",
                    ("A", first, first + 700),
                    ("B", first + 100, first + 600),
                    *([("A+B", first, first + 700)] if place == 3 else []),
                    mission=f"mission {mission}",
                    duration=240 if place % 2 else 160,
                    minimum=200 if place % 2 else 160,
                    split=110 if place % 2 else None,
                )
            )
    return TrackingProblem(tuple(requests), {"A": (Span(500, 560),), "B": (Span(-50, 0),)})


@strategies.composite
def tracking_problems(draw: strategies.DrawFn) -> TrackingProblem:
    """Small problems of up to six requests on three antennas, arrays and closures among them."""
    times = strategies.integers(0, 600)
    requests = []
    for place in range(draw(strategies.integers(1, 6))):
        minimum = draw(strategies.integers(20, 150))
        opportunities = []
        for _ in range(draw(strategies.integers(0, 4))):
            start = draw(times)
            antennas = draw(strategies.sampled_from(("A", "B", "C", "A+B", "A+B+C")))
            opportunities.append((antennas, start, start + draw(strategies.integers(1, 400))))
        drawn = request(
            f"request {place}",
            *opportunities,
            mission=draw(strategies.sampled_from(("one", "two", "three"))),
            duration=minimum + draw(strategies.integers(0, 60)),
            minimum=minimum,
            split=draw(strategies.sampled_from((None, max(1, minimum // 2)))),
            overhead=(draw(strategies.integers(0, 30)), draw(strategies.integers(0, 30))),
        )
        requests.append(replace(drawn, craft=draw(strategies.sampled_from(("", "", "x", "y")))))
    closed: Mapping[str, tuple[Span, ...]] = {
        antenna: tuple(
            Span(start, start + 40) for start in draw(strategies.lists(times, max_size=2))
        )
        for antenna in ("A", "B")
    }
    return TrackingProblem(tuple(requests), closed, draw(strategies.sampled_from((0, 0, 25))))
