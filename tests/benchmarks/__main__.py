"""What this machine makes of a Mars day: `make bench`, or `python -m tests.benchmarks`.

Parts:
  flight   a rehearsal through the command line: simulated seconds a wall second, and the memory
           of all its processes, Yamcs included (PSS; aim: below 1.5 GB)
  rate     simulated seconds a wall second with 1, 4, 16 and 64 cubes on the surface, 2.5 days
           each, and by which power CPU time grows (half an hour; --cubes 1 4 for less)
  archive  frames a second from antenna to archive, beside what Yamcs' frame link takes from a
           bare sender in the same run, by turns (aim: at least 0.8 of it)
  commanding  the whole path of a command beside a bare call of yamcs-client, by turns (aim: less
           than 20 ms more at the median)
  stages   frames coded a second, and steps a second of the mission clock with ten hosts
  portal   downloads of one customer and of 200 at once beside nginx with the same files in plain,
           by turns (aim: at least 0.7 of its throughput); without nginx alone
  console  60 craft of 500 parameters each, published at 10 Hz, and the operators' console: from key
           to screen (aim: less than 100 ms), and its memory (aim: below 300 MB)
  geometry a year's view periods beside SPICE's and skyfield's searches
  routing  100 000 contacts beside Dijkstra's algorithm over contacts
  planning 1 to 60 craft on 12 antennas for four weeks, and plans mended
  products payload files into products, as a multiple of the downlink's peak rate (aim: 50), and
           what a quick-look takes (aim: 150 ms)
  notified from the archive to the first octet in the hands of a notified customer, in real time,
           of files of a simulated flight (aim: less than 2 s; ten minutes)
  satnet   three weeks of NASA's Deep Space Network beside what was published (15 minutes; only
           with --satnet FOLDER, since the data do not come with groundsys)
Nothing is asserted: figures depend on the machine and on what else it does.  Close other runs
first; a page that another run shares is not counted whole in PSS.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.planner import PROGRAMS, run_program, run_satnet

if TYPE_CHECKING:
    from tests.benchmarks.archive import ArchiveFigures
    from tests.benchmarks.commanding import CommandingFigures, Spread
    from tests.benchmarks.console import ConsoleFigures, KeyFigures
    from tests.benchmarks.flight import FlightFigures
    from tests.benchmarks.portal import PortalFigures
    from tests.benchmarks.rate import RateFigures
    from tests.benchmarks.stages import ClockFigures, CodingFigures

PARTS = ("flight", "rate", "archive", "commanding", "stages", "portal", "console", *PROGRAMS)
MEMORY_AIM = 1_500_000_000
RATIO_AIM = 0.8
PORTAL_AIM = 0.7
OVERHEAD_AIM_MS = 20.0
KEY_AIM_MS = 100.0
CONSOLE_MEMORY_AIM = 300_000_000
#: craft, parameters of each, changes a second
BUSY_FLEET = (60, 500, 10)


def main() -> None:
    options = _options()
    parts = options.parts or list(PARTS)
    figures: dict[str, Any] = {
        "machine": {
            "processors": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load_before": os.getloadavg()[0],
        }
    }
    if "flight" in parts:
        from tests.benchmarks import flight

        flown = flight.fly(options.scenario, options.seed)
        figures["flight"] = asdict(flown)
        _show_flight(flown)
    if "rate" in parts:
        from tests.benchmarks import rate

        flights = []
        print("\nrate: 2.5 days of a network on the surface")
        for one in rate.measure(options.cubes, options.seed):
            flights.append(one)
            _show_rate(flights)
        figures["rate"] = [asdict(one) for one in flights]
    if "archive" in parts:
        from groundsys.mission import load_mission
        from tests.benchmarks import archive

        mission = load_mission()
        measured = archive.measure(
            mission, mission.scenarios[options.scenario], options.frames, options.rounds
        )
        figures["archive"] = asdict(measured)
        _show_archive(measured)
    if "commanding" in parts:
        from groundsys.mission import load_mission
        from tests.benchmarks import commanding

        mission = load_mission()
        commanded = commanding.measure(
            mission, mission.scenarios[options.scenario], options.commands
        )
        figures["commanding"] = asdict(commanded)
        _show_commanding(commanded)
    if "stages" in parts:
        from tests.benchmarks import stages

        coding, clock = stages.measure_coding(), stages.measure_clock()
        figures["stages"] = {"coding": asdict(coding), "clock": asdict(clock)}
        _show_stages(coding, clock)
    if "portal" in parts:
        from tests.benchmarks import portal

        served = [
            portal.measure(customers, octets, options.rounds) for customers, octets in portal.CROWDS
        ]
        figures["portal"] = [asdict(one) for one in served]
        _show_portal(served)
    if "console" in parts:
        from tests.benchmarks import console

        obeyed = console.measure(*BUSY_FLEET, options.presses)
        figures["console"] = asdict(obeyed)
        _show_console(obeyed)
    for name in ("geometry", "routing", "planning", "products", "notified"):
        if name in parts:
            figures[name] = run_program(name)
    if "satnet" in parts:
        if options.satnet is None:
            print("\nsatnet: left out; name the folder of its weeks with --satnet")
        else:
            figures["satnet"] = run_satnet(options.satnet)
    if options.out is not None:
        options.out.write_text(json.dumps(figures, indent=2) + "\n")
        print(f"figures in {options.out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: python -m tests.benchmarks archive --rounds 9 --out figures.json",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; or all")
    parser.add_argument(
        "--scenario",
        default="quickstart",
        choices=("quickstart", "short"),
        help="to fly (default: quickstart)",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the flight's truth (default 1)")
    parser.add_argument(
        "--cubes", type=int, nargs="+", default=[1, 4, 16, 64], help="of rate (default 1 4 16 64)"
    )
    parser.add_argument(
        "--frames", type=int, default=2000, help="relay frames in a round of archive (default 2000)"
    )
    parser.add_argument(
        "--rounds", type=int, default=7, help="rounds of chain and bare sender each (default 7)"
    )
    parser.add_argument(
        "--commands", type=int, default=300, help="commands to go either way (default 300)"
    )
    parser.add_argument(
        "--presses", type=int, default=120, help="of each kind of key of console (default 120)"
    )
    parser.add_argument(
        "--satnet",
        type=Path,
        metavar="FOLDER",
        default=os.environ.get("GROUNDSYS_SATNET"),
        help="problems.json and maintenance.csv of SatNet (default: $GROUNDSYS_SATNET)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures there as JSON")
    options = parser.parse_args()
    if unknown := sorted(set(options.parts) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return options


def _show_flight(flown: FlightFigures) -> None:
    print(f"\nflight: {flown.scenario}, verdict {flown.verdict}, {flown.wall_s:.0f} s wall in all")
    _line("simulated seconds a wall second", f"{flown.rate:,.0f}", "start to end of the command")
    _line("  while the clock runs", f"{flown.rate_flying:,.0f}")
    reached = _verdict(flown.peak_pss < MEMORY_AIM)
    aim = f"aim < {MEMORY_AIM / 1e6:,.0f} MB: {reached}; {flown.samples} samples"
    _line("memory of all at once, PSS", _megabytes(flown.peak_pss), aim)
    for name, octets in sorted(flown.pss_at_peak.items(), key=lambda one: -one[1]):
        own = f"its own most: {_megabytes(flown.peak_by_process[name])}"
        _line(f"  {name}", _megabytes(octets), own)


def _show_rate(flights: list[RateFigures]) -> None:
    from tests.benchmarks.rate import exponent

    last = flights[-1]
    grown = f"; grows as n^{exponent(flights[-2], last):.2f}" if len(flights) > 1 else ""
    _line(
        f"{last.cubes} cubes",
        f"{last.rate_flying:,.0f}",
        f"simulated seconds a wall second; {last.cpu_s_a_sol:.1f} CPU s a sol{grown}; "
        f"{_megabytes(last.peak_pss)}; verdict {last.verdict}",
    )


def _show_portal(served: list[PortalFigures]) -> None:
    print(
        "\nportal: downloads over HTTP on loopback, opened from sealed objects; nginx: plain files"
    )
    for one in served:
        size = f"{one.file_octets / 2**20:g} MiB each"
        print(f"  {one.customers} at once, {size}")
        _line("  portal, MB/s", f"{one.portal.megabytes_per_s:,.0f}", _done(one.portal.p95_s))
        alone = one.of_store
        name = "  portal of the catalogue, MB/s"
        _line(name, f"{alone.megabytes_per_s:,.0f}", _done(alone.p95_s))
        past = f"{_done(one.sealed.p95_s)}; a ticket, of fifty: {one.ticket_ms:.2f} ms"
        _line("  past it, sealed, MB/s", f"{one.sealed.megabytes_per_s:,.0f}", past)
        if one.nginx is not None:
            _line("  nginx, MB/s", f"{one.nginx.megabytes_per_s:,.0f}", _done(one.nginx.p95_s))
            for whose, ratio in (
                ("", one.ratio or 0.0),
                (" of the catalogue's", one.ratio_of_store or 0.0),
                (" past the portal", one.ratio_of_sealed or 0.0),
            ):
                reached = _verdict(ratio >= PORTAL_AIM)
                told = f"aim ≥ {PORTAL_AIM}: {reached}"
                _line(f"  ratio{whose or ' of the medians'}", f"{ratio:.2f}", told)
    _line("reading and opening alone, MB/s", f"{served[-1].opening_megabytes_per_s:,.0f}")


def _done(p95_s: float) -> str:
    return f"95 % done within {p95_s:.2f} s"


def _show_archive(measured: ArchiveFigures) -> None:
    print(
        f"\narchive: {measured.frames_a_round} frames a round, {measured.relay_frames_a_round} "
        f"of them heard by the antenna, the others inside them"
    )
    _line(
        "antenna to archive, frames/s",
        f"{measured.chain_median:,.0f}",
        f"median; {measured.chain_cpu_us:.0f} µs of work a frame",
    )
    _line("  rounds", " ".join(f"{one:,.0f}" for one in measured.chain_per_s))
    _line("bare sender, frames/s", f"{measured.bare_median:,.0f}", "median; none lost")
    _line("  rounds", " ".join(f"{one:,.0f}" for one in measured.bare_per_s))
    reached = _verdict(measured.ratio >= RATIO_AIM)
    _line("ratio of the medians", f"{measured.ratio:.2f}", f"aim ≥ {RATIO_AIM}: {reached}")
    _line("  by round", " ".join(f"{one:.2f}" for one in measured.ratios_by_round))
    blast = f"of {measured.blast_frames}; the others at {measured.blast_per_s:,.0f}/s"
    _line("lost by a sender that never looks", f"{measured.blast_loss:.0%}", blast)
    archived = f"{measured.packets_archived:,} of {measured.packets_sent:,}"
    _line("packets archived", archived, f"frames corrected: {measured.corrected_frames:,}")


def _show_commanding(measured: CommandingFigures) -> None:
    print(f"\ncommanding: {measured.commands} commands either way, {measured.completed} completed")

    def line(what: str, spread: Spread, remark: str) -> None:
        _line(what, f"{spread.median_ms:.1f} ms", f"median; p95 {spread.p95_ms:.1f} ms; {remark}")

    line("whole path", measured.whole, "request to packet")
    line("  asked for", measured.request, "bus, token, checks, prepared, logged")
    line("  handed to Yamcs", measured.handing, "intention on the disk, issued, packet read back")
    line("bare yamcs-client", measured.bare, "issued")
    reached = _verdict(measured.overhead_ms < OVERHEAD_AIM_MS)
    aim = f"of the medians; aim < {OVERHEAD_AIM_MS:.0f} ms: {reached}"
    _line("overhead", f"{measured.overhead_ms:.1f} ms", aim)
    line("  turn by turn", measured.of_pairs, "the two of a turn")


def _show_console(obeyed: ConsoleFigures) -> None:
    print(
        f"\nconsole: {obeyed.craft} craft of {obeyed.parameters} parameters at {obeyed.hertz} Hz, "
        f"{obeyed.messages_per_s:,.0f} messages/s"
    )

    def line(what: str, one: KeyFigures) -> None:
        work = f"work {one.work_median_ms:.0f}, p95 {one.work_p95_ms:.0f} ms"
        told = f"median; p95 {one.p95_ms:.0f} ms, worst {one.worst_ms:.0f} ms; {work}"
        _line(what, f"{one.median_ms:.0f} ms", told)

    reached = _verdict(obeyed.all_keys.p95_ms < KEY_AIM_MS)
    line("key to screen", obeyed.all_keys)
    _line(
        "  95 % of them",
        f"{obeyed.all_keys.p95_ms:.0f} ms",
        f"aim < {KEY_AIM_MS:.0f} ms: {reached}",
    )
    line("  a line down", obeyed.moves)
    line("  a page down", obeyed.pages)
    line("  the next craft", obeyed.steps)
    line("next craft's first values", obeyed.values)
    reached = _verdict(obeyed.rss < CONSOLE_MEMORY_AIM)
    _line(
        "memory, RSS", _megabytes(obeyed.rss), f"aim < {CONSOLE_MEMORY_AIM / 1e6:.0f} MB: {reached}"
    )
    _line(
        "processor",
        f"{obeyed.cpu_share:.0%}",
        f"of one; the sender {obeyed.publisher_cpu_share:.0%}",
    )


def _show_stages(coding: CodingFigures, clock: ClockFigures) -> None:
    print("\nstages: frames/s of one core, clock steps/s")
    _line("CADU encode", f"{coding.encode_per_s:,.0f}")
    _line("CADU decode, clean", f"{coding.decode_clean_per_s:,.0f}")
    _line("CADU decode, 1 wrong symbol each", f"{coding.decode_one_symbol_per_s:,.0f}")
    _line("CADU decode, 8 wrong symbols each", f"{coding.decode_harmed_per_s:,.0f}")
    _line("clock steps, all hosts called", f"{clock.steps_per_s:,.0f}", f"{clock.hosts} hosts")


def _line(what: str, figure: str, remark: str = "") -> None:
    print(f"  {what:<36}{figure:>12}" + (f"   {remark}" if remark else ""), flush=True)


def _megabytes(octets: int) -> str:
    return f"{octets / 1e6:,.0f} MB"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "missed"


if __name__ == "__main__":
    main()
