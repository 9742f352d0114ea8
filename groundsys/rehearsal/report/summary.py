"""Reports for people: the verdict of a rehearsal, and the state of a running ground segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from groundsys.mission.faults.fault_catalogue import fault_text
from groundsys.values.instants import Instant

#: of contacts: as many that are over, and as many to come; and as many alarms
_OVER_SHOWN, _MOST_SHOWN = 2, 6
#: what of each craft's counts in the report is shown, and under which heading
_FRAMES_AND_PACKETS = {
    "frames_sent": "sent",
    "frames_received": "received",
    "frames_corrected": "corrected",
    "frames_lost_on_link": "lost",
    "packets_generated": "packets made",
    "packets_archived": "archived",
}


def print_summary(console: Console, verdict: Mapping[str, Any], report: Path | None) -> None:
    """The report's main figures, then every criterion that did not hold."""
    craft = Table(title=f"{verdict['scenario']}, seed {verdict['seed']}", title_justify="left")
    craft.add_column("frames of", no_wrap=True)
    for heading in _FRAMES_AND_PACKETS.values():
        craft.add_column(heading, justify="right")
    for name, one in verdict["spacecraft"].items():
        craft.add_row(name, *(f"{one[key]:,}" for key in _FRAMES_AND_PACKETS))
    console.print(craft)

    if verdict["customers"]:
        console.print(_customers(verdict["customers"]))
        console.print(f"their files: {verdict['deliveries']}", highlight=False, soft_wrap=True)

    passes, sessions, commands = verdict["passes"], verdict["relay_sessions"], verdict["commands"]
    console.print(
        f"passes {passes['executed']} executed, {passes['degraded']} degraded, "
        f"{passes['missed']} missed · relay sessions {sessions['executed']} of "
        f"{sessions['planned']} · commands {commands['completed']} completed of "
        f"{commands['issued']}, {commands['failed']} failed, {commands['unknown']} unknown · "
        f"retransmission rounds {verdict['retransmission_rounds']}",
        highlight=False,
    )
    console.print(
        f"{verdict['mission_start']} … {verdict['mission_end']} in "
        f"{verdict['wall_seconds']:.0f} s, {verdict['rate']:,.0f} × real time",
        highlight=False,
    )
    _print_injected(console, [fault for fault in verdict["faults"] if fault["injected"]])
    audit = verdict["audit"]
    console.print(
        f"audit log: {audit['entries']:,} entries, {audit['countersigned']:,} countersigned",
        highlight=False,
    )
    told = (_leg_lines, _departure_lines, _entry_lines, _run_lines, _release_lines, _plan_lines)
    for line in (line for lines in told for line in lines(verdict)):
        console.print(line, highlight=False, soft_wrap=True)
    for criterion in verdict["criteria"]:
        if not criterion["ok"]:
            console.print(
                f"[bold red]not met[/] {escape(criterion['name'])}: "
                f"expected {escape(criterion['expected'])}, found {escape(criterion['found'])}",
                highlight=False,
            )
    met = sum(criterion["ok"] for criterion in verdict["criteria"])
    colour, word = ("green", "OK") if verdict["ok"] else ("red", "NOT OK")
    tail = f"; report in {report}" if report is not None else ""
    console.print(
        f"[bold {colour}]{word}[/] {met} of {len(verdict['criteria'])} criteria met{tail}",
        highlight=False,
    )


def _customers(customers: Mapping[str, Any]) -> Table:
    """What each had made, and what of it is there."""
    table = Table(title_justify="left")
    table.add_column("customer", no_wrap=True)
    for heading in ("files", "bytes", "mismatches", "latency (median)", "(max)"):
        table.add_column(heading, justify="right")
    for name, one in customers.items():
        table.add_row(
            name,
            f"{one['files_delivered']} of {one['files_generated']}",
            f"{one['payload_bytes_delivered']:,}",
            str(one["hash_mismatches"]),
            _hours(one["latency_s"]["median"]),
            _hours(one["latency_s"]["max"]),
        )
    return table


def _entry_lines(verdict: Mapping[str, Any]) -> list[str]:
    """What became of each capsule that came down, and when it was foretold to land."""
    lines = []
    for craft, one in verdict.get("entries", {}).items():
        landing, told = one["events"]["landing"], [e for e in one["events"].values() if e["told"]]
        foretold = f"landing foretold {landing['foretold'][11:]} ± {landing['sigma_s']:.0f} s"
        came = f", came {landing['told'][11:]}" if landing["told"] else ""
        lines.append(
            f"{craft} {one['fate']}: {one['why']} · {foretold}{came} · {len(told)} events told, "
            f"{one['live_packets_home']} of {one['live_packets']} live packets home"
        )
    return lines


def _leg_lines(verdict: Mapping[str, Any]) -> list[str]:
    """When each leg was flown, and whether its own criteria hold."""
    lines = []
    for one in verdict.get("legs", ()):
        flown = f" {one['scenario']}" if "scenario" in one else ""
        word = "OK" if one["ok"] else "NOT OK"
        lines.append(
            f"leg {one['leg']}{flown} {one['date'][:10]}: {word} in {one['wall_seconds']:.0f} s"
        )
    return lines


def _departure_lines(verdict: Mapping[str, Any]) -> list[str]:
    """Who found each craft after it had left its launcher, and when it was to the Sun."""
    lines = []
    for craft, one in verdict.get("departures", {}).items():
        first = one["acquired"]
        heard = f"acquired {first['at'][11:]} by {first['antenna']}" if first else "never acquired"
        turns = ", ".join(f"{each['mode']} {each['since'][11:]}" for each in one["attitude"])
        lines.append(
            f"{craft} separated {one['separation'][11:]} · {heard} · {turns} · battery "
            f"{one['least_battery_percent']:g} % at least"
        )
    return lines


def _run_lines(verdict: Mapping[str, Any]) -> list[str]:
    """What became of each procedure that the scenario runs."""
    lines = []
    for one in verdict.get("procedures", ()):
        when = " … ".join(one[key][11:] for key in ("started", "ended") if one[key])
        opened = f" · {len(one['gates'])} gates opened" if one["gates"] else ""
        lines.append(f"procedure {one['procedure']} {one['outcome']} {when}{opened}".rstrip())
    return lines


def _release_lines(verdict: Mapping[str, Any]) -> list[str]:
    """When each cube was to go, went and was met."""
    lines = []
    for cube, one in verdict.get("releases", {}).items():
        if one["foreseen"] is None:
            lines.append(f"{cube} stays · {one['frames_by_cable']} frames by cable")
            continue
        went, met = ((one[key] or "")[11:] or "never" for key in ("released", "first_contact"))
        lines.append(
            f"{cube} was to go {one['foreseen'][11:]}, went {went}, was met {met} · "
            f"{one['frames_by_cable']} frames by cable"
        )
    return lines


def _plan_lines(verdict: Mapping[str, Any]) -> list[str]:
    """How the plan was mended, and how well it foretold."""
    lines = [
        f"plan {one['version']}: {one['reason']} · {one['passes_that_could_not_stay']} of "
        f"{one['passes_booked']} passes could not stay, {one['passes_moved']} moved, "
        f"{one['passes_dropped']} dropped, {one['passes_added']} added in {one['elapsed_s']:.1f} s "
        f"· {one['megabytes_home']:.1f} of {one['megabytes_optimum']:.1f} MB home"
        for one in verdict["replanning"]["replans"]
    ]
    foretold = verdict["predictions"]
    if foretold["files"]:
        lines.append(
            f"files home by the bound foretold with 95 %: {foretold['by_95']} of "
            f"{foretold['bounded']} · the middle file {foretold['median_error_s']:+.0f} s from "
            f"when foretold, its bound {foretold['median_margin_s']:.0f} s later"
        )
    return lines


def print_status(console: Console, status: Mapping[str, Any]) -> None:
    """The desks' snapshots in a few lines: craft, what of each is where, contacts, alarms."""
    clock = status.get("clock", {})
    now_ns = clock.get("now_ns")
    if now_ns is not None:
        kind = "SIMULATED " if clock.get("simulated") else ""
        console.print(
            f"{kind}{clock.get('scenario', '')}  {Instant(now_ns).utc_iso(0)}  "
            + ("paused" if clock.get("paused") else f"{clock.get('rate', 0):,.0f} × real time"),
            highlight=False,
        )
    _print_injected(console, status.get("injected", []))
    craft = status.get("fleet", {}).get("craft", {})
    console.print(_fleet(craft, now_ns))
    console.print(_where(craft))
    for line in _contacts(status.get("passes", {}), now_ns):
        console.print(line, highlight=False, soft_wrap=True)
    told_alarms = status.get("alarms", {}).get("alarms", [])
    alarms = [one for one in told_alarms if one["state"] in ("unacknowledged", "latched")]
    shelved = sum(one["state"] == "shelved" for one in told_alarms)
    also = f" ({shelved} shelved)" if shelved else ""
    console.print(f"alarms not acknowledged: {len(alarms)}{also}", highlight=False)
    for one in alarms[:_MOST_SHOWN]:
        told = f"  {one['spacecraft']}: {one['parameter']} is {one['value']} ({one['level']})"
        console.print(told, highlight=False, markup=False, soft_wrap=True)
    for customer, one in status.get("deliveries", {}).get("customers", {}).items():
        console.print(
            f"{customer}: {one['files']} files, {one['bytes']:,} bytes delivered", highlight=False
        )


def _print_injected(console: Console, faults: Sequence[Mapping[str, Any]]) -> None:
    for fault in faults:
        by = f" under way by {fault['injected_by']}" if "injected_by" in fault else ""
        console.print(f"injected{by}: {fault_text(fault)}", highlight=False, markup=False)


def _fleet(craft: Mapping[str, Any], now_ns: int | None) -> Table:
    table = Table(box=None)
    table.add_column("craft", no_wrap=True)
    for heading in ("mode", "lock", "light", "battery", "recorder", "data age", "contact"):
        table.add_column(heading)
    for name, one in craft.items():
        table.add_row(
            name,
            str(one.get("mode") or "–"),
            str(one.get("antenna") or "–") if one.get("lock") else "no",
            _duration(one.get("light_time_s")),
            _number(one.get("battery_percent"), "%"),
            _number(one.get("recorder_percent"), "%"),
            _duration(one.get("age_s")),
            _until(one.get("next_contact_ns"), now_ns),
        )
    return table


def _where(craft: Mapping[str, Any]) -> Table:
    """Of each craft's packets, files and commands: how many are where."""
    table = Table(box=None)
    table.add_column("craft", no_wrap=True)
    for heading in (
        "packets\nhere · missing",
        "files\ncoming · made · home",
        "commands\nqueued · sent · done · not",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, one in craft.items():
        files, commands = one.get("files", {}), one.get("commands", {})
        under_way = (commands.get("waiting", 0), commands.get("under_way", 0))
        done = commands.get("completed", 0)
        table.add_row(
            name,
            _counts(one.get("packets", 0), one.get("packets_missing", 0)),
            _counts(*(files.get(key, 0) for key in ("arriving", "in_the_making", "delivered"))),
            _counts(*under_way, done, sum(commands.values()) - sum(under_way) - done),
        )
    return table


def _contacts(passes: Mapping[str, Any], now_ns: int | None) -> list[str]:
    """Passes and relay sessions from the last that are over on; how many more there are."""
    lines = []
    for title, key in (("pass", "passes"), ("relay", "relay_sessions")):
        booked = passes.get(key, [])
        over = [one for one in booked if now_ns is not None and one["end_ns"] <= now_ns]
        shown = [*over[-_OVER_SHOWN:], *booked[len(over) :][:_MOST_SHOWN]]
        for one in shown:
            start, end = Instant(one["start_ns"]), Instant(one["end_ns"])
            verdict = one.get("verdict") or ""
            lines.append(
                f"{title:5}  {one['id']}  {start.utc_iso(0)} … {end.utc_iso(0)}  {one['state']}"
                f"  {verdict}".rstrip()
            )
        if len(booked) > len(shown):
            more = len(booked) - len(shown)
            lines.append(f"{title:5}  and {more} more: --json, or `groundsys plan show`")
    return lines


def _counts(*counts: int) -> str:
    return " · ".join(f"{one:,}" for one in counts)


def _until(start_ns: int | None, now_ns: int | None) -> str:
    if start_ns is None or now_ns is None:
        return "none"
    return "now" if start_ns <= now_ns else f"in {_duration((start_ns - now_ns) / 1e9)}"


def _duration(seconds: object) -> str:
    if not isinstance(seconds, int | float):
        return "–"
    if seconds < 120.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"


def _hours(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 3600:.2f} h"


def _number(value: object, unit: str) -> str:
    return f"{value:,.0f} {unit}" if isinstance(value, int | float) else "–"
