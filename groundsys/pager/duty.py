"""Who is paged about what, and by which way: a file of the operating site, not of the mission.

    levels: [critical, severe]        # alarms that page; default
    desks_silent_s: 120               # the desks themselves page after so long without an answer
    steps:
      - {after_s: 60, to: [ada]}
      - {after_s: 900, to: [ada, grace]}
    repeat_s: 1800                    # the last step again, until somebody acknowledges
    people:
      ada: {mail: ada@example.org}
      grace: {webhook: "https://pager.example.org/hook", secret_file: hook.secret}
    mail: {host: smtp.example.org, port: 587, sender: ground@example.org, user: ground,
           password_file: smtp.password}

All times are wall seconds: it is people that are waited for.  Secrets stand in files of their own,
beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from groundsys.mission.parsing.reading import Section, read_alone
from groundsys.mission.spacecraft.packet_model import AlarmLevel
from groundsys.values.errors import DefinitionError

LEVELS: tuple[str, ...] = get_args(AlarmLevel)
_DAY_S = 86_400.0
_LEVELS_THAT_PAGE = frozenset({"critical", "severe"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's way to be reached: one of the two."""

    name: str
    mail: str = ""
    webhook: str = ""
    #: signs what goes to the webhook; empty: nothing does
    secret: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over: STARTTLS where a user logs in."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Once a concern has stood so long unacknowledged, these are paged."""

    after_s: float
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty roster, steps in order of time."""

    people: Mapping[str, Contact]
    steps: tuple[Step, ...]
    levels: frozenset[str] = _LEVELS_THAT_PAGE
    repeat_s: float = 1_800.0
    desks_silent_s: float = 120.0
    mail: MailServer | None = None


def read_duty(path: Path) -> Duty:
    """A duty roster; raises `DefinitionError` with everything that is wrong, file and line."""
    if not path.is_file():
        raise DefinitionError(
            f"there is no duty roster {path}",
            expected="a YAML file; `groundsys pager --help` shows one",
        )
    return read_alone(path, "duty roster", lambda file: _read(file, path.absolute().parent))


def _read(file: Section, folder: Path) -> Duty:
    people = file.section("people")
    contacts = {name: _contact(people.section(name), name, folder) for name in people.names}
    steps = []
    for section in file.sections("steps"):
        after_s = section.number("after_s", minimum=0.0, maximum=_DAY_S)
        steps.append(Step(after_s, tuple(section.references("to", "person", contacts))))
        section.finish()
    if not steps:
        file.note("steps", "nobody is paged", "write at least one step")
    if steps != sorted(steps, key=lambda step: step.after_s):
        file.note("steps", "a step comes before the one above it", "order them by `after_s`")
    named = (level for level, _ in file.texts("levels", optional=True))
    levels = frozenset(level for level in named if _is_level(file, level))
    repeat_s = file.number("repeat_s", 1_800.0, minimum=60.0, maximum=_DAY_S)
    silent_s = file.number("desks_silent_s", 120.0, minimum=10.0, maximum=_DAY_S)
    server = _mail(file.section("mail"), folder) if "mail" in file else None
    if server is None and any(one.mail for one in contacts.values()):
        file.note("people", "somebody is reached by mail, and there is no `mail` server")
    file.finish()
    return Duty(
        people=contacts,
        steps=tuple(steps),
        levels=levels or _LEVELS_THAT_PAGE,
        repeat_s=repeat_s,
        desks_silent_s=silent_s,
        mail=server,
    )


def _is_level(file: Section, level: str) -> bool:
    if level in LEVELS:
        return True
    file.note("levels", f"unknown level {level!r}", f"known: {', '.join(LEVELS)}")
    return False


def _contact(section: Section, name: str, folder: Path) -> Contact:
    mail, webhook = section.text("mail", ""), section.text("webhook", "")
    if bool(mail) == bool(webhook):
        section.note("mail", f"{name} needs one way to be reached", "write `mail` or `webhook`")
    if webhook and not webhook.startswith(("https://", "http://")):
        section.note("webhook", f"{webhook!r} is no URL", "begin it with https://")
    secret = _secret(section, "secret_file", folder)
    section.finish()
    return Contact(name, mail, webhook, secret)


def _mail(section: Section, folder: Path) -> MailServer:
    server = MailServer(
        host=section.text("host"),
        port=section.integer("port", 25, minimum=1, maximum=65_535),
        sender=section.text("sender"),
        user=section.text("user", ""),
        password=_secret(section, "password_file", folder),
    )
    section.finish()
    return server


def _secret(section: Section, key: str, folder: Path) -> str:
    """What stands in a file that only its owner may read."""
    name = section.text(key, "")
    if not name:
        return ""
    path = folder / name
    try:
        if path.stat().st_mode & 0o077:
            section.note(key, f"others may read {name}", f"chmod 600 {name}")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        section.note(key, f"{name} cannot be read: {error.strerror}")
        return ""
