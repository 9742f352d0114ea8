"""Sealed bytes of a folder, past the portal: whoever shows a ticket for them, and nobody else."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from groundsys.client import fetch
from groundsys.customers.rate_limits import RateLimit
from groundsys.objects import FolderObjectStore
from groundsys.portal import sealed_line
from groundsys.portal.access import Doorkeeper
from groundsys.portal.limits import Limiter
from groundsys.portal.sealed_line import SealedLine
from groundsys.portal.tickets import Ticket, Tickets
from tests.portal.fake_desks import (
    AURORA_TOKEN,
    NOBODYS_TOKEN,
    POLAR_TOKEN,
    THARSIS_TOKEN,
    FakeDesks,
    listening,
)
from tests.portal.portal_process import running_portal

WEATHER = os.urandom(400_000)
LIFETIME = timedelta(minutes=15)


@dataclass
class Ground:
    desks: FakeDesks
    endpoint: str
    objects: Path
    weather: str
    secret: str


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    objects = tmp_path_factory.mktemp("objects")
    desks = FakeDesks(FolderObjectStore(objects))
    desks.wall_s = time.time()
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    desks.deliver("polar-weather", "empty.dat", b"")
    secret = desks.deliver("tharsis-seismo", "seismometer-000001.dat", b"secret")
    desks.publish()
    with listening(desks) as endpoint:
        yield Ground(desks, endpoint, objects, weather, secret)


@pytest.fixture(scope="module")
def portal(ground: Ground) -> Iterator[str]:
    with running_portal(ground.endpoint, ground.objects) as url:
        yield url


def presign(
    portal: str, *products: str, token: str = POLAR_TOKEN, **headers: str
) -> httpx.Response:
    shown = {"Authorization": f"Bearer {token}", **headers}
    wanted = {"products": list(products)}
    return httpx.post(f"{portal}/api/v1/presigned", json=wanted, headers=shown)


def link(ground: Ground, portal: str) -> str:
    return str(presign(portal, ground.weather).json()["downloads"][0]["url"])


def facts(answer: httpx.Response) -> tuple[Any, ...]:
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, tuple(sorted(headers.items()))


@pytest.mark.parametrize("workers", [1, 2])
def test_fetch_brings_home_what_the_folder_holds_sealed(
    ground: Ground, tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[httpx.URL] = []
    send = httpx.Client.send

    def watch(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        asked.append(request.url)
        assert ("authorization" in request.headers) == request.url.path.startswith("/api/")
        return send(client, request, **options)

    monkeypatch.setattr(httpx.Client, "send", watch)
    state = tmp_path / "state"
    with running_portal(ground.endpoint, ground.objects, state=state, workers=workers) as url:
        report = fetch("polar-weather", POLAR_TOKEN, url, tmp_path / "home", jobs=2)
    assert (tmp_path / "home" / "cube" / "weather-000012.dat").read_bytes() == WEATHER
    assert (tmp_path / "home" / "cube" / "empty.dat").read_bytes() == b""
    assert report.bytes_received == len(WEATHER)
    assert [one.path for one in asked].count("/api/v1/presigned") == 1
    assert not any(one.path.startswith("/api/v1/products/") for one in asked)


def test_what_is_had_by_a_ticket_is_sealed_and_written_down(ground: Ground, portal: str) -> None:
    before = len(ground.desks.downloads("polar-weather"))
    answer = presign(portal, ground.weather)
    assert answer.headers["cache-control"] == "no-store"
    [told] = answer.json()["downloads"]
    assert (told["product"], told["seconds"]) == (ground.weather, 900)
    assert not any(name in told["url"] for name in ("polar", "weather", "cube"))
    lying = (ground.objects / "polar-weather" / "cube" / "weather-000012.dat").read_bytes()
    assert httpx.get(told["url"]).content == lying
    assert WEATHER[:64] not in lying
    [access] = ground.desks.downloads("polar-weather")[before:]
    assert (access.product, access.notes["what"]) == (ground.weather, "presigned")


def test_parts_and_heads_are_as_http_has_them(ground: Ground, portal: str) -> None:
    lying = (ground.objects / "polar-weather" / "cube" / "weather-000012.dat").read_bytes()
    url = link(ground, portal)
    with httpx.Client() as client:
        whole = client.get(url)
        tag = whole.headers["etag"]
        assert (whole.status_code, whole.content) == (200, lying)
        for ask in ("bytes=64-", "bytes=0-0", "bytes=-7", "bytes=70000-270000"):
            part = client.get(url, headers={"Range": ask, "If-Range": tag})
            first, last = map(int, part.headers["content-range"][6:].partition("/")[0].split("-"))
            assert (part.status_code, part.content) == (206, lying[first : last + 1])
        assert client.get(url, headers={"Range": "bytes=1-", "If-Range": '"x"'}).content == lying
        beyond = client.get(url, headers={"Range": f"bytes={len(lying)}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (
            416,
            f"bytes */{len(lying)}",
        )
        head = client.head(url)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(lying)))
        assert client.post(url, content=b"x" * 1000).status_code == 405
        assert client.get(url).content == lying


def test_without_a_good_ticket_every_answer_is_the_same(ground: Ground, portal: str) -> None:
    url = link(ground, portal)
    place, ticket = url.rsplit("/", 1)
    spoilt = ticket[:40] + ("A" if ticket[40] != "A" else "B") + ticket[41:]
    paths = ("", "x", spoilt, ticket[:-4], ticket + "A", f"{ticket}?x", f"{ticket}/..", "é")
    keys = ("polar-weather/cube/weather-000012.dat", "..%2F..%2Fetc%2Fpasswd", "%00", ".arriving/")
    answers = {facts(httpx.get(f"{place}/{one}"))[:2] for one in (*paths, *keys)}
    assert answers == {(404, b"")}
    foreign = Tickets(os.urandom(32)).issue(Ticket("polar-weather/cube/empty.dat", "k"), LIFETIME)
    assert facts(httpx.get(f"{place}/{foreign}")) == facts(httpx.get(f"{place}/none"))
    assert httpx.get(url).status_code == 200


def test_nothing_of_another_customer_can_be_signed(ground: Ground, portal: str) -> None:
    absent = presign(portal, "none", "p999")
    assert facts(presign(portal, ground.secret, "p999")) == facts(absent)
    assert absent.json() == {"downloads": []}
    mixed = presign(portal, ground.secret, ground.weather).json()["downloads"]
    assert [one["product"] for one in mixed] == [ground.weather]
    alike = {
        facts(presign(portal, one, token=token))
        for one in (ground.weather, "none")
        for token in (NOBODYS_TOKEN, "forged")
    }
    assert len(alike) == 1
    assert next(iter(alike))[0] == 401
    assert presign(portal, token=THARSIS_TOKEN).status_code == 400
    assert presign(portal, *map(str, range(51))).status_code == 400


def test_a_name_that_leads_elsewhere_gets_no_link(ground: Ground, portal: str) -> None:
    for name in ("ground.example", "ground.example:443", "[", ""):
        assert presign(portal, ground.weather, Host=name).status_code in (400, 409)
    assert presign(portal, ground.weather, Host="localhost:8080").status_code == 200


def test_a_destroyed_key_ends_it(ground: Ground, portal: str) -> None:
    late = ground.desks.deliver("aurora-lab", "late.dat", b"came late")
    assert presign(portal, late, token=AURORA_TOKEN).status_code == 200
    ground.desks.sealed.keys.destroy("aurora-lab")
    answer = presign(portal, late, token=AURORA_TOKEN)
    assert (answer.status_code, "has been destroyed" in answer.text) == (410, True)


def test_no_link_outlives_the_portal(ground: Ground) -> None:
    with running_portal(ground.endpoint, ground.objects) as url:
        ticket = urlsplit(link(ground, url)).path
    with running_portal(ground.endpoint, ground.objects) as url:
        place = urlsplit(link(ground, url))
        assert httpx.get(f"http://{place.netloc}{ticket}").status_code == 404


def test_tickets_end_at_their_time() -> None:
    now_s = 1000.0
    tickets = Tickets(b"s" * 32, lambda: now_s)
    text = tickets.issue(Ticket("a/b", "key"), timedelta(seconds=900))
    assert tickets.open(text) == Ticket("a/b", "key")
    now_s = 1900.0
    assert tickets.open(text) is None


# --- the line by itself -----------------------------------------------------------------------


@contextmanager
def line_of(
    folder: Path, most: int = 8, doorkeeper: Doorkeeper | None = None
) -> Iterator[tuple[SealedLine, Any]]:
    """A line in a thread of its own, and what runs something in its loop."""
    bucket = FolderObjectStore(folder)
    bucket.put("a/b", b"0123456789" * 1000)
    line = SealedLine(bucket, Tickets(b"s" * 32), doorkeeper or Doorkeeper(), most)
    loop = asyncio.new_event_loop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(line.start("127.0.0.1", 0))
        try:
            yield line, runner.run
        finally:
            runner.run(line.stop())


def url_of(line: SealedLine, who: str = "key") -> str:
    url = line.url("127.0.0.1", Ticket("a/b", who), LIFETIME)
    assert url is not None
    return url


def dialled(url: str) -> socket.socket:
    place = urlsplit(url)
    return socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=10.0)


def exchanged(connection: socket.socket, sent: bytes) -> bytes:
    """All that comes until the line closes the connection."""
    connection.sendall(sent)
    return received(connection)


def received(connection: socket.socket) -> bytes:
    octets = bytearray()
    while more := connection.recv(65_536):
        octets += more
    return bytes(octets)


def test_requests_one_behind_the_other_are_answered_in_order(tmp_path: Path) -> None:
    with line_of(tmp_path) as (line, run):
        url = url_of(line)
        path = urlsplit(url).path.encode()
        asked = b"".join(
            b"GET %s HTTP/1.1\r\nHost: x\r\nRange: bytes=%d-%d\r\n%s\r\n" % (path, at, at, close)
            for at, close in ((1, b""), (2, b""), (3, b"Connection: close\r\n"))
        )
        with closing(dialled(url)) as connection:
            answer = run(asyncio.to_thread(exchanged, connection, asked))
    bodies = [one.partition(b"\r\n\r\n")[2] for one in answer.split(b"HTTP/1.1 206 ")[1:]]
    assert bodies == [b"1", b"2", b"3"]


def test_a_slow_client_gets_all_that_it_asked_for(tmp_path: Path) -> None:
    octets = os.urandom(12 << 20)
    with line_of(tmp_path) as (line, run):
        FolderObjectStore(tmp_path).put("a/large", octets)
        url = line.url("127.0.0.1", Ticket("a/large", "key"), LIFETIME)
        assert url is not None
        path = urlsplit(url).path.encode()
        asked = b"".join(
            b"GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (path, more)
            for more in (b"", b"Range: bytes=-5000000\r\n", b"Connection: close\r\n")
        )

        with closing(dialled(url)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            answer = run(asyncio.to_thread(exchanged, connection, asked))
    bodies = [octets, octets[-5_000_000:], octets]
    for body in bodies:
        _, _, answer = answer.partition(b"\r\n\r\n")
        assert answer.startswith(body)
        answer = answer[len(body) :]
    assert answer == b""


def test_who_says_that_nothing_more_is_asked_gets_what_was(tmp_path: Path) -> None:
    octets = os.urandom(12 << 20)
    with line_of(tmp_path) as (line, run):
        FolderObjectStore(tmp_path).put("a/large", octets)
        url = line.url("127.0.0.1", Ticket("a/large", "key"), LIFETIME)
        assert url is not None
        with closing(dialled(url)) as connection:
            connection.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % urlsplit(url).path.encode())
            connection.shutdown(socket.SHUT_WR)
            answer = run(asyncio.to_thread(received, connection))
    assert answer.partition(b"\r\n\r\n")[2] == octets


def test_without_a_good_ticket_all_octets_are_the_same(tmp_path: Path) -> None:
    with line_of(tmp_path) as (line, run):
        tickets = Tickets(b"s" * 32)
        good = tickets.issue(Ticket("a/b", "key"), LIFETIME)
        bad = (
            tickets.issue(Ticket("a/none", "key"), LIFETIME),
            tickets.issue(Ticket("a", "key"), LIFETIME),
            tickets.issue(Ticket("../a/b", "key"), LIFETIME),
            tickets.issue(Ticket("a/b", "key"), timedelta(0)),
            Tickets(b"t" * 32).issue(Ticket("a/b", "key"), LIFETIME),
            *(good[:-1], f"{good}A", f"/{good}", f"{good}/", f"{good}?", ".", "", "a/b"),
        )
        answers = set()
        for one in bad:
            with closing(dialled(url_of(line))) as connection:
                asked = b"GET /%s HTTP/1.1\r\nHost: x\r\nRange: bytes=1-\r\n" % one.encode()
                asked += b"Connection: close\r\n\r\n"
                answer = run(asyncio.to_thread(exchanged, connection, asked))
            answers.add(re.sub(rb"Date: [^\r]*", b"Date: ", answer))
    assert answers == {
        b"HTTP/1.1 404 \r\nDate: \r\nCache-Control: no-store\r\nContent-Length: 0\r\n"
        b"Connection: close\r\n\r\n"
    }


def test_what_the_system_cannot_send_is_read_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> int:
        raise OSError(errno.EINVAL, "of this file system")

    monkeypatch.setattr(os, "sendfile", cannot)
    octets = os.urandom(3_000_000)
    with line_of(tmp_path) as (line, run):
        FolderObjectStore(tmp_path).put("a/large", octets)
        url = line.url("127.0.0.1", Ticket("a/large", "key"), LIFETIME)
        assert url is not None

        async def have() -> bytes:
            async with httpx.AsyncClient() as client:
                return (await client.get(url, headers={"Range": "bytes=7-"})).content

        assert run(have()) == octets[7:]


def test_who_asks_for_much_at_once_leaves_others_their_turn(tmp_path: Path) -> None:
    with line_of(tmp_path) as (line, run), ExitStack() as open_ones:
        url = url_of(line)
        greedy, modest = (open_ones.enter_context(closing(dialled(url))) for _ in range(2))
        asked = b"HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n" % urlsplit(url).path.encode()
        greedy.sendall(asked * 100)
        modest.sendall(asked)
        greedy.setblocking(False)
        modest.setblocking(False)

        async def answers_until_the_modest_has_one() -> int:
            while True:
                try:
                    assert modest.recv(65_536).startswith(b"HTTP/1.1 200 ")
                    return greedy.recv(1 << 20).count(b"HTTP/1.1 200 ")
                except BlockingIOError:
                    await asyncio.sleep(0)

        assert run(answers_until_the_modest_has_one()) < 5


def test_a_crowd_at_the_door_leaves_others_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_line, "_TAKEN_AT_ONCE", 4)
    with (
        line_of(tmp_path, most=0) as (line, run),
        ExitStack() as crowd,
        selectors.DefaultSelector() as sent_away,
    ):
        for _ in range(100):
            one = crowd.enter_context(closing(dialled(url_of(line))))
            sent_away.register(one, selectors.EVENT_READ)

        async def turns() -> int:
            count = 0
            while len(sent_away.select(0.0)) < 100:
                await asyncio.sleep(0)
                count += 1
            return count

        assert run(turns()) >= 25


def test_who_left_at_the_door_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = socket.socket.accept
    left = iter((True,))

    def accepted(listening: socket.socket) -> tuple[socket.socket, Any]:
        if next(left, False):
            raise ConnectionAbortedError
        return accept(listening)

    monkeypatch.setattr(socket.socket, "accept", accepted)
    monkeypatch.setattr(sealed_line, "_PAUSE_S", 3600.0)
    with line_of(tmp_path) as (line, run):

        async def ask() -> int:
            async with httpx.AsyncClient(timeout=2.0) as client:
                return (await client.get(url_of(line))).status_code

        assert run(ask()) == 200


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="of Linux")
def test_who_takes_nothing_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_line, "_PATIENCE_S", 0.1)
    with line_of(tmp_path, most=1) as (line, run):
        FolderObjectStore(tmp_path).put("a/large", bytes(32 << 20))
        url = line.url("127.0.0.1", Ticket("a/large", "key"), LIFETIME)
        assert url is not None
        with closing(dialled(url)) as connection:
            connection.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % urlsplit(url).path.encode())

            async def come_meanwhile() -> int:
                async with httpx.AsyncClient() as client:
                    while True:  # until the line has given up the first
                        try:
                            return (await client.head(url)).status_code
                        except httpx.TransportError:
                            await asyncio.sleep(0)

            assert run(asyncio.wait_for(come_meanwhile(), 30.0)) == 200


def test_who_leaves_in_the_midst_is_forgotten(tmp_path: Path) -> None:
    with line_of(tmp_path, most=1) as (line, run):
        FolderObjectStore(tmp_path).put("a/large", bytes(32 << 20))
        url = line.url("127.0.0.1", Ticket("a/large", "key"), LIFETIME)
        assert url is not None
        path = urlsplit(url).path.encode()

        def leave() -> None:
            with closing(dialled(url)) as connection:
                connection.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
                assert connection.recv(15) == b"HTTP/1.1 200 \r\n"

        async def come_again() -> int:
            async with httpx.AsyncClient() as client:
                while True:  # until the line knows that the place is free
                    try:
                        return (await client.head(url)).status_code
                    except httpx.TransportError:
                        await asyncio.sleep(0)

        run(asyncio.to_thread(leave))
        assert run(come_again()) == 200


def test_what_is_no_http_is_refused_and_ends(tmp_path: Path) -> None:
    with line_of(tmp_path) as (line, run):
        for sent in (b"what\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /" + b"x" * 9000):
            with closing(dialled(url_of(line))) as connection:
                answer = run(asyncio.to_thread(exchanged, connection, sent))
            assert answer.startswith(b"HTTP/1.1 4")
            assert answer.endswith(b"Connection: close\r\n\r\n")


def test_who_says_nothing_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_line, "_PATIENCE_S", 0.05)
    with line_of(tmp_path) as (line, run), closing(dialled(url_of(line))) as connection:

        def cut_off() -> bool:
            try:
                return exchanged(connection, b"GET /half") == b""
            except ConnectionError:
                return True

        assert run(asyncio.to_thread(cut_off))


def test_want_of_files_is_outlived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_line, "_PAUSE_S", 0.01)
    with line_of(tmp_path) as (line, run), closing(socket.socket()) as connection:
        url = urlsplit(url_of(line))
        files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))
        try:
            connection.connect((url.hostname, url.port))
            for _ in range(5):  # the line sees it, and cannot take it
                run(asyncio.sleep(0))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
        asked = b"GET %s HTTP/1.0\r\n\r\n" % url.path.encode()
        assert run(asyncio.to_thread(exchanged, connection, asked)).startswith(b"HTTP/1.1 200 ")


def test_there_are_no_more_connections_than_places(tmp_path: Path) -> None:
    with line_of(tmp_path, most=1) as (line, run):
        url = url_of(line)

        async def two() -> tuple[int, bool]:
            async with httpx.AsyncClient() as first, httpx.AsyncClient() as second:
                status = (await first.get(url)).status_code
                with pytest.raises(httpx.TransportError):
                    await second.get(url)
                await first.aclose()
                while True:  # until the line knows that the first has left
                    try:
                        return status, (await second.get(url)).status_code == 200
                    except httpx.TransportError:
                        await asyncio.sleep(0)

        assert run(two()) == (200, True)


def test_tickets_count_as_their_key_s_requests_and_guesses_as_a_stranger_s(tmp_path: Path) -> None:
    limits = (Limiter(RateLimit(per_s=1e-6, burst=4.0)), Limiter(RateLimit(per_s=1e-6, burst=2.0)))
    with line_of(tmp_path, doorkeeper=Doorkeeper(*limits)) as (line, run):

        async def ask() -> tuple[list[int], int]:
            async with httpx.AsyncClient() as client:
                url = url_of(line)
                place = url.rsplit("/", 1)[0]
                guesses = [(await client.get(f"{place}/guess")).status_code for _ in range(3)]
                good = (await client.get(url)).status_code
            return guesses, good

        guesses, good = run(ask())
        assert (guesses[0], guesses[-1], good) == (404, 429, 200)
        path = urlsplit(url_of(line)).path.encode()
        asked = b"HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n" % path
        last = b"HEAD %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path
        with closing(dialled(url_of(line))) as connection:
            answer = run(asyncio.to_thread(exchanged, connection, asked * 3 + last))
    statuses = [int(one[:3]) for one in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 200, 200, 429]
