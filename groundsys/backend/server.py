"""The Yamcs server: started, made ready, watched and stopped by us, or joined where it runs."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from groundsys.backend import launch
from groundsys.backend.configuration import (
    CACHE,
    SERVICE_ACCOUNT,
    read_jvm_options,
    read_statements,
    template_path,
    write_configuration,
    write_databases,
)
from groundsys.backend.connection import Connection, Credentials, LinkPorts, split_credentials
from groundsys.backend.free_ports import free_tcp_port, free_udp_ports, require_free_tcp_port
from groundsys.backend.lives import begin_life
from groundsys.backend.runtime import find_java, find_yamcs_jars
from groundsys.backend.yamcs import Yamcs
from groundsys.ccsds.requests import source_of_life
from groundsys.ccsds.sdls import first_number_of_life
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import BackendError, EnvironmentLackError, PortTakenError
from groundsys.values.hosts import is_loopback_host

START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 15.0
#: a port that was free may be taken before Yamcs, some seconds later, asks for it
STARTS = 3
LEAST_FREE_DISK_BYTES = 300_000_000
#: few malloc arenas: RocksDB's native memory would otherwise spread over one a thread
JAVA_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
_POLL_S = 0.05
_PORT_IS_TAKEN = "Address already in use"


class YamcsServer:
    """A running Yamcs with one instance a craft; use as a context manager.

    Built means ready: `start` and `join` return once every instance runs and every link listens.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        process: subprocess.Popen[bytes] | None = None,
        directory: Path | None = None,
        log: Path | None = None,
    ) -> None:
        self._connection = connection
        self._process = process
        self._directory = directory
        self._log = log

    @classmethod
    def start(
        cls, run_directory: Path, mission: Mission, scenario: Scenario, *, http_port: int = 0
    ) -> YamcsServer:
        """Start a server of our own in `run_directory`/yamcs, its time standing at the start.

        The space links' keys are in `run_directory`/keys, drawn if they are not there yet.
        Its commands bear a source ID of this life's own.
        It ends when the calling thread's process ends, however that ends.  `http_port=0` takes a
        free one.  Ports that somebody takes before the server does are chosen anew.  Raises
        `EnvironmentLackError` if Java, Yamcs, the port or disk space is lacking and `BackendError`
        if the server does not come up; then nothing is left running.
        """
        account = Credentials(SERVICE_ACCOUNT, secrets.token_urlsafe(24))
        for _ in range(STARTS - 1):
            try:
                return cls._start_once(run_directory, mission, scenario, account, http_port)
            except PortTakenError:
                continue
        return cls._start_once(run_directory, mission, scenario, account, http_port)

    @classmethod
    def _start_once(
        cls,
        run_directory: Path,
        mission: Mission,
        scenario: Scenario,
        account: Credentials,
        http_port: int,
    ) -> YamcsServer:
        java, jars = find_java(), find_yamcs_jars()
        directory = (run_directory / "yamcs").resolve()
        require_disk_space(run_directory)
        port = http_port or free_tcp_port()
        require_free_tcp_port(port, "Yamcs' HTTP server")
        craft = [mission.spacecraft[name] for name in scenario.spacecraft]
        udp_ports = iter(free_udp_ports(2 * len(craft)))
        connection = Connection(
            url=f"http://127.0.0.1:{port}",
            credentials=account,
            links={one.id: LinkPorts(next(udp_ports), next(udp_ports)) for one in craft},
        )
        keys = run_directory / "keys"
        life = begin_life(run_directory)
        write_configuration(directory, mission, scenario, connection, keys, source_of_life(life))
        log = run_directory / "logs" / "yamcs.log"
        process = _launch(
            *(java, jars, directory, log),
            read_jvm_options(mission),
            template_path(mission, "logging.properties"),
        )
        server = cls(connection, process=process, directory=directory, log=log)
        try:
            server._wait_until_listening(port)
            server._make_ready(mission, life)
        except BaseException as error:
            server.stop()
            if isinstance(error, BackendError) and _PORT_IS_TAKEN in str(error.found):
                raise server._port_taken(str(error.found)) from error
            raise
        return server

    @classmethod
    def join(
        cls,
        url: str,
        mission: Mission,
        scenario: Scenario,
        user: str | None = None,
        password: str | None = None,
    ) -> YamcsServer:
        """Join a server that somebody else runs with our configuration.

        The account may stand in the URL, `http://user:password@host:port`.  The links' ports are
        asked of the server; a craft without an instance or a link is a `BackendError`.
        """
        bare, credentials = split_credentials(url)
        _refuse_in_clear(bare)
        if user is not None:
            credentials = Credentials(user, password or "")
        with contextlib.closing(Yamcs(bare, credentials)) as yamcs:
            links = {
                name: yamcs.link_ports(mission.spacecraft[name]) for name in scenario.spacecraft
            }
        server = cls(Connection(bare, credentials, links))
        # nobody counts the lives of somebody else's server: each joining is one, by the wall clock
        server._make_ready(mission, int(time.time()))
        return server

    @property
    def url(self) -> str:
        return self._connection.url

    @property
    def credentials(self) -> Credentials | None:
        return self._connection.credentials

    @property
    def links(self) -> Mapping[str, LinkPorts]:
        return self._connection.links

    @property
    def pid(self) -> int | None:
        """The server's process, or None if somebody else runs it."""
        return self._process.pid if self._process else None

    @property
    def was_killed(self) -> bool:
        """Whether our server was ended by a signal."""
        code = self._process.poll() if self._process else None
        return code is not None and (code < 0 or code in (128 + 9, 128 + 15))

    def connection(self) -> dict[str, Any]:
        """All that another process of the run needs to speak to this server, as JSON holds it."""
        return self._connection.to_json()

    def connect(self) -> Yamcs:
        """A session of the service account."""
        return connect(self.connection())

    def check_alive(self) -> None:
        """Raise `BackendError` if our server has ended, `EnvironmentLackError` on a full disk."""
        if self._process is None or self._directory is None:
            return
        code = self._process.poll()
        if code is not None:
            raise self._ended(code)
        require_disk_space(self._directory)

    def restart(self, mission: Mission) -> None:
        """Start our server again, on what it has kept, after it was killed.

        Its time stands at the scenario's start until it is set.  FOP-1, verifiers, links and
        sequence counts begin anew, as another source of commands, protected frames are numbered
        from above all earlier ones; archive and command history go on.
        """
        assert self._process is not None
        assert self._directory is not None
        assert self._log is not None
        self.stop()
        craft = [mission.spacecraft[name] for name in self.links]
        life = begin_life(self._directory.parent)
        write_databases(self._directory, craft, source_of_life(life))
        self._process = _launch(
            *(find_java(), find_yamcs_jars(), self._directory, self._log),
            read_jvm_options(mission),
            template_path(mission, "logging.properties"),
        )
        self._wait_until_listening(int(urlsplit(self.url).port or 0))
        self._make_ready(mission, life)

    def stop(self) -> None:
        """Let the server end in order, and make sure that it has; a joined server is left alone."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def __enter__(self) -> YamcsServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_listening(self, port: int) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                return
            code = self._process.poll()
            if code is not None:
                raise self._ended(code)
            if time.monotonic() > deadline:
                raise BackendError(
                    f"Yamcs does not listen after {START_TIMEOUT_S:.0f} s",
                    found=self._end_of_log(),
                    remedy=f"read {self._log}",
                )
            time.sleep(_POLL_S)  # a condition is polled here, with a deadline

    def _make_ready(self, mission: Mission, life: int) -> None:
        """`life` tells where protected frames are numbered from: above those of all before it."""
        statements = read_statements(mission, "reception.sql")
        with contextlib.closing(self.connect()) as yamcs:
            yamcs.wait_until_running(list(self.links), START_TIMEOUT_S, self.check_alive)
            for name in self.links:
                yamcs.record_receptions(mission.spacecraft[name], statements)
                yamcs.number_frames_from(mission.spacecraft[name], first_number_of_life(life))

    def _ended(self, code: int) -> BackendError | EnvironmentLackError:
        log = self._end_of_log()
        remedy = f"read {self._log}"
        if _PORT_IS_TAKEN in log or "BindException" in log:
            return self._port_taken(log)
        if "No space left on device" in log:
            return EnvironmentLackError(
                "the disk is full", found=log, remedy="free some disk space and start again"
            )
        return BackendError(f"Yamcs ended with code {code}", found=log, remedy=remedy)

    def _port_taken(self, found: str) -> PortTakenError:
        return PortTakenError(
            "a port that Yamcs needs is in use",
            expected=f"free ports: {self.url}, "
            + ", ".join(f"UDP {ports.tm_port}" for ports in self.links.values()),
            found=found,
            remedy="stop whoever listens there, or start again to get other ports",
        )

    def _end_of_log(self, lines: int = 15) -> str:
        if self._log is None or not self._log.exists():
            return "(no log)"
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])


def _refuse_in_clear(url: str) -> None:
    """Raise `EnvironmentLackError` rather than send the account's password off this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback_host(parts.hostname or ""):
        raise EnvironmentLackError(
            f"Yamcs at {url} would be spoken with in clear",
            expected="https, or an address of this machine",
            remedy="give Yamcs a certificate (`tls` of its HttpServer), or a tunnel to it",
        )


def connect(connection: Mapping[str, Any]) -> Yamcs:
    """A session with the server that `YamcsServer.connection()` describes."""
    read = Connection.from_json(connection)
    return Yamcs(read.url, read.credentials, tuple(read.links))


def require_disk_space(directory: Path) -> None:
    """Raise `EnvironmentLackError` unless the disk under `directory` has room for an archive."""
    existing = directory.resolve()
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free < LEAST_FREE_DISK_BYTES:
        raise EnvironmentLackError(
            "the disk is full",
            expected=f"{LEAST_FREE_DISK_BYTES // 1_000_000} MB free at {existing}",
            found=f"{free // 1_000_000} MB",
            remedy="free some disk space, or choose another folder for the run",
        )


def java_command(
    java: Path, jars: Path, directory: Path, options: list[str], log_configuration: Path
) -> list[str]:
    """How to start the server whose configuration is in `directory`."""
    return [
        *(str(java), *options, "-cp", f"{jars}/*", "org.yamcs.YamcsServer"),
        *("--etc-dir", str(directory / "etc"), "--data-dir", str(directory / "data")),
        *("--cache-dir", str(directory / CACHE), "--no-color"),
        *("--log-config", str(log_configuration)),
    ]


def _launch(
    java: Path, jars: Path, directory: Path, log: Path, options: list[str], log_configuration: Path
) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    arguments = java_command(java, jars, directory, options, log_configuration)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(launch.__file__), str(os.getpid()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env={**os.environ, **JAVA_ENVIRONMENT},
            start_new_session=True,
        )
