"""Custody of payload data: where each customer's bytes are, what comes next, where time went.

They read an answer of the desks to `custody`, which is as old as its own `now_ns` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.locales import tr, tr_later
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text_without_year,
    count_text,
    day_and_minute_text,
    duration_text,
    rough_duration_text,
    volume_text,
)

#: where bytes can be, in order of their way home, and the headings of their columns
PLACES: Mapping[str, str] = {
    "cube": tr_later("Cube"),
    "relay": tr_later("OTV"),
    "pass": tr_later("Pass"),
    "archived": tr_later("Archive"),
    "product": tr_later("Product"),
    "fetched": tr_later("Fetched"),
}
_HOME = ("product", "fetched")
#: where the next hop leads to
_NEXT = {
    "relayed": tr_later("OTV"),
    "received": tr_later("Earth"),
    "archived": tr_later("archive"),
    "published": tr_later("home"),
}

#: mission seconds after which an answer is called old
OLD_AFTER_S = 1_800.0

_LEVELS: Mapping[str, tuple[str, Tone]] = {
    "met": (tr_later("✔ met"), "good"),
    "at_risk": (tr_later("▲ at risk"), "caution"),
    "missed": (tr_later("✖ missed"), "bad"),
    "nothing": (tr_later("· nothing due"), "quiet"),
}


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """One customer: bytes by place, in the order of `PLACES`."""

    id: str
    places: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class ComingRow:
    """One file that is not home: where it is, what happens to it next, and when it is home."""

    id: str
    name: str
    #: the place of what lacks, and how much that is
    where: str
    next: str
    home: Phrase
    by_95: str
    rounds: Phrase


def custody_rows(answer: Snapshot) -> tuple[CustodyRow, ...]:
    """One row a customer, by name."""
    customers = answer.get("customers", {})
    return tuple(
        CustodyRow(name, tuple(_place(customers[name]["places"][place]) for place in PLACES))
        for name in sorted(customers)
    )


def coming_rows(answer: Snapshot, customer: str) -> tuple[ComingRow, ...]:
    """The files of a customer that are not home, the one that is foreseen next first."""
    told = answer.get("customers", {}).get(customer)
    if told is None:
        return ()
    files = [file for file in told["files"] if file["place"] not in _HOME]
    files.sort(key=lambda file: (_home_ns(file) is None, _home_ns(file) or 0, _name(file)))
    return tuple(_coming_row(file) for file in files)


def service_line(answer: Snapshot, customer: str) -> Phrase:
    """How the service level of a customer stands."""
    told = answer.get("customers", {}).get(customer)
    if told is None:
        return Phrase(tr("No customer."), "quiet")
    level = told["service_level"]
    if level is None:
        return Phrase(tr("{customer}: no service level", customer=customer), "quiet")
    word, tone = _LEVELS.get(level["state"], (f"? {level['state']}", "plain"))
    parts = [
        f"{customer}: {tr(word)}",
        tr(
            "goal {share} in {within_h:g} h",
            share=_share(level["share"]),
            within_h=level["within_h"],
        ),
        tr("{measured} of {due}", measured=_share(level["measured"]), due=level["due"]),
        tr("foreseen {foreseen}", foreseen=_share(level["foreseen"])),
    ]
    return Phrase(" · ".join(parts), tone)


def latency_line(answer: Snapshot, customer: str) -> Phrase:
    """From measurement to delivery: the middle, and the slow end."""
    told = answer.get("customers", {}).get(customer)
    if told is None or not told["latency_s"]["files"]:
        return Phrase(tr("latency: nothing is home yet"), "quiet")
    latency = told["latency_s"]
    median, p95 = _span(latency["median"]), _span(latency["p95"])
    return Phrase(
        tr(
            "latency of {files} files: median {median} · p95 {p95}",
            files=latency["files"],
            median=median,
            p95=p95,
        )
    )


def split_line(answer: Snapshot, customer: str) -> Phrase:
    """Where the mean latency went."""
    told = answer.get("customers", {}).get(customer)
    split = {} if told is None else told["latency_s"]["split"]
    spent = {name.replace("_", " "): _span(seconds) for name, seconds in split.items()}
    parts = [f"{tr(name)} {span}" for name, span in spent.items()]
    return Phrase(tr("mean: {parts}", parts=" · ".join(parts) or UNKNOWN), "quiet")


def retry_line(answer: Snapshot, customer: str) -> Phrase:
    """How often files had to be asked for again."""
    told = answer.get("customers", {}).get(customer)
    files = [] if told is None else told["files"]
    rounds = sum(file["retransmission_rounds"] for file in files)
    asked = sum(file["retransmission_rounds"] > 0 for file in files)
    text = tr(
        "retransmission: {rounds} rounds for {asked} of {files} files",
        rounds=count_text(rounds),
        asked=asked,
        files=len(files),
    )
    return Phrase(text, "notice" if rounds else "quiet")


def age_of_custody(answer: Snapshot, now_ns: int | None, trouble: str) -> Phrase:
    """Of when the answer is; a screen that stands says so."""
    told_ns = answer.get("now_ns")
    if told_ns is None:
        return Phrase(trouble or tr("◌ asking the desks"), "bad" if trouble else "notice")
    as_of = tr("custody as of {time}", time=clock_text_without_year(told_ns))
    age_s = 0.0 if now_ns is None else (now_ns - told_ns) / NANOSECONDS_PER_SECOND
    if trouble:
        return Phrase(f"✖ {as_of}: {trouble}", "bad")
    if age_s >= OLD_AFTER_S:
        return Phrase(tr("◐ {as_of}, {age} old", as_of=as_of, age=duration_text(age_s)), "caution")
    return Phrase(f"● {as_of}", "good")


def _place(told: Mapping[str, Any]) -> Phrase:
    if not told["octets"]:
        return Phrase(UNKNOWN, "quiet", right=True)
    return Phrase(volume_text(told["octets"]), right=True)


def _coming_row(file: Mapping[str, Any]) -> ComingRow:
    rounds = file["retransmission_rounds"]
    home_ns = _home_ns(file)
    place = file["place"]
    octets = file["octets_by_place"].get(place, 0)
    where = f"{tr(PLACES.get(place, place))} {volume_text(octets)}"
    return ComingRow(
        id=f"{file['spacecraft']}|{file['payload']}|{file['number']}",
        name=_name(file),
        where=where if file["size_is_known"] else f"~{where}",
        next=_next(file),
        home=Phrase(tr("not planned"), "caution") if home_ns is None else Phrase(_minute(home_ns)),
        by_95=_minute(file["by_95_ns"]),
        rounds=Phrase(count_text(rounds), "notice" if rounds else "quiet", right=True),
    )


def _next(file: Mapping[str, Any]) -> str:
    """The next hop that has not happened, and when it is foreseen."""
    for hop, times in file["hops"].items():
        if times["actual_ns"] is None and hop in _NEXT:
            return f"{tr(_NEXT[hop])} {_minute(times['predicted_ns'])}"
    return UNKNOWN


def _home_ns(file: Mapping[str, Any]) -> int | None:
    home: int | None = file["hops"]["published"]["predicted_ns"]
    return home


def _name(file: Mapping[str, Any]) -> str:
    return str(file["name"] or f"{file['payload']} {file['number']}")


def _minute(tai_ns: int | None) -> str:
    """Day of the month, hour and minute: `20 14:36`."""
    return UNKNOWN if tai_ns is None else day_and_minute_text(tai_ns)


def _span(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else rough_duration_text(seconds)


def _share(share: float | None) -> str:
    return UNKNOWN if share is None else f"{share:.0%}"
