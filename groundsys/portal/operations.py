"""Routes about payload operations: what is on its way home, and the payload's own commands.

The desks hold the authority: the key's scope or the account's role, the payload's owner, the
customer's quota, and a second person for what is hazardous.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import msgspec
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


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of a command; times are UTC, at a craft those of its events."""

    name: str
    where: str
    foreseen: str | None
    actual: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """How a command is foreseen to go; `session_id` is empty where no relay carries it."""

    pass_id: str
    antenna: str
    session_id: str
    light_time_s: float
    radiated: str
    arrived: str
    reached: str
    sclk_s: float
    completed: str
    confirmed: str | None


@dataclass(frozen=True, slots=True)
class Command:
    """A command, where it is, and how each hop was foreseen and came."""

    id: str
    spacecraft: str
    name: str
    arguments: dict[str, Any]
    state: str
    settled: bool
    operator: str
    why: str
    approver: str
    waits_for_approval: bool
    hazardous: bool
    significance: str
    significance_reason: str
    message: str
    attempts: int
    queued: str
    not_before: str
    not_after: str | None
    packet_octets: int
    way: Way | None
    hops: list[Hop]


@dataclass(frozen=True, slots=True)
class LogLine:
    time: str
    event: str
    state: str


@dataclass(frozen=True, slots=True)
class CommandStory:
    """A command and every event that it has met."""

    command: Command
    log: list[LogLine]


@dataclass(frozen=True, slots=True)
class CommandList:
    """The last of them; there are as many as `of` says."""

    commands: list[Command]
    of: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    way: Way
    packet_octets: int
    hazardous: bool
    significance: str
    significance_reason: str


@dataclass(frozen=True, slots=True)
class Argument:
    """`values` are the words of an enumeration; what has a default may be left out."""

    name: str
    kind: str
    unit: str
    minimum: float | None
    maximum: float | None
    values: list[str]
    default: Any


@dataclass(frozen=True, slots=True)
class CommandDefinition:
    name: str
    description: str
    significance: str
    significance_reason: str
    arguments: list[Argument]


@dataclass(frozen=True, slots=True)
class Quota:
    """What may be asked for in 24 hours of mission time and may wait for one pass, and is used."""

    commands_per_day: int
    commands_today: int
    octets_per_pass: int
    octets_waiting: int


@dataclass(frozen=True, slots=True)
class CommandCatalogue:
    """By craft, the commands of the own payload."""

    spacecraft: dict[str, list[CommandDefinition]]
    quota: Quota | None


Plain = dict[str, Any]
T = TypeVar("T")


@get("/api/v1/on-its-way", sync_to_thread=True, security=SECURITY, responses=COMMON)
def show_on_its_way(request: HttpRequest, state: State) -> OnItsWay:
    """What is not home yet, and when it is foretold to be."""
    caller = reader_of(request, state)
    access = [{"complete": True}]
    state.catalogue.record_access(caller.customer, access, key=caller.key, what="on_its_way")
    return on_its_way(state, caller.customer)


def on_its_way(state: State, customer: str) -> OnItsWay:
    told = in_utc(state.catalogue.on_its_way(customer))
    return OnItsWay(
        told["now"],
        [ArrivingFile(**one) for one in told["files"]],
        [Homecoming(**one) for one in told["homecomings"]],
    )


@get("/api/v1/commands/catalogue", sync_to_thread=True, security=SECURITY, responses=COMMON)
def show_command_catalogue(request: HttpRequest, state: State) -> CommandCatalogue:
    """The own payload's commands on each craft that carries one, and what the quota leaves."""
    answer = _ask(request, state, "own_catalogue")
    return _told(CommandCatalogue, {"quota": None, **answer})


@get("/api/v1/commands", sync_to_thread=True, security=SECURITY, responses=COMMON)
def list_commands(
    request: HttpRequest,
    state: State,
    limit: Annotated[int, QueryParameter(description="So many, at most.", ge=1, le=1000)] = 200,
) -> CommandList:
    """The own payload's commands, in order of asking, each hop foreseen and as it came."""
    return _told(CommandList, _ask(request, state, "own_commands", limit=limit))


@post("/api/v1/commands/foresee", sync_to_thread=True, status_code=200, security=SECURITY,
      responses=COMMON)  # fmt: skip
def foresee_command(request: HttpRequest, state: State, data: JSONBody[CommandWish]) -> Foreseen:
    """Its way and its size, and whether it would be refused; nothing is asked for."""
    return _told(Foreseen, _ask(request, state, "command_foresee", **_wish(data)))


@post("/api/v1/commands", sync_to_thread=True, security=SECURITY, responses=COMMON)
def request_command(request: HttpRequest, state: State, data: JSONBody[CommandWish]) -> Command:
    """Ask for a command; a hazardous one waits for an operator's approval."""
    return _told(Command, _ask(request, state, "command_draft", **_wish(data))["command"])


@get("/api/v1/commands/{identifier:str}", sync_to_thread=True, security=SECURITY, responses=COMMON)
def show_command(request: HttpRequest, state: State, identifier: FromPath[str]) -> CommandStory:
    """Where a command is now: its hops, and every event that it has met."""
    answer = _found(_ask(request, state, "own_command", command_id=identifier))
    return _told(CommandStory, answer)


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
) -> Command:
    """Take back what one has asked for oneself, as long as it has not left."""
    _found(_ask(request, state, "own_command", command_id=identifier))
    answer = _ask(request, state, "command_decline", command_id=identifier, why=why)
    return _told(Command, answer["command"])


def _ask(request: HttpRequest, state: State, verb: str, **arguments: Any) -> Plain:
    """Ask the desks in the name of whoever shows the bearer token."""
    caller = asker_of(request, state)
    answer: Plain = state.catalogue.ask_as(caller.bearer, verb, arguments)
    return answer


def _found(answer: Plain) -> Plain:
    if not answer["found"]:
        raise not_found()
    return answer


def _told(kind: type[T], answer: Plain) -> T:
    """The answer as this kind; what the kind does not name is for operators alone."""
    return msgspec.convert(in_utc(answer), kind)


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
