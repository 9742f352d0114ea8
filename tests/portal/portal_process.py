"""A real portal: granian in a process of its own, on a free port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = """
import os, sys
from functools import partial
from pathlib import Path
from groundsys.objects.opening import open_bucket
from groundsys.portal.serving import SealedPort, held_port, serve_portal
from groundsys.portal.tls import TlsFiles
from groundsys.portal.workers import folders_of_workers, serve_by_workers
desks, objects, news, state, workers, *files = sys.argv[1:]
tls = TlsFiles(*map(Path, files)) if files else None
bucket = open_bucket(objects if "://" in objects else None, Path(objects))
serve = partial(serve_portal, desks, bucket, news_endpoint=news, tls=tls)
announce = lambda url: print(url, flush=True)
if workers == "1":
    serve(state=Path(state) if state else None, announce=announce)
else:
    with held_port("127.0.0.1", 0) as port, held_port("127.0.0.1", 0) as sealed_port:
        sealed = SealedPort(sealed_port, os.urandom(32))
        serve = partial(serve, port=port, shares_port=True, sealed=sealed)
        serve_by_workers(serve, folders_of_workers(Path(state), int(workers)), announce)
"""


@contextmanager
def running_portal(
    desks_endpoint: str,
    objects: Path | str,
    tls: tuple[Path, Path] | tuple[()] = (),
    news: str = "",
    state: Path | str = "",
    workers: int = 1,
) -> Iterator[str]:
    """Yield the portal's URL; the process must end by itself, silently, on SIGTERM.

    With a folder `state` it goes by the catalogue in the store, and there may be several workers.
    """
    told = (desks_endpoint, objects, news, state, workers, *tls)
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, told)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url, process.communicate()[1]
        yield url
    finally:
        process.terminate()
        try:
            output, errors = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            raise
    ended = (process.returncode, output, errors)
    assert ended == (0, "", ""), ended
