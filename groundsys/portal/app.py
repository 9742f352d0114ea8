"""The portal's routes: products by bearer token for programs, a page with one cookie for people,
and requests to the desks in the name of whoever shows a session.

A product that does not exist, one of another customer's and any product asked for with a wrong
token are answered alike, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Any

from litestar import Litestar, MediaType, Request, Response, get, post, route
from litestar.datastructures import Cookie, State
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import Body, FromPath, JSONBody
from litestar.response import Redirect

from groundsys.customers import is_token, token_hash
from groundsys.objects import FolderObjectStore
from groundsys.portal.catalogue import Catalogue, DesksLine, ProductEntry
from groundsys.portal.downloads import send_product
from groundsys.portal.page import products_page, sign_in_page
from groundsys.portal.sessions import LIFETIME_S, Sessions
from groundsys.values.errors import (
    AccessRefusedError,
    NotLoggedInError,
    ProductError,
    RefusalError,
    RequestError,
)

COOKIE = "groundsys_session"
#: what a request to the desks has beside its arguments
_RESERVED = frozenset({"verb", "token", "timeout_s"})
_LARGEST_BODY_BYTES = 16_384
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

HttpRequest = Request[Any, Any, State]


@dataclass(frozen=True, slots=True)
class ProductList:
    """All products in one customer's space, oldest first."""

    customer: str
    products: list[ProductEntry]


@dataclass(frozen=True, slots=True)
class Health:
    """`desks` is "answering" or "silent"."""

    portal: str
    version: str
    desks: str


@dataclass(frozen=True, slots=True)
class SignIn:
    token: str = ""


def create_app(desks: DesksLine, objects: FolderObjectStore) -> Litestar:
    """The portal over the desks' answers and the objects' bytes."""
    catalogue = Catalogue(desks)
    sessions = Sessions()
    return Litestar(
        route_handlers=[
            show_health,
            show_signing_key,
            list_products,
            download_product,
            show_page,
            sign_in,
            sign_out,
            save_product,
            ask_desks,
        ],
        state=State({"catalogue": catalogue, "objects": objects, "sessions": sessions}),
        openapi_config=OpenAPIConfig(
            title="groundsys portal",
            version=version("groundsys"),
            description="A customer's products: list them, download them, whole or in parts.",
            path="/api/v1",
            render_plugins=[JsonRenderPlugin()],
            components=Components(
                security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
            ),
        ),
        exception_handlers={
            HTTPException: _answer_http_error,
            RequestError: _answer_silent_desks,
            RefusalError: _answer_refusal,
            AccessRefusedError: _answer_access_refused,
            NotLoggedInError: _answer_not_logged_in,
            ProductError: _answer_broken_product,
        },
        request_max_body_size=_LARGEST_BODY_BYTES,
        logging_config=None,
    )


@get("/api/v1/health", sync_to_thread=True)
def show_health(state: State) -> Health:
    """Whether the portal is up, and whether the desks answer it."""
    try:
        state.catalogue.desks_answer()
    except RequestError:
        return Health("up", version("groundsys"), "silent")
    return Health("up", version("groundsys"), "answering")


@get("/api/v1/signing-key", sync_to_thread=True, media_type="application/x-pem-file")
def show_signing_key(state: State) -> bytes:
    """The public key that every manifest is signed by: Ed25519, PEM (RFC 8410); for everybody."""
    pem: bytes = state.catalogue.signing_key()
    return pem


@get("/api/v1/products", sync_to_thread=True, security=[{"token": []}])
def list_products(request: HttpRequest, state: State) -> ProductList:
    """List the products in the space of the token's customer."""
    customer = _customer_of_bearer(request, state)
    if customer is None:
        raise HTTPException(
            status_code=401,
            detail="This token opens nothing.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    products = [product.entry for product in state.catalogue.products(customer)]
    return ProductList(customer, products)


@route(
    "/api/v1/products/{identifier:str}",
    http_method=["GET", "HEAD"],
    sync_to_thread=True,
    security=[{"token": []}],
    media_type="application/octet-stream",
)
def download_product(
    request: HttpRequest, state: State, identifier: FromPath[str]
) -> Response[Any]:
    """Download a product; understands Range, If-Range and If-None-Match."""
    try:
        customer = _customer_of_bearer(request, state)
    except AccessRefusedError:
        customer = None
    return _send(request, state, customer, identifier)


@post(
    "/api/v1/requests/{verb:str}",
    sync_to_thread=True,
    status_code=200,
    security=[{"token": []}],
)
def ask_desks(
    request: HttpRequest, state: State, verb: FromPath[str], data: JSONBody[dict[str, Any]]
) -> dict[str, Any]:
    """Ask the operators' desks as the person whose session the bearer token is.

    `log_in` with name and password needs none, and answers with one.  The desks decide who may
    ask for what; the body holds the request's arguments.
    """
    session = _bearer_of(request)
    if not session and verb != "log_in":
        raise NotLoggedInError("show a session", remedy="begin one with the request log_in")
    if reserved := _RESERVED & data.keys():
        raise HTTPException(status_code=400, detail=f"not for a body: {', '.join(reserved)}")
    answer: dict[str, Any] = state.catalogue.ask_as(session, verb, data)
    return answer


@get("/", sync_to_thread=True, media_type=MediaType.HTML, include_in_schema=False)
def show_page(request: HttpRequest, state: State) -> Response[str]:
    """Products of whoever is signed in, or the form to sign in."""
    customer = _customer_of_session(request, state)
    if customer is None:
        return _page(sign_in_page())
    entries = [product.entry for product in state.catalogue.products(customer)]
    return _page(products_page(customer, entries))


@post("/sign-in", sync_to_thread=True, media_type=MediaType.HTML, include_in_schema=False)
def sign_in(
    request: HttpRequest,
    state: State,
    data: Annotated[SignIn, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Begin a session for a token that is somebody's."""
    token = data.token.strip()
    if state.catalogue.customer_of_token(token) is None:
        return _page(sign_in_page(refused=True), status_code=403)
    cookie = Cookie(
        key=COOKIE,
        value=state.sessions.begin(token_hash(token)),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        max_age=int(LIFETIME_S),
    )
    return Redirect("/", status_code=303, cookies=[cookie])


@post("/sign-out", sync_to_thread=True, include_in_schema=False)
def sign_out(request: HttpRequest, state: State) -> Redirect:
    """End the session."""
    state.sessions.end(request.cookies.get(COOKIE))
    return Redirect("/", status_code=303, cookies=[Cookie(key=COOKIE, value="", max_age=0)])


@get("/products/{identifier:str}", sync_to_thread=True, include_in_schema=False)
def save_product(request: HttpRequest, state: State, identifier: FromPath[str]) -> Response[Any]:
    """A product for whoever is signed in on the page."""
    return _send(request, state, _customer_of_session(request, state), identifier)


def _send(
    request: HttpRequest, state: State, customer: str | None, identifier: str
) -> Response[Any]:
    product = None if customer is None else state.catalogue.product(customer, identifier)
    if customer is None or product is None:
        raise HTTPException(status_code=404)
    path = state.objects.path(product.key)
    return send_product(request, state.catalogue, customer, product, path)


def _customer_of_bearer(request: HttpRequest, state: State) -> str | None:
    """Whose space is opened by a customer's token or a payload operator's session."""
    token = _bearer_of(request)
    customer: str | None = state.catalogue.customer_of_token(token)
    if customer is None and token and not is_token(token):
        customer = state.catalogue.customer_of_session(token)
    return customer


def _bearer_of(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _customer_of_session(request: HttpRequest, state: State) -> str | None:
    kept_hash = state.sessions.token_hash(request.cookies.get(COOKIE))
    if kept_hash is None:
        return None
    customer: str | None = state.catalogue.customer_of_hash(kept_hash)
    return customer


def _page(html: str, status_code: int = 200) -> Response[str]:
    return Response(html, status_code=status_code, media_type=MediaType.HTML, headers=_PAGE_HEADERS)


def _problem(status: int, title: str, headers: dict[str, str] | None = None) -> Response[Any]:
    """A problem in the form of RFC 9457."""
    return Response(
        {"status": status, "title": title},
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def _answer_http_error(_: HttpRequest, error: HTTPException) -> Response[Any]:
    if error.status_code == 404:
        return _problem(404, "There is no such thing here.")
    return _problem(error.status_code, error.detail, dict(error.headers or {}))


def _answer_silent_desks(_: HttpRequest, __: RequestError) -> Response[Any]:
    return _problem(503, "The ground segment does not answer just now.", {"Retry-After": "5"})


def _answer_refusal(_: HttpRequest, error: RefusalError) -> Response[Any]:
    return _problem(409, error.message)


def _answer_access_refused(_: HttpRequest, error: AccessRefusedError) -> Response[Any]:
    return _problem(403, error.message)


def _answer_not_logged_in(_: HttpRequest, error: NotLoggedInError) -> Response[Any]:
    return _problem(401, error.message, {"WWW-Authenticate": "Bearer"})


def _answer_broken_product(_: HttpRequest, __: ProductError) -> Response[Any]:
    return _problem(500, "This product cannot be read; the operators have to look.")
