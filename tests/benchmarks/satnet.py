"""A week of NASA's Deep Space Network, planned: the public SatNet benchmark (weeks of 2018).

Writes [{RESOURCE, SC, START_TIME, TRACKING_ON, TRACKING_OFF, END_TIME, TRACK_ID}, …], integers, s
since 1970, one row an antenna; prints each improvement, then U_RMS, U_MAX, T_S, satisfied and the
verdicts of two checkers: one of the tracks, one that reads file and data afresh.
Goh et al., "SatNet: A Benchmark for Satellite Scheduling Optimization" (2021).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from groundsys.planning.optimiser.check import check_tracks
from groundsys.planning.optimiser.search import Limits, Progress, optimise
from tests.benchmarks.satnet_check import examine
from tests.benchmarks.satnet_week import WeekError, read_week, rows_of

#: seconds kept for stopping, checking and writing, and their share of the whole
CLOSING_S, CLOSING_SHARE = 2.0, 0.05


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run reached, and how."""

    week: str
    seed: int
    u_rms: float
    u_max: float
    granted_h: float
    satisfied: int
    requests: int
    score: float
    bound: float
    gap: float
    neighbourhoods: int
    work: float
    elapsed_s: float
    findings: tuple[str, ...]


def main(arguments: list[str] | None = None) -> int:
    """Plan a week; 0 if both checkers find nothing, 1 if they do, 2 for input that is no week."""
    began = psutil.Process().create_time() if arguments is None else time.time()
    options = _options(arguments)
    try:
        figures = _plan(options, began)
    except WeekError as error:
        print(f"satnet: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(asdict(figures)))
    else:
        _show(figures, options.out)
    return 1 if figures.findings else 0


def _plan(options: argparse.Namespace, began: float) -> Figures:
    week = read_week(options.data, options.week)
    try:
        options.out.write_text("[]\n")
    except OSError as error:
        raise WeekError(f"{options.out} cannot be written: {error.strerror}") from error
    closing_s = min(CLOSING_S, CLOSING_SHARE * options.seconds)
    left_s = options.seconds - closing_s - (time.time() - began)
    live = sys.stderr if options.json else sys.stdout
    optimised = optimise(
        week.problem,
        Limits(wall_s=max(0.0, left_s), work=options.work),
        seed=options.seed,
        announce=lambda progress: print(_line(progress), file=live, flush=True),
    )
    options.out.write_text(json.dumps(rows_of(week, optimised.tracks), indent=1) + "\n")
    reached = examine(options.data, week.key, options.out)
    progress = optimised.progress
    findings = [*check_tracks(week.problem, optimised.tracks), *reached.findings]
    for name in ("u_rms", "u_max"):
        own, afresh = getattr(progress.fairness, name), getattr(reached, name)
        if abs(own - afresh) > 1e-9:
            findings.append(f"{name} is {own} by the search, {afresh} by the file")
    return Figures(
        week.key,
        options.seed,
        reached.u_rms,
        reached.u_max,
        reached.granted_h,
        reached.satisfied,
        len(week.problem.requests),
        progress.fairness.score,
        progress.bound,
        progress.gap,
        progress.neighbourhoods,
        progress.work,
        time.time() - began,
        tuple(findings),
    )


def _line(progress: Progress) -> str:
    fairness = progress.fairness
    return (
        f"{progress.elapsed_s:6.1f} s  U_RMS {fairness.u_rms:.4f}  U_MAX {fairness.u_max:.4f}"
        f"  satisfied {fairness.satisfied}  score {fairness.score:.3f}"
        f"  objective {fairness.objective:.5f}  bound {progress.bound:.5f}  gap {progress.gap:.1%}"
    )


def _show(figures: Figures, out: Path) -> None:
    print(f"week {figures.week}, seed {figures.seed}, {figures.elapsed_s:.1f} s in all")
    print(f"U_RMS      {figures.u_rms:.4f}")
    print(f"U_MAX      {figures.u_max:.4f}")
    print(f"T_S        {figures.granted_h:.1f} h")
    print(f"satisfied  {figures.satisfied} of {figures.requests}")
    print(f"score      {figures.score:.3f}")
    print(f"bound      {figures.bound:.5f} of the objective, gap {figures.gap:.1%}")
    print(f"effort     {figures.neighbourhoods} neighbourhoods, work {figures.work:.1f}")
    print(f"rows in    {out}")
    print("verdict    " + ("valid" if not figures.findings else "NOT VALID"))
    for finding in figures.findings:
        print(f"  {finding}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.satnet",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: python -m tests.benchmarks.satnet --data satnet --week W10 --out w10.json",
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of problems.json and maintenance.csv",
    )
    parser.add_argument("--week", required=True, help="W10 or W10_2018")
    parser.add_argument(
        "--seconds", type=_positive, default=300.0, help="in all, from start to end (300)"
    )
    parser.add_argument(
        "--work",
        type=_positive,
        help="stop after this many of CP-SAT's deterministic seconds; the result is then the same "
        "on every machine that gets so far in time",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="rows go here")
    parser.add_argument("--seed", type=int, default=0, help="of the search's choices (0)")
    parser.add_argument("--json", action="store_true", help="print figures as one JSON object")
    return parser.parse_args(arguments)


def _positive(text: str) -> float:
    number = float(text)
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
