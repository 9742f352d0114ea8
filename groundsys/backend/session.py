"""A session with Yamcs: its client, its clients by instance, and its errors turned into ours."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

# The client would hand out times in the machine's own zone.
os.environ["PYTHON_YAMCS_CLIENT_UTC"] = "1"

from requests import PreparedRequest, Response
from requests import Session as HttpSession
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import RequestException
from yamcs.client import Credentials as YamcsCredentials
from yamcs.client import NotFound, Unauthorized, YamcsClient, YamcsError

from groundsys.backend.connection import Credentials
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant

REQUEST_TIMEOUT_S = 60.0
#: a token is given up this long before it expires
_TOKEN_MARGIN = timedelta(seconds=20)
#: commands are numbered from the wall clock on, so many for each of its seconds: Yamcs takes some
#: milliseconds for each, so that nobody issues more
_NUMBERS_PER_S = 1024
#: 31 bits: after 24 days they begin anew
_NUMBERS = 2**31


class UnknownToYamcsError(BackendError):
    """What was asked for is not there."""

    title = "Yamcs does not know that"


class RefusedByYamcsError(BackendError):
    """Yamcs understands what is asked for, and will not have it so."""

    title = "Yamcs refuses that"


class _RequestError(YamcsError):  # type: ignore[misc]
    """A request that Yamcs finds fault with (4xx)."""


class ServiceAccount(YamcsCredentials):  # type: ignore[misc]
    """Logs in again when its token expires.

    The client's own way lives on a second token that Yamcs forgets after half an hour, and on a
    thread that renews it; a process that was stopped for longer would be locked out.
    """

    def login(self, session: HttpSession, auth_url: str, on_token_update: object) -> ServiceAccount:
        token = super().login(session, auth_url, None)
        self.access_token = token.access_token
        self.expiry = token.expiry - _TOKEN_MARGIN
        return self

    def refresh(self, session: HttpSession, auth_url: str) -> None:
        self.login(session, auth_url, None)


def first_command_number(wall_s: float) -> int:
    """The number from which a session that begins at a wall time counts its commands."""
    return round(wall_s * _NUMBERS_PER_S)


class Session:
    """One user's session; for use by one thread."""

    def __init__(self, url: str, credentials: Credentials | None) -> None:
        self.url = url
        account = (
            ServiceAccount(username=credentials.user, password=credentials.password)
            if credentials
            else None
        )
        with self.errors("log in"):
            self.client = YamcsClient(url, credentials=account, keep_alive=False)
        http: HttpSession = self.client.ctx.session
        self._adapter = http.get_adapter(self.client.ctx.url)
        #: proxies and certificates as the environment has them, read once
        self._settings = http.merge_environment_settings(self.client.ctx.url, {}, None, None, None)
        self._archives: dict[str, Any] = {}
        self._links: dict[tuple[str, str], Any] = {}
        self._command_numbers = itertools.count(first_command_number(time.time()))

    def next_command_number(self) -> int:
        """A number that no command had that was made in the same millisecond of mission time.

        Yamcs tells commands apart by that time and this number, and overwrites one by another of
        the same.  Counting from zero, a process that is started anew while the mission clock
        stands would repeat what the one before it has used.
        """
        return next(self._command_numbers) % _NUMBERS

    def archive(self, instance: str) -> Any:
        if instance not in self._archives:
            self._archives[instance] = self.client.get_archive(instance)
        return self._archives[instance]

    def link(self, instance: str, link: str) -> Any:
        key = (instance, link)
        if key not in self._links:
            self._links[key] = self.client.get_link(instance, link)
        return self._links[key]

    def get(self, path: str, what: str, **parameters: Any) -> dict[str, Any]:
        """The JSON that Yamcs' HTTP API answers to GET; `what` says in an error what was wanted.

        It is read ten times as fast as the client's own messages, whose protobuf is pure Python.
        """
        query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
        return cast(dict[str, Any], self._request("GET", path + query, what))

    def post(self, path: str, body: dict[str, Any], what: str) -> Any:
        """POST JSON; the answer is JSON too, or None if it is empty."""
        return self._request("POST", path, what, body)

    def put(self, path: str, body: dict[str, Any], what: str) -> None:
        """PUT JSON."""
        self._request("PUT", path, what, body)

    def _request(self, method: str, path: str, what: str, body: Any = None) -> Any:
        with self.errors(what):
            response = self._send(method, path, body)
            if response.ok:
                return response.json() if response.content else None
            message = f"{response.status_code}: {_message(response)}"
            match response.status_code:
                case 401 | 403:
                    raise Unauthorized(message)
                case 404:
                    raise NotFound(message)
                case code if code in range(400, 500):
                    raise _RequestError(message)
                case _:
                    raise YamcsError(message)

    def _send(self, method: str, path: str, body: Any) -> Response:
        """One exchange over the client's own connection.

        A requests session would look for proxies, cookies and passwords before each, which takes
        as long as all else: a command needs several exchanges.
        """
        context = self.client.ctx
        if context.credentials is not None:
            context.credentials.before_request(context.session, context.auth_root)
        request = PreparedRequest()
        request.method, request.url = method, f"{context.api_root}{path}"
        request.headers = context.session.headers.copy()
        if body is not None:
            request.body = json.dumps(body).encode()
            request.headers["Content-Type"] = "application/json"
            request.headers["Content-Length"] = str(len(request.body))
        return self._adapter.send(request, timeout=REQUEST_TIMEOUT_S, **self._settings)

    @contextlib.contextmanager
    def errors(self, what: str) -> Iterator[None]:
        """Turn whatever the client raises into `BackendError`."""
        try:
            yield
        except Unauthorized as error:
            raise BackendError(
                f"Yamcs refuses our account: cannot {what}",
                expected=f"an account of {self.url} with the right to do so",
                found=str(error),
                remedy="name an account in the URL: http://user:password@host:port",
            ) from error
        except NotFound as error:
            raise UnknownToYamcsError(f"cannot {what}", found=str(error)) from error
        except _RequestError as error:
            raise RefusedByYamcsError(f"cannot {what}", found=str(error)) from error
        except RequestsConnectionError as error:
            raise BackendError(
                f"cannot {what}: nobody answers",
                expected=f"Yamcs at {self.url}",
                found=str(error),
                remedy="check the URL, and that Yamcs runs there",
            ) from error
        except (YamcsError, RequestException, OSError) as error:
            raise BackendError(
                f"cannot {what}",
                expected=f"an answer of Yamcs at {self.url}",
                found=str(error),
                remedy="see the log of Yamcs",
            ) from error

    def close(self) -> None:
        self.client.close()


def _message(response: Response) -> str:
    try:
        return str(response.json().get("msg", ""))
    except ValueError:
        return response.text[:200]


def instant_of_text(text: str) -> Instant:
    """A time of the HTTP API's JSON, such as `2031-08-20T00:00:00.123Z`."""
    return Instant.from_utc_iso(text)


def json_value(value: Mapping[str, Any]) -> Any:
    """A typed value of the HTTP API's JSON as a Python value; an enumerated one is its label."""
    match value["type"]:
        case "SINT32" | "UINT32" | "SINT64" | "UINT64" as kind:
            return int(value[f"{kind.lower()}Value"])
        case "FLOAT" | "DOUBLE" as kind:
            return float(value[f"{kind.lower()}Value"])
        case "BINARY":
            return base64.b64decode(value["binaryValue"])
        case "BOOLEAN":
            return bool(value["booleanValue"])
        case "AGGREGATE":
            members = value["aggregateValue"]
            return {
                name: json_value(member)
                for name, member in zip(members["name"], members["value"], strict=True)
            }
        case "ARRAY":
            return [json_value(element) for element in value.get("arrayValue", ())]
        case "TIMESTAMP":  # milliseconds of TAI since 1970: Yamcs' own scale, and ours
            return Instant(int(value["timestampValue"]) * 1_000_000)
        case _:  # STRING, ENUMERATED; NONE has no content
            return value.get("stringValue")
