"""Who asks the portal: a customer's key or token, a payload operator's session, or nobody."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from litestar.datastructures import State

from groundsys.authority import Scope
from groundsys.customers import is_token, token_hash
from groundsys.portal.answers import HttpRequest, opens_nothing
from groundsys.portal.limits import OF_KEYS, OF_STRANGERS, Limiter
from groundsys.values.errors import AccessRefusedError

COOKIE = "groundsys_session"
_MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """A customer's space is open to whoever this is, as far as the scopes reach."""

    customer: str
    #: the key's name; a session has none
    key: str
    scopes: frozenset[str]
    #: what was shown; never told to anybody but the desks
    bearer: str

    @property
    def who(self) -> str:
        """By which requests are counted: a key, or one session."""
        return self.key or f"session {token_hash(self.bearer)}"


class Doorkeeper:
    """Asks the desks whose token it is, each time, so that a withdrawn one ends at once."""

    def __init__(self, keys: Limiter | None = None, strangers: Limiter | None = None) -> None:
        self._keys = keys or Limiter(OF_KEYS)
        self._strangers = strangers or Limiter(OF_STRANGERS)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, None] = OrderedDict()

    def count(self, token: str, address: str) -> None:
        """Count a request that the desks alone will judge: by its token, or its address."""
        if token:
            self._keys.take(f"session {token_hash(token)}")
        else:
            self._strangers.take(address)

    def count_ticket(self, who: str, address: str) -> None:
        """Count a request that shows a ticket given to `who`, or none that is good for ""."""
        if who:
            self._keys.take(who)
        else:
            self._strangers.take(address)

    def caller(self, state: State, token: str, address: str) -> Caller | None:
        """Whoever shows the token; None for nobody.  Status 429 for who asks too often.

        Of an address so many tokens may be wrong, then no new one is looked at for a while; one
        that was good before is not held up.
        """
        kept_hash = token_hash(token)
        if kept_hash not in self._known:
            self._strangers.check(address)
        caller = _look_up(state, token)
        if caller is None:
            self._strangers.take(address)
        with self._lock:
            self._known.pop(kept_hash, None)
            if caller is not None:
                self._known[kept_hash] = None
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        if caller is not None:
            self._keys.take(caller.who)
        return caller


def _look_up(state: State, token: str) -> Caller | None:
    if is_token(token):
        told = state.catalogue.whose_token(token)
        if told["customer"] is None:
            return None
        scopes = frozenset(told.get("scopes", (Scope.READ_PRODUCTS,)))
        return Caller(str(told["customer"]), str(told.get("key", "")), scopes, token)
    customer = state.catalogue.customer_of_session(token) if token else None
    return Caller(customer, "", frozenset(Scope), token) if customer is not None else None


def bearer_of(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def caller_of(request: HttpRequest, state: State) -> Caller | None:
    """Whose bearer token it is, if it is good for reading products; None otherwise."""
    try:
        return _reading(_seen(request, state, bearer_of(request)))
    except AccessRefusedError:
        return None


def reader_of(request: HttpRequest, state: State) -> Caller:
    """As `caller_of`; status 401 or 403 for everybody else."""
    caller = _seen(request, state, bearer_of(request))
    if caller is None:
        raise opens_nothing()
    if _reading(caller) is None:
        raise AccessRefusedError("this key may not read products")
    return caller


def asker_of(request: HttpRequest, state: State) -> Caller:
    """Whoever shows a token that is somebody's: the desks look further; status 401 for nobody."""
    caller = _seen(request, state, bearer_of(request))
    if caller is None:
        raise opens_nothing()
    return caller


def visitor_of(request: HttpRequest, state: State) -> Caller | None:
    """Who is signed in on the page."""
    token = request.cookies.get(COOKIE, "")
    return _reading(_seen(request, state, token)) if is_token(token) else None


def address_of(request: HttpRequest) -> str:
    return request.client.host if request.client is not None else ""


def _seen(request: HttpRequest, state: State, token: str) -> Caller | None:
    caller: Caller | None = state.doorkeeper.caller(state, token, address_of(request))
    return caller


def _reading(caller: Caller | None) -> Caller | None:
    return caller if caller is not None and Scope.READ_PRODUCTS in caller.scopes else None
