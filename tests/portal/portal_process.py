"""A real portal: granian in a process of its own, on a free port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = """
import sys
from pathlib import Path
from groundsys.objects.opening import open_bucket
from groundsys.portal.serving import serve_portal
from groundsys.portal.tls import TlsFiles
desks, objects, news, state, *files = sys.argv[1:]
tls = TlsFiles(*map(Path, files)) if files else None
told = {"news_endpoint": news, "tls": tls, "announce": lambda url: print(url, flush=True)}
told["state"] = Path(state) if state else None
bucket = open_bucket(objects if "://" in objects else None, Path(objects))
serve_portal(desks, bucket, **told)
"""


@contextmanager
def running_portal(
    desks_endpoint: str,
    objects: Path | str,
    tls: tuple[Path, Path] | tuple[()] = (),
    news: str = "",
    state: Path | str = "",
) -> Iterator[str]:
    """Yield the portal's URL; the process must end by itself, silently, on SIGTERM.

    With a folder `state` it goes by the catalogue in the store.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, desks_endpoint, *map(str, (objects, news, state, *tls))],
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
