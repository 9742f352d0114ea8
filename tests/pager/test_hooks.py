"""Real mail to a real SMTP server, real posts to a real HTTP server, both on loopback."""

from __future__ import annotations

import asyncio
import email
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from groundsys.pager import Contact, Duty, Page, Step
from groundsys.pager.duty import MailServer
from groundsys.pager.hooks import SIGNATURE, sender_of
from groundsys.values.errors import RequestError

PAGE = Page("alarm:hot", "ada", 1, "otv: Temperatur 80 °C – not acknowledged for 15 min")


class Inbox:
    """What an SMTP server was handed."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def web() -> Iterator[ThreadingHTTPServer]:
    """Answers 204 to `/hook` and 500 to anything else; keeps what was posted."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.posts.append((self.headers, body))  # type: ignore[attr-defined]
            self.send_response(204 if self.path == "/hook" else 500)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.posts = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _duty(contact: Contact, mail: MailServer | None = None) -> Duty:
    return Duty({contact.name: contact}, (Step(0.0, (contact.name,)),), mail=mail)


@pytest.fixture
def post_office() -> Iterator[tuple[int, Inbox]]:
    """An SMTP server's port, and what it takes."""
    inbox, loop = Inbox(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(inbox), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server.sockets[0].getsockname()[1], inbox
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_mail_says_what_is_the_matter(post_office: tuple[int, Inbox]) -> None:
    port, inbox = post_office
    contact = Contact("ada", mail="ada@example.org")
    duty = _duty(contact, MailServer("127.0.0.1", port, "ground@example.org"))
    sender_of(duty)(contact, PAGE)
    (mail,) = inbox.mails
    assert (mail["To"], mail["From"]) == ("ada@example.org", "ground@example.org")
    assert mail["Subject"] == f"[groundsys] {PAGE.text}"
    assert "Acknowledge it" in mail.get_content()


def test_a_webhook_gets_json_that_it_can_verify(web: ThreadingHTTPServer) -> None:
    contact = Contact("ada", webhook=f"http://127.0.0.1:{web.server_port}/hook", secret="s3cret")
    sender_of(_duty(contact))(contact, PAGE)
    ((headers, body),) = web.posts  # type: ignore[attr-defined]
    assert json.loads(body) == {"concern": "alarm:hot", "to": "ada", "step": 1, "text": PAGE.text}
    expected = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={expected}"


def test_a_webhook_that_refuses_or_is_gone_is_a_failure(web: ThreadingHTTPServer) -> None:
    for url in (
        f"http://127.0.0.1:{web.server_port}/other",
        "http://127.0.0.1:9/hook",
        "http://[/",
    ):
        contact = Contact("ada", webhook=url)
        with pytest.raises(RequestError, match="ada's webhook failed"):
            sender_of(_duty(contact))(contact, PAGE)


def test_a_mail_server_that_is_gone_is_a_failure() -> None:
    contact = Contact("ada", mail="ada@example.org")
    duty = _duty(contact, MailServer("127.0.0.1", 9, "ground@example.org"))
    with pytest.raises(RequestError, match="mail to ada failed"):
        sender_of(duty)(contact, PAGE)


def test_mail_about_what_has_several_lines_has_one_subject(post_office: tuple[int, Inbox]) -> None:
    port, inbox = post_office
    contact = Contact("ada", mail="ada@example.org")
    duty = _duty(contact, MailServer("127.0.0.1", port, "ground@example.org"))
    sender_of(duty)(contact, Page("desks", "ada", 0, "no answer\n  found: nobody"))
    (mail,) = inbox.mails
    assert mail["Subject"] == "[groundsys] no answer found: nobody"
