"""Requests about people: logging in, the own account, everybody's accounts."""

from __future__ import annotations

from groundsys.authority import Account, Action, Asker, Role, canonical_name
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.values.errors import AccessRefusedError


class PeopleRequests:
    """Answers `log_in`, `who_am_i` and the verbs that begin with `user_`."""

    def __init__(self, room: ControlRoom, gate: Gatekeeper) -> None:
        self._room = room
        self._gate = gate
        self.verbs: dict[str, Verb] = {
            "log_in": Verb(Action.LOG_IN, self._log_in),
            "who_am_i": Verb(Action.LOOK, self._who_am_i),
            "end_sessions": Verb(Action.KEEP_OWN_ACCOUNT, self._end_sessions),
            "own_password": Verb(Action.KEEP_OWN_ACCOUNT, self._own_password),
            "user_list": Verb(Action.WATCH, self._list),
            "user_add": Verb(Action.MANAGE_PEOPLE, self._add),
            "user_role": Verb(Action.MANAGE_PEOPLE, self._role),
            "user_password": Verb(Action.MANAGE_PEOPLE, self._password),
            "user_disable": Verb(Action.MANAGE_PEOPLE, self._disable),
            "user_enable": Verb(Action.MANAGE_PEOPLE, self._enable),
        }

    def _log_in(self, request: Request, _: Asker) -> Answer:
        asker, token = self._gate.log_in(text_of(request, "name"), str(request.get("password", "")))
        self._note(asker, "people.log_in", asker.name, "logged in")
        return {**told_of(asker), "token": token}

    def _who_am_i(self, _: Request, asker: Asker) -> Answer:
        return told_of(asker)

    def _end_sessions(self, _: Request, asker: Asker) -> Answer:
        self._gate.end_sessions(asker.name)
        self._note(asker, "people.end_sessions", asker.name, "ended all own sessions")
        return {}

    def _own_password(self, request: Request, asker: Asker) -> Answer:
        self._gate.check_password(asker.name, str(request.get("old_password", "")))
        self._gate.set_password(asker.name, text_of(request, "password"))
        self._note(asker, "people.password", asker.name, "changed the own password")
        return {"token": self._gate.token_for(asker.name)}

    # --- everybody's ---------------------------------------------------------------------------

    def _list(self, _: Request, __: Asker) -> Answer:
        return {
            "people": [
                {
                    "name": one.name,
                    "role": str(one.role),
                    "customer": one.customer,
                    "disabled": one.disabled,
                }
                for one in self._gate.accounts()
            ]
        }

    def _add(self, request: Request, asker: Asker) -> Answer:
        account = _account(request)
        self._gate.add(account, text_of(request, "password"), self._room.now)
        text = f"made the account {account.name}: {_in_words(account)}"
        self._note(asker, "people.add", account.name, text)
        return {"name": account.name}

    def _role(self, request: Request, asker: Asker) -> Answer:
        account = _account(request)
        self._gate.set_role(account)
        self._note(asker, "people.role", account.name, f"made {account.name} {_in_words(account)}")
        return {"name": account.name}

    def _password(self, request: Request, asker: Asker) -> Answer:
        name = canonical_name(text_of(request, "name"))
        self._gate.set_password(name, text_of(request, "password"))
        self._note(asker, "people.password", name, f"gave {name} another password")
        return {"name": name}

    def _disable(self, request: Request, asker: Asker) -> Answer:
        name = canonical_name(text_of(request, "name"))
        self._gate.disable(name)
        self._note(asker, "people.disable", name, f"disabled the account {name}")
        return {"name": name}

    def _enable(self, request: Request, asker: Asker) -> Answer:
        name = canonical_name(text_of(request, "name"))
        self._gate.disable(name, disabled=False)
        self._note(asker, "people.enable", name, f"enabled the account {name}")
        return {"name": name}

    def _note(self, asker: Asker, action: str, subject: str, text: str) -> None:
        self._room.log("", "info", "authority", f"{asker.name} {text}")
        self._room.audit(
            actor=asker.name,
            role=asker.role,
            action=action,
            subject=subject,
            reason="",
            detail={"told": text},
        )


def told_of(asker: Asker) -> Answer:
    """Who the desks take an asker for."""
    return {"name": asker.name, "role": str(asker.role), "customer": asker.customer}


def _in_words(account: Account) -> str:
    words = account.role.replace("_", " ")
    return f"{words} of {account.customer}" if account.customer else words


def _account(request: Request) -> Account:
    role = text_of(request, "role")
    if role not in set(Role):
        raise AccessRefusedError(f"there is no role '{role}'", expected=", ".join(Role))
    name = canonical_name(text_of(request, "name"))
    return Account(name, Role(role), str(request.get("customer", "")))
