"""What telemetry there is: craft, groups of parameters and pages, and what of it to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from groundsys.locales import tr
from ops_tui.picture import Snapshot

#: so many parameters are found at most: more is no search
MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """In alarm at `level` below `minimum` or above `maximum`."""

    level: str
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as the mission database defines it; a cadence of 0: it comes on occasion."""

    name: str
    group: str
    kind: str
    unit: str
    description: str
    cadence_s: float
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that come together."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True)
class CraftModel:
    """What craft of one build send."""

    groups: tuple[Group, ...]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        return {one.name: one for group in self.groups for one in group.parameters}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as data defines it; `items` are parameters and how they are shown."""

    id: str
    title: str
    description: str
    is_of_fleet: bool
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that can be shown; empty before the desks have told."""

    craft: Mapping[str, CraftModel] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()

    def parameter(self, craft: str, name: str) -> Parameter | None:
        model = self.craft.get(craft)
        return None if model is None else model.parameters.get(name)

    def page(self, page: str) -> Page | None:
        return next((one for one in self.pages if one.id == page), None)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the table shows: a title, and craft and parameter of each row; `plots` are drawn."""

    title: str = ""
    description: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    plots: tuple[tuple[str, str], ...] = ()
    #: rows that want no sparkline
    plain: frozenset[str] = frozenset()


def read_catalogue(answer: Snapshot) -> Catalogue:
    """The catalogue of an answer to `telemetry_parameters`; craft of one model share it."""
    models = {name: _model(told) for name, told in answer.get("models", {}).items()}
    return Catalogue(
        craft={name: models[one["model"]] for name, one in answer.get("craft", {}).items()},
        pages=tuple(
            Page(
                *(one["id"], one["title"], one["description"], one["scope"] == "fleet"),
                tuple((item["parameter"], item["show"]) for item in one["items"]),
            )
            for one in answer.get("pages", ())
        ),
    )


def page_shown(catalogue: Catalogue, page: Page, craft: str) -> Shown:
    """A page of one craft, or of all; what a craft does not send is left out."""
    craft_shown = sorted(catalogue.craft) if page.is_of_fleet else [craft]
    rows = [
        (one, parameter, show)
        for parameter, show in page.items
        for one in craft_shown
        if catalogue.parameter(one, parameter) is not None
    ]
    return Shown(
        title=page.title if page.is_of_fleet else f"{craft}  {page.title}",
        description=page.description,
        rows=tuple((one, parameter) for one, parameter, _ in rows),
        plots=tuple((one, parameter) for one, parameter, show in rows if show == "plot"),
        plain=frozenset(parameter for _, parameter, show in rows if show == "value"),
    )


def group_shown(catalogue: Catalogue, craft: str, group: str) -> Shown:
    """All parameters of one group of a craft."""
    model = catalogue.craft.get(craft)
    found = next((one for one in model.groups if one.name == group), None) if model else None
    if found is None:
        return Shown()
    rows = tuple((craft, one.name) for one in found.parameters)
    return Shown(f"{craft}  {group}", found.description, rows)


def search_shown(catalogue: Catalogue, text: str) -> Shown:
    """Every parameter of every craft of which craft, name, group and description have all words."""
    words = text.lower().split()
    found: list[tuple[str, str]] = []
    for craft in sorted(catalogue.craft):
        for one in catalogue.craft[craft].parameters.values():
            about = f"{craft} {one.name} {one.group} {one.description}".lower()
            if all(word in about for word in words):
                found.append((craft, one.name))
                if len(found) == MOST_FOUND:
                    return Shown(
                        f"“{text}”",
                        tr("the first {count} found", count=MOST_FOUND),
                        tuple(found),
                    )
    return Shown(f"“{text}”", tr("{found} found", found=len(found)), tuple(found))


def _model(told: Mapping[str, Any]) -> CraftModel:
    return CraftModel(tuple(_group(one) for one in told["groups"]))


def _group(told: Mapping[str, Any]) -> Group:
    parameters: Sequence[Mapping[str, Any]] = told["parameters"]
    return Group(
        told["name"],
        told["description"],
        tuple(
            Parameter(
                *(one["name"], told["name"], one["kind"], one["unit"], one["description"]),
                float(one["cadence_s"]),
                tuple(Limit(**limit) for limit in one["limits"]),
            )
            for one in parameters
        ),
    )
