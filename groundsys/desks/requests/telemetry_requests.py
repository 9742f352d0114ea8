"""Requests about telemetry: what there is to see of each craft, and how it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.desks.telemetry.live_telemetry import derived_of
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import AlarmRange, Field, PacketDefinition
from groundsys.mission.telemetry.telemetry_model import DerivedParameter
from groundsys.telemetry.decimation import decimate
from groundsys.telemetry.live_values import derive_history
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import Instant, Interval
from groundsys.values.records import ParameterSample

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: of a history: the most points that are told, and if nothing is said of it
MOST_POINTS = 2_000
_USUAL_POINTS = 300
#: a derived history is made of single values, of which so many are read at most
_MOST_READ = 5_000
#: the name of the group of derived values
DERIVED = "DERIVED"


class TelemetryRequests:
    """Answers `telemetry_parameters` and `telemetry_history`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {
            "telemetry_parameters": Verb(Action.WATCH, self._parameters),
            "telemetry_history": Verb(Action.WATCH, self._history),
        }

    def _parameters(self, _: Request, __: Asker) -> Answer:
        """By model, which many craft share: groups of parameters; and the pages."""
        models, craft = {}, {}
        for one in self._desks.room.craft:
            key = one.id if one.later_models else one.model.id
            craft[one.id] = {"model": key}
            if key not in models:
                models[key] = {"groups": self._groups(one)}
        pages = [
            {
                "id": page.id,
                "title": page.title,
                "description": page.description,
                "scope": page.scope,
                "items": [{"parameter": item.parameter, "show": item.show} for item in page.items],
            }
            for page in self._desks.room.mission.pages
        ]
        return {"craft": craft, "models": models, "pages": pages}

    def _groups(self, craft: Spacecraft) -> list[dict[str, Any]]:
        packets: dict[str, PacketDefinition] = {}
        for _, model in craft.models:
            packets.update({packet.name: packet for packet in model.packets})
        cadences = _cadences(craft)
        told: set[str] = set()
        groups = []
        for packet in packets.values():
            fields = [
                field
                for field in packet.fields
                if field.kind != "binary" and field.name not in told
            ]
            told |= {field.name for field in fields}
            if fields:
                groups.append(
                    {
                        "name": packet.name,
                        "description": packet.description,
                        "parameters": [_parameter(one, cadences[one.name]) for one in fields],
                    }
                )
        derived = derived_of(craft, self._desks.room.mission.derived)
        if derived:
            parameters = [_derived_parameter(one, cadences) for one in derived]
            about = "Made of what the craft sends"
            groups.append({"name": DERIVED, "description": about, "parameters": parameters})
        return groups

    def _history(self, request: Request, _: Asker) -> Answer:
        """A number over a span of event time, as at most `points` pieces with extremes."""
        craft = self._craft(text_of(request, "spacecraft"))
        name = text_of(request, "parameter")
        span = _span_of(request)
        points = _whole(request, "points", _USUAL_POINTS, MOST_POINTS)
        derived = {one.name: one for one in derived_of(craft, self._desks.room.mission.derived)}
        if name in derived:
            samples = self._derived_history(craft, derived[name], span, points)
        else:
            _require_number(craft, name)
            samples = self._samples(craft, name, span, points)
        return {
            "spacecraft": craft.id,
            "parameter": name,
            "from_ns": span.start.tai_ns,
            "until_ns": span.end.tai_ns,
            "points": [
                [
                    self._scet_ns(craft, one.first),
                    self._scet_ns(craft, one.last),
                    *(one.minimum, one.maximum, one.count),
                ]
                for one in samples
            ],
        }

    def _samples(
        self, craft: Spacecraft, name: str, span: Interval, points: int
    ) -> list[ParameterSample]:
        found: list[ParameterSample] = []
        for stamps in self._desks.clocks.stamps(craft, span):
            share = stamps.seconds / span.seconds
            count = max(1, min(points, round(points * share)))
            found += self._desks.room.yamcs.parameter_samples(
                craft, name, stamps.start, stamps.end, count
            )
        return found

    def _derived_history(
        self, craft: Spacecraft, derived: DerivedParameter, span: Interval, points: int
    ) -> list[ParameterSample]:
        cadences = _cadences(craft)
        known = [cadences[name] for name in derived.expression.names if cadences[name]]
        expected = span.seconds / min(known, default=1.0) * len(derived.expression.names)
        if expected > _MOST_READ:
            raise GroundsysError(
                f"{derived.name} is made anew from every single value, and these are too many",
                expected=f"at most {_MOST_READ} values",
                found=f"about {expected:.0f} in this span",
                remedy="ask for a shorter span",
            )
        found: list[ParameterSample] = []
        for stamps in self._desks.clocks.stamps(craft, span):
            histories = {
                name: self._desks.room.yamcs.parameter_history(
                    craft, name, stamps.start, stamps.end
                )
                for name in derived.expression.names
            }
            found += decimate(derive_history(derived, histories), stamps, points)
        return found

    def _scet_ns(self, craft: Spacecraft, stamp: Instant) -> int:
        return self._desks.clocks.event_time(craft, stamp).tai_ns

    def _craft(self, spacecraft: str) -> Spacecraft:
        for craft in self._desks.room.craft:
            if craft.id == spacecraft:
                return craft
        known = ", ".join(craft.id for craft in self._desks.room.craft)
        raise GroundsysError(f"there is no craft '{spacecraft}'", expected=f"one of {known}")


def _parameter(field: Field, cadence_s: float) -> dict[str, Any]:
    kind = "label" if field.enumeration else "text" if field.kind == "string" else "number"
    return {
        "name": field.name,
        "kind": kind,
        "unit": field.unit,
        "description": field.description,
        "cadence_s": cadence_s,
        "limits": _limits(field.alarms),
    }


def _derived_parameter(one: DerivedParameter, cadences: dict[str, float]) -> dict[str, Any]:
    of = [cadences[name] for name in one.expression.names]
    return {
        "name": one.name,
        "kind": "number",
        "unit": one.unit,
        "description": one.description or f"= {one.expression.text}",
        "cadence_s": max(of) if all(of) else 0.0,
        "limits": _limits(one.alarms),
    }


def _limits(alarms: Sequence[AlarmRange]) -> list[dict[str, Any]]:
    return [{"level": one.level, "minimum": one.minimum, "maximum": one.maximum} for one in alarms]


def _cadences(craft: Spacecraft) -> dict[str, float]:
    """By parameter: seconds from one to the next by the newest model, 0 if it comes on occasion."""
    found: dict[str, float] = {}
    for _, model in craft.models:
        own: dict[str, float] = {}
        for packet in model.packets:
            for field in packet.fields:
                known = own.get(field.name, 0.0)
                periods = [one for one in (known, packet.period_s) if one]
                own[field.name] = min(periods, default=0.0)
        found.update(own)
    return found


def _require_number(craft: Spacecraft, name: str) -> None:
    fields = {
        field.name: field
        for _, model in craft.models
        for packet in model.packets
        for field in packet.fields
    }
    field = fields.get(name)
    if field is None:
        raise GroundsysError(
            f"{craft.id} has no parameter '{name}'",
            remedy="ask `telemetry_parameters` what there is",
        )
    if field.enumeration or field.kind in ("binary", "string"):
        raise GroundsysError(
            f"{name} is no number, so it has no least and greatest",
            expected="a parameter that is a number",
        )


def _span_of(request: Request) -> Interval:
    start, end = (request.get(key) for key in ("from_ns", "until_ns"))
    if not isinstance(start, int) or not isinstance(end, int) or not start < end:
        raise GroundsysError(
            "a history needs a span", expected="from_ns before until_ns", found=f"{start}, {end}"
        )
    return Interval(Instant(start), Instant(end))


def _whole(request: Request, key: str, usual: int, most: int) -> int:
    value = request.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise GroundsysError(
            f"'{key}' is no number of points", expected=f"1 to {most}", found=repr(value)
        )
    return value
