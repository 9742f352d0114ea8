"""Routes about payload operations: what is on its way home, and the payload's own commands.

The desks hold the authority: the key's scope or the account's role, the payload's owner, the
customer's quota, and a second person for what is hazardous.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from litestar import delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter

from groundsys.portal.access import asker_of, reader_of
from groundsys.portal.answers import COMMON, HttpRequest, in_utc, not_found, wrong
from groundsys.portal.products import SECURITY, moment


@dataclass(frozen=True, slots=True)
class ArrivingFile:
    """A payload file of which something is on the ground; `octets` is null until it is told."""

    spacecraft: str
    name: str
    octets: int | None
    octets_here: int
    whole: bool
    since: str | None


@dataclass(frozen=True, slots=True)
class Homecoming:
    """When what was measured in a span is expected with the customer, whole and published.

    `home` is as likely too early as too late, `by_95` holds with a chance of 95 %; null if nothing
    that is booked brings it home, or makes it that sure.
    """

    spacecraft: str
    payload: str
    measured_from: str
    measured_until: str
    octets: int
    home: str | None
    by_95: str | None


@dataclass(frozen=True, slots=True)
class OnItsWay:
    now: str
    files: list[ArrivingFile]
    homecomings: list[Homecoming]


@dataclass(frozen=True, slots=True)
class CommandWish:
    """A command of the own payload; times are ISO 8601, UTC."""

    spacecraft: str
    command: str
    arguments: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    not_before: str | None = None
    before: str | None = None


Plain = dict[str, Any]


@get("/api/v1/on-its-way", sync_to_thread=True, security=SECURITY, responses=COMMON)
def show_on_its_way(request: HttpRequest, state: State) -> OnItsWay:
    """What is not home yet, and when it is foretold to be."""
    return on_its_way(state, reader_of(request, state).customer)


def on_its_way(state: State, customer: str) -> OnItsWay:
    told = in_utc(state.catalogue.on_its_way(customer))
    return OnItsWay(
        told["now"],
        [ArrivingFile(**one) for one in told["files"]],
        [Homecoming(**one) for one in told["homecomings"]],
    )


@get("/api/v1/commands/catalogue", sync_to_thread=True, security=SECURITY, responses=COMMON)
def show_command_catalogue(request: HttpRequest, state: State) -> Plain:
    """The own payload's commands on each craft that carries one, and what the quota leaves."""
    return _told(_ask(request, state, "own_catalogue"))


@get("/api/v1/commands", sync_to_thread=True, security=SECURITY, responses=COMMON)
def list_commands(
    request: HttpRequest,
    state: State,
    limit: Annotated[int, QueryParameter(description="So many, at most.", ge=1, le=1000)] = 200,
) -> Plain:
    """The own payload's commands, in order of asking, each hop foreseen and as it came."""
    return _told(_ask(request, state, "own_commands", limit=limit))


@post("/api/v1/commands/foresee", sync_to_thread=True, status_code=200, security=SECURITY,
      responses=COMMON)  # fmt: skip
def foresee_command(request: HttpRequest, state: State, data: JSONBody[CommandWish]) -> Plain:
    """Its way and its size, and whether it would be refused; nothing is asked for."""
    return _told(_ask(request, state, "command_foresee", **_wish(data)))


@post("/api/v1/commands", sync_to_thread=True, security=SECURITY, responses=COMMON)
def request_command(request: HttpRequest, state: State, data: JSONBody[CommandWish]) -> Plain:
    """Ask for a command; a hazardous one waits for an operator's approval."""
    return _told(_ask(request, state, "command_draft", **_wish(data)))


@get("/api/v1/commands/{identifier:str}", sync_to_thread=True, security=SECURITY, responses=COMMON)
def show_command(request: HttpRequest, state: State, identifier: FromPath[str]) -> Plain:
    """Where a command is now: its hops, and every event that it has met."""
    return _told(_found(_ask(request, state, "own_command", command_id=identifier)))


@delete(
    "/api/v1/commands/{identifier:str}",
    sync_to_thread=True,
    status_code=200,
    security=SECURITY,
    responses=COMMON,
)
def take_command_back(
    request: HttpRequest,
    state: State,
    identifier: FromPath[str],
    why: Annotated[str, QueryParameter(description="Why, for the log.", min_length=1)],
) -> Plain:
    """Take back what one has asked for oneself, as long as it has not left."""
    _found(_ask(request, state, "own_command", command_id=identifier))
    return _told(_ask(request, state, "command_decline", command_id=identifier, why=why))


def _ask(request: HttpRequest, state: State, verb: str, **arguments: Any) -> Plain:
    """Ask the desks in the name of whoever shows the bearer token."""
    caller = asker_of(request, state)
    answer: Plain = state.catalogue.ask_as(caller.bearer, verb, arguments)
    return answer


def _found(answer: Plain) -> Plain:
    if not answer["found"]:
        raise not_found()
    return answer


def _told(answer: Plain) -> Plain:
    hidden = ("ok", "found", "fresh_token")
    told: Plain = in_utc({key: value for key, value in answer.items() if key not in hidden})
    return told


def _wish(data: CommandWish) -> Plain:
    if not data.spacecraft or not data.command:
        raise wrong("a command needs its name and its craft")
    times = {
        f"{name}_ns": found.tai_ns
        for name in ("not_before", "before")
        if (found := moment(name, getattr(data, name))) is not None
    }
    wish = {"spacecraft": data.spacecraft, "command": data.command, "arguments": data.arguments}
    return {**wish, **times, "why": data.why}
