"""What the portal answers when something is not as asked: problems in the form of RFC 9457.

What is absent, what is another customer's and what a wrong token asks for take one way and are
answered alike, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from groundsys.values.errors import (
    AccessRefusedError,
    NoAnswerError,
    NotLoggedInError,
    ProductError,
    RefusalError,
    RequestError,
)
from groundsys.values.instants import Instant

HttpRequest = Request[Any, Any, State]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words for people."""

    status: int
    title: str


def problem_spec(description: str) -> ResponseSpec:
    return ResponseSpec(
        data_container=Problem,
        description=description,
        media_type="application/problem+json",
        generate_examples=False,
    )


#: what every route may answer beside what it is asked for
COMMON = {
    400: problem_spec("a parameter or body is not as described"),
    401: problem_spec("the bearer token opens nothing"),
    403: problem_spec("the key's scopes, or the account's role, do not reach so far"),
    404: problem_spec("there is no such thing, or it is not the asker's: these are answered alike"),
    409: problem_spec("the desks refuse; the title says why"),
    429: problem_spec("too many requests: come again after `Retry-After` seconds"),
    503: problem_spec("the ground segment does not answer just now"),
}


def not_found() -> HTTPException:
    """For everything that is not there, or not the asker's."""
    return HTTPException(status_code=404)


def opens_nothing() -> HTTPException:
    return HTTPException(
        status_code=401,
        detail="This token opens nothing.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def wrong(detail: str) -> HTTPException:
    return HTTPException(status_code=400, detail=detail)


def too_many(wait_s: float) -> HTTPException:
    return HTTPException(
        status_code=429,
        detail="Too many requests; wait a little.",
        headers={"Retry-After": str(max(1, round(wait_s + 0.5)))},
    )


def utc(tai_ns: Any) -> str | None:
    """An instant of the desks' answers (TAI ns) in UTC, to the millisecond."""
    return None if tai_ns is None else Instant(int(tai_ns)).utc_iso(3)


def in_utc(value: Any) -> Any:
    """Plain values with every `…_ns` (TAI) as `…` in UTC."""
    if isinstance(value, Mapping):
        return {
            key.removesuffix("_ns"): utc(item) if key.endswith("_ns") else in_utc(item)
            for key, item in value.items()
        }
    return [in_utc(item) for item in value] if isinstance(value, list | tuple) else value


def _problem(status: int, title: str, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(
        {"status": status, "title": title},
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def _answer_http_error(_: HttpRequest, error: HTTPException) -> Response[Any]:
    if error.status_code == 404:
        return _problem(404, "There is no such thing here.")
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if "allow" in headers:  # litestar tells it in another order at each start
        headers["allow"] = ", ".join(sorted(headers["allow"].split(", ")))
    return _problem(error.status_code, error.detail, headers)


class DesksSilentError(NoAnswerError):
    """A portal that does without the desks would need them for this; what it says is shown."""


def _answer_silent_desks(_: HttpRequest, error: RequestError) -> Response[Any]:
    title = "The ground segment does not answer just now."
    if isinstance(error, DesksSilentError):
        title = f"{title} {error.message}."
    return _problem(503, title, {"Retry-After": "5"})


def _answer_refusal(_: HttpRequest, error: RefusalError) -> Response[Any]:
    return _problem(409, error.message)


def _answer_access_refused(_: HttpRequest, error: AccessRefusedError) -> Response[Any]:
    return _problem(403, error.message)


def _answer_not_logged_in(_: HttpRequest, error: NotLoggedInError) -> Response[Any]:
    return _problem(401, error.message, {"WWW-Authenticate": "Bearer"})


def _answer_broken_product(_: HttpRequest, __: ProductError) -> Response[Any]:
    return _problem(500, "This product cannot be read; the operators have to look.")


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    HTTPException: _answer_http_error,
    RequestError: _answer_silent_desks,
    RefusalError: _answer_refusal,
    AccessRefusedError: _answer_access_refused,
    NotLoggedInError: _answer_not_logged_in,
    ProductError: _answer_broken_product,
}
