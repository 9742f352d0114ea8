"""The one table: which role may do what.  Everything that asks for something asks here.

A role that is not named in a line of the table may not do it; there is no rule beside the table
and no order of roles.  `own` means: only what belongs to the asker's own customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, cast, get_args

from groundsys.values.errors import AccessRefusedError


class Role(StrEnum):
    """What somebody is here as; a person has one role."""

    #: whoever gives no token: reaches the bus of this machine, and is nobody in particular
    ANONYMOUS = "anonymous"
    OBSERVER = "observer"
    OPERATOR = "operator"
    FLIGHT_DIRECTOR = "flight_director"
    #: a customer's own operator, of that customer's payload alone
    PAYLOAD_OPERATOR = "payload_operator"
    #: programs that plan and run what people have approved
    AUTOMATION = "automation"
    #: the customers' portal: a program that the outside reaches, so it may do nothing else
    PORTAL = "portal"


class Action(StrEnum):
    """Everything that can be asked for."""

    LOG_IN = "log_in"
    LOOK = "look"
    WATCH = "watch"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    ACKNOWLEDGE_ALARM = "acknowledge_alarm"
    HANDLE_ALARM = "handle_alarm"
    WRITE_LOGBOOK = "write_logbook"
    STEER_CLOCK = "steer_clock"
    INJECT_FAULT = "inject_fault"
    DRAFT_COMMAND = "draft_command"
    APPROVE_COMMAND = "approve_command"
    DRAFT_UPLOAD = "draft_upload"
    APPROVE_UPLOAD = "approve_upload"
    CHANGE_PLAN = "change_plan"
    TELL_NOTICE = "tell_notice"
    RUN_PROCEDURE = "run_procedure"
    APPROVE_PROCEDURE = "approve_procedure"
    VOTE_AT_GATE = "vote_at_gate"
    READ_PRODUCTS = "read_products"
    MANAGE_OWN_ACCESS = "manage_own_access"
    SERVE_PRODUCTS = "serve_products"
    SEE_CUSTODY = "see_custody"
    MANAGE_TOKENS = "manage_tokens"
    MANAGE_PEOPLE = "manage_people"
    DESTROY_CUSTOMER_KEY = "destroy_customer_key"
    STOP = "stop"


Permission = Literal["yes", "own", "no"]

_TABLE = """
                     anonymous observer operator flight_director payload_operator automation portal
log_in               yes       yes      yes      yes             yes              no         no
look                 yes       yes      yes      yes             own              yes        yes
watch                no        yes      yes      yes             no               yes        no
keep_own_account     no        yes      yes      yes             yes              no         no
acknowledge_alarm    no        no       yes      yes             no               no         no
handle_alarm         no        no       yes      yes             no               no         no
write_logbook        no        no       yes      yes             no               no         no
steer_clock          no        no       yes      yes             no               no         no
inject_fault         no        no       no       yes             no               no         no
draft_command        no        no       yes      yes             own              yes        no
approve_command      no        no       yes      yes             no               no         no
draft_upload         no        no       yes      yes             no               no         no
approve_upload       no        no       yes      yes             no               no         no
change_plan          no        no       yes      yes             no               yes        no
tell_notice          no        no       yes      yes             no               yes        no
run_procedure        no        no       yes      yes             no               yes        no
approve_procedure    no        no       no       yes             no               no         no
vote_at_gate         no        no       yes      yes             own              no         no
read_products        no        no       no       no              own              no         no
manage_own_access    no        no       no       no              own              no         no
serve_products       no        no       no       no              no               no         yes
see_custody          no        yes      yes      yes             own              yes        yes
manage_tokens        no        no       no       yes             no               no         no
manage_people        no        no       no       yes             no               no         no
destroy_customer_key no        no       no       yes             no               no         no
stop                 no        no       no       yes             no               no         no
"""

#: what each action is, as people read it
MEANINGS: Mapping[Action, str] = MappingProxyType(
    {
        Action.LOG_IN: "show a name and a password, and become that person",
        Action.LOOK: "see the status: clock, fleet, passes, alarms, deliveries",
        Action.WATCH: "read everything: the plan, each command's story, who did what",
        Action.KEEP_OWN_ACCOUNT: "change the own password, end the own sessions",
        Action.ACKNOWLEDGE_ALARM: "acknowledge an alarm",
        Action.HANDLE_ALARM: "shelve an alarm, bring it back, say who has it in hand",
        Action.WRITE_LOGBOOK: "write into the operators' log-book",
        Action.STEER_CLOCK: "pause a simulated mission's clock, and say how fast it may go",
        Action.INJECT_FAULT: "let a fault strike a simulated mission while it flies",
        Action.DRAFT_COMMAND: "ask for a command",
        Action.APPROVE_COMMAND: "approve another's hazardous command, or refuse it",
        Action.DRAFT_UPLOAD: "ask for a file to go up to a craft",
        Action.APPROVE_UPLOAD: "approve another's upload, or stop it",
        Action.CHANGE_PLAN: "make a plan again, book it, cancel a pass",
        Action.TELL_NOTICE: "tell of an outage, weather, a fresh orbit",
        Action.RUN_PROCEDURE: "rehearse, run, hold, resume and abort a procedure",
        Action.APPROVE_PROCEDURE: "approve another's run of a critical procedure",
        Action.VOTE_AT_GATE: "say go or no-go at a gate",
        Action.READ_PRODUCTS: "read a customer's products",
        Action.MANAGE_OWN_ACCESS: "make and withdraw the own customer's keys and webhooks",
        Action.SERVE_PRODUCTS: "hand products to whoever shows the customer's token",
        Action.SEE_CUSTODY: "see where customers' data are, and how service levels stand",
        Action.MANAGE_TOKENS: "give customers tokens, and withdraw them",
        Action.MANAGE_PEOPLE: "add people, change their roles, disable them",
        Action.DESTROY_CUSTOMER_KEY: "make a customer's products unreadable (two people)",
        Action.STOP: "stop the ground segment",
    }
)


def _read(table: str) -> Mapping[Action, Mapping[Role, Permission]]:
    """The table's text as data; `ValueError` unless it has every role and every action once."""
    header, *lines = (line.split() for line in table.strip().splitlines())
    roles = [Role(name) for name in header]
    found: dict[Action, Mapping[Role, Permission]] = {}
    for name, *cells in lines:
        if len(cells) != len(roles) or not set(cells) <= set(get_args(Permission)):
            raise ValueError(f"the line of {name} does not fit the table")
        if Action(name) in found:
            raise ValueError(f"{name} stands in the table twice")
        permissions = cast(list[Permission], cells)
        found[Action(name)] = MappingProxyType(dict(zip(roles, permissions, strict=True)))
    if sorted(roles) != sorted(Role) or set(found) != set(Action):
        raise ValueError("the table lacks a role or an action, or has one twice")
    return MappingProxyType(found)


PERMISSIONS = _read(_TABLE)


class Scope(StrEnum):
    """What a customer's key is good for: a part of what its payload operators may do."""

    READ_PRODUCTS = "read_products"
    REQUEST_COMMANDS = "request_commands"
    MANAGE_ACCESS = "manage_access"


#: beside looking round, which any key may
_IN_SCOPE: Mapping[Scope, Action] = MappingProxyType(
    {
        Scope.READ_PRODUCTS: Action.READ_PRODUCTS,
        Scope.REQUEST_COMMANDS: Action.DRAFT_COMMAND,
        Scope.MANAGE_ACCESS: Action.MANAGE_OWN_ACCESS,
    }
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the desks have established it; never what a request says of itself."""

    name: str
    role: Role
    #: the one that a payload operator belongs to; empty for everybody else
    customer: str = ""
    #: the key that was shown; empty for a session, which no scopes narrow
    key: str = ""
    scopes: frozenset[Scope] = frozenset()

    def reaches(self, action: Action) -> bool:
        """Whether what was shown is good for `action`, whatever the role may do."""
        actions = {Action.LOOK, *(_IN_SCOPE[scope] for scope in self.scopes)}
        return not self.key or action in actions

    @property
    def is_person(self) -> bool:
        return PERMISSIONS[Action.KEEP_OWN_ACCOUNT][self.role] == "yes"


def nobody() -> Asker:
    """The asker of a request without a token."""
    return Asker("", Role.ANONYMOUS)


def permission(role: Role, action: Action) -> Permission:
    """What stands in the table."""
    return PERMISSIONS[action][role]


def roles_that_may(action: Action) -> tuple[Role, ...]:
    """The roles with anything but `no`, in the table's order."""
    return tuple(role for role, cell in PERMISSIONS[action].items() if cell != "no")


def actions_of(asker: Asker) -> tuple[str, ...]:
    """What `asker` may do to anything at all, in the table's order: what a console offers."""
    return tuple(
        str(action)
        for action, cells in PERMISSIONS.items()
        if cells[asker.role] != "no" and asker.reaches(action)
    )


def may_ask_for(asker: Asker, action: Action) -> None:
    """Raise `AccessRefusedError` if `asker` may not do `action` to anything at all.

    This is the door, before the subject is known; where the table says `own`, whoever then learns
    the subject asks `may`.
    """
    if permission(asker.role, action) == "no":
        allowed = ", ".join(_spoken(role) for role in roles_that_may(action))
        raise AccessRefusedError(
            f"{asker.name or 'whoever gives no token'} may not {_spoken(action)}",
            expected=f"one of the roles: {allowed}",
            found=f"role {_spoken(asker.role)}",
            remedy="log in as somebody who may (`groundsys login`), or ask one of them; "
            "`groundsys user roles` shows who may what",
        )
    if not asker.reaches(action):
        raise AccessRefusedError(
            f"this key may not {_spoken(action)}",
            expected="a key with that scope",
            found=", ".join(sorted(asker.scopes)) or "no scope",
            remedy="make another key",
        )


def may(asker: Asker, action: Action, *, owner: str = "") -> None:
    """Return if `asker` may do `action` to what belongs to customer `owner` ("" is nobody's).

    Raises `AccessRefusedError` otherwise.
    """
    may_ask_for(asker, action)
    if permission(asker.role, action) == "own" and not (owner and owner == asker.customer):
        raise AccessRefusedError(
            f"{asker.name} may {_spoken(action)} only for the own customer",
            expected=f"what belongs to {asker.customer}",
            found="what belongs to somebody else",  # whose, is no business of the asker's
            remedy="ask the operators",
        )


def table_text() -> str:
    """The table for people: a line an action, a column a role."""
    roles = list(Role)
    width = max(len(action) for action in Action)
    lines = ["  ".join([" " * width, *roles])]
    for action, cells in PERMISSIONS.items():
        line = [action.ljust(width)]
        line += [("–" if cells[role] == "no" else cells[role]).ljust(len(role)) for role in roles]
        lines.append("  ".join(line).rstrip())
    return "\n".join(lines)


def _spoken(name: str) -> str:
    return name.replace("_", " ")
