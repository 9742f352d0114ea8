"""The plan of a running ground segment: asked of its desks, and told to them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundsys.cli.options import requester
from groundsys.values.errors import PlanError
from groundsys.values.instants import EarthReceiveTime, Instant, Interval

if TYPE_CHECKING:
    from groundsys.planning.versions.book import PlanDocument

#: desks answer between two steps of the mission clock, and planning takes its seconds
_ANSWER_TIMEOUT_S = 120.0


def ask(run_path: Path | None, data_directory: Path, verb: str, **arguments: Any) -> dict[str, Any]:
    """The desks' answer to one request."""
    answer: dict[str, Any] = requester(run_path, data_directory).ask(
        verb, timeout_s=_ANSWER_TIMEOUT_S, **arguments
    )
    return answer


def running_plan(run_path: Path | None, data_directory: Path, version: int | None) -> PlanDocument:
    """A version that is or was flown, as the plan book would hold it."""
    question = {} if version is None else {"version": version}
    answer = ask(run_path, data_directory, "plan_show", **question)
    clock = ask(run_path, data_directory, "status").get("clock", {})
    return document_of(answer, Instant(int(clock["now_ns"])))


def document_of(answer: Mapping[str, Any], now: Instant) -> PlanDocument:
    """What the desks answer to `plan_show`, as a version of a plan book."""
    from groundsys.planning.exchange import read_plan_json
    from groundsys.planning.situation import Homecoming, Outage, Weather
    from groundsys.planning.versions.book import PlanDocument

    plan = read_plan_json(json.dumps(answer["plan"]))
    facts = next(one for one in answer["versions"] if one["version"] == answer["version"])
    situation = answer["situation"]
    begins: list[Instant] = [now, *(one.start for one in plan.passes)]
    ends: list[Instant] = [Instant(facts["until_ns"]), *(one.end for one in plan.passes)]
    return PlanDocument(
        scenario=plan.scenario,
        span=Interval(min(begins), max(ends)),
        now=now,
        made_at=Instant(facts["made_at_ns"]),
        reason=facts["reason"],
        plan=plan,
        value=facts["value"],
        bound=facts["bound"],
        elapsed_s=facts["elapsed_s"],
        homecomings=tuple(
            Homecoming(
                one["customer"],
                one["spacecraft"],
                one["payload"],
                _interval(one, "measured_from_ns", "measured_until_ns"),
                one["bits"],
                None if one["home_at_ns"] is None else EarthReceiveTime(one["home_at_ns"]),
                None if one["by_95_ns"] is None else EarthReceiveTime(one["by_95_ns"]),
            )
            for one in answer["homecomings"]
        ),
        outages=tuple(Outage(one["antenna"], _interval(one)) for one in situation["outages"]),
        weather=tuple(
            Weather(one["antenna"], _interval(one), one["loss_db"]) for one in situation["weather"]
        ),
        lost=tuple(situation["lost"]),
        version=answer["version"],
        parent=facts["parent"],
    )


def _interval(one: Mapping[str, Any], start: str = "start_ns", end: str = "end_ns") -> Interval:
    return Interval(Instant(one[start]), Instant(one[end]))


def adopted(answers: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The last of the desks' answers; `PlanError` if one says that the old plan stands."""
    for answer in answers:
        if not answer["adopted"]:
            raise PlanError(
                "the ground segment keeps its plan",
                found="; ".join(answer["findings"]),
                remedy="see `groundsys plan show --run`, and plan for what it says",
            )
    return answers[-1]
