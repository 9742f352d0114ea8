"""Which Python packages are installed, and whether they are those that were asked for.

Nothing is imported to find out: a package that is broken or missing must not break the question.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*\(?([^;)]*)\)?\s*(;.*)?$")
_COMPARISONS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "==": lambda found, wanted: found == wanted,
    "!=": lambda found, wanted: found != wanted,
    ">=": lambda found, wanted: found >= wanted,
    "<=": lambda found, wanted: found <= wanted,
    ">": lambda found, wanted: found > wanted,
    "<": lambda found, wanted: found < wanted,
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package's name and the versions accepted, such as `>=3.11,<4`."""

    name: str
    specifiers: str


def required_packages(name: str) -> tuple[Requirement, ...]:
    """What the installed package `name` requires, without its extras."""
    requirements = []
    for text in importlib.metadata.requires(name) or ():
        match = _REQUIREMENT.match(text)
        if match is not None and not match[3]:  # a marker here means an extra
            requirements.append(Requirement(match[1], match[2].strip()))
    return tuple(requirements)


def package_troubles(requirements: Sequence[Requirement]) -> list[str]:
    """One sentence for each requirement that is not met."""
    modules = _modules_by_distribution()
    troubles = (_package_trouble(requirement, modules) for requirement in requirements)
    return [trouble for trouble in troubles if trouble]


def package_folder(module: str) -> Path | None:
    """Where a package's files are, or None if it is not installed."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _modules_by_distribution() -> dict[str, list[str]]:
    modules: dict[str, list[str]] = {}
    for module, distributions in importlib.metadata.packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(_canonical(distribution), []).append(module)
    return modules


def _package_trouble(requirement: Requirement, modules: dict[str, list[str]]) -> str:
    name, specifiers = requirement.name, requirement.specifiers
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"{name} is missing"
    if not satisfies(version, specifiers):
        return f"{name} is {version}, wanted {specifiers}"
    importable = modules.get(_canonical(name), [])
    public = [module for module in importable if not module.startswith("_")]
    if public and not any(importlib.util.find_spec(module) for module in public):
        return f"{name} is installed but cannot be imported"
    return ""


def satisfies(version: str, specifiers: str) -> bool:
    """Whether the numbers of a version's release fit; `ValueError` for a specifier not known."""
    found = _release(version)
    for specifier in filter(None, (part.strip() for part in specifiers.split(","))):
        match = re.match(r"(==|!=|>=|<=|>|<)\s*(.+)", specifier)
        if match is None:
            raise ValueError(f"cannot read the version specifier {specifier!r}")
        wanted = _release(match[2])
        length = max(len(found), len(wanted))
        padded = (*found, *[0] * (length - len(found))), (*wanted, *[0] * (length - len(wanted)))
        if not _COMPARISONS[match[1]](*padded):
            return False
    return True


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a version's release, `25.0.4.1` of `25.0.4.1rc2`."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
