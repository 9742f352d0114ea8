"""The clock bar: mission time, rate, a craft's clock, whether it is real, whether we hear it."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.locales import time_zone, tr
from groundsys.locales.time_zones import UTC
from ops_tui.picture import Link, Picture
from ops_tui.views.fleet import fleet_view
from ops_tui.views.phrases import UNKNOWN, Phrase, duration_text, named_clock_text


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
        mission_clock=_mission_clock(clock.get("now_ns")),
        rate=tr("paused") if clock.get("paused") else _rate_text(clock.get("rate")),
        feed=_feed(link),
        warning=_warning(picture, link),
        craft=_craft_clock(picture, link, craft),
    )


def _mission_clock(now_ns: int | None) -> str:
    """Mission time; in another zone than UTC, in which it is logged, that stands beside it."""
    text = named_clock_text(now_ns)
    if now_ns is None or time_zone() == UTC:
        return text
    return f"{text} ({UTC.iso_text(now_ns)[11:16]} {UTC.name})"


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
        return Phrase(tr("NO DATA YET"), "quiet")
    if simulated:
        return Phrase(tr("SIMULATED"), "simulated")
    return Phrase(tr("FLIGHT"), "good")


def _rate_text(rate: float | None) -> str:
    if rate is None:
        return f"×{UNKNOWN}"
    return f"×{rate:.0f}" if rate >= 10 else f"×{rate:.2g}"


def _feed(link: Link) -> Phrase:
    if link.state == "live":
        return Phrase(tr("● feed live"), "good")
    if link.state == "connecting":
        return Phrase(tr("◌ connecting"), "notice")
    return Phrase(tr("✖ FEED LOST"), "bad")


def _warning(picture: Picture, link: Link) -> Phrase | None:
    if link.state != "lost":
        return None
    shown = picture.clock.get("now_ns")
    standing = tr("nothing to show yet")
    if shown:
        standing = tr("the screen stands at {time}", time=named_clock_text(shown))
    text = tr(
        "✖ FEED LOST for {silent}: {standing}; {doing}",
        silent=duration_text(link.silent_s),
        standing=standing,
        doing=link.reason or tr("reconnecting"),
    )
    return Phrase(text, "bad")
