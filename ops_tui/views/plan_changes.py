"""A change of the plan before it is made, in rows; and what one contact is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.locales import tr, tr_later
from ops_tui.picture import Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text_without_year,
    day_text,
    duration_text,
    minute_text,
    volume_text,
)

#: kind of change → (sign, word, tone)
_KINDS: dict[str, tuple[str, str, Tone]] = {
    "added": ("+", tr_later("added"), "good"),
    "moved": ("→", tr_later("moved"), "notice"),
    "retuned": ("~", tr_later("retuned"), "notice"),
    "cancelled": ("✖", tr_later("cancelled"), "bad"),
    "cut": ("✖", tr_later("cut short"), "bad"),
}

#: customers' figures that differ by less are the same
_SAME_BITS, _SAME_S = 4e5, 180.0


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A contact before and after."""

    kind: Phrase
    id: str
    craft: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """What a customer gets by the plan before and after, and how late."""

    customer: str
    volume: Phrase
    latency: Phrase


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What a change would do, for whom."""

    token: str
    version: int
    reason: str
    contacts: tuple[ChangeRow, ...]
    customers: tuple[CustomerRow, ...]
    #: commands and needs that are served otherwise, in the desks' words
    notes: tuple[str, ...]
    shortfalls: tuple[str, ...]
    affected: Phrase


def proposal_view(answer: Snapshot) -> ProposalView:
    """What the desks answer to `plan_propose`."""
    changes: Mapping[str, Any] = answer["changes"]
    customers = tuple(
        _customer(name, one) for name, one in sorted(changes.get("customers", {}).items())
    )
    touched = [
        row.customer for row in customers if {row.volume.tone, row.latency.tone} != {"plain"}
    ]
    craft = [str(one) for one in answer.get("craft", ())]
    return ProposalView(
        token=str(answer["proposal"]),
        version=int(answer["version"]),
        reason=str(answer.get("reason") or ""),
        contacts=tuple(_change(one) for one in answer["contacts"]),
        customers=customers,
        notes=tuple(str(one) for one in changes.get("commands", ())),
        shortfalls=tuple(
            tr(
                "{subject}: {granted} of {asked}, {reason}",
                subject=one["subject"],
                granted=one["granted"],
                asked=one["asked"],
                reason=one["reason"],
            )
            for one in changes.get("shortfalls", ())
        ),
        affected=_affected(craft, touched),
    )


def _affected(craft: list[str], customers: list[str]) -> Phrase:
    if not craft and not customers:
        return Phrase(tr("nobody: nothing would change"), "quiet")
    return Phrase(", ".join([*craft, *customers]), "caution")


def _change(one: Snapshot) -> ChangeRow:
    sign, word, tone = _KINDS.get(str(one["kind"]), ("?", str(one["kind"]), "plain"))
    return ChangeRow(
        kind=Phrase(f"{sign} {tr(word)}", tone),
        id=str(one["id"]),
        craft=str(one["spacecraft"]),
        before=_place(one.get("before")),
        after=_place(one.get("after")),
    )


def _place(place: Snapshot | None) -> str:
    if not place:
        return UNKNOWN
    start, end = place["start_ns"], place["end_ns"]
    return f"{place['with']} {day_text(start)} {minute_text(start)}–{minute_text(end)}"


def _customer(name: str, one: Snapshot) -> CustomerRow:
    before, after = float(one["bits_before"]), float(one["bits_after"])
    early, late = one.get("latency_s_before"), one.get("latency_s_after")
    return CustomerRow(name, _volume(before, after), _latency(early, late))


def _volume(before: float, after: float) -> Phrase:
    if abs(after - before) < _SAME_BITS:
        return Phrase(tr("{volume}, as before", volume=volume_text(after / 8)))
    text = f"{volume_text(before / 8)} → {volume_text(after / 8)}"
    return Phrase(f"▲ {text}", "good") if after > before else Phrase(f"▼ {text}", "bad")


def _latency(before: float | None, after: float | None) -> Phrase:
    if after is None:
        return Phrase(tr("never"), "bad" if before is not None else "plain")
    if before is None:
        return Phrase(f"▲ {duration_text(after)}", "good")
    if abs(after - before) < _SAME_S:
        return Phrase(tr("{span}, as before", span=duration_text(after)))
    text = f"{duration_text(before)} → {duration_text(after)}"
    return (
        Phrase(tr("▲ {text}, sooner", text=text), "good")
        if after < before
        else Phrase(tr("▼ {text}, later", text=text), "bad")
    )


@dataclass(frozen=True, slots=True)
class ContactDetail:
    """What a pass or session is for, in labelled phrases, line after line."""

    id: str
    title: str
    lines: tuple[tuple[tuple[str, Phrase], ...], ...]


def contact_detail(shown: Snapshot) -> ContactDetail:
    """What the desks answer to `contact_show`."""
    return _pass_detail(shown) if shown["what"] == "pass" else _session_detail(shown)


def _pass_detail(shown: Snapshot) -> ContactDetail:
    margin = min(shown["predicted"]["c_n0_dbhz"]) - shown["needed_c_n0_dbhz"] - shown["weather_db"]
    queue = shown["uplink_queue"]
    brings = ", ".join(
        tr("{volume} for {customer}", volume=volume_text(bits / 8), customer=customer)
        for customer, bits in shown["brings"].items()
    )
    served = ", ".join(shown["serves"])
    return ContactDetail(
        str(shown["id"]),
        f"{shown['id']}  {shown['antenna']} → {shown['spacecraft']}",
        (
            (
                (tr("carries"), Phrase(volume_text(shown["volume_bits"] / 8))),
                (tr("rate"), Phrase(f"{shown['rate_bps'] / 1e3:g} kbit/s")),
                (tr("margin"), _margin(margin)),
                (tr("elevation"), Phrase(f"{shown['maximum_elevation_deg']:.0f}°")),
            ),
            (
                (tr("brings"), Phrase(brings or tr("no customer's data"),
                                      "plain" if brings else "quiet")),
            ),
            (
                (tr("serves"), Phrase(served or tr("data alone"), "plain" if served else "quiet")),
                (tr("commands"), Phrase(tr("{waiting} waiting", waiting=queue["waiting"]))),
                (tr("plan"), Phrase(tr("version {version}", version=shown["plan_version"]))),
            ),
        ),
    )  # fmt: skip


def _session_detail(shown: Snapshot) -> ContactDetail:
    home, heard = shown.get("home_with"), shown.get("heard_from_ns")
    customers = ", ".join(shown["customers"])
    return ContactDetail(
        str(shown["id"]),
        f"{shown['id']}  {shown['relay']} ⇄ {shown['spacecraft']}",
        (
            (
                (tr("carries"), Phrase(volume_text(shown["volume_bits"] / 8))),
                (tr("rate"), Phrase(f"{shown['rate_bps'] / 1e3:g} kbit/s")),
                (tr("elevation"), Phrase(f"{shown['maximum_elevation_deg']:.0f}°")),
            ),
            (
                (tr("of"), Phrase(customers or tr("no customer"))),
                (tr("home with"), Phrase(str(home or tr("no pass that is planned")),
                                     "plain" if home else "caution")),
            ),
            (
                (tr("heard from"), Phrase(clock_text_without_year(heard))),
                (tr("plan"), Phrase(tr("version {version}", version=shown["plan_version"]))),
            ),
        ),
    )  # fmt: skip


def _margin(margin_db: float) -> Phrase:
    if margin_db < 0.0:
        return Phrase(f"✖ {margin_db:.1f} dB", "bad")
    return Phrase(f"{margin_db:.1f} dB", "plain" if margin_db >= 2.0 else "caution")
