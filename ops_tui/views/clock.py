"""The clock bar: mission time, rate, a craft's clock, whether it is real, whether we hear it."""

from __future__ import annotations

from dataclasses import dataclass

from ops_tui.picture import Link, Picture
from ops_tui.views.fleet import fleet_view
from ops_tui.views.phrases import UNKNOWN, Phrase, clock_text, duration_text


@dataclass(frozen=True, slots=True)
class CraftClock:
    """A craft's clock *there* at this moment, and *here*, as what reaches us now shows it.

    The day is that of the clock there.
    """

    craft: str
    there: str
    here: str
    light_time: str
    age: Phrase


@dataclass(frozen=True, slots=True)
class ClockView:
    """What the bar says; `warning` fills a second line, or is None."""

    kind: Phrase
    scenario: str
    mission_clock: str
    rate: str
    feed: Phrase
    warning: Phrase | None
    craft: CraftClock | None


def clock_view(picture: Picture, link: Link, craft: str = "") -> ClockView:
    """The bar, with the clock of `craft`, or of the first craft that antennas speak to."""
    clock = picture.clock
    return ClockView(
        kind=_kind(picture),
        scenario=str(clock.get("scenario") or UNKNOWN),
        mission_clock=f"{clock_text(clock.get('now_ns'))} UTC",
        rate="paused" if clock.get("paused") else _rate_text(clock.get("rate")),
        feed=_feed(link),
        warning=_warning(picture, link),
        craft=_craft_clock(picture, link, craft),
    )


def _craft_clock(picture: Picture, link: Link, craft: str) -> CraftClock | None:
    fleet = {view.id: view for view in fleet_view(picture, link)}
    shown = fleet.get(craft) or next((one for one in fleet.values() if not one.relay), None)
    if shown is None:
        return None
    return CraftClock(
        shown.id,
        shown.clock_there,
        shown.clock_here.rpartition(" ")[2],
        shown.light_time,
        shown.age,
    )


def window_title(picture: Picture) -> str:
    """The title of the terminal's window: what is flown, and above all whether it is real."""
    kind = _kind(picture).text
    return f"groundsys – {kind} – {picture.clock.get('scenario') or UNKNOWN}"


def _kind(picture: Picture) -> Phrase:
    simulated = picture.clock.get("simulated")
    if simulated is None:
        return Phrase("NO DATA YET", "quiet")
    return Phrase("SIMULATED", "simulated") if simulated else Phrase("FLIGHT", "good")


def _rate_text(rate: float | None) -> str:
    if rate is None:
        return f"×{UNKNOWN}"
    return f"×{rate:.0f}" if rate >= 10 else f"×{rate:.2g}"


def _feed(link: Link) -> Phrase:
    if link.state == "live":
        return Phrase("● feed live", "good")
    if link.state == "connecting":
        return Phrase("◌ connecting", "notice")
    return Phrase("✖ FEED LOST", "bad")


def _warning(picture: Picture, link: Link) -> Phrase | None:
    if link.state != "lost":
        return None
    shown = picture.clock.get("now_ns")
    standing = f"the screen stands at {clock_text(shown)} UTC" if shown else "nothing to show yet"
    doing = link.reason or "reconnecting"
    return Phrase(f"✖ FEED LOST for {duration_text(link.silent_s)}: {standing}; {doing}", "bad")
