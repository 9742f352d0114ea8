"""The craft's frame links as Yamcs counts them, the instances' state and their mission time."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from groundsys.backend.configuration import TC_LINK, TM_LINK
from groundsys.backend.connection import LinkPorts
from groundsys.backend.session import Session
from groundsys.ccsds.sdls import IV_LENGTH
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import BackendError, CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.records import LinkCounts

_POLL_S = 0.05


def link_counts(session: Session, spacecraft: Spacecraft) -> LinkCounts:
    """Frames that Yamcs has taken to their end, archive included, and CLTUs it has sent."""
    downlink, uplink = _links(session, spacecraft)
    return LinkCounts(tm_frames_in=_frames(downlink), tc_out=int(uplink.get("dataOutCount", 0)))


def tm_frames_in(session: Session, spacecraft: Spacecraft) -> int:
    """Frames that Yamcs has taken to their end, good and bad ones, since it started."""
    path = f"/links/{spacecraft.id}/{TM_LINK}"
    return _frames(session.get(path, f"read the links of {spacecraft.id}"))


def link_ports(session: Session, spacecraft: Spacecraft) -> LinkPorts:
    """Where the craft's links listen and send to, as they state it themselves."""
    downlink, uplink = _links(session, spacecraft)
    ports = []
    for link in (downlink, uplink):
        found = re.search(r"(\d+)$", str(link.get("detailedStatus", "")))
        if found is None:
            raise BackendError(
                f"link {link.get('name')} of {spacecraft.id} is not one of ours",
                expected="a UDP frame link, enabled",
                found=str(link.get("detailedStatus")),
                remedy="configure Yamcs with `groundsys yamcs-configuration`",
            )
        ports.append(int(found.group(1)))
    host = urlsplit(session.url).hostname or "127.0.0.1"
    return LinkPorts(tm_port=ports[0], tc_port=ports[1], host=host)


def use_association(session: Session, spacecraft: Spacecraft, association: int) -> None:
    """Protect the craft's command frames by another of its security associations from now on.

    Yamcs would send in clear under an index that it does not know, and goes back to the first
    association when it starts.
    """
    if spacecraft.security is None or association not in spacecraft.security.associations:
        raise CommandRefusedError(
            f"{spacecraft.id} has no security association {association}",
            expected=f"one of {spacecraft.security.associations if spacecraft.security else ()}",
        )
    channel = spacecraft.framing.tc_virtual_channel
    path = f"/sdls/{spacecraft.id}/{TC_LINK}/{channel}/spi"
    session.put(path, {"spi": association}, f"change the key of {spacecraft.id}'s link")


def number_frames_from(session: Session, spacecraft: Spacecraft, number: int) -> None:
    """Have the next frame under each of the craft's associations bear this number (IV).

    What Yamcs itself keeps of the last number is lost if it is killed before it has protected a
    frame; it then counts from the configured first one again.
    """
    octets = base64.b64encode(number.to_bytes(IV_LENGTH, "big")).decode("ascii")
    for association in spacecraft.security.associations if spacecraft.security else ():
        path = f"/sdls/{spacecraft.id}/{TC_LINK}/{association}/seq"
        session.put(path, {"seq": octets}, f"number the command frames of {spacecraft.id}")


def wait_until_running(
    session: Session, instances: Sequence[str], timeout_s: float, still_alive: Callable[[], None]
) -> None:
    """Wait until the instances run and their links work; `still_alive` raises if it died."""
    deadline = time.monotonic() + timeout_s
    while True:
        states = {
            one["name"]: one
            for one in session.get("/instances", "list the instances").get("instances", ())
        }
        for name in instances:
            if states.get(name, {}).get("state") == "FAILED":
                raise BackendError(
                    f"Yamcs cannot run the instance {name}",
                    found=str(states[name].get("failureCause")),
                    remedy="see the log of Yamcs",
                )
        waiting = [name for name in instances if not _runs(session, states.get(name))]
        if not waiting:
            return
        still_alive()
        if time.monotonic() > deadline:
            raise BackendError(
                f"Yamcs does not run {', '.join(waiting)} after {timeout_s:.0f} s",
                found=", ".join(f"{name}: {states.get(name, {}).get('state')}" for name in waiting),
                remedy="see the log of Yamcs, and that it was configured for this mission",
            )
        time.sleep(_POLL_S)  # a condition is polled here, with a deadline


def set_time(session: Session, instance: str, now: Instant, rate: float) -> None:
    """Set an instance's simulated time; it then runs `rate` times as fast as wall time."""
    session.post(
        f"/instances/{instance}:setTime",
        {"time0": now.utc_iso(3), "speed": rate, "elapsedTime": "0"},
        "set mission time",
    )


def mission_time(session: Session, instance: str) -> Instant:
    """What an instance takes for the present."""
    answer = session.get(f"/instances/{instance}", "read mission time")
    return Instant.from_utc_iso(answer["missionTime"])


def _links(session: Session, spacecraft: Spacecraft) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = session.get(f"/links/{spacecraft.id}", f"read the links of {spacecraft.id}")
    links = {link["name"]: link for link in answer.get("links", ())}
    try:
        return links[TM_LINK], links[TC_LINK]
    except KeyError as error:
        raise BackendError(
            f"Yamcs has no link {error} for {spacecraft.id}",
            expected=f"links {TM_LINK} and {TC_LINK}",
            found=", ".join(sorted(links)) or "none",
            remedy="configure Yamcs with `groundsys yamcs-configuration`",
        ) from error


def _frames(link: dict[str, Any]) -> int:
    counted = link.get("extra", {})
    return int(counted.get("Valid frames", 0)) + int(counted.get("Invalid frames", 0))


def _runs(session: Session, state: dict[str, Any] | None) -> bool:
    if state is None or state.get("state") != "RUNNING":
        return False
    links = session.get(f"/links/{state['name']}", "list the links").get("links", ())
    return all(link.get("status") == "OK" for link in links)
