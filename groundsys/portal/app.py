"""The portal: an HTTP interface by bearer token for programs, pages with one cookie for people,
and requests to the desks in the name of whoever shows a session.

What does not exist, what is another customer's and whatever is asked for with a wrong token are
answered alike, byte for byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromPath, JSONBody

from groundsys.objects import Bucket
from groundsys.portal import account, operations
from groundsys.portal.access import COOKIE, Doorkeeper, address_of, bearer_of
from groundsys.portal.answers import COMMON, EXCEPTION_HANDLERS, HttpRequest
from groundsys.portal.catalogue import Catalogue, DesksLine
from groundsys.portal.courier import Courier
from groundsys.portal.events import EventFeed, News, stream_events
from groundsys.portal.limits import Places
from groundsys.portal.pages import PAGES
from groundsys.portal.products import (
    SECURITY,
    download_archive,
    download_product,
    list_products,
    list_versions,
    presign_download,
    presign_downloads,
    wanted_products,
)
from groundsys.portal.sealed_line import SealedLine
from groundsys.values.errors import NotLoggedInError, RequestError

__all__ = ["COOKIE", "create_app"]

#: what a request to the desks has beside its arguments
_RESERVED = frozenset({"verb", "token", "timeout_s"})
_LARGEST_BODY_BYTES = 16_384
_DESCRIPTION = """\
A customer's products: list, filter and download them, whole, in parts or many as one stream; be
told of new ones; see what is on its way; ask for the own payload's commands.  A bearer token is an
API key (`gs1_…`), a token exchanged for one (`gst_…`), or a payload operator's session.
"""


@dataclass(frozen=True, slots=True)
class Health:
    """`desks` is "answering" or "silent"; `catalogue` is "refused" while what lies in the object
    store is not believed, "good" otherwise."""

    portal: str
    version: str
    desks: str
    catalogue: str = "good"


def create_app(
    desks: DesksLine,
    bucket: Bucket,
    *,
    subscribe: Callable[[], News] | None = None,
    catalogue: Catalogue | None = None,
    doorkeeper: Doorkeeper | None = None,
    courier_here: bool | None = None,
    sealed_line: SealedLine | None = None,
) -> Litestar:
    """The portal over the desks' answers and the bucket's sealed bytes.

    `catalogue` is the desks' own by default, asked each time; one of the store is started and
    stopped with the portal.  `subscribe` brings the desks' live news, which make events prompt.
    `courier_here` has webhooks
    told by this portal: True for one that is for its own machine alone, and may send there.
    `sealed_line` delivers what is presigned of a folder's objects.
    """
    catalogue = catalogue or Catalogue(desks)
    feed = EventFeed(subscribe)
    return Litestar(
        route_handlers=[
            show_health,
            show_signing_key,
            account.show_me,
            list_products,
            download_product,
            presign_download,
            presign_downloads,
            list_versions,
            download_archive,
            stream_events,
            operations.show_on_its_way,
            operations.show_command_catalogue,
            operations.list_commands,
            operations.request_command,
            operations.foresee_command,
            operations.show_command,
            operations.take_command_back,
            account.list_keys,
            account.make_key,
            account.revoke_key,
            account.exchange_key,
            account.end_token,
            account.list_webhooks,
            account.make_webhook,
            account.remove_webhook,
            account.resume_webhook,
            account.list_accesses,
            ask_desks,
            *PAGES,
        ],
        state=State(
            {
                "catalogue": catalogue,
                "bucket": bucket,
                "doorkeeper": doorkeeper or Doorkeeper(),
                "sealed_line": sealed_line,
                "streams": Places(),
                "feed": feed,
            }
        ),
        dependencies={"wanted": Provide(wanted_products, sync_to_thread=False)},
        lifespan=[_living(feed, catalogue, courier_here)],
        openapi_config=OpenAPIConfig(
            title="groundsys portal",
            version=version("groundsys"),
            description=_DESCRIPTION,
            path="/api/v1",
            render_plugins=[JsonRenderPlugin()],
            components=Components(
                security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
            ),
        ),
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=_LARGEST_BODY_BYTES,
        logging_config=None,
    )


def _living(feed: EventFeed, catalogue: Catalogue, courier_here: bool | None) -> Any:
    @asynccontextmanager
    async def living(_: Litestar) -> AsyncIterator[None]:
        await asyncio.to_thread(catalogue.start)
        await feed.start()
        courier = None
        if courier_here is not None:
            courier = Courier(catalogue, feed, here=courier_here)
            courier.start()
        try:
            yield
        finally:
            await feed.stop()
            if courier is not None:
                courier.stop()
            await asyncio.to_thread(catalogue.stop)

    return living


@get("/api/v1/health", sync_to_thread=True)
def show_health(state: State) -> Health:
    """Whether the portal is up, and whether the desks answer it."""
    try:
        state.catalogue.desks_answer()
        desks = "answering"
    except RequestError:
        desks = "silent"
    catalogue = "refused" if state.catalogue.trouble() else "good"
    return Health("up", version("groundsys"), desks, catalogue)


@get(
    "/api/v1/signing-key",
    sync_to_thread=True,
    media_type="application/x-pem-file",
    responses={503: COMMON[503]},
)
def show_signing_key(state: State) -> bytes:
    """The public key that every manifest is signed by: Ed25519, PEM (RFC 8410); for everybody."""
    pem: bytes = state.catalogue.signing_key()
    return pem


@post(
    "/api/v1/requests/{verb:str}",
    sync_to_thread=True,
    status_code=200,
    security=SECURITY,
    responses=COMMON,
)
def ask_desks(
    request: HttpRequest, state: State, verb: FromPath[str], data: JSONBody[dict[str, Any]]
) -> dict[str, Any]:
    """Ask the operators' desks as the person whose session the bearer token is.

    `log_in` with name and password needs none, and answers with one.  The desks decide who may
    ask for what; the body holds the request's arguments.
    """
    bearer = bearer_of(request)
    if not bearer and verb != "log_in":
        raise NotLoggedInError("show a session", remedy="begin one with the request log_in")
    state.doorkeeper.count(bearer, address_of(request))
    if reserved := _RESERVED & data.keys():
        raise HTTPException(status_code=400, detail=f"not for a body: {', '.join(reserved)}")
    answer: dict[str, Any] = state.catalogue.ask_as(bearer, verb, data)
    return answer
