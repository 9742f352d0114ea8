"""Requests about customers' keys and webhooks: by customers about their own, by operators.

A key is made where it is used, and only its hash comes here.  No key is good for more than what
was shown to make it; one that commands is made by a payload operator in person, who answers for
what is asked with it, and it commands no longer than that account does.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker, Role, Scope
from groundsys.customers import key_id
from groundsys.customers.webhooks import (
    DEAD_AFTER_S,
    MOST_PER_CUSTOMER,
    Webhook,
    check_webhook_url,
    resumed,
)
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.store import StoredToken
from groundsys.values.errors import AccessRefusedError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: of a token that is exchanged for a key, unless less is asked for, and at most
SHORT_LIFETIME_S = 900.0
LONGEST_SHORT_S = 3600.0
#: of a key, at most, in days; without an end it stands until it is withdrawn
LONGEST_KEY_DAYS = 3650.0
MOST_KEYS = 100
_LONGEST_LABEL = 80
_LONGEST_HASH = 64
_FOUND_NOTHING: Answer = {"found": False}


class AccessRequests:
    """Answers the verbs that begin with `own_key`, `own_webhook` and `key_`, and `exchange_key`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        own = Action.MANAGE_OWN_ACCESS
        self.verbs: dict[str, Verb] = {
            "exchange_key": Verb(Action.LOOK, self._exchange),
            "end_token": Verb(Action.LOOK, self._end_token),
            "own_keys": Verb(own, lambda _, asker: self._keys(asker.customer)),
            "own_key_make": Verb(own, self._make_own),
            "own_key_revoke": Verb(own, self._revoke_own),
            "own_webhooks": Verb(own, self._webhooks),
            "own_webhook_make": Verb(own, self._make_webhook),
            "own_webhook_remove": Verb(own, self._remove_webhook),
            "own_webhook_resume": Verb(own, self._resume_webhook),
            "own_accesses": Verb(Action.READ_PRODUCTS, self._accesses),
            "key_list": Verb(
                Action.MANAGE_TOKENS, lambda request, _: self._keys(self._customer(request))
            ),
            "key_make": Verb(Action.MANAGE_TOKENS, self._make),
            "key_revoke": Verb(Action.MANAGE_TOKENS, self._revoke),
            "add_token": Verb(Action.MANAGE_TOKENS, self._make),
            "revoke_token": Verb(Action.MANAGE_TOKENS, self._revoke_token),
        }

    # --- keys ----------------------------------------------------------------------------------

    def _keys(self, customer: str) -> Answer:
        store = self._desks.room.store
        return {"keys": [self._told(one) for one in store.tokens.keys(customer)]}

    def _told(self, key: StoredToken) -> Answer:
        return {
            "id": key_id(key.token_hash),
            "customer": key.customer,
            "label": key.label,
            "scopes": sorted(map(str, self._desks.gate.scopes(key))),
            "made_by": key.made_by,
            "created_ns": key.created.tai_ns,
            "expires_s": key.expires_s,
            "revoked": key.revoked is not None,
            "usable": self._desks.gate.key(key.token_hash) is not None,
        }

    def _make_own(self, request: Request, asker: Asker) -> Answer:
        scopes = _scopes(request)
        held = asker.scopes if asker.key else frozenset(Scope)
        if not scopes <= held:
            raise AccessRefusedError(
                "a key cannot be good for more than what it is made with",
                expected=", ".join(sorted(held)),
                found=", ".join(sorted(scopes)),
                remedy="log in as a payload operator for a key that commands",
            )
        return self._keep(request, asker, asker.customer, scopes, asker.key)

    def _make(self, request: Request, asker: Asker) -> Answer:
        scopes = _scopes(request)
        if Scope.REQUEST_COMMANDS in scopes:
            raise AccessRefusedError(
                "a key that commands is made by the customer's own payload operator",
                expected=", ".join(sorted(set(Scope) - {Scope.REQUEST_COMMANDS})),
                found=Scope.REQUEST_COMMANDS,
                remedy="give the customer an account: `groundsys user add --role payload_operator`",
            )
        return self._keep(request, asker, self._customer(request), scopes, "")

    def _keep(
        self, request: Request, asker: Asker, customer: str, scopes: frozenset[Scope], shown: str
    ) -> Answer:
        room, gate = self._desks.room, self._desks.gate
        usable = [one for one in room.store.tokens.keys(customer) if gate.key(one.token_hash)]
        if len(usable) >= MOST_KEYS:
            raise AccessRefusedError(
                "there are too many keys", expected=f"at most {MOST_KEYS}", remedy="revoke some"
            )
        kept_hash = text_of(request, "token_hash")
        if len(kept_hash) > _LONGEST_HASH or room.store.tokens.get(kept_hash) is not None:
            raise AccessRefusedError(
                "this is no hash of a new key", expected="SHA-256 of a fresh one, in hexadecimal"
            )
        days = request.get("days")
        if days is not None and not 0.0 < float(days) <= LONGEST_KEY_DAYS:
            raise AccessRefusedError(
                "a key cannot end then",
                expected=f"within {LONGEST_KEY_DAYS:g} days",
                found=f"{float(days):g} days",
            )
        by_person = asker.role is not Role.PAYLOAD_OPERATOR or not shown
        key = StoredToken(
            token_hash=kept_hash,
            customer=customer,
            created=room.now,
            label=_label(request),
            scopes=tuple(sorted(scopes)),
            made_by=asker.name if by_person or Scope.REQUEST_COMMANDS in scopes else "",
            expires_s=None if days is None else gate.wall_s + float(days) * 86_400.0,
        )
        with room.store.writing():
            room.store.tokens.add(key)
            detail = {"token_hash": key.token_hash, "scopes": list(key.scopes), "with_key": shown}
            self._audit(request, asker, "token.add", customer, detail)
        return {"customer": customer, "key": self._told(key)}

    def _revoke_own(self, request: Request, asker: Asker) -> Answer:
        return self._revoke_key(request, asker, asker.customer)

    def _revoke(self, request: Request, asker: Asker) -> Answer:
        return self._revoke_key(request, asker, self._customer(request))

    def _revoke_key(self, request: Request, asker: Asker, customer: str) -> Answer:
        key = self._desks.room.store.tokens.key(customer, text_of(request, "id"))
        if key is None:
            return _FOUND_NOTHING
        self._withdraw(request, asker, key.token_hash, customer)
        return {"found": True}

    def _revoke_token(self, request: Request, asker: Asker) -> Answer:
        kept_hash = text_of(request, "token_hash")
        key = self._desks.room.store.tokens.get(kept_hash)
        self._withdraw(request, asker, kept_hash, key.customer if key is not None else "nobody")
        return {}

    def _withdraw(self, request: Request, asker: Asker, kept_hash: str, customer: str) -> None:
        room = self._desks.room
        with room.store.writing():
            room.store.tokens.revoke(kept_hash, room.now)
            self._audit(request, asker, "token.revoke", customer, {"token_hash": kept_hash})

    def _exchange(self, request: Request, asker: Asker) -> Answer:
        """Minutes of what a key is good for, but for making keys: `parent_hash` is the key's."""
        room, gate = self._desks.room, self._desks.gate
        parent = gate.key(text_of(request, "parent_hash"))
        if parent is None or key_id(parent.token_hash) != asker.key or parent.parent:
            raise AccessRefusedError(
                "a token is exchanged for a key", expected="the key itself, as bearer"
            )
        lifetime_s = min(float(request.get("seconds") or SHORT_LIFETIME_S), LONGEST_SHORT_S)
        token = StoredToken(
            token_hash=text_of(request, "token_hash"),
            customer=parent.customer,
            created=room.now,
            scopes=tuple(sorted(set(parent.scopes) - {Scope.MANAGE_ACCESS})),
            made_by=parent.made_by,
            expires_s=gate.wall_s + max(lifetime_s, 1.0),
            parent=parent.token_hash,
        )
        room.store.tokens.forget_ended(gate.wall_s)
        room.store.tokens.add(token)
        return {
            "customer": token.customer,
            "scopes": list(token.scopes),
            "expires_s": token.expires_s,
        }

    def _end_token(self, request: Request, asker: Asker) -> Answer:
        """Sign out: the token that is shown is over, and no key with it."""
        store = self._desks.room.store
        token = store.tokens.get(text_of(request, "token_hash"))
        if token is not None and token.parent and key_id(token.token_hash) == asker.key:
            store.tokens.revoke(token.token_hash, self._desks.room.now)
        return {}

    # --- webhooks ------------------------------------------------------------------------------

    def _webhooks(self, _: Request, asker: Asker) -> Answer:
        found = self._desks.room.store.webhooks.of(asker.customer)
        return {"webhooks": [_webhook_told(one) for one in found]}

    def _make_webhook(self, request: Request, asker: Asker) -> Answer:
        """Told of everything from now on; its secret is shown this once."""
        room, url = self._desks.room, text_of(request, "url")
        check_webhook_url(url)
        if len(room.store.webhooks.of(asker.customer)) >= MOST_PER_CUSTOMER:
            raise AccessRefusedError(
                "there are too many webhooks",
                expected=f"at most {MOST_PER_CUSTOMER}",
                remedy="remove one",
            )
        webhook = Webhook(
            id=secrets.token_hex(6),
            customer=asker.customer,
            url=url,
            secret=f"gsw_{secrets.token_urlsafe(32)}",
            created=room.now,
            made_by=asker.name,
            cursor=room.store.customer_events.last().get(asker.customer, 0),
        )
        with room.store.writing():
            room.store.webhooks.put(webhook)
            self._audit(request, asker, "webhook.add", asker.customer, {"id": webhook.id})
        return {"webhook": _webhook_told(webhook), "secret": webhook.secret}

    def _remove_webhook(self, request: Request, asker: Asker) -> Answer:
        webhook = self._webhook(request, asker)
        if webhook is None:
            return _FOUND_NOTHING
        room = self._desks.room
        with room.store.writing():
            room.store.webhooks.remove(webhook.id)
            self._audit(request, asker, "webhook.remove", asker.customer, {"id": webhook.id})
        self._desks.alarms.withdraw(f"webhook:{webhook.id}", "it is removed")
        return {"found": True}

    def _resume_webhook(self, request: Request, asker: Asker) -> Answer:
        """Try it again at once, from the first event that it has not taken."""
        webhook = self._webhook(request, asker)
        if webhook is None:
            return _FOUND_NOTHING
        room, webhook = self._desks.room, resumed(webhook)
        with room.store.writing():
            room.store.webhooks.put(webhook)
            self._audit(request, asker, "webhook.resume", asker.customer, {"id": webhook.id})
        self._desks.alarms.withdraw(f"webhook:{webhook.id}", "its customer has it tried again")
        return {"found": True, "webhook": _webhook_told(webhook)}

    def _webhook(self, request: Request, asker: Asker) -> Webhook | None:
        webhook = self._desks.room.store.webhooks.get(text_of(request, "id"))
        return webhook if webhook is not None and webhook.customer == asker.customer else None

    # --- accesses ------------------------------------------------------------------------------

    def _accesses(self, request: Request, asker: Asker) -> Answer:
        """Who was shown what of the own space, the last first."""
        limit = min(max(1, int(request.get("limit") or 100)), 1000)
        found = self._desks.room.store.catalogue.accesses(asker.customer, limit)
        return {
            "accesses": [
                {
                    "time_ns": one.time.tai_ns,
                    "product": one.product,
                    "octets": one.octets,
                    "complete": one.complete,
                    "first_byte": int(one.notes.get("first_byte", 0)),
                    "what": str(one.notes.get("what", "download")),
                    "key": str(one.notes.get("key", "")),
                }
                for one in reversed(found)
            ]
        }

    def _customer(self, request: Request) -> str:
        customer = text_of(request, "customer")
        mission = self._desks.room.mission
        if customer not in mission.customers and customer not in mission.partners:
            raise AccessRefusedError(f"there is no customer '{customer}'")
        return customer

    def _audit(
        self, request: Request, asker: Asker, action: str, subject: str, detail: Answer
    ) -> None:
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action=action,
            subject=subject,
            reason=str(request.get("reason") or ""),
            detail=detail,
        )


def _scopes(request: Request) -> frozenset[Scope]:
    words = request.get("scopes") or (Scope.READ_PRODUCTS, Scope.MANAGE_ACCESS)
    unknown = [word for word in words if word not in set(Scope)]
    if unknown or isinstance(words, str):
        raise AccessRefusedError(
            "there is no such scope", expected=", ".join(Scope), found=str(words)[:200]
        )
    return frozenset(map(Scope, words))


def _label(request: Mapping[str, Any]) -> str:
    label = str(request.get("label") or "")
    if len(label) > _LONGEST_LABEL or not label.isprintable():
        raise AccessRefusedError(
            "this is no label of a key", expected=f"at most {_LONGEST_LABEL} printable letters"
        )
    return label


def _webhook_told(webhook: Webhook) -> Answer:
    """A webhook without its secret; times in wall seconds since 1970."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "state": webhook.state,
        "told_up_to": webhook.cursor,
        "failures": webhook.failures,
        "failing_since_s": webhook.failing_since_s,
        "given_up_at_s": (
            None if webhook.failing_since_s is None else webhook.failing_since_s + DEAD_AFTER_S
        ),
        "last_answer": webhook.last_answer,
    }
