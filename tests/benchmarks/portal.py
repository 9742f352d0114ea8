"""Download throughput of the portal beside nginx with the same files, by turns on one machine.

The portal opens what lies sealed, checks who asks, and tells the desks of every access; so does the
one that goes by the published catalogue, but by itself, and with a worker a core, as nginx has;
nginx sends plain files from the page cache and asks nobody.  The sealed line sends to who shows a
ticket, and the customer opens: tickets are asked for before, fifty at once as `fetch` does, and
what asking takes is told beside.  Each round 200 customers at once – or
one – fetch files of their own over HTTP on loopback, again and again, and throw them away: readers
are threads of a process of their own, which is the same for all.  The desks answer by their own
verbs, from a store of their own, behind a real socket.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from groundsys.objects import FolderObjectStore, Keyring, SealedObjectStore
from groundsys.objects.sealed import look
from groundsys.values.errors import EnvironmentLackError
from tests.portal.fake_desks import FakeDesks, listening
from tests.portal.portal_process import running_portal

#: customers at once, and octets of the product that each of them fetches
CROWDS = ((1, 1 << 24), (200, 1 << 20), (200, 1 << 22))

#: fetches a request line after the other over one connection each, and says how long all took
_READERS = """
import socket, sys, threading, time
host, port, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
lines = sys.stdin.read().split("\\n")
requests = [line.replace("\\\\r\\\\n", "\\r\\n").encode() for line in lines]
octets, late, lock = [], [], threading.Lock()

def read(request, gate):
    buffer, got = bytearray(1 << 18), 0
    with socket.create_connection((host, port)) as line:
        gate.wait()
        for _ in range(rounds):
            begun = time.perf_counter()
            line.sendall(request)
            head = b""
            while b"\\r\\n\\r\\n" not in head:
                head += line.recv(1 << 16)
            head, _, body = head.partition(b"\\r\\n\\r\\n")
            assert head.split()[1] == b"200", head
            [size] = [int(one.split(b":")[1]) for one in head.split(b"\\r\\n")
                      if one.lower().startswith(b"content-length")]
            left = size - len(body)
            while left:
                count = line.recv_into(buffer, min(left, len(buffer)))
                assert count, "cut off"
                left -= count
            got += size
            with lock:
                late.append(time.perf_counter() - begun)
    with lock:
        octets.append(got)

gate = threading.Barrier(len(requests) + 1)
readers = [threading.Thread(target=read, args=(one, gate)) for one in requests]
for one in readers:
    one.start()
gate.wait()
begun = time.perf_counter()
for one in readers:
    one.join()
took = time.perf_counter() - begun
assert len(octets) == len(requests)
print(sum(octets), took, sorted(late)[len(late) * 95 // 100])
"""


@dataclass(frozen=True, slots=True)
class Way:
    """Medians over rounds: of all together, and in what time 95 % of downloads were done."""

    megabytes_per_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class PortalFigures:
    """`nginx` and `ratio` are None where there is no nginx; opening alone is in memory."""

    customers: int
    file_octets: int
    portal: Way
    #: the portal that goes by the catalogue in the store, with a worker a core
    of_store: Way
    #: past that portal: sealed bytes, to be opened by the customer
    sealed: Way
    #: what asking for a download past the portal takes, of fifty at once
    ticket_ms: float
    nginx: Way | None
    ratio: float | None
    ratio_of_store: float | None
    ratio_of_sealed: float | None
    opening_megabytes_per_s: float


def measure(customers: int, file_octets: int, rounds: int, downloads: int = 3) -> PortalFigures:
    """Serve `customers` files of their own both ways, and read them by turns."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-portal-")))
        desks = FakeDesks(FolderObjectStore(folder / "objects"))
        plain = folder / "plain"
        plain.mkdir(mode=0o755)
        folder.chmod(0o755)
        through_portal, from_files, products = [], [], []
        for number in range(customers):
            name, token = f"customer-{number}", desks.key_of(f"customer-{number}")
            content = os.urandom(file_octets)
            identifier = desks.deliver(name, "a.dat", content)
            (plain / name).write_bytes(content)
            products.append((token, identifier))
            bearer = f"Authorization: Bearer {token}\r\n"
            through_portal.append(_request(f"/api/v1/products/{identifier}", bearer))
            from_files.append(_request(f"/{name}", bearer))
        fifty = desks.key_of("fifty"), *(desks.deliver("fifty", f"{n}.dat", b"") for n in range(50))
        desks.wall_s = time.time()
        desks.publish()
        endpoint = stack.enter_context(listening(desks))
        objects, state = folder / "objects", folder / "state"
        portal = stack.enter_context(running_portal(endpoint, objects))
        workers = os.cpu_count() or 1
        of_store = stack.enter_context(
            running_portal(endpoint, objects, state=state, workers=workers)
        )
        nginx = stack.enter_context(running_nginx(plain, folder)) if shutil.which("nginx") else None
        asking = stack.enter_context(httpx.Client())
        links = [_presign(asking, of_store, *one)[0] for one in products]
        line, _, _ = links[0].rpartition("/")
        past_portal = [_request(urlsplit(link).path, "") for link in links]
        portal_rounds, store_rounds, sealed_rounds, nginx_rounds = [], [], [], []
        asking_s = []
        for number in range(-1, rounds):  # one to warm up
            taken = _read(portal, through_portal, downloads)
            alone = _read(of_store, through_portal, downloads)
            past = _read(line, past_portal, downloads)
            begun = time.perf_counter()
            assert len(_presign(asking, of_store, *fifty)) == 50
            asking_s.append(time.perf_counter() - begun)
            peer = _read(nginx, from_files, downloads) if nginx else None
            if number >= 0:
                portal_rounds.append(taken)
                store_rounds.append(alone)
                sealed_rounds.append(past)
                nginx_rounds += [peer] if peer else []
        ours, alone, past = map(_way, (portal_rounds, store_rounds, sealed_rounds))
        theirs = _way(nginx_rounds) if nginx_rounds else None
        return PortalFigures(
            customers=customers,
            file_octets=file_octets,
            portal=ours,
            of_store=alone,
            sealed=past,
            ticket_ms=statistics.median(asking_s[1:]) / 50 * 1e3,
            nginx=theirs,
            ratio=ours.megabytes_per_s / theirs.megabytes_per_s if theirs else None,
            ratio_of_store=alone.megabytes_per_s / theirs.megabytes_per_s if theirs else None,
            ratio_of_sealed=past.megabytes_per_s / theirs.megabytes_per_s if theirs else None,
            opening_megabytes_per_s=_opening(folder / "alone"),
        )


@contextlib.contextmanager
def running_nginx(files: Path, folder: Path) -> Iterator[str]:
    """nginx as it is meant to be run: a worker a core, sendfile, kept connections, no log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"""
        daemon off; pid {folder}/nginx.pid; worker_processes auto; error_log {folder}/nginx.log;
        events {{ worker_connections 1024; }}
        http {{
            access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
            client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
            fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
            server {{ listen 127.0.0.1:{port}; root {files}; }}
        }}
        """
    )
    process = subprocess.Popen(["nginx", "-e", f"{folder}/nginx.log", "-c", str(configuration)])
    try:
        _until_listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
        time.sleep(0.02)  # between two looks at the condition above
    raise EnvironmentLackError("nginx does not start", found=f"exit code {process.returncode}")


def _presign(asking: httpx.Client, portal: str, token: str, *products: str) -> list[str]:
    """Where the products' sealed bytes are."""
    answer = asking.post(
        f"{portal}/api/v1/presigned",
        json={"products": products},
        headers={"Authorization": f"Bearer {token}"},
    )
    return [str(one["url"]) for one in answer.raise_for_status().json()["downloads"]]


def _request(path: str, headers: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"


def _read(url: str, requests: list[str], downloads: int) -> Way:
    address = urlsplit(url)
    lines = "\n".join(one.replace("\r\n", "\\r\\n") for one in requests)
    told = subprocess.run(
        [sys.executable, "-c", _READERS, str(address.hostname), str(address.port), str(downloads)],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    octets, took_s, p95_s = map(float, told.stdout.split())
    return Way(octets / took_s / 1e6, p95_s)


def _way(rounds: list[Way]) -> Way:
    return Way(
        statistics.median(one.megabytes_per_s for one in rounds),
        statistics.median(one.p95_s for one in rounds),
    )


def _opening(folder: Path) -> float:
    """Reading and opening 64 MiB, without HTTP, in MB/s."""
    bucket = FolderObjectStore(folder / "objects")
    store = SealedObjectStore(bucket, Keyring(folder / "keys"))
    key = "customer/cube/a.dat"
    store.put(key, os.urandom(1 << 26))
    sealed = look(bucket, key)
    assert sealed is not None
    data_key = store.data_key(key, sealed.envelope)
    begun = time.perf_counter()
    octets = sum(map(len, sealed.blocks(data_key, 0, sealed.size)))
    return octets / (time.perf_counter() - begun) / 1e6
