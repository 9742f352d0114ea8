"""How quickly the operators' console obeys while a large fleet changes all the time.

A process of its own publishes every craft's parameters over the bus; the console, with its real
feed and under Textual's pilot, shows the telemetry of one craft after the other with a plot.  A
key's time ends when what it stands for has been turned into what a terminal is sent.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import psutil
from textual._compositor import CompositorUpdate
from textual.pilot import Pilot
from textual.screen import Screen

import ops_tui
from ops_tui.app import OperationsConsole
from ops_tui.feed import Endpoints, LiveFeed
from ops_tui.panes import PANES
from tests.benchmarks.console_feed import craft_names, parameter_names

SIZE = (160, 45)
_PATIENCE_S = 60.0
#: seconds of the wall, and of this process's work
Taken = tuple[float, float]
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TELEMETRY = str([pane.NAME for pane in PANES].index("telemetry") + 1)


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Times of one kind of key, in ms: of the wall, and what this process worked meanwhile.

    On a machine that is not busy with anything else the two are near each other.
    """

    presses: int
    median_ms: float
    p95_ms: float
    worst_ms: float
    work_median_ms: float
    work_p95_ms: float


@dataclass(frozen=True, slots=True)
class ConsoleFigures:
    """`moves`: the cursor; `pages`: a page down; `craft`: the same page of the next craft.

    `values`: from that key until the first value of that craft is on the screen.  Memory is this
    process's resident set, after every craft has been shown.
    """

    craft: int
    parameters: int
    hertz: int
    messages_per_s: float
    moves: KeyFigures
    pages: KeyFigures
    steps: KeyFigures
    values: KeyFigures
    all_keys: KeyFigures
    rss_before: int
    rss: int
    cpu_share: float
    publisher_cpu_share: float


def measure(craft: int, parameters: int, hertz: int, presses: int) -> ConsoleFigures:
    """Start a busy fleet and a console, press `presses` keys of each kind, and stop both."""
    with _fleet(craft, parameters, hertz) as (endpoints, publisher):
        figures = asyncio.run(_play(endpoints, craft, parameters, presses))
        told = publisher()
    return ConsoleFigures(
        *(craft, parameters, hertz),
        messages_per_s=told["messages_per_s"],
        publisher_cpu_share=told["cpu_share"],
        **figures,
    )


@contextmanager
def _fleet(craft: int, parameters: int, hertz: int) -> Iterator[tuple[Endpoints, Any]]:
    command = [sys.executable, "-m", "tests.benchmarks.console_feed"]
    command += [str(craft), str(parameters), str(hertz)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    where = json.loads(process.stdout.readline())

    def end() -> dict[str, float]:
        told, _ = process.communicate("end\n", timeout=_PATIENCE_S)
        return dict(json.loads(told))

    try:
        yield Endpoints(where["events"], where["requests"]), end
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


class _WatchedConsole(OperationsConsole):
    """Makes what a terminal would be sent, and tells when that has an awaited text in it."""

    CSS_PATH = Path(ops_tui.__file__).with_name("console.tcss")

    def __init__(self, feed: LiveFeed) -> None:
        super().__init__(feed)
        self.awaited: re.Pattern[str] | None = None
        self._painted = asyncio.Event()
        self.painted_at: Taken = (0.0, 0.0)

    def await_text(self, pattern: str) -> asyncio.Event:
        self.awaited, self._painted = re.compile(pattern), asyncio.Event()
        return self._painted

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate):
            sent = renderable.render_segments(self.console)
            if self.awaited is not None and self.awaited.search(_CONTROL.sub("", sent)):
                self.painted_at = perf_counter(), process_time()
                self.awaited = None
                self._painted.set()


async def _play(endpoints: Endpoints, craft: int, parameters: int, presses: int) -> dict[str, Any]:
    chance = random.Random(1)
    own = psutil.Process()
    feed = LiveFeed(lambda: endpoints)
    app = _WatchedConsole(feed)
    names, fields = craft_names(craft), parameter_names(parameters)
    async with app.run_test(size=SIZE) as pilot:
        await _until(app, pilot, _TELEMETRY, rf"{names[0]} +All")
        await _until(app, pilot, "down", r"-?0\.\d+ V")
        rss_before = own.memory_info().rss
        began, cpu_before = perf_counter(), sum(own.cpu_times()[:2])
        times: dict[str, list[Taken]] = {"moves": [], "pages": [], "steps": [], "values": []}
        at, cursor = 0, 1
        page = max(1, app.query_one("#values-table").size.height - 2)
        for _ in range(presses):
            await asyncio.sleep(chance.uniform(0.0, 0.1))  # keys come at any moment of the feed's
            cursor = min(cursor + 1, parameters - 1)
            times["moves"].append(await _until(app, pilot, "down", f"{fields[cursor]}: Volt"))
            cursor = min(cursor + page, parameters - 1)
            times["pages"].append(await _until(app, pilot, "pagedown", f"{fields[cursor]}: Volt"))
            at = (at + 1) % craft
            started = perf_counter(), process_time()
            times["steps"].append(
                await _until(app, pilot, "right_square_bracket", rf"{names[at]} +All")
            )
            if not _has_value(app, names[at]):
                await _painted(app, app.await_text(r"● live"))
            times["values"].append((app.painted_at[0] - started[0], app.painted_at[1] - started[1]))
            cursor = 0
        took_s = perf_counter() - began
        cpu_s = sum(own.cpu_times()[:2]) - cpu_before
        rss = own.memory_info().rss
    every = [*times["moves"], *times["pages"], *times["steps"]]
    return {
        **{name: _figures(one) for name, one in times.items()},
        "all_keys": _figures(every),
        "rss_before": rss_before,
        "rss": rss,
        "cpu_share": cpu_s / took_s,
    }


def _has_value(app: OperationsConsole, craft: str) -> bool:
    known = app.report.picture.telemetry.get(craft)
    return known is not None and bool(known.values)


async def _until(app: _WatchedConsole, pilot: Pilot[None], key: str, text: str) -> Taken:
    """Press a key and wait until a text is painted; how long that took, of the wall and of work."""
    awaited = app.await_text(text)
    started = perf_counter(), process_time()
    pilot.app.simulate_key(key)
    await _painted(app, awaited)
    return app.painted_at[0] - started[0], app.painted_at[1] - started[1]


async def _painted(app: _WatchedConsole, awaited: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(awaited.wait(), _PATIENCE_S)
    except TimeoutError:
        raise AssertionError(f"never painted: {app.awaited}") from None


def _figures(taken: list[Taken]) -> KeyFigures:
    wall, work = (sorted(one[kind] for one in taken) for kind in (0, 1))
    late = min(len(taken) - 1, int(len(taken) * 0.95))
    return KeyFigures(
        presses=len(taken),
        median_ms=statistics.median(wall) * 1e3,
        p95_ms=wall[late] * 1e3,
        worst_ms=wall[-1] * 1e3,
        work_median_ms=statistics.median(work) * 1e3,
        work_p95_ms=work[late] * 1e3,
    )
