"""The custody desk: tells where each customer's data are, and when a service level is in danger."""

from __future__ import annotations

from typing import Any

from groundsys.custody import Standing, Version
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.delivery.custody_book import (
    Entry,
    LatencyClock,
    by_customer,
    fact_of_files,
    read_book,
    standing_of,
    tell_entries,
    version_of,
)
from groundsys.desks.planning.planning_desk import PlanningDesk
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft

_SEQUENCE, _POWER = "payload_file_sequence", "payload_power"


class CustodyDesk:
    """Reads the custody book; what it alone keeps is which file each cube says that it writes."""

    def __init__(self, room: ControlRoom, planning: PlanningDesk, alarms: AlarmDesk) -> None:
        self._room = room
        self._planning = planning
        self._alarms = alarms
        self._clock = LatencyClock(room.scenario, room.geometry)
        self._versions: dict[int, Version] = {}

    def work(self) -> None:
        """A pass is over: take what the cubes say of their files, and judge the service levels."""
        for craft in self._room.carrying:
            self._take_counts(craft)
        room = self._room
        promised = [
            id for id in room.scenario.customers if room.mission.customers[id].service_level
        ]
        if not promised:
            return
        for customer, entries in by_customer(self._book(), promised).items():
            definition = room.mission.customers[customer]
            level = standing_of(definition, entries, self._flown(), room.now)
            if level is not None:
                self._alarm(customer, level)

    def tell(self, customer: str = "") -> dict[str, Any]:
        """Custody of one customer's files, or of all, as plain values."""
        room = self._room
        chosen = (customer,) if customer else room.scenario.customers
        entries = by_customer(self._book(), chosen)
        return tell_entries(room.mission, entries, self._flown(), room.now)

    def _take_counts(self, cube: Spacecraft) -> None:
        names = {field.name for packet in cube.model.packets for field in packet.fields}
        if not {_SEQUENCE, _POWER} <= names:
            return
        readings = self._room.yamcs.parameter_values(cube, [_SEQUENCE, _POWER])
        if {_SEQUENCE, _POWER} <= readings.keys():
            word = readings[_SEQUENCE]
            fact = {
                "sequence": int(word.value),
                "at_ns": word.generation.tai_ns,
                "is_on": readings[_POWER].value == "ON",
            }
            if self._room.store.facts.get(fact_of_files(cube.id)) != fact:
                self._room.store.facts.put(fact_of_files(cube.id), fact)

    def _book(self) -> tuple[Entry, ...]:
        room = self._room
        return read_book(
            *(room.store, room.mission, room.scenario, self._clock, self._flown(), room.now)
        )

    def _flown(self) -> list[Version]:
        """Every version of the plan, each read once."""
        for number in range(1, self._planning.version.version + 1):
            if number not in self._versions:
                stored = self._room.store.plans.get(number)
                if stored is not None:
                    self._versions[number] = version_of(stored)
        return [self._versions[number] for number in sorted(self._versions)]

    def _alarm(self, customer: str, level: Standing) -> None:
        """Missed or at risk is one occasion each, however the share changes meanwhile."""
        about = f"service_level:{customer}"
        promised = level.level
        goal = f"{promised.share:.0%} within {promised.within_s / 3600.0:g} h"
        craft = self._craft_of(customer)
        match level.state:
            case "missed":
                text = (
                    f"{customer}: {level.in_time} of {level.due} files were home in time ({goal})"
                )
                alarm = (about, craft, f"service level of {customer}", "warning", f"missed: {goal}")
                self._alarms.tell(*alarm, lasts=True, source="custody", text=text)
            case "at_risk":
                text = (
                    f"{customer}: {level.in_time_foreseen} of {level.due_foreseen} files are "
                    f"foreseen to be home in time ({goal})"
                )
                alarm = (about, craft, f"service level of {customer}", "watch", f"at risk: {goal}")
                self._alarms.tell(*alarm, lasts=True, source="custody", text=text)
            case "met":
                self._alarms.withdraw(about, f"met again, {goal}")

    def _craft_of(self, customer: str) -> str:
        payloads = self._room.mission.customers[customer].payloads
        carriers = (one.id for one in self._room.carrying if set(one.payloads) & set(payloads))
        return next(carriers, "")
