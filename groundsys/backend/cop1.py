"""FOP-1, the sending end of COP-1 (CCSDS 232.1-B-2 §5), as Yamcs runs it for one craft.

T1 is in wall seconds: whoever sets it knows light time and the clock's rate.  A command in AD
mode counts as sent only once the craft's report has come back.
"""

from __future__ import annotations

from typing import Any

from groundsys.backend.configuration import SLIDING_WINDOW, uplink_channel_link
from groundsys.backend.session import Session
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.ports import Cop1State
from groundsys.values.errors import CommandRefusedError

_STATES: dict[str, Cop1State] = {
    "ACTIVE": "active",
    "RETRANSMIT_WITHOUT_WAIT": "active",
    "RETRANSMIT_WITH_WAIT": "active",
    "INITIALIZING_WITHOUT_BC": "initialising",
    "INITIALIZING_WITH_BC": "initialising",
    "UNINITIALIZED": "initial",
    "SUSPENDED": "suspended",
}
#: Yamcs waits this long for the first report; the desks give up earlier, in mission time
_CLCW_TIMEOUT_S = 1_000_000


def initialise_cop1(session: Session, spacecraft: Spacecraft, *, unlock: bool = False) -> None:
    """Start AD service anew: V(S) from the craft's next report, or after an Unlock command.

    A report that asks for a retransmission ends the former in state "initial" (event E4); a FARM
    in lockout does so too (E14).  Both need `unlock`, which costs a round trip.
    """
    terminate_cop1(session, spacecraft)
    link = _link(session, spacecraft)
    with session.errors(f"initialise COP-1 of {spacecraft.id}"):
        if unlock:
            link.initialize_cop1("UNLOCK")
        else:
            link.initialize_cop1("WITH_CLCW_CHECK", clcw_wait_timeout=_CLCW_TIMEOUT_S)


def terminate_cop1(session: Session, spacecraft: Spacecraft) -> None:
    """End AD service and forget what has not been acknowledged; harmless if it had not begun."""
    with session.errors(f"end COP-1 of {spacecraft.id}"):
        _link(session, spacecraft).disable_cop1(bypass_all=True)


def set_cop1_timer(session: Session, spacecraft: Spacecraft, t1_s: float, limit: int) -> None:
    """Set T1 in wall seconds, and how often a frame is sent at most."""
    with session.errors(f"set the COP-1 timer of {spacecraft.id}"):
        _link(session, spacecraft).update_cop1_config(t1=t1_s, tx_limit=limit)


def cop1_status(session: Session, spacecraft: Spacecraft) -> Cop1State:
    """How FOP-1 stands; asked before every AD frame, so in one quick round trip."""
    _require_cop1(spacecraft)
    path = f"/cop1/{spacecraft.id}/{uplink_channel_link(spacecraft)}/status"
    status = session.get(path, f"read the COP-1 status of {spacecraft.id}")
    if not status.get("cop1Active"):
        return "bypass"
    state = _STATES[status["state"]]
    waiting = int(status.get("sentQueueNumFrames", 0)) + int(status.get("waitQueueNumTC", 0))
    return "full" if state == "active" and waiting >= SLIDING_WINDOW else state


def _link(session: Session, spacecraft: Spacecraft) -> Any:
    _require_cop1(spacecraft)
    return session.link(spacecraft.id, uplink_channel_link(spacecraft))


def _require_cop1(spacecraft: Spacecraft) -> None:
    if spacecraft.framing.uplink_mode != "AD":
        raise CommandRefusedError(
            f"{spacecraft.id} has no COP-1",
            expected="a craft whose uplink_mode is AD",
            found=spacecraft.framing.uplink_mode,
        )
