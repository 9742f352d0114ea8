"""`groundsys handover`: the report of a shift, for whoever comes next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, requester, run_directory, run_option

if TYPE_CHECKING:
    from groundsys.rehearsal.run_directory import RunDirectory
    from groundsys.values.instants import Instant

_SECONDS = {"m": 60.0, "h": 3_600.0, "d": 86_400.0}


@main.command()
@click.option(
    "--since",
    default="8h",
    show_default=True,
    help="When the shift began: so long ago (30m, 8h, 1d), or a moment of mission time "
    "(ISO 8601, UTC).",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it into this new file."
)
@click.option(
    "--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write a PDF into this new file."
)
@run_option
@data_option
@json_option
def handover(
    since: str,
    out: Path | None,
    pdf: Path | None,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """What one crew tells the next, as Markdown or PDF: from the record, up to now.

    \b
    Who was on shift, open alarms, the log-book, passes and relay sessions, alarms raised and
    what was done about them, commands and their ends, procedures, what comes in 12 hours.
    \b
    Of a run that has ended it is the last shift.  All times are mission time.
    """
    import json

    run = run_directory(run_path, data_directory)
    ago_s, moment = _began(since)
    if run.is_running():
        asked = {"last_s": ago_s} if moment is None else {"since_ns": moment.tai_ns}
        answer = requester(run_path, data_directory).ask("handover", timeout_s=60.0, **asked)
    else:
        answer = _as_it_ended(run, ago_s, moment)
    if as_json:
        text = json.dumps({key: answer[key] for key in ("since", "until", "report")}, indent=2)
    else:
        text = str(answer["report"]).rstrip("\n")
    if pdf is not None:
        from groundsys.handover.pdf import report_pdf

        _write(pdf, report_pdf(str(answer["report"])), "--pdf")
    if out is not None:
        _write(out, f"{text}\n".encode(), "--out")
    if out is None and pdf is None:
        click.echo(text)


def _began(since: str) -> tuple[float, Instant | None]:
    """So many seconds ago, or at a moment."""
    from groundsys.values.instants import Instant

    number, unit = since[:-1], since[-1:]
    if unit in _SECONDS:
        try:
            return float(number) * _SECONDS[unit], None
        except ValueError:
            pass
    try:
        return 0.0, Instant.from_utc_iso(since)
    except ValueError as error:
        raise click.BadParameter(
            f"{since!r} is neither a span such as 8h nor a moment such as 2031-08-20T06:00:00Z",
            param_hint="--since",
        ) from error


def _as_it_ended(run: RunDirectory, ago_s: float, moment: Instant | None) -> dict[str, Any]:
    """The same from the store of a run without desks."""
    from groundsys.desks.requests.handover_book import tell_shift
    from groundsys.store import Store
    from groundsys.values.errors import EnvironmentLackError
    from groundsys.values.instants import Interval

    scenario = str(run.facts()["scenario"])
    with Store(run.store, read_only=True) as store:
        end = store.latest_moment()
        if end is None:
            raise EnvironmentLackError(
                f"nothing has been written down in {run.path}",
                remedy="fly something with `groundsys up` or `groundsys rehearse`",
            )
        start = end - timedelta(seconds=ago_s) if moment is None else min(moment, end)
        report = tell_shift(store, Interval(start, end), scenario, simulated=True)
    return {"since": start.utc_iso(0), "until": end.utc_iso(0), "report": report}


def _write(path: Path, content: bytes, option: str) -> None:
    from groundsys.values.errors import EnvironmentLackError

    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise EnvironmentLackError(
            f"the report {path} cannot be written",
            found=error.strerror or str(error),
            remedy=f"name a new file with {option}",
        ) from error
    click.echo(f"written: {path}")
