"""Routes about a customer's access: its keys, tokens for minutes, webhooks, who fetched what."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter

from groundsys.customers import SHORT_PREFIX, token_hash, token_text
from groundsys.portal.access import Caller, asker_of
from groundsys.portal.answers import COMMON, HttpRequest, not_found, utc
from groundsys.portal.products import SECURITY


@dataclass(frozen=True, slots=True)
class Me:
    """Whose space the token opens, and how far it reaches; `key` is empty for a session."""

    customer: str
    key: str
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its text; `made_by` is empty for one made with the customer's first."""

    id: str
    label: str
    scopes: list[str]
    made_by: str
    created: str
    expires: str | None
    revoked: bool
    usable: bool


@dataclass(frozen=True, slots=True)
class KeyList:
    keys: list[Key]


@dataclass(frozen=True, slots=True)
class NewKey:
    """`secret` is the key itself, shown this once."""

    key: Key
    secret: str


@dataclass(frozen=True, slots=True)
class KeyWish:
    """`scopes` of read_products, request_commands, manage_access; `days` until it ends."""

    label: str = ""
    scopes: list[str] | None = None
    days: float | None = None


@dataclass(frozen=True, slots=True)
class TokenWish:
    """Seconds that the token shall be good for: 900 unless told, 3600 at most."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token for minutes; it makes no keys."""

    token: str
    scopes: list[str]
    expires: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events are sent; `state` is "active", or "dead" after a day of failures."""

    id: str
    url: str
    state: str
    told_up_to: int
    failures: int
    failing_since: str | None
    given_up_at: str | None
    last_answer: str


@dataclass(frozen=True, slots=True)
class WebhookList:
    webhooks: list[Webhook]


@dataclass(frozen=True, slots=True)
class WebhookWish:
    url: str


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """`secret` signs what is sent there; it is shown this once."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, slots=True)
class Access:
    """Something of the space was shown to whoever held `key` (empty for a session).

    `what` is download, view, archive, versions, list, page, events or on_its_way; what is about no
    one product names none.
    """

    time: str
    what: str
    key: str
    product: str
    first_byte: int
    octets: int
    complete: bool


@dataclass(frozen=True, slots=True)
class AccessList:
    """The latest first."""

    accesses: list[Access]


@get("/api/v1/me", sync_to_thread=True, security=SECURITY, responses=COMMON)
def show_me(request: HttpRequest, state: State) -> Me:
    """Tell whose token this is and what it is good for."""
    caller = asker_of(request, state)
    return Me(caller.customer, caller.key, sorted(map(str, caller.scopes)))


# --- keys -------------------------------------------------------------------------------------


@get("/api/v1/keys", sync_to_thread=True, security=SECURITY, responses=COMMON)
def list_keys(request: HttpRequest, state: State) -> KeyList:
    """List the customer's keys, those that are over too."""
    answer = _ask(state, asker_of(request, state), "own_keys")
    return KeyList([_key(one) for one in answer["keys"]])


@post("/api/v1/keys", sync_to_thread=True, security=SECURITY, responses=COMMON)
def make_key(request: HttpRequest, state: State, data: JSONBody[KeyWish]) -> NewKey:
    """Make a key; it is good for no more than what is shown to make it."""
    caller = asker_of(request, state)
    secret = token_text(os.urandom(32))
    wish = {"label": data.label, "scopes": data.scopes, "days": data.days}
    answer = _ask(state, caller, "own_key_make", token_hash=token_hash(secret), **wish)
    return NewKey(_key(answer["key"]), secret)


@delete("/api/v1/keys/{identifier:str}", sync_to_thread=True, security=SECURITY, responses=COMMON)
def revoke_key(request: HttpRequest, state: State, identifier: FromPath[str]) -> None:
    """Revoke a key, and every token that was exchanged for it, at once."""
    _found(_ask(state, asker_of(request, state), "own_key_revoke", id=identifier))


@post("/api/v1/tokens", sync_to_thread=True, security=SECURITY, responses=COMMON)
def exchange_key(request: HttpRequest, state: State, data: JSONBody[TokenWish]) -> Token:
    """Exchange the key that is shown for a token that is good for minutes."""
    caller = asker_of(request, state)
    return exchange(state, caller, data.seconds)


@delete("/api/v1/tokens", sync_to_thread=True, security=SECURITY, responses=COMMON)
def end_token(request: HttpRequest, state: State) -> None:
    """End the token that is shown before its time; a key is not ended so."""
    end(state, asker_of(request, state))


def exchange(state: State, caller: Caller, seconds: float | None) -> Token:
    """A token for the caller's key."""
    token = token_text(os.urandom(32), SHORT_PREFIX)
    hashes = {"token_hash": token_hash(token), "parent_hash": token_hash(caller.bearer)}
    answer = _ask(state, caller, "exchange_key", seconds=seconds, **hashes)
    return Token(token, list(answer["scopes"]), _wall(answer["expires_s"]) or "")


def end(state: State, caller: Caller) -> None:
    _ask(state, caller, "end_token", token_hash=token_hash(caller.bearer))


# --- webhooks ---------------------------------------------------------------------------------


@get("/api/v1/webhooks", sync_to_thread=True, security=SECURITY, responses=COMMON)
def list_webhooks(request: HttpRequest, state: State) -> WebhookList:
    """List where the customer is told of events."""
    answer = _ask(state, asker_of(request, state), "own_webhooks")
    return WebhookList([_webhook(one) for one in answer["webhooks"]])


@post("/api/v1/webhooks", sync_to_thread=True, security=SECURITY, responses=COMMON)
def make_webhook(request: HttpRequest, state: State, data: JSONBody[WebhookWish]) -> NewWebhook:
    """Have events sent to a URL from now on: HTTPS, or this very machine.

    Each message is `{"customer": …, "events": […]}`, signed in `Groundsys-Signature`
    (`t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" by the secret>`).  Any answer of 2xx
    within 10 s takes it; otherwise it is sent again, after 5 s at first and up to an hour at last,
    and given up after a day.
    """
    answer = _ask(state, asker_of(request, state), "own_webhook_make", url=data.url)
    return NewWebhook(_webhook(answer["webhook"]), str(answer["secret"]))


@delete(
    "/api/v1/webhooks/{identifier:str}", sync_to_thread=True, security=SECURITY, responses=COMMON
)
def remove_webhook(request: HttpRequest, state: State, identifier: FromPath[str]) -> None:
    """Send no more events there."""
    _found(_ask(state, asker_of(request, state), "own_webhook_remove", id=identifier))


@post(
    "/api/v1/webhooks/{identifier:str}/resume",
    sync_to_thread=True,
    status_code=200,
    security=SECURITY,
    responses=COMMON,
)
def resume_webhook(request: HttpRequest, state: State, identifier: FromPath[str]) -> Webhook:
    """Try a failing or dead webhook again at once, from the first event that it has not taken."""
    answer = _ask(state, asker_of(request, state), "own_webhook_resume", id=identifier)
    return _webhook(_found(answer)["webhook"])


# --- accesses ---------------------------------------------------------------------------------


@get("/api/v1/accesses", sync_to_thread=True, security=SECURITY, responses=COMMON)
def list_accesses(
    request: HttpRequest,
    state: State,
    limit: Annotated[int, QueryParameter(description="So many, at most.", ge=1, le=1000)] = 100,
) -> AccessList:
    """List what of the space was shown, when and by which key; refused requests are not in it."""
    answer = _ask(state, asker_of(request, state), "own_accesses", limit=limit)
    return AccessList(
        [
            Access(
                time=utc(one["time_ns"]) or "",
                what=one["what"],
                key=one["key"],
                product=one["product"],
                first_byte=one["first_byte"],
                octets=one["octets"],
                complete=one["complete"],
            )
            for one in answer["accesses"]
        ]
    )


def _ask(state: State, caller: Caller, verb: str, **arguments: Any) -> dict[str, Any]:
    """Ask the desks in the caller's own name: they know how far it reaches."""
    answer: dict[str, Any] = state.catalogue.ask_as(caller.bearer, verb, arguments)
    return answer


def _found(answer: dict[str, Any]) -> dict[str, Any]:
    if not answer["found"]:
        raise not_found()
    return answer


def _key(told: Mapping[str, Any]) -> Key:
    return Key(
        id=told["id"],
        label=told["label"],
        scopes=list(told["scopes"]),
        made_by=told["made_by"],
        created=utc(told["created_ns"]) or "",
        expires=_wall(told["expires_s"]),
        revoked=told["revoked"],
        usable=told["usable"],
    )


def _webhook(told: Mapping[str, Any]) -> Webhook:
    return Webhook(
        id=told["id"],
        url=told["url"],
        state=told["state"],
        told_up_to=told["told_up_to"],
        failures=told["failures"],
        failing_since=_wall(told["failing_since_s"]),
        given_up_at=_wall(told["given_up_at_s"]),
        last_answer=told["last_answer"],
    )


def _wall(seconds: float | None) -> str | None:
    """Wall time, seconds since 1970, as text in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
