"""Routes of the pages for people: a cookie holds a token for an hour and no more.

It is for this site alone and hidden from scripts; the key that was shown is not kept.  Two others
hold a language and a time zone, once somebody has chosen them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from litestar import MediaType, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, HeaderParameter
from litestar.response import Redirect, Stream

from groundsys.authority import Scope
from groundsys.customers import SHORT_PREFIX, is_token
from groundsys.customers.product_filters import ProductFilter
from groundsys.locales import (
    LANGUAGES,
    TIME_ZONES,
    Locale,
    accepted_language,
    reading,
)
from groundsys.portal.access import COOKIE, Caller, address_of, visitor_of
from groundsys.portal.account import end, exchange
from groundsys.portal.answers import HttpRequest, not_found
from groundsys.portal.downloads import send_product
from groundsys.portal.events import follow
from groundsys.portal.operations import on_its_way
from groundsys.portal.page import Shown, day_of, products_page, sign_in_page
from groundsys.portal.products import send_archive
from groundsys.values.errors import RefusalError, RequestError

LIFETIME_S = 3600
#: how long it is remembered in which language and time zone somebody reads
_CHOICE_S = 365 * 86_400
#: products that are looked through for one page
_MOST = 20_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SignIn:
    token: str = ""


@get("/", sync_to_thread=True, media_type=MediaType.HTML, include_in_schema=False)
def show_page(
    request: HttpRequest,
    state: State,
    spacecraft: FromQuery[str] = "",
    payload: FromQuery[str] = "",
    level: FromQuery[str] = "",
    format: FromQuery[str] = "",
    versions: FromQuery[str] = "",
    until: FromQuery[str] = "",
    language: FromQuery[str] = "",
    time_zone: FromQuery[str] = "",
) -> Response[str]:
    """Products of whoever is signed in, and what is on its way; or the form to sign in.

    `language` and `time_zone` are kept in cookies from then on.
    """
    locale = _locale_of(request, language, time_zone)
    chosen = {"language": language, "time_zone": time_zone}
    caller = visitor_of(request, state)
    if caller is None:
        with reading(locale):
            return _page(sign_in_page(), locale, chosen=chosen)
    found = state.catalogue.find_all(caller.customer, ProductFilter(), _MOST)
    entries = [product.entry for product in found.products]
    _record_list(state, caller, len(entries))
    shown = Shown(spacecraft, payload, level, format, versions == "all", until[:10])
    try:
        coming = on_its_way(state, caller.customer)
    except RefusalError:
        raise
    except RequestError:  # the desks went silent between two questions
        coming = None
    with reading(locale):
        return _page(products_page(caller.customer, entries, coming, shown), locale, chosen=chosen)


@post("/sign-in", sync_to_thread=True, media_type=MediaType.HTML, include_in_schema=False)
def sign_in(
    request: HttpRequest,
    state: State,
    data: Annotated[SignIn, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Begin a session for a key that is somebody's and good for reading."""
    token = data.token.strip()
    caller = state.doorkeeper.caller(state, token, address_of(request)) if is_token(token) else None
    if caller is None or Scope.READ_PRODUCTS not in caller.scopes:
        locale = _locale_of(request)
        with reading(locale):
            return _page(sign_in_page(refused=True), locale, status_code=403)
    short = token.startswith(SHORT_PREFIX)
    cookie = Cookie(
        key=COOKIE,
        value=token if short else exchange(state, caller, LIFETIME_S).token,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        max_age=LIFETIME_S,
    )
    return Redirect("/", status_code=303, cookies=[cookie])


@post("/sign-out", sync_to_thread=True, include_in_schema=False)
def sign_out(request: HttpRequest, state: State) -> Redirect:
    """End the session."""
    caller = visitor_of(request, state)
    if caller is not None:
        end(state, caller)
    return Redirect("/", status_code=303, cookies=[Cookie(key=COOKIE, value="", max_age=0)])


@get("/products/{identifier:str}", sync_to_thread=True, include_in_schema=False)
def save_product(request: HttpRequest, state: State, identifier: FromPath[str]) -> Response[Any]:
    """A product for whoever is signed in on the page."""
    return _send(request, state, identifier, "download")


@get("/products/{identifier:str}/view", sync_to_thread=True, include_in_schema=False)
def view_picture(request: HttpRequest, state: State, identifier: FromPath[str]) -> Response[Any]:
    """A picture within the page; nothing else is shown by a browser under our name."""
    return _send(request, state, identifier, "view")


@get("/archive", sync_to_thread=True, include_in_schema=False)
def save_day(
    request: HttpRequest,
    state: State,
    day: FromQuery[str],
    payload: FromQuery[str] = "",
    spacecraft: FromQuery[str] = "",
) -> Response[Any]:
    """What the page shows of one payload and day, as one tar."""
    caller = visitor_of(request, state)
    if caller is None:
        raise not_found()
    wanted = ProductFilter(
        spacecraft=(spacecraft,) if spacecraft else (),
        payload=(payload,) if payload else (),
        latest=True,
    )
    found = state.catalogue.find_all(caller.customer, wanted, _MOST)
    products = tuple(one for one in found.products if day_of(one.entry) == day)
    return send_archive(request, state, caller, replace(found, products=products))


@get("/events", include_in_schema=False)
async def stream_news(
    request: HttpRequest,
    state: State,
    last_event_id: Annotated[str, HeaderParameter(name="Last-Event-ID", required=False)] = "",
) -> Stream:
    """Events for the page's script; the cookie says whose."""
    caller = await asyncio.to_thread(visitor_of, request, state)
    if caller is None:
        raise not_found()
    return await follow(request, state, caller, last_event_id, None)


@get("/portal.css", include_in_schema=False, media_type="text/css")
async def show_style() -> Response[str]:
    return _asset("portal.css", "text/css")


@get("/portal.js", include_in_schema=False, media_type="text/javascript")
async def show_script() -> Response[str]:
    return _asset("portal.js", "text/javascript")


PAGES = [
    show_page,
    sign_in,
    sign_out,
    save_product,
    view_picture,
    save_day,
    stream_news,
    show_style,
    show_script,
]


def _asset(name: str, media_type: str) -> Response[str]:
    headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(_ASSETS[name], media_type=media_type, headers=headers)


_ASSETS = {name: (_HERE / name).read_text() for name in ("portal.css", "portal.js")}


def _send(request: HttpRequest, state: State, identifier: str, what: str) -> Response[Any]:
    caller = visitor_of(request, state)
    product = None if caller is None else state.catalogue.product(caller.customer, identifier)
    if caller is None or product is None:
        raise not_found()
    if what == "view" and product.entry.media_type != "image/png":
        raise not_found()
    return send_product(request, state, caller, product, what)


def _record_list(state: State, caller: Caller, found: int) -> None:
    access = [{"complete": True}]
    state.catalogue.record_access(caller.customer, access, key=caller.key, what="page", found=found)


def _locale_of(request: HttpRequest, language: str = "", time_zone: str = "") -> Locale:
    """As is chosen now, else as was chosen before, else as the browser likes it, in UTC."""
    languages = (language, request.cookies.get("language", ""))
    zones = (time_zone, request.cookies.get("time_zone", ""))
    liked = accepted_language(request.headers.get("accept-language", ""))
    return Locale(
        next((one for one in languages if one in LANGUAGES), liked),
        next((one for one in zones if one in TIME_ZONES), Locale().time_zone),
    )


def _page(
    html: str,
    locale: Locale,
    *,
    status_code: int = 200,
    chosen: Mapping[str, str] | None = None,
) -> Response[str]:
    cookies = [
        Cookie(key=name, value=getattr(locale, name), samesite="lax", max_age=_CHOICE_S)
        for name, value in (chosen or {}).items()
        if value == getattr(locale, name)
    ]
    return Response(
        html,
        status_code=status_code,
        media_type=MediaType.HTML,
        headers=_HEADERS | {"Content-Language": locale.language},
        cookies=cookies,
    )
