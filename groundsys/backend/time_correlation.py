"""Our clock solutions in Yamcs' time correlation service, for whoever looks there.

Every instance runs the service under the name `SERVICE`, and no link's packet preprocessor asks it:
generation times stay the reading of the packet's own time code (see
`groundsys.telemetry.correlation`).  Yamcs' on-board time is counted as the craft counts, in units
of 2⁻²⁴ s since its epoch.
"""

from __future__ import annotations

from groundsys.backend.session import Session
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import NANOSECONDS_PER_SECOND

SERVICE = "tco"
_TICKS_PER_S = 1 << 24


def set_time_correlation(session: Session, spacecraft: Spacecraft, solution: ClockSolution) -> None:
    """Make these the coefficients that the service shows: UTC of an on-board time, and the rate."""
    ticks = round(solution.sclk_ref_ns * _TICKS_PER_S / NANOSECONDS_PER_SECOND)
    scet = solution.scet(round(ticks * NANOSECONDS_PER_SECOND / _TICKS_PER_S))
    utc = scet.to_utc()
    beyond_s = scet.tai_ns % 1_000 / NANOSECONDS_PER_SECOND  # `datetime` ends at the microsecond
    with session.errors(f"show the time correlation of {spacecraft.id}"):
        session.client.get_tco_client(spacecraft.id, SERVICE).override_coefficients(
            utc=utc, obt=ticks, gradient=solution.rate / _TICKS_PER_S, offset=beyond_s
        )
