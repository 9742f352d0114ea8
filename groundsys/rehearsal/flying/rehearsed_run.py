"""A procedure run in a rehearsal's flight: started, let through its gates, watched to its end."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from groundsys.authority import Role, owner_of
from groundsys.backend import Yamcs
from groundsys.bus.curve import read_client_keys
from groundsys.bus.live import Requester
from groundsys.bus.token_file import TokenFile
from groundsys.desks.people.token_files import owner_name
from groundsys.mission.scenario.simulator_data import STATES
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.planning.exchange.fields import read_record
from groundsys.procedures.conditions import Judgement
from groundsys.procedures.rehearsing import (
    CommandOutcome,
    GateState,
    MarginSeen,
    Snapshot,
    StateSeen,
    Verdict,
)
from groundsys.procedures.rehearsing.verdict import Outcome, step_of
from groundsys.procedures.run import Expectation
from groundsys.rehearsal.flying.flight import Flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.values.instants import Instant

RUNNER = "rehearsal-runner"
#: at a gate, people wait so long for its conditions to hold (mission seconds)
GATE_PATIENCE_S = 3_600.0
#: the run is looked at this often (mission seconds)
_LOOK_S = 60.0
_ANSWER_TIMEOUT_S = 60.0
#: a reading made within this time after the run's end still counts for its margins
_AFTER_S = 60.0


class RehearsedRun:
    """One run in one flight; `fly` goes on until it ends, holds, or its time is over."""

    def __init__(
        self, flight: Flight, snapshot: Snapshot, tokens: Mapping[str, str], requester: Requester
    ) -> None:
        self._flight = flight
        self._snapshot = snapshot
        self._tokens = tokens
        self._requester = requester
        self._gates: dict[str, GateState] = {}
        self._at_gate_since: dict[str, Instant] = {}
        self._unmet: list[Expectation] = []

    def fly(
        self, begins: Instant, until: Instant, display: ProgressDisplay, yamcs: Yamcs
    ) -> tuple[Outcome, str, dict[str, Any]]:
        """How the run went, why so, and how it stands at last."""
        snapshot = self._snapshot
        self._flight.advance(begins, display)
        told = self._ask(
            "start",
            procedure=snapshot.procedure,
            spacecraft=snapshot.spacecraft,
            parameters=dict(snapshot.parameters),
        )
        moment = begins
        while True:
            display.phase(f"{told['state']} at '{told['step']}'" if told["step"] else "over")
            if told["state"] == "ended":
                why = (told["abort"] or {}).get("why", "")
                return told["outcome"], why, told
            if told["state"] == "held":
                return "held", str(told["stop"]["why"]), told
            if self._is_refused_at_gate(told, yamcs):
                return "held", f"gate '{told['step']}' did not open", told
            if moment >= until:
                return "unfinished", f"it was at '{told['step']}'", told
            moment = min(moment.plus_seconds(_LOOK_S), until)
            self._flight.advance(moment, display)
            told = self._ask("show", run=told["run"])

    def verdict(
        self,
        record: tuple[str, str],
        outcome: tuple[Outcome, str, dict[str, Any]],
        margins: tuple[MarginSeen, ...],
        assumed: tuple[str, ...],
    ) -> Verdict:
        """What came of it; `record` is the rehearsal's id and its snapshot's digest."""
        ended_as, why, told = outcome
        met = [read_record(Expectation, one, "expectation") for one in told["expectations"]]
        return Verdict(
            *record,
            seed=self._flight.options.seed,
            began=Instant(told["started_ns"]),
            ended=Instant(told["ended_ns"] or told["now_ns"]),
            outcome=ended_as,
            why=why,
            expectations=(*map(_with_patience, met), *self._unmet),
            commands=tuple(
                CommandOutcome(
                    step_of(one["key"]), one["spacecraft"], one["name"], one["state"] or "not sent",
                    one["message"],
                )
                for one in told["commands"]
            ),
            margins=margins,
            gates=tuple(self._gates.values()),
            assumed=assumed,
        )  # fmt: skip

    def _is_refused_at_gate(self, told: dict[str, Any], yamcs: Yamcs) -> bool:
        """Say go once all conditions hold; True once people would have waited for too long."""
        at = told["at"]
        if at is None or "roles" not in at:
            return False
        visit, now = str(at["visit"]), self._flight.exchange.now
        since = self._at_gate_since.setdefault(visit, now)
        if all(one["holds"] is True for one in at["conditions"]):
            self._gates[visit] = GateState(visit, self._states(yamcs))
            given = {one["role"] for one in at["votes"]}
            for role in at["roles"]:
                if role not in given and _voter(role) in self._tokens:
                    self._ask("vote", _voter(role), run=told["run"], go=True, reason="as rehearsed")
        waited_s = now.seconds_since(since)
        if waited_s < GATE_PATIENCE_S:
            return False
        judged = (
            *(read_record(Judgement, one, "condition") for one in at["conditions"]),
            *(
                Judgement(f"a go of the {role}", False, f"nobody is {role} for this craft")
                for role in at["roles"]
                if _voter(role) not in self._tokens
            ),
        )
        key = f"{told['run']}/{visit}"
        self._unmet.append(Expectation(key, "gate", False, judged, now, waited_s, GATE_PATIENCE_S))
        return True

    def _states(self, yamcs: Yamcs) -> tuple[StateSeen, ...]:
        """Of all craft that the procedure speaks of, what the rehearsal's telemetry tells."""
        found = []
        for craft in self._spoken_of():
            data = self._flight.mission.simulators[craft.model.id]
            values = yamcs.parameter_values(craft, [one.parameter for one in data.states])
            for one in data.states:
                if one.tolerance is not None and one.parameter in values:
                    value = values[one.parameter].value
                    seen = float(value) if STATES[one.state] is float else str(value)
                    found.append(StateSeen(craft.id, one.state, seen))
        return tuple(found)

    def margins(self, yamcs: Yamcs, began: Instant, ended: Instant) -> tuple[MarginSeen, ...]:
        """What the procedure may run short of, by every packet of the run that came home."""
        found = []
        for craft in self._spoken_of():
            fields = {
                field.name: field for packet in craft.model.packets for field in packet.fields
            }
            for one in self._flight.mission.simulators[craft.model.id].margins:
                seen = MarginSeen(one.name, craft.id, one.parameter)
                if one.parameter not in fields:
                    found.append(replace(seen, why="the craft's model has no such parameter"))
                    continue
                values = _history(yamcs, craft, one.parameter, began, ended)
                floors = (
                    _history(yamcs, craft, one.floor, began, ended) if one.floor in fields else []
                )
                if not values:
                    found.append(replace(seen, why="it was not heard during the run"))
                    continue
                found.append(
                    replace(
                        seen,
                        unit=fields[one.parameter].unit,
                        first=values[0],
                        least=min(values),
                        last=values[-1],
                        floor=max(floors, default=None),
                    )
                )
        return tuple(found)

    def _spoken_of(self) -> list[Spacecraft]:
        fleet = self._flight.mission.spacecraft
        return [fleet[one.spacecraft] for one in self._snapshot.craft if one.spoken_of]

    def _ask(self, verb: str, who: str = RUNNER, **request: Any) -> dict[str, Any]:
        return self._requester.ask(
            f"procedure_{verb}",
            timeout_s=_ANSWER_TIMEOUT_S,
            token=self._tokens[who],
            **request,
        )


@contextlib.contextmanager
def rehearsed_run(flight: Flight, snapshot: Snapshot) -> Iterator[RehearsedRun]:
    """A run's people, each with an account of the rehearsal's own desks."""
    endpoint = str(flight.run.endpoints("desks")["requests"])
    keys = read_client_keys(flight.run.keys, endpoint)
    owner = TokenFile(flight.run.people / owner_name(), kept_by_others=True)
    craft = flight.mission.spacecraft[snapshot.spacecraft]
    customer = owner_of(flight.mission.customers, craft)
    people: dict[str, Role] = {RUNNER: Role.OPERATOR}
    people |= {_voter(role): role for role in _asked(customer)}
    with contextlib.closing(Requester(endpoint, owner, keys)) as requester:
        tokens = {}
        for name, role in people.items():
            password = secrets.token_urlsafe(18)
            whose = customer if role is Role.PAYLOAD_OPERATOR else ""
            requester.ask("user_add", name=name, role=role, customer=whose, password=password)
            tokens[name] = str(requester.ask("log_in", name=name, password=password)["token"])
        yield RehearsedRun(flight, snapshot, tokens, requester)


def _voter(role: str) -> str:
    """Who says go in a role."""
    return f"rehearsal-{role.replace('_', '-')}"


def _asked(customer: str) -> tuple[Role, ...]:
    """A gate asks nobody else (see `procedures.definitions.ROLES`)."""
    staff = (Role.OPERATOR, Role.FLIGHT_DIRECTOR)
    return (*staff, Role.PAYLOAD_OPERATOR) if customer else staff


def _with_patience(one: Expectation) -> Expectation:
    return replace(one, window_s=GATE_PATIENCE_S) if one.kind == "gate" else one


def _history(
    yamcs: Yamcs, craft: Spacecraft, name: str, began: Instant, ended: Instant
) -> list[float]:
    stop = ended.plus_seconds(_AFTER_S)
    return [float(one.value) for one in yamcs.parameter_history(craft, name, began, stop)]
