"""Webhooks: where a customer is told of events, how it knows us, and how often we try.

Events are told in order and at least once: one that cannot be told holds back those after it, so
`cursor` alone says how far the customer is.  Who receives checks the header `Groundsys-Signature`,
`t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" in hexadecimal>` (RFC 2104), with the
webhook's own secret, and refuses a `t` that is old.  All times here are wall time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from groundsys.values.errors import AccessRefusedError
from groundsys.values.hosts import is_loopback_host
from groundsys.values.instants import Instant

SIGNATURE_HEADER = "Groundsys-Signature"
#: a signature older (or newer) than this is refused
TOLERANCE_S = 300.0
MOST_PER_CUSTOMER = 10
#: at most so many events in one message
BATCH = 50
#: the pause after the first failure; it doubles up to the longest
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 3600.0
#: failing for so long, a webhook is given up and told as an alarm
DEAD_AFTER_S = 24 * 3600.0
#: who was handed events tells within this what came of them; then they are handed out again
LEASE_S = 60.0
_LONGEST_URL = 512
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One registration; `cursor` is the number of the last event that was told."""

    id: str
    customer: str
    url: str
    secret: str
    created: Instant
    made_by: str
    cursor: int
    #: "active", or "dead" until the customer resumes it
    state: str = "active"
    #: failures in a row, and since when
    failures: int = 0
    failing_since_s: float | None = None
    #: not tried before this
    next_s: float = 0.0
    last_answer: str = ""


def handed_out(webhook: Webhook, now_s: float) -> Webhook:
    """Somebody is about to tell it: nobody else may within the lease."""
    return replace(webhook, next_s=now_s + LEASE_S)


def after_success(webhook: Webhook, told_up_to: int, answer: str) -> Webhook:
    """The customer has taken everything up to an event."""
    return replace(
        webhook,
        cursor=max(webhook.cursor, told_up_to),
        failures=0,
        failing_since_s=None,
        next_s=0.0,
        last_answer=answer,
    )


def after_failure(webhook: Webhook, now_s: float, answer: str) -> Webhook:
    """It is tried again later and later, and given up after `DEAD_AFTER_S`."""
    since_s = now_s if webhook.failing_since_s is None else webhook.failing_since_s
    pause_s = min(FIRST_PAUSE_S * 2.0 ** min(webhook.failures, 32), LONGEST_PAUSE_S)
    return replace(
        webhook,
        state="dead" if now_s - since_s >= DEAD_AFTER_S else webhook.state,
        failures=webhook.failures + 1,
        failing_since_s=since_s,
        next_s=now_s + pause_s,
        last_answer=answer,
    )


def resumed(webhook: Webhook) -> Webhook:
    """Tried again at once, from where it stopped: nothing is lost."""
    return replace(webhook, state="active", failures=0, failing_since_s=None, next_s=0.0)


def check_webhook_url(url: str) -> None:
    """Raise `AccessRefusedError` unless events may be sent there: HTTPS, or this very machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback_host(host))
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST_URL
    if not host or not secure or not plain or port == 0 or "@" in parts.netloc or parts.fragment:
        raise AccessRefusedError(
            "events cannot be sent to this URL",
            expected=f"https://host/path, at most {_LONGEST_URL} letters, without name, password "
            "and fragment; http:// on this machine alone",
            remedy="register another URL",
        )


def signature(secret: str, body: bytes, now_s: float) -> str:
    """The header's value for a body that is sent now."""
    seconds = str(int(now_s))
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def is_signed(secret: str, header: str, body: bytes, now_s: float) -> bool:
    """Whether the body comes from who holds the secret, and lately."""
    match = _SIGNATURE.fullmatch(header.strip())
    if match is None or abs(now_s - int(match[1])) > TOLERANCE_S:
        return False
    return hmac.compare_digest(match[2], _digest(secret, match[1], body))


def _digest(secret: str, seconds: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
