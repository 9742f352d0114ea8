"""Where a Yamcs server is and how to speak to it; what a run's processes hand one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Credentials:
    """The service account's name and password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LinkPorts:
    """UDP ports of one craft's frame links.

    Yamcs receives TM frames on `tm_port` of `host`, and sends CLTUs to `tc_port` of this machine.
    """

    tm_port: int
    tc_port: int
    host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Connection:
    """A server's address, its service account and its frame links by craft."""

    url: str
    credentials: Credentials | None
    links: Mapping[str, LinkPorts]

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it; it contains the password, so the file must be its owner's alone."""
        return {
            "url": self.url,
            "user": self.credentials.user if self.credentials else None,
            "password": self.credentials.password if self.credentials else None,
            "links": {
                craft: {"tm_port": ports.tm_port, "tc_port": ports.tc_port, "host": ports.host}
                for craft, ports in self.links.items()
            },
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Connection:
        user = content["user"]
        return cls(
            url=content["url"],
            credentials=Credentials(user, content["password"]) if user else None,
            links={craft: LinkPorts(**ports) for craft, ports in content["links"].items()},
        )


def split_credentials(url: str) -> tuple[str, Credentials | None]:
    """`http://user:password@host:port` as the bare address and the account named in it."""
    parts = urlsplit(url)
    if parts.username is None:
        return url.rstrip("/"), None
    address = parts.netloc.rpartition("@")[2]
    bare = urlunsplit((parts.scheme, address, parts.path.rstrip("/"), "", ""))
    return bare, Credentials(parts.username, parts.password or "")
