"""Faults that somebody wishes to strike a simulated mission while it flies, and those that have.

As with its clock, whoever keeps the mission clock listens to what the desks tell everybody: it
tells the simulators, and the desks all faults that were injected and when each begins.  What was
wished and is not among them yet is wished on, also by desks that are started anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from groundsys.authority import Asker
from groundsys.desks.control_room import ControlRoom
from groundsys.mission.faults.fault_catalogue import FAULTS, fault_text
from groundsys.mission.faults.fault_model import SUBJECTS, WHOM, FaultDefinition
from groundsys.mission.faults.fault_reading import Company, read_stated
from groundsys.mission.scenario.scenarios import company_of
from groundsys.values.errors import RefusalError
from groundsys.values.instants import Instant, Interval

_FACT = "faults"


class FaultWishes:
    """What is to strike, and what was injected, at the start or since."""

    def __init__(self, room: ControlRoom, *, endless: bool) -> None:
        self._room = room
        self._start = room.scenario.span.start
        company = company_of(room.scenario, room.mission.spacecraft)
        # without an end, a fault may begin at any time that comes
        span = Interval(self._start, self._start) if endless else company.span
        self._company = replace(company, span=span, legs=0)
        kept = room.store.facts.get(_FACT) or {}
        self._wished: list[dict[str, Any]] = kept.get("wished", [])
        self._injected: list[dict[str, Any]] = kept.get("injected", [])

    def catalogue(self) -> list[dict[str, Any]]:
        """The faults that may begin now, and whom of those that fly each may strike."""
        told = [_told(one, self._company) for one in FAULTS.values() if one.may_begin_under_way]
        return [one for one in told if all(one["whom"].values())]

    def wish(self, stated: str, asker: Asker, reason: str) -> dict[str, Any]:
        """Wish a fault stated as `name,key=value,…`; without a time, from now on.

        `RefusalError` tells everything that is wrong with it.
        """
        now = self._room.now
        company = replace(self._company, flown_s=max(0.0, now.seconds_since(self._start)))
        fault, findings = read_stated(stated, company, "fault")
        if findings:
            told = [f"{one.message}: {one.remedy}" for one in findings]
            raise RefusalError(
                f"'{stated}' cannot be injected",
                found="; ".join(told),
                remedy="`groundsys inject` tells what can, and what each needs to be told",
            )
        number = 1 + max((one["wish"] for one in self._wished), default=0)
        wished = {"wish": number, "fault": fault, "by": asker.name, "asked_ns": now.tai_ns}
        with self._room.store.writing():
            self._wished.append(wished)
            self._keep()
            self._room.audit(
                actor=asker.name,
                role=asker.role,
                action="fault.inject",
                subject=str(fault["fault"]),
                reason=reason,
                detail={"fault": fault_text(fault), "wish": number},
            )
        text = f"{asker.name} injects {fault_text(fault)}"
        self._room.log(str(fault.get("spacecraft", "")), "warning", "rehearsal", text)
        return wished

    def take_injected(self, injected: Sequence[Mapping[str, Any]]) -> None:
        """Whoever keeps the clock tells all faults that were injected so far."""
        known = {one["wish"] for one in self._injected}
        self._injected = [dict(one) for one in injected]
        self._keep()
        for one in self._injected:
            if one["wish"] and one["wish"] not in known:
                ns = self._begins_ns(one["fault"])
                when = "with its event" if ns is None else f"at {Instant(ns).utc_iso(0)}"
                text = f"injected: {fault_text(one['fault'])} begins {when}"
                craft = str(one["fault"].get("spacecraft", ""))
                self._room.log(craft, "warning", "rehearsal", text)

    def snapshot(self) -> dict[str, Any]:
        """What watchers, and whoever keeps the clock, are told."""
        by = {one["wish"]: one for one in self._wished}
        injected = {one["wish"] for one in self._injected}
        listed = [(one, True) for one in self._injected]
        listed += [(one, False) for one in self._wished if one["wish"] not in injected]
        return {
            "faults": [
                {
                    "wish": one["wish"],
                    "fault": one["fault"],
                    "text": fault_text(one["fault"]),
                    "by": by.get(one["wish"], {}).get("by", ""),
                    "asked_ns": by.get(one["wish"], {}).get("asked_ns"),
                    "begins_ns": self._begins_ns(one["fault"]),
                    "injected": is_injected,
                }
                for one, is_injected in listed
            ]
        }

    def _begins_ns(self, fault: Mapping[str, Any]) -> int | None:
        """None for one that waits for an event."""
        if "at_event" in fault:
            return None
        return self._start.plus_seconds(float(fault.get("after_s", 0.0))).tai_ns

    def _keep(self) -> None:
        kept = {"wished": self._wished, "injected": self._injected}
        self._room.store.facts.put(_FACT, kept)


def _told(one: FaultDefinition, company: Company) -> dict[str, Any]:
    """A fault as people are told of it; `whom`: by key those whom it may name."""
    fitting = {
        "spacecraft": [craft.id for craft in company.spacecraft.values() if one.fits(craft)],
        "antenna": list(company.antennas),
    }
    return {
        "fault": one.name,
        "sentence": f"{SUBJECTS[one.strikes]} {one.sentence}",
        "whom": {key: fitting[key] for key in WHOM[one.strikes]},
        "lasts": one.timing == "stretch",
        "parameters": [
            {
                "name": each.name,
                "meaning": each.meaning,
                "unit": each.unit,
                "default": each.default,
                "required": each.required,
                "choices": list(each.choices),
            }
            for each in one.parameters
        ],
    }
