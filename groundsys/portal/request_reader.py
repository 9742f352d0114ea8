"""Requests without bodies, out of the octets of a connection as they come: HTTP/1.1 by llhttp."""

from __future__ import annotations

from dataclasses import dataclass

import httptools

#: of a request as a whole, as far as it is not there yet
LONGEST_OCTETS = 8192


@dataclass(frozen=True, slots=True)
class Request:
    """One that is there as a whole, or the reason why there will be none."""

    method: bytes
    target: str
    range: str | None
    if_range: str | None
    #: whether another one may follow
    keeps: bool
    #: a status of HTTP, if this is no request that can be answered
    refused: int = 0


class RequestReader:
    """Takes octets, gives requests in their order; a body is read over.

    What is no HTTP/1.0 or 1.1 becomes one that is `refused`.  Behind a request that does not keep
    the connection nothing is read any more.
    """

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._whole: list[Request] = []
        self._keeps = True
        self._room = LONGEST_OCTETS
        self.on_message_begin()

    def feed(self, octets: bytes) -> list[Request]:
        """The requests that have become whole with these octets."""
        self._whole = []
        self._room -= len(octets)
        try:
            self._parser.feed_data(octets)
        except httptools.HttpParserUpgrade:
            pass  # to what is not spoken here: the request itself is answered
        except httptools.HttpParserError:
            self._add(_refused(400))
        else:
            if self._room < 0:
                self._add(_refused(431))
        return self._whole

    def _add(self, request: Request) -> None:
        if self._keeps:
            self._whole.append(request)
            self._keeps = request.keeps

    # what the parser calls

    def on_message_begin(self) -> None:
        self._target = b""
        self._hosts = 0
        self._range: str | None = None
        self._if_range: str | None = None

    def on_url(self, part: bytes) -> None:
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        match name.lower():
            case b"host":
                self._hosts += 1
            case b"range":
                self._range = value.decode("latin-1")
            case b"if-range":
                self._if_range = value.decode("latin-1")

    def on_message_complete(self) -> None:
        parser = self._parser
        self._room = LONGEST_OCTETS
        version = parser.get_http_version()
        if version not in ("1.0", "1.1") or (version == "1.1" and self._hosts != 1):
            self._add(_refused(400))  # RFC 9112, section 3.2
            return
        keeps = version == "1.1" and parser.should_keep_alive() and not parser.should_upgrade()
        target = self._target.decode("latin-1")
        self._add(Request(parser.get_method(), target, self._range, self._if_range, keeps))


def _refused(status: int) -> Request:
    return Request(b"", "", None, None, keeps=False, refused=status)
