"""What a run commands for a time-tagged sequence, and until when that makes sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from groundsys.procedures.definitions import SequenceStep
from groundsys.procedures.run import Run, RunCommand, Scheduled
from groundsys.scheduling import SCHEDULE_DELETE, SCHEDULE_ENABLE, SCHEDULE_INSERT
from groundsys.values.instants import Instant

#: a step's values with the procedure's parameters put in
Bind = Callable[[Mapping[str, Any]], dict[str, Any]]


def sequence_commands(
    step: SequenceStep, base: str, craft: str, schedule_id: int, bind: Bind
) -> list[RunCommand]:
    """Empty the sub-schedule, then one insertion an entry, none of which comes after its release.

    `base` is what the visit to the step is known by; each command has a key of its own below it.
    """
    found = [RunCommand(f"{base}/delete", craft, SCHEDULE_DELETE, {"schedule_id": schedule_id})]
    for number, entry in enumerate(step.entries, 1):
        stated = Instant.from_utc_iso(str(bind({"at": entry.at})["at"]))
        at = stated.plus_seconds(entry.plus_s)
        scheduled = Scheduled(schedule_id, entry.command, bind(entry.arguments))
        key = f"{base}/{number}"
        found.append(
            RunCommand(key, craft, SCHEDULE_INSERT, {}, at=at, scheduled=scheduled, not_after=at)
        )
    return found


def in_time_to_enable(run: Run, command: RunCommand) -> RunCommand:
    """An enabling does not leave if it would come after the first release of what was loaded."""
    if command.name != SCHEDULE_ENABLE:
        return command
    loaded = run.loaded_into(command.spacecraft, int(command.arguments["schedule_id"]))
    return replace(command, not_after=min((one.at for one in loaded if one.at), default=None))
