"""The ways to people: mail by SMTP, and webhooks, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
from collections.abc import Callable
from email.message import EmailMessage

import httpx

from groundsys.pager.duty import Contact, Duty, MailServer
from groundsys.pager.escalation import Page
from groundsys.values.errors import RequestError

SIGNATURE = "X-Groundsys-Signature"
_TIMEOUT_S = 20.0

Send = Callable[[Contact, Page], None]


def sender_of(duty: Duty) -> Send:
    """Sends a page to a person by that person's way; raises `RequestError` if it could not."""

    def send(contact: Contact, page: Page) -> None:
        if contact.webhook:
            _post(contact, page)
        elif duty.mail is not None:
            _mail(duty.mail, contact, page)

    return send


def signature(secret: str, body: bytes) -> str:
    """What a webhook's receiver compares: HMAC-SHA256 of the body, in hexadecimal (RFC 2104)."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _post(contact: Contact, page: Page) -> None:
    told = {"concern": page.concern, "to": page.person, "step": page.step, "text": page.text}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if contact.secret:
        headers[SIGNATURE] = f"sha256={signature(contact.secret, body)}"
    try:
        answer = httpx.post(contact.webhook, content=body, headers=headers, timeout=_TIMEOUT_S)
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RequestError(f"{contact.name}'s webhook failed: {error}") from error


def _mail(server: MailServer, contact: Contact, page: Page) -> None:
    message = EmailMessage()
    message["From"], message["To"] = server.sender, contact.mail
    message["Subject"] = " ".join(f"[groundsys] {page.text}".split())  # a header is one line
    message.set_content(
        f"{page.text}\n\nAcknowledge it at a console (`groundsys tui`), or the next is paged.\n"
    )
    try:
        with smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S) as session:
            if server.user:
                session.starttls()
                session.login(server.user, server.password)
            session.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise RequestError(f"mail to {contact.name} failed: {error}") from error
