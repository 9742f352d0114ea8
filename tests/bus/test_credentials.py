"""A requester shows its token, keeps the fresh one that comes back, and says who refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from groundsys.bus.hosting import answer_request
from groundsys.bus.live import Requester, bind_requests
from groundsys.bus.token_file import TokenFile, write_private
from groundsys.values.errors import (
    AccessRefusedError,
    CommandRefusedError,
    GroundsysError,
    NotLoggedInError,
    RefusalError,
)
from tests.bus.hosts import PATIENCE_S

Handler = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@contextmanager
def desk(handler: Handler) -> Iterator[str]:
    """A desk that answers so; where it listens."""
    socket, endpoint = bind_requests()
    over = threading.Event()

    def serve() -> None:
        with closing(socket):
            while not over.is_set():
                if socket.poll(20):
                    answer_request(socket, handler)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield endpoint
    finally:
        over.set()
        thread.join()


def renewing(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Says what was shown, and gives another token for it."""
    shown = request.get("token")
    return {"shown": shown, **({"fresh_token": f"{shown}+"} if shown else {})}


def test_the_token_in_the_file_is_shown_and_replaced_by_the_fresh_one(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "token")
    with desk(renewing) as endpoint, closing(Requester(endpoint, file)) as requester:
        assert requester.ask("status", timeout_s=PATIENCE_S) == {"ok": True, "shown": None}
        file.keep("t")
        for shown in ("t", "t+", "t++"):
            answer = requester.ask("status", timeout_s=PATIENCE_S)
            assert answer == {"ok": True, "shown": shown}
    assert file.token() == "t+++"


def test_a_file_that_others_keep_is_left_to_them(tmp_path: Path) -> None:
    write_private(tmp_path / "token", "t\n")
    file = TokenFile(tmp_path / "token", kept_by_others=True)
    with desk(renewing) as endpoint, closing(Requester(endpoint, file)) as requester:
        assert requester.ask("status", timeout_s=PATIENCE_S)["shown"] == "t"
    assert file.token() == "t"


def test_another_s_token_goes_before_the_own_and_its_fresh_one_goes_back_to_them(
    tmp_path: Path,
) -> None:
    file = TokenFile(tmp_path / "token")
    file.keep("portal")
    with desk(renewing) as endpoint, closing(Requester(endpoint, file)) as requester:
        answer = requester.ask("status", timeout_s=PATIENCE_S, token="ada")
        assert answer == {"ok": True, "shown": "ada", "fresh_token": "ada+"}
        nobody = requester.ask("status", timeout_s=PATIENCE_S, token="")
        assert nobody["shown"] == ""
    assert file.token() == "portal"


@pytest.mark.parametrize(
    ("raised", "met"),
    [
        (AccessRefusedError("ada may not stop"), AccessRefusedError),
        (NotLoggedInError("the session of ada is over"), NotLoggedInError),
        (CommandRefusedError("no such craft"), RefusalError),
        (GroundsysError("needs 'alarm_id'"), RefusalError),
        (ValueError("something of Python's own"), RefusalError),
    ],
)
def test_a_refusal_keeps_its_kind_and_its_words(
    raised: Exception, met: type[GroundsysError], capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(request: Mapping[str, Any]) -> Mapping[str, Any]:
        raise raised

    with (
        desk(refuse) as endpoint,
        closing(Requester(endpoint)) as requester,
        pytest.raises(GroundsysError, match=str(raised)) as caught,
    ):
        requester.ask("stop", timeout_s=PATIENCE_S, token="a secret")
    assert type(caught.value) is met
    assert "a secret" not in "".join(capfd.readouterr())
