"""The solution desk: takes orbit solutions that others determine, and says what they change.

Each is a version.  One that is within what the old solution let expect is flown at once; another
changes nothing before a person has accepted it, and an alarm stands until somebody has decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.authority import Asker
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.planning.new_trajectory import keep_oem, kept_oem, take_over, take_over_body
from groundsys.desks.planning.planning_desk import Outcome, PlanningDesk
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.geometry.trajectories import read_trajectory
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import TrajectoryFile
from groundsys.planning import rules_of
from groundsys.scheduling import SCHEDULE_INSERT, command_name, entry_of
from groundsys.scheduling.entries import SCHEDULE_DELETE
from groundsys.store import StoredSolution
from groundsys.tracking.solution_comparison import (
    SolutionComparison,
    Stakes,
    compare_body,
    compare_craft,
)
from groundsys.tracking.solution_effects import LoadedSequence, MadeProduct
from groundsys.tracking.solution_page import comparison_for_machines, summary_of
from groundsys.values.errors import AccessRefusedError, GroundsysError, RefusalError
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, Interval

#: what an import says of its file
SOURCE = ("format", "file", "sha256", "object_name", "name")


class SolutionDesk:
    """Keeps solutions, compares them, and hands those that are accepted to the planning desk."""

    def __init__(
        self,
        room: ControlRoom,
        planning: PlanningDesk,
        alarms: AlarmDesk,
        ledger: CommandLedger,
        clocks: ClockDesk,
        folder: Path,
    ) -> None:
        self._room, self._planning, self._alarms = room, planning, alarms
        self._ledger, self._clocks, self._folder = ledger, clocks, folder

    @property
    def reach(self) -> Interval:
        """What a solution must cover to be flown."""
        return self._planning.reach

    def all(self) -> list[StoredSolution]:
        return self._room.store.solutions.all()

    def get(self, number: int) -> StoredSolution:
        """A version; `RefusalError` if there is none of that number."""
        found = self._room.store.solutions.get(number)
        if found is None:
            numbers = ", ".join(str(one.number) for one in self.all())
            raise RefusalError(
                f"there is no orbit solution {number}", expected=numbers or "none was imported"
            )
        return found

    def take(
        self, of: str, oem: str, source: Mapping[str, str], asker: Asker
    ) -> tuple[StoredSolution, Outcome | None]:
        """Keep a solution and compare it; flown at once if it is within expectation.

        `source` tells its `format`, `file`, `sha256`, `object_name` and `name`.  Whatever is wrong
        with it raises, and nothing is kept.
        """
        room, number = self._room, len(self.all()) + 1
        kind = self._kind_of(of)
        path = keep_oem(oem, self._folder, f"{of}-{number}", room.now)
        try:
            comparison = self._compared(kind, of, path)
        except GroundsysError:
            path.unlink()
            raise
        words = {key: str(source.get(key, "")) for key in SOURCE}
        solution = StoredSolution(
            number=number,
            of=of,
            kind=kind,
            format=words["format"],
            file=words["file"],
            sha256=words["sha256"],
            object_name=words["object_name"],
            name=words["name"],
            imported=room.now,
            by=asker.name,
            path=str(path),
            comparison=comparison_for_machines(comparison),
        )
        sigmas = rules_of(room.scenario).solution_sigmas
        with room.store.writing():
            for other in self.all():
                if other.of == of and other.state == "proposed":
                    self._settle(other, "superseded", asker.name, f"by solution {number}")
            room.store.solutions.put(solution)
            summary = f"solution {number}, {summary_of(solution.comparison)}"
            room.log(
                of if kind == "craft" else "", "warning", "planning",
                f"a new orbit of {of}: {summary}; groundsys solution show {number}",
            )  # fmt: skip
        if comparison.is_within(sigmas):
            return self._fly(solution, asker, f"within {sigmas:g} sigma")
        self._tell(solution, summary, lasts=True)
        return solution, None

    def accept(self, number: int, asker: Asker, why: str) -> tuple[StoredSolution, Outcome]:
        """Fly a solution that was proposed; only a person may."""
        return self._fly(self._decided(number, asker), asker, why)

    def refuse(self, number: int, asker: Asker, why: str) -> StoredSolution:
        """It is not flown; it stays as a version."""
        found = self._settle(self._decided(number, asker), "refused", asker.name, why)
        self._withdraw(found)
        return found

    # --- within --------------------------------------------------------------------------------

    def _fly(
        self, solution: StoredSolution, asker: Asker, why: str
    ) -> tuple[StoredSolution, Outcome]:
        planning, kind = self._planning, solution.kind
        told = {"spacecraft" if kind == "craft" else "body": solution.of}
        with self._room.store.writing():
            planning.take_notice(
                "trajectory" if kind == "craft" else "ephemeris",
                {**told, "oem": kept_oem(solution.path)},
                asker.name,
            )
            for other in self.all():
                if other.of == solution.of and other.state == "flown":
                    self._settle(other, "superseded", asker.name, f"by solution {solution.number}")
            flown = self._settle(solution, "flown", asker.name, why)
        self._withdraw(flown)
        if solution.state == "proposed" and why.startswith("within"):
            words = f"solution {flown.number}, {summary_of(flown.comparison)}, flown"
            self._tell(flown, words, lasts=False)
        return flown, planning.plan_again(planning.due)

    def _decided(self, number: int, asker: Asker) -> StoredSolution:
        found = self.get(number)
        if not asker.is_person:
            raise AccessRefusedError(
                f"{asker.name} may not decide on orbit solutions",
                expected="a person",
                found=f"role {asker.role}",
                remedy="have an operator look at `groundsys solution show` and decide",
            )
        if found.state != "proposed":
            raise RefusalError(
                f"orbit solution {number} is {found.state}",
                expected="one that is proposed",
                found=found.state,
                remedy="import it again if it is to be flown after all",
            )
        return found

    def _settle(self, one: StoredSolution, state: str, by: str, why: str) -> StoredSolution:
        settled = replace(one, state=state, decided_by=by, decided=self._room.now, why=why)
        self._room.store.solutions.put(settled)
        return settled

    def _tell(self, one: StoredSolution, words: str, *, lasts: bool) -> None:
        craft = one.of if one.kind == "craft" else ""
        level = "warning" if lasts else "watch"
        what = f"orbit of {one.of}"
        self._alarms.tell(f"solution:{one.of}", craft, what, level, words, lasts=lasts)

    def _withdraw(self, one: StoredSolution) -> None:
        self._alarms.withdraw(f"solution:{one.of}", f"solution {one.number} is {one.state}")

    def _kind_of(self, of: str) -> str:
        room = self._room
        if of in room.scenario.spacecraft and room.mission.spacecraft[of].site is None:
            return "craft"
        body = room.geometry.bodies.find(of)
        if body is not None and body.definition.ephemeris.kind == "oem":
            return "body"
        known = [id for id, one in room.geometry.bodies.items() if one.definition.ephemeris.table]
        flying = [one.id for one in room.craft if one.site is None]
        raise RefusalError(
            f"no orbit of '{of}' can be imported",
            expected=", ".join([*flying, *known]),
            found=of,
            remedy="name a craft that flies, or a body whose ephemeris is a table",
        )

    def _compared(self, kind: str, of: str, path: Path) -> SolutionComparison:
        geometry, planning = self._room.geometry, self._planning
        fresh = read_trajectory(TrajectoryFile("oem", str(path)), "", geometry.bodies)
        stakes = Stakes(
            planning.booked(self._room.now),
            rules_of(self._room.scenario),
            tuple(self._loaded()),
            tuple(self._made()),
        )
        if kind == "craft":
            new = take_over(geometry, of, str(path), self.reach)
            return compare_craft(geometry, new, of, fresh, self.reach, stakes)
        new = take_over_body(geometry, of, str(path), self.reach)
        return compare_body(geometry, new, of, fresh, self.reach, stakes)

    def _loaded(self) -> Iterator[LoadedSequence]:
        """Entries on board, by the ledger, that are still to be released within the reach."""
        for craft in self._room.craft:
            aboard: dict[int, list[tuple[Instant, str]]] = {}
            for one in self._ledger.of_craft(craft.id):
                schedule = int(one.arguments.get("schedule_id", -1))
                if one.name == SCHEDULE_DELETE and one.state == "completed":
                    aboard.pop(schedule, None)
                elif one.name == SCHEDULE_INSERT and one.state not in ("failed", "cancelled"):
                    entry = entry_of(one.arguments)
                    at = self._event_time(craft, entry.release_s)
                    if one.was_issued and self._room.now < at < self.reach.end:
                        name = command_name(craft.model, entry.packet)
                        aboard.setdefault(schedule, []).append((at, name))
            for schedule, entries in sorted(aboard.items()):
                yield LoadedSequence(craft.id, schedule, tuple(sorted(entries)))

    def _event_time(self, craft: Spacecraft, sclk_s: int) -> Instant:
        return self._clocks.believed(craft).scet(sclk_s * NANOSECONDS_PER_SECOND)

    def _made(self) -> Iterator[MadeProduct]:
        catalogue, sigmas = self._room.store.catalogue, dict[int, float]()
        owners = {one.file: one.customer for one in catalogue.deliveries()}
        for one in catalogue.files():
            number, start, end = one.clock_solution, one.measured_from, one.measured_until
            if one.id not in owners or number is None or start is None or end is None:
                continue
            if number not in sigmas:
                sigmas[number] = self._room.store.clocks.solution(number).uncertainty_s
            by = self._room.mission.spacecraft[one.spacecraft].relay or one.spacecraft
            span = Interval(start, end)
            yield MadeProduct(one.id, owners[one.id], one.spacecraft, by, span, sigmas[number])


def solution_for_watchers(one: StoredSolution) -> dict[str, Any]:
    """A version as watchers see it."""
    return {
        "number": one.number,
        "of": one.of,
        "kind": one.kind,
        "state": one.state,
        **{key: getattr(one, key) for key in SOURCE},
        "imported": one.imported.utc_iso(0),
        "by": one.by,
        "decided": one.decided.utc_iso(0) if one.decided else None,
        "decided_by": one.decided_by,
        "why": one.why,
        "comparison": one.comparison,
    }
