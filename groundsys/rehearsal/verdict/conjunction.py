"""How a craft fared near the Sun: nothing was sent to it, what was wanted waited, frames suffered.

What was radiated, what became of frames, and how near the Sun each passed is the simulators'
record; what people wanted meanwhile is the command ledger's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groundsys.commanding.ledger import OF_PEOPLE, Command
from groundsys.mission.spacecraft.link_model import SolarConjunction
from groundsys.rehearsal.truth.space_truth import NearSunRecord
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True, slots=True)
class Conjunction:
    """One craft's conjunction; counts are of commands of people, and of frames."""

    limits: SolarConjunction
    #: the smallest Sun-Earth-probe angle in degrees at which anything was sent; None: nothing was
    sent_at_deg: float | None
    held: int
    frames: int
    frames_disturbed: int


def conjunction_of(
    limits: SolarConjunction,
    records: Iterable[NearSunRecord],
    keep_out: Sequence[Interval],
    commands: Iterable[Command],
) -> Conjunction:
    """Put together from the truth's records, and from commands to the craft.

    `keep_out` is when the ground took it to be too near for commands.
    """
    frames = disturbed = 0
    sent_at_deg: list[float] = []
    for one in records:
        if one.kind == "uplink":
            sent_at_deg.append(one.sun_earth_probe_deg)
        elif one.sun_earth_probe_deg < limits.degraded_below_deg:
            frames += one.frames
            disturbed += one.disturbed
    held = sum(
        one.purpose in OF_PEOPLE and any(_waited(one, zone) for zone in keep_out)
        for one in commands
    )
    return Conjunction(limits, min(sent_at_deg, default=None), held, frames, disturbed)


def judge_conjunctions(
    found: Mapping[str, Conjunction], limits: Mapping[str, float]
) -> list[Criterion]:
    """What a scenario asks of each craft's conjunction, if it asks anything."""
    criteria = []
    for craft, one in found.items():
        within = f"within {one.limits.uplink_forbidden_below_deg:g}° of the Sun"
        if "min_sep_of_commands_deg" in limits:
            least_deg = limits["min_sep_of_commands_deg"]
            sent_deg = one.sent_at_deg
            criteria.append(
                Criterion(
                    f"commands_in_conjunction[{craft}]",
                    sent_deg is None or sent_deg >= least_deg,
                    f"none sent within {least_deg:g}° of the Sun",
                    "none sent" if sent_deg is None else f"the nearest at {sent_deg:.3f}°",
                )
            )
        if "min_commands_held_in_conjunction" in limits:
            least = limits["min_commands_held_in_conjunction"]
            criteria.append(
                Criterion(
                    f"commands_held_in_conjunction[{craft}]",
                    one.held >= least,
                    f"at least {least:g} asked for {within}, and held until after it",
                    str(one.held),
                )
            )
        if "min_frames_disturbed_in_conjunction" in limits:
            least = limits["min_frames_disturbed_in_conjunction"]
            criteria.append(
                Criterion(
                    f"frames_disturbed_in_conjunction[{craft}]",
                    least <= one.frames_disturbed < one.frames,
                    f"at least {least:g} lost or damaged within "
                    f"{one.limits.degraded_below_deg:g}° of the Sun, and not all",
                    f"{one.frames_disturbed} of {one.frames}",
                )
            )
    return criteria


def _waited(command: Command, zone: Interval) -> bool:
    """Whether a command was wanted in the zone and left after it, if ever."""
    wanted = max(command.queued_at, command.not_before)
    left: list[Instant] = [one.issued_at for one in command.attempts]
    return zone.contains(wanted) and all(at >= zone.end for at in left)
